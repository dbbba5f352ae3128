"""Durations as the manager reads them: nanoseconds, or Go's text about a malformed one."""

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.rules._problems import Problems, invalid, unknown

MILLISECOND = 1_000_000
SECOND = 1_000_000_000

_MAX_SECONDS = 315_576_000_000
_INT64 = range(-(2**63), 2**63)


class MalformedDurationError(Exception):
    """The message is no duration. ``str`` of it is the manager's text."""


def nanoseconds(duration: pb.Duration) -> int:
    """The length of the duration.

    Raises:
        MalformedDurationError: out of range, or its two halves disagree about the sign.
    """
    seconds, nanos = duration.seconds, duration.nanos
    if abs(seconds) > _MAX_SECONDS:
        raise _malformed(duration, ": seconds out of range")
    if abs(nanos) >= SECOND:
        raise _malformed(duration, ": nanos out of range")
    if seconds * nanos < 0:
        raise _malformed(duration, ": seconds and nanos have different signs")
    length = seconds * SECOND + nanos
    if length not in _INT64:
        raise _malformed(duration, " is out of range for time.Duration")
    return length


def _malformed(duration: pb.Duration, reason: str) -> MalformedDurationError:
    shown = f"&types.Duration{{Seconds: {duration.seconds},\nNanos: {duration.nanos},\n}}"
    return MalformedDurationError(f"duration: {shown}{reason}")


def malformed_problem(duration: pb.Duration) -> InvalidSpec | None:
    """What the manager says of a malformed duration; None if it is well formed."""
    try:
        nanoseconds(duration)
    except MalformedDurationError as err:
        return unknown(str(err))
    return None


def not_negative(parent: pb.Message, field: str, name: str, reason: str) -> Problems:
    """The rule for a duration that may be absent and may not be negative."""
    if not parent.HasField(field):
        return
    try:
        if nanoseconds(getattr(parent, field)) < 0:
            yield invalid(reason, name)
    except MalformedDurationError as err:
        yield unknown(str(err), name)
