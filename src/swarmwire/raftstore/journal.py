"""Segments of a log: entries out, in order, each once it is known to be final. Pure.

An entry may be overwritten by a later one of the same index until it is committed. So entries are
held back until a hard state says that they are committed; what is left at the end is past the
commit index, and is told apart.

Source: etcd server/storage/wal ReadAll; SwarmKit manager/state/raft/storage.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from google.protobuf.message import DecodeError
from google.protobuf.unknown_fields import UnknownFieldSet

from swarmwire import pb
from swarmwire.raftstore import damage, frame
from swarmwire.raftstore.damage import Doubts
from swarmwire.raftstore.entry import Entry
from swarmwire.raftstore.frame import Log, Record
from swarmwire.raftstore.store import StoreFinding
from swarmwire.raftstore.wal import Damage, records
from swarmwire.raftstore.wire import LARGE, parse_around

_DATA: Final = 0x22
"""The tag of an entry's data."""
_LONGEST_STATE: Final = 33
"""Bytes of three fields with the largest numbers."""
_PROLOGUE: Final = 64
"""Bytes at the beginning of a segment in which its manager is named."""


class Segment(NamedTuple):
    """One segment file.

    Attributes:
        sequence: its number.
        first: the index of the first entry that it may hold.
        log: its bytes.
        is_last: whether the log ends in it. Only then zeros stand behind its records.
    """

    sequence: int
    first: int
    log: Log
    is_last: bool = True


class Journal:
    """The log after an index.

    Attributes:
        myself: the manager that wrote the log; None until its record was read.
        commit: the last committed index that a hard state told.
        term: the term of the last hard state.
        markers: snapshots that were taken, term by index.
        first: the index of the first entry after the start; 0 if there is none.
        last: the index of the last entry of the log; 0 if there is none.
        findings: what is amiss, as far as the log was read.
    """

    def __init__(self, after: int, *, sealed: bool) -> None:
        """Begin to read ``after`` an index.

        Args:
            after: the index of the snapshot that the reader has; 0 without one.
            sealed: whether entries are encrypted, and so never empty.
        """
        self.myself: pb.RaftMember | None = None
        self.commit = 0
        self.term = 0
        self.markers: dict[int, int] = {}
        self.first = 0
        self.last = 0
        self.findings: list[StoreFinding] = []
        self._after = after
        self._sealed = sealed
        self._metadata: bytes | None = None
        self._held: list[Entry] = []
        self._given = after
        self._file = ""
        self._doubts = Doubts(self.findings)

    @property
    def is_commit_doubtful(self) -> bool:
        """Whether entries past the commit index may have been committed in a damaged place."""
        return self._doubts.commit

    @property
    def held(self) -> tuple[Entry, ...]:
        """Entries past the commit index, as far as the log was read."""
        return tuple(self._held)

    def committed(self, segments: Iterable[Segment]) -> Iterator[Entry]:
        """Each committed entry after the start, in order; ``held`` has the others afterwards."""
        crc: int | None = None
        before: Segment | None = None
        is_open = is_foreign = False
        for segment in segments:
            if before is not None and segment.sequence != before.sequence + 1:
                missing = range(before.sequence + 1, segment.sequence)
                self.findings.append(damage.missing_segments(missing, segment.log.name))
                crc, is_open = None, True
            self._file = segment.log.name
            end, noted = 0, len(self.findings)
            for record in records(segment.log, crc):
                if record.offset < _PROLOGUE and self._is_of_another(record):
                    self.findings.append(damage.of_another(self._file))
                    crc, end, is_foreign = None, 0, False
                    break
                if is_foreign:
                    self.findings.append(damage.foreign(self._file))
                    break
                if isinstance(record, Damage):
                    is_whole = segment.first <= (self.last or self._after) + 1
                    is_foreign = record.extent == "foreign" and is_whole and not is_open
                    known = is_foreign or self._note(record, segment)
                    crc = crc if known else None
                else:
                    crc, end = record.crc, record.end
                    self._take(record)
                    if record.type == frame.STATE:
                        yield from self._final()
            if not end and not any(each.loses for each in self.findings[noted:]):
                self.findings.append(damage.hollow(self._file, (self.last or self._after) + 1))
            before, is_open = segment, not 0 < end == segment.log.size
        yield from self._final()
        self._doubts.conclude()

    def _is_of_another(self, record: Record | Damage) -> bool:
        """Whether a segment that begins so is of another manager."""
        if isinstance(record, Damage) or record.type != frame.METADATA:
            return False
        return self._metadata not in {None, record.data}

    def _note(self, damage: Damage, segment: Segment) -> bool:
        """Note a damaged place; tell whether the checksum of what is before it is still known."""
        following = (self.last or self._after) + 1
        if damage.extent == "unproved" and damage.record is not None:
            self._doubts.meet_unproved(damage.record, self._file, following)
        elif damage.extent != "end" or segment.is_last:
            self._doubts.meet(damage, self._file, following)
        return damage.extent in {"end", "harmless", "record"}

    def _take(self, record: Record) -> None:
        try:
            match record.type:
                case frame.ENTRY:
                    self._take_entry(record)
                case frame.STATE:
                    self._take_state(record)
                case frame.MARKER:
                    self._take_marker(record)
                case frame.METADATA:
                    self._take_metadata(record)
                case frame.CHECKSUM:
                    pass
                case unknown:
                    self._reject(record, f"a record of the unknown type {unknown}")
        except DecodeError:
            self._reject(record, "its content is not of its type")
        except _Nonsense as nonsense:
            self._reject(record, str(nonsense))

    def _take_entry(self, record: Record) -> None:
        entry = pb.raftpb.Entry()
        content: bytes | memoryview | None = None
        if len(record.data) < LARGE:
            entry.ParseFromString(record.data)
        else:
            content = parse_around(entry, memoryview(record.data), _DATA)
        if content is None:
            content = entry.Data
        if not (entry.Index and entry.HasField("Term") and entry.HasField("Type")):
            raise _Nonsense("an entry without index, term or type")
        if self._sealed and not content:
            raise _Nonsense("an entry without content")
        if entry.Index <= self._after:
            self._drop_held()  # they were written before it, for places behind it
            return
        self._place(
            Entry(
                entry.Index,
                entry.Term,
                entry.Type,
                content,
                file=self._file,
                offset=record.offset,
            )
        )

    def _place(self, entry: Entry) -> None:
        """Put the entry where its index says; what was there and after it goes."""
        if entry.index <= self._given:
            raise _Nonsense(f"entry {entry.index} once more, although it was committed")
        expected = (self.last or self._after) + 1
        if entry.index > expected:
            self.findings.append(
                damage.missing(expected, entry.index - 1, entry.file, entry.offset)
            )
        while self._held and self._held[-1].index >= entry.index:
            self._held.pop()
        if self._doubts.places or entry.index < expected:
            self._judge_held(entry.term, entry.index - expected, entry)
            self._doubts.meet_entry()
        self._held.append(entry)
        self.first = self.first or entry.index
        self.last = entry.index

    def _drop_held(self) -> None:
        self._held.clear()
        self.last = self._given if self._given > self._after else 0
        self.first = self.first if self.last else 0

    def _judge_held(self, term: int, missing: int, following: Entry | None = None) -> None:
        """Leave the last held entry out, if it was overwritten in a damaged place."""
        held = self._held[-1] if self._held else None
        overwritten = self._doubts.is_overwritten(held, term, missing=missing, following=following)
        if overwritten is None:
            self._doubts.conclude()
        elif overwritten and held is not None:
            self._held.pop()
            self.findings.append(damage.overwritten(held.index, held.file, held.offset))

    def _take_state(self, record: Record) -> None:
        state = pb.raftpb.HardState()
        state.ParseFromString(record.data)
        if len(record.data) > _LONGEST_STATE or not state.HasField("commit"):
            raise _Nonsense("a hard state that is none")
        self._doubts.meet_state()
        self.term = state.term
        self.commit = max(state.commit, self.commit)
        if self._doubts.places and self._held and self._held[-1].index <= self.commit:
            self._judge_held(state.term, self.commit - self.last)

    def _final(self) -> list[Entry]:
        """Entries that were held back until now and are committed."""
        if not self._held:
            return []
        number = 0
        while number < len(self._held) and self._held[number].index <= self.commit:
            number += 1
        final, self._held = self._held[:number], self._held[number:]
        if final:
            self._given = final[-1].index
        return final

    def _take_marker(self, record: Record) -> None:
        marker = pb.walpb.Snapshot()
        marker.ParseFromString(record.data)
        if len(UnknownFieldSet(marker)):
            raise _Nonsense("a marker of a snapshot that is none")
        self.markers[marker.index] = marker.term

    def _take_metadata(self, record: Record) -> None:
        if self._metadata is None:
            myself = pb.RaftMember()
            myself.ParseFromString(record.data)
            self.myself, self._metadata = myself, record.data
        elif record.data != self._metadata:
            raise _Nonsense("the record of another manager")

    def _reject(self, record: Record, reason: str) -> None:
        following = (self.last or self._after) + 1
        damage = Damage("record", record.offset, record.end, reason)
        self._doubts.meet(damage, self._file, following)


class _Nonsense(Exception):
    """The record's checksum fits, and it cannot be true all the same."""
