"""A log, record by record: what the next entry is, and what it is sealed with.

Source: SwarmKit manager/state/raft/storage, etcd server/storage/wal.
"""

from collections.abc import Iterable
from typing import Literal

from swarmwire import pb
from tests.support.raft_folder.sealing import Cipher, seal
from tests.support.raft_folder.segment import (
    CHECKSUM,
    ENTRY,
    MARKER,
    METADATA,
    STATE,
    Place,
    Segment,
)

Layout = Literal["-v3-encrypted", "-v3", ""]


class LogWriter:
    """Segments that grow.

    Attributes:
        layout: the end of the names of the directories.
        myself: the manager that writes.
        cipher: how the next records are sealed.
        dek: what the next records are sealed with.
        term: the term of the next entries.
        index: the index of the last entry.
        commit_index: the commit index of the last hard state.
        places: every record, in the order in which they were written.
        segments: the log.
    """

    def __init__(self, myself: pb.RaftMember, dek: bytes, cipher: Cipher, layout: Layout) -> None:
        self.layout = layout
        self.myself = myself
        self.cipher = cipher
        self.dek = dek
        self.term = 1
        self.index = 0
        self.commit_index = 0
        self.places: list[Place] = []
        self.segments: list[Segment] = []
        self._open_segment()

    def entry(self, content: bytes, *, kind: int = 0, sealed: bytes | None = None) -> Place:
        """Write an entry with any content; ``sealed`` is what stands there instead."""
        self.index += 1
        if sealed is None:
            sealed = self.seal(content)
        entry = pb.raftpb.Entry(Type=kind, Term=self.term, Index=self.index)
        if sealed:
            entry.Data = sealed
        return self.record(ENTRY, entry.SerializeToString(deterministic=True), self.index)

    def marker(self, index: int, term: int, voters: Iterable[int] | None = None) -> Place:
        """Write the record that says that a snapshot was taken."""
        found = pb.walpb.Snapshot(index=index, term=term)
        if voters is not None:
            found.conf_state.voters.extend(voters)
            found.conf_state.auto_leave = False
        return self.record(MARKER, found.SerializeToString(deterministic=True), index)

    def commit(self, index: int | None = None) -> Place:
        """Write a hard state; it commits everything unless an index is given."""
        self.commit_index = self.index if index is None else index
        return self._hard_state()

    def cut(self) -> None:
        """Go on in a new segment."""
        self._open_segment()
        self._hard_state()

    def drop_segment(self, number: int) -> None:
        """Lose a segment."""
        lost = self.segments.pop(number)
        self.places = [place for place in self.places if place.file != lost.name]

    def record(self, kind: int, content: bytes | None, index: int = 0) -> Place:
        """Write a record of any type; its place remembers ``index``."""
        place = self.segments[-1].append(kind, content, index)
        self.places.append(place)
        return place

    def seal(self, content: bytes) -> bytes:
        """What stands in the file for ``content``."""
        return seal(content, self.dek, self.cipher) if self.layout == "-v3-encrypted" else content

    def place(self, index: int) -> Place:
        """Where the entry stands that was last written at this index."""
        entries = [each for each in self.places if (each.type, each.index) == (ENTRY, index)]
        return entries[-1]

    @property
    def last(self) -> Place:
        """The last record."""
        return self.places[-1]

    def _open_segment(self) -> None:
        sequence, first, crc = 0, 0, 0
        if self.segments:
            before = self.segments[-1]
            sequence, first, crc = before.sequence + 1, self.index + 1, before.crc
        self.segments.append(Segment(sequence, first, f"raft/wal{self.layout}", crc))
        self.record(CHECKSUM, None)
        self.record(METADATA, self.myself.SerializeToString(deterministic=True))

    def _hard_state(self) -> Place:
        state = pb.raftpb.HardState(
            term=self.term, vote=self.myself.raft_id, commit=self.commit_index
        )
        return self.record(STATE, state.SerializeToString(deterministic=True), self.commit_index)
