"""What is said of damaged places, and what they may hide until a later record tells. Pure.

``loses`` is true wherever there is a sign that something may be missing.
"""

from typing import Final

import msgspec
from google.protobuf.message import DecodeError

from swarmwire import pb
from swarmwire.raftstore import frame
from swarmwire.raftstore.entry import Entry
from swarmwire.raftstore.frame import Record
from swarmwire.raftstore.store import StoreFinding
from swarmwire.raftstore.wal import Damage, Extent

_LARGEST_STATE: Final = 56
"""Bytes of the largest frame of a hard state: what is larger may have been an entry."""
_NOTHING: Final = 46
"""Bytes of an entry that holds nothing, when it is sealed."""


class Doubts:
    """Findings that lose nothing if the log goes on as it should.

    Attributes:
        commit: whether the last commit index may have stood in a damaged place.
        places: how many damaged places may have been entries.
    """

    def __init__(self, found: list[StoreFinding]) -> None:
        """Doubts about what is in ``found``, which gets the findings."""
        self.commit = False
        self._found = found
        self._open: list[int] = []
        self.places = 0

    def meet(self, damage: Damage, file: str, following: int) -> None:
        """Note a damaged place; ``following`` is the index that was to come next."""
        self._found.append(damaged(damage, file, following))
        if damage.extent == "harmless":
            return
        self.commit = True
        if damage.extent == "record" and damage.end - damage.offset > _LARGEST_STATE:
            self._open.append(len(self._found) - 1)
            self.places += 1

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
            self._found.append(zeroed(record.offset, file, following, index))

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
        if self.places <= missing or held is None or term <= held.term:
            return False
        if following is None or len(following.data) > _NOTHING:
            return True
        return None

    def meet_entry(self) -> None:
        """An entry arrived: what was damaged before it was no entry of its index or a later one."""
        self._open.clear()
        self.places = 0

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


_TAILS: Final[frozenset[Extent]] = frozenset({"broken", "torn", "cut", "end"})
_LOSES: Final[frozenset[Extent]] = frozenset({"tail", "broken", "torn", "cut", "end"})


def damaged(damage: Damage, file: str, following: int) -> StoreFinding:
    """A place that is not what was written; ``following`` is the index that was to come next."""
    return StoreFinding(
        kind="torn-tail" if damage.extent in _TAILS else "damaged-record",
        reason=f"{damage.reason}; {_meaning(damage)}",
        loses=damage.extent in _LOSES,
        file=file,
        offset=damage.offset,
        first=following,
    )


def missing(first: int, last: int, file: str, offset: int) -> StoreFinding:
    """Entries that are in no file; ``file`` and ``offset`` are of the entry behind them."""
    what = f"entry {first} is" if first == last else f"entries {first} to {last} are"
    return StoreFinding(
        kind="lost-entries",
        reason=f"{what} missing: what was written there is lost, unless a later entry holds the "
        "same object",
        loses=True,
        file=file,
        offset=offset,
        first=first,
        last=last,
    )


def overwritten(index: int, file: str, offset: int) -> StoreFinding:
    """An entry that a new leader has overwritten in a place that is damaged."""
    return StoreFinding(
        kind="lost-entries",
        reason=f"entry {index} is left out: it was not committed, and the damaged record behind it "
        "was most likely another entry in its place",
        loses=True,
        file=file,
        offset=offset,
        first=index,
        last=index,
    )


def zeroed(offset: int, file: str, following: int, index: int) -> StoreFinding:
    """Zeros where entries were, by a record that stands alone behind them."""
    return StoreFinding(
        kind="lost-entries",
        reason=f"behind the zeros that end the log stands a record that speaks of entry {index}: "
        "what was before it was overwritten with zeros",
        loses=True,
        file=file,
        offset=offset,
        first=following,
        last=index,
    )


def foreign(file: str) -> StoreFinding:
    """A segment that continues another log."""
    return StoreFinding(
        kind="anomaly",
        reason="the segment does not continue the one before it: it and all that is behind it are "
        "of another time of this manager, and are left out",
        loses=True,
        file=file,
        offset=0,
    )


def of_another(file: str) -> StoreFinding:
    """A segment that another manager wrote."""
    return StoreFinding(
        kind="anomaly",
        reason="the segment is of another manager, and is left out",
        loses=True,
        file=file,
        offset=0,
    )


def hollow(file: str, following: int) -> StoreFinding:
    """A segment in which there is not one record; ``following`` is the index that was to come."""
    return StoreFinding(
        kind="torn-tail",
        reason="the segment is empty or all zeros, which a manager never leaves: what was in it is "
        "lost",
        loses=True,
        file=file,
        offset=0,
        first=following,
    )


def missing_segments(numbers: range, file: str) -> StoreFinding:
    """Segments that are not there; ``file`` is the one behind them."""
    if not numbers:
        reason = "the segment has the number of another one: files of different logs are mixed"
    elif numbers[0] == numbers[-1]:  # len() of a range has a limit
        reason = f"segment {numbers[0]} before it is missing"
    else:
        reason = f"segments {numbers[0]} to {numbers[-1]} before it are missing"
    return StoreFinding(kind="missing-segment", reason=reason, loses=not numbers, file=file)


def _meaning(damage: Damage) -> str:
    match damage.extent:
        case "harmless":
            return "all that it held could be read"
        case "record" | "foreign" | "unproved":
            return f"it is left out, and reading goes on at byte {damage.end}"
        case "tail" | "broken":
            return "nothing sound follows in this file, so the last changes may be missing"
        case "torn":
            return (
                "the log ends before it, as it does when a manager dies while it writes: the last "
                "change may be missing, and it may have been answered"
            )
        case "cut":
            return (
                "the file was cut when it was copied, or the disk was full: what followed is not "
                "in it"
            )
        case "end":
            return (
                "a manager leaves zeros there: the file may have been cut, and what followed may "
                "be missing"
            )
