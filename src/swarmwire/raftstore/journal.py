"""Segments of a log: entries out, in order, each once it is known to be final. Pure.

An entry may be overwritten by a later one of the same index until it is committed. So entries are
held back until a hard state says that they are committed; what is left at the end is past the
commit index, and is told apart.

Source: etcd server/storage/wal ReadAll; SwarmKit manager/state/raft/storage.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from google.protobuf.message import DecodeError

from swarmwire import pb
from swarmwire.raftstore import findings, frame
from swarmwire.raftstore.log import Log
from swarmwire.raftstore.recovery import Finding
from swarmwire.raftstore.wal import Damage, Record, records
from swarmwire.raftstore.wire import LARGE, parse_around

NORMAL: Final = 0
CONF_CHANGE: Final = 1
_DATA: Final = 0x22
"""The tag of an entry's data."""
_LONGEST_STATE: Final = 33
"""Bytes of three fields with the largest numbers."""


@dataclass(slots=True)
class Entry:
    """One entry of the log.

    Attributes:
        index: its place.
        term: the term of the leader that wrote it.
        type: ``NORMAL`` or ``CONF_CHANGE``.
        data: its content, sealed.
        file: the segment.
        offset: where in it the entry's frame begins.
    """

    index: int
    term: int
    type: int
    data: bytes | memoryview = field(repr=False)
    file: str = field(kw_only=True)
    offset: int = field(kw_only=True)


class Segment(NamedTuple):
    """One segment file.

    Attributes:
        sequence: its number.
        first: the index of the first entry that it may hold.
        log: its bytes.
    """

    sequence: int
    first: int
    log: Log


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
        self.findings: list[Finding] = []
        self._after = after
        self._sealed = sealed
        self._metadata: bytes | None = None
        self._held: list[Entry] = []
        self._given = after
        self._file = ""
        self._doubtful: Entry | None = None

    @property
    def held(self) -> tuple[Entry, ...]:
        """Entries past the commit index, as far as the log was read."""
        return tuple(self._held)

    def committed(self, segments: Iterable[Segment]) -> Iterator[Entry]:
        """Each committed entry after the start, in order; ``held`` has the others afterwards."""
        before: Segment | None = None
        crc: int | None = None
        for segment in segments:
            if before is not None and segment.sequence != before.sequence + 1:
                missing = range(before.sequence + 1, segment.sequence)
                self.findings.append(findings.missing_segments(missing, segment.log.name))
                crc = None
            self._file = segment.log.name
            for record in records(segment.log, crc):
                if isinstance(record, Damage):
                    self._note_damage(record)
                    crc = None
                else:
                    crc = record.crc
                    yield from self._take(record)
            before = segment
        yield from self._final()

    def _take(self, record: Record) -> Iterator[Entry]:
        try:
            match record.type:
                case frame.ENTRY:
                    self._take_entry(record)
                case frame.STATE:
                    yield from self._take_state(record)
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
                findings.missing(expected, entry.index - 1, entry.file, entry.offset)
            )
        elif self._doubtful is not None and entry.term > self._doubtful.term:
            held = self._doubtful
            self.findings.append(findings.doubtful(held.index, held.file, held.offset))
        self._doubtful = None
        while self._held and self._held[-1].index >= entry.index:
            self._held.pop()
        self._held.append(entry)
        self.first = self.first or entry.index
        self.last = entry.index

    def _take_state(self, record: Record) -> Iterator[Entry]:
        state = pb.raftpb.HardState()
        state.ParseFromString(record.data)
        if len(record.data) > _LONGEST_STATE or not state.HasField("commit"):
            raise _Nonsense("a hard state that is none")
        self.term = state.term
        self.commit = max(state.commit, self.commit)
        yield from self._final()

    def _final(self) -> Iterator[Entry]:
        number = 0
        while number < len(self._held) and self._held[number].index <= self.commit:
            number += 1
        final, self._held = self._held[:number], self._held[number:]
        for entry in final:
            self._given = entry.index
            yield entry

    def _take_marker(self, record: Record) -> None:
        marker = pb.walpb.Snapshot()
        marker.ParseFromString(record.data)
        self.markers[marker.index] = marker.term

    def _take_metadata(self, record: Record) -> None:
        if self._metadata is None:
            myself = pb.RaftMember()
            myself.ParseFromString(record.data)
            self.myself, self._metadata = myself, record.data
        elif record.data != self._metadata:
            raise _Nonsense("the segment is of another manager")

    def _reject(self, record: Record, reason: str) -> None:
        self._note_damage(Damage("record", record.offset, record.end, reason))

    def _note_damage(self, damage: Damage) -> None:
        if self._held and damage.extent != "harmless":
            self._doubtful = self._held[-1]
        following = (self.last or self._after) + 1
        self.findings.append(findings.damaged(damage, self._file, following))


class _Nonsense(Exception):
    """The record's checksum fits, and it cannot be true all the same."""
