"""What a journal says of what it met. Pure.

``loses`` is true wherever there is a sign that something may be missing.
"""

from typing import Final

from swarmwire.raftstore.recovery import Finding
from swarmwire.raftstore.wal import Damage, Extent

_TAILS: Final[frozenset[Extent]] = frozenset({"broken", "torn", "cut", "end"})
_LOSES: Final[frozenset[Extent]] = frozenset({"tail", "broken", "cut"})


def damaged(damage: Damage, file: str, following: int) -> Finding:
    """A place that is not what was written; ``following`` is the index that was to come next."""
    return Finding(
        kind="torn-tail" if damage.extent in _TAILS else "damaged-record",
        reason=f"{damage.reason}; {_meaning(damage)}",
        loses=damage.extent in _LOSES,
        file=file,
        offset=damage.offset,
        first=following,
    )


def missing(first: int, last: int, file: str, offset: int) -> Finding:
    """Entries that are in no file; ``file`` and ``offset`` are of the entry behind them."""
    what = f"entry {first} is" if first == last else f"entries {first} to {last} are"
    return Finding(
        kind="lost-entries",
        reason=f"{what} missing: what was written there is lost, unless a later entry holds the "
        "same object",
        loses=True,
        file=file,
        offset=offset,
        first=first,
        last=last,
    )


def overwritten(index: int, file: str, offset: int) -> Finding:
    """An entry that a new leader has overwritten in a place that is damaged."""
    return Finding(
        kind="lost-entries",
        reason=f"entry {index} is left out: it was not committed, and the damaged record behind it "
        "was most likely another entry in its place",
        loses=True,
        file=file,
        offset=offset,
        first=index,
        last=index,
    )


def zeroed(offset: int, file: str, following: int, index: int) -> Finding:
    """Zeros where entries were, by a record that stands alone behind them."""
    return Finding(
        kind="lost-entries",
        reason=f"behind the zeros that end the log stands a record that speaks of entry {index}: "
        "what was before it was overwritten with zeros",
        loses=True,
        file=file,
        offset=offset,
        first=following,
        last=index,
    )


def foreign(file: str) -> Finding:
    """A segment that continues another log."""
    return Finding(
        kind="anomaly",
        reason="the segment does not continue the one before it: it and all that is behind it are "
        "of another time of this manager, and are left out",
        loses=True,
        file=file,
        offset=0,
    )


def of_another(file: str) -> Finding:
    """A segment that another manager wrote."""
    return Finding(
        kind="anomaly",
        reason="the segment is of another manager, and is left out",
        loses=True,
        file=file,
        offset=0,
    )


def hollow(file: str, following: int) -> Finding:
    """A segment in which there is not one record; ``following`` is the index that was to come."""
    return Finding(
        kind="torn-tail",
        reason="the segment is empty or all zeros, which a manager never leaves: what was in it is "
        "lost",
        loses=True,
        file=file,
        offset=0,
        first=following,
    )


def missing_segments(numbers: range, file: str) -> Finding:
    """Segments that are not there; ``file`` is the one behind them."""
    if not numbers:
        reason = "the segment has the number of another one: files of different logs are mixed"
    elif numbers[0] == numbers[-1]:  # len() of a range has a limit
        reason = f"segment {numbers[0]} before it is missing"
    else:
        reason = f"segments {numbers[0]} to {numbers[-1]} before it are missing"
    return Finding(kind="missing-segment", reason=reason, loses=not numbers, file=file)


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
                "the log ends before it, as it does when a manager dies while it writes; what it "
                "had answered is not touched"
            )
        case "cut":
            return (
                "the file was cut when it was copied, or the disk was full: what followed is not "
                "in it"
            )
        case "end":
            return "a manager leaves zeros there: the file may have been cut when it was copied"
