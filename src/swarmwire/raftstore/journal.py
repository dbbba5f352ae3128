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
from swarmwire.raftstore import frame
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
                self._miss_segments(before, segment)
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
            self._miss_entries(expected, entry)
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
        self.findings.append(
            Finding(
                kind="torn-tail" if damage.extent in {"torn", "end"} else "damaged-record",
                reason=f"{damage.reason}; {_meaning(damage)}",
                loses=damage.extent == "tail",
                file=self._file,
                offset=damage.offset,
                first=(self.last or self._after) + 1,
            )
        )

    def _miss_entries(self, expected: int, entry: Entry) -> None:
        many = entry.index - expected
        what = f"entry {expected} is" if many == 1 else f"{many} entries from {expected} on are"
        self.findings.append(
            Finding(
                kind="lost-entries",
                reason=f"{what} missing: what was written there is lost, unless a later entry "
                "holds the same object",
                loses=True,
                file=entry.file,
                offset=entry.offset,
                first=expected,
                last=entry.index - 1,
            )
        )

    def _miss_segments(self, before: Segment, segment: Segment) -> None:
        self.findings.append(
            Finding(
                kind="missing-segment",
                reason=f"segments {before.sequence + 1} to {segment.sequence - 1} are missing",
                loses=False,
                file=segment.log.name,
                last=segment.first - 1,
            )
        )


def _meaning(damage: Damage) -> str:
    match damage.extent:
        case "harmless":
            return "all that it held could be read"
        case "record":
            return f"it is left out, and reading goes on at byte {damage.end}"
        case "tail":
            return "nothing sound follows in this file, so the last changes may be missing"
        case "torn":
            return (
                "the log ends before it, as it does when a manager dies while it writes; what it "
                "had answered is not touched, unless the file was cut when it was copied"
            )
        case "end":
            return "a manager leaves zeros there: the file may have been cut when it was copied"


class _Nonsense(Exception):
    """The record's checksum fits, and it cannot be true all the same."""
