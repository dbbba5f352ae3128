"""Times, as people write them and as the store has them: nanoseconds since 1970. Pure."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from swarmwire import pb

_SECOND: Final = 1_000_000_000
_DAY: Final = 86_400 * _SECOND
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})"
)


def parse_time(text: str) -> int:
    """Nanoseconds since 1970 of an RFC 3339 time; of a date, those of its last moment in UTC.

    Raises:
        ValueError: it is neither.
    """
    found = _TIME.fullmatch(text)
    try:
        if _DATE.fullmatch(text):
            midnight = datetime.fromisoformat(text).replace(tzinfo=UTC)
            return _nanoseconds(midnight) + _DAY - 1
        if found is not None:
            date, time, fraction, zone = found.groups()
            moment = datetime.fromisoformat(f"{date}T{time}{zone.upper()}")
            return _nanoseconds(moment) + int((fraction or "0").ljust(9, "0"))
    except ValueError:  # there is no such day, or no such hour
        pass
    raise ValueError("neither a date nor a time such as 2026-01-31T23:59:59Z")


def _nanoseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1) * _SECOND


def rfc3339(nanoseconds: int | None) -> str | None:
    """The time as RFC 3339 has it, in UTC; None if it is not known or before or after all years."""
    if not nanoseconds:
        return None
    seconds, rest = divmod(nanoseconds, _SECOND)
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError:
        return None
    fraction = f".{rest:09}".rstrip("0") if rest else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def of_timestamp(stamp: pb.Timestamp) -> str | None:
    """A message's time as RFC 3339 has it; None if it is not set."""
    return rfc3339(stamp.seconds * _SECOND + stamp.nanos)


def age(nanoseconds: int | None, now: float) -> str:
    """How long ago that was, in words; nothing if it is not known."""
    if not nanoseconds:
        return ""
    seconds = int(now - nanoseconds / _SECOND)
    if seconds < 0:
        return "in the future, by this machine's clock"
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' * (count != 1)} ago"
    return "just now"
