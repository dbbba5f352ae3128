"""Times and ages, as people write and read them. Pure: what time it is, the caller says.

The store has nanoseconds since 1970, messages have timestamps.
"""

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
_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_SPAN: Final = re.compile(r"(?:\d+(?:\.\d+)?[dhms])+")
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)([dhms])")


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


def parse_since(text: str, now: float) -> pb.Timestamp:
    """The time that is meant: a span before ``now``, seconds since 1970, or a time or date.

    A time without a zone is one of this machine's.

    Raises:
        ValueError: none that can be read.
    """
    if _SPAN.fullmatch(text):
        sizes = {word[0]: size for size, word in _UNITS}
        span = sum(float(count) * sizes[unit] for count, unit in _PART.findall(text))
        return _stamp(int((now - span) * _SECOND))
    if re.fullmatch(r"-?\d+(\.\d{1,9})?", text):
        whole, _, fraction = text.partition(".")
        return _stamp(int(whole) * _SECOND + int(fraction.ljust(9, "0")))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as err:
        raise ValueError(f"{text!r} is neither a span such as 1h30m nor a time") from err
    aware = moment if moment.tzinfo else moment.astimezone()
    return _stamp(int(aware.timestamp() * 1_000_000) * 1_000)


def _stamp(nanoseconds: int) -> pb.Timestamp:
    return pb.Timestamp(seconds=nanoseconds // _SECOND, nanos=nanoseconds % _SECOND)


def utc(seconds: int) -> str:
    """Seconds since 1970 as RFC 3339 has them, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def to_the_nanosecond(stamp: pb.Timestamp) -> str:
    """A message's time with all nine digits, so that times stand below each other."""
    return f"{utc(stamp.seconds)[:-1]}.{stamp.nanos:09}Z"


def age(nanoseconds: int | None, now: float) -> str:
    """How long ago that was, in words; nothing if it is not known."""
    if not nanoseconds:
        return ""
    seconds = int(now - nanoseconds / _SECOND)
    if seconds < 0:
        return "in the future, by this machine's clock"
    for size, unit in _UNITS:
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' * (count != 1)} ago"
    return "just now"


def short_age(stamp: pb.Timestamp, now: float) -> str:
    """How long ago: ``3m``, in the largest unit that fits; nothing if it is not known."""
    if not stamp.seconds:
        return ""
    seconds = max(0, int(now - stamp.seconds))
    size, unit = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    return f"{seconds // size}{unit[0]}"
