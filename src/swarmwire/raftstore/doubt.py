"""What damaged places may have hidden, as long as no later record tells. Pure."""

from typing import Final

import msgspec
from google.protobuf.message import DecodeError

from swarmwire import pb
from swarmwire.raftstore import findings, frame
from swarmwire.raftstore.entry import Entry
from swarmwire.raftstore.recovery import Finding
from swarmwire.raftstore.wal import Damage, Record

_LARGEST_STATE: Final = 56
"""Bytes of the largest frame of a hard state: what is larger may have been an entry."""
_NOTHING: Final = 46
"""Bytes of an entry that holds nothing, when it is sealed."""


class Doubts:
    """Findings that lose nothing if the log goes on as it should.

    Attributes:
        commit: whether the last commit index may have stood in a damaged place.
    """

    def __init__(self, found: list[Finding]) -> None:
        """Doubts about what is in ``found``, which gets the findings."""
        self.commit = False
        self._found = found
        self._open: list[int] = []
        self._places = 0

    def meet(self, damage: Damage, file: str, following: int) -> None:
        """Note a damaged place; ``following`` is the index that was to come next."""
        self._found.append(findings.damaged(damage, file, following))
        if damage.extent == "harmless":
            return
        self.commit = True
        if damage.extent == "record" and damage.end - damage.offset > _LARGEST_STATE:
            self._open.append(len(self._found) - 1)
            self._places += 1

    def meet_unproved(self, record: Record, file: str, following: int) -> None:
        """Note what stands alone behind zeros, if it speaks of entries that are not there."""
        try:
            if record.type == frame.STATE:
                index = pb.raftpb.HardState.FromString(record.data).commit
            elif record.type == frame.ENTRY:
                index = pb.raftpb.Entry.FromString(record.data).Index
            else:
                return
        except DecodeError:
            return
        if index >= following:
            self._found.append(findings.zeroed(record.offset, file, following, index))

    def is_overwritten(
        self, held: Entry | None, term: int, *, missing: int, following: Entry | None = None
    ) -> bool | None:
        """Whether a new leader has overwritten an entry in a damaged place.

        A leader begins its term with an entry that holds nothing. So if the first one of its term
        that is seen holds something, that beginning is what was damaged.

        Args:
            held: the last entry before the damage, if that is not committed.
            term: that of what comes behind it.
            missing: how many entries are missing between them, which explain as many places.
            following: the entry behind it; None if it is a hard state that commits ``held``.

        Returns:
            None if nobody can know.
        """
        if self._places <= missing or held is None or term <= held.term:
            return False
        if following is None or len(following.data) > _NOTHING:
            return True
        return None

    def meet_entry(self) -> None:
        """An entry arrived: what was damaged before it was no entry of its index or a later one."""
        self._open.clear()
        self._places = 0

    def meet_state(self) -> None:
        """A hard state arrived: the commit index is known again."""
        self.commit = False

    def conclude(self) -> None:
        """Nothing more will come: what is still open may have been the last entries."""
        for number in self._open:
            finding = self._found[number]
            self._found[number] = msgspec.structs.replace(
                finding,
                loses=True,
                reason=f"{finding.reason}; it may have been entry {finding.first}",
            )
        self._open.clear()
