"""What numbers of messages are called, and how long ago something was. Pure."""

from datetime import UTC, datetime
from typing import Any, Final

from swarmwire import pb

RUNNING: Final = pb.TaskState.Value("RUNNING")

_SHORT = 12
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


def short(id_: str) -> str:
    """The beginning of an id, long enough to tell it from others."""
    return id_[:_SHORT]


def word(enum: Any, number: int) -> str:
    """A number's name in small letters, or the number if it has none."""
    if number not in enum.values():
        return str(number)
    return str(enum.Name(number)).lower().replace("_", " ")


def state(number: int) -> str:
    """The name of a task's state."""
    return word(pb.TaskState, number)


def ago(stamp: pb.Timestamp, now: float) -> str:
    """How long ago: ``3m``, in the largest unit that fits; nothing if it is not known."""
    if not stamp.seconds:
        return ""
    seconds = max(0, int(now - stamp.seconds))
    size, unit = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    return f"{seconds // size}{unit}"


def utc(seconds: int) -> str:
    """A time in seconds, as RFC 3339 has it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
