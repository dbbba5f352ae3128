"""Durations and timestamps, in whole nanoseconds; never through datetime, which has only micro.

Source: gogo/protobuf types, duration.go and timestamp.go; Go time.Time.
"""

from functools import lru_cache
from typing import Final

from swarmwire import pb
from swarmwire.engine import Nanoseconds, Timestamp
from swarmwire.errors import ConvertError

_SECOND: Final = 1_000_000_000
_DAY: Final = 86_400
_SAFE: Final = 9_000_000_000
_SECONDS: Final = tuple(f":{second:02d}" for second in range(60))
_LONGEST: Final = 315_576_000_000
_YEAR_0: Final = -62_167_219_200
_YEAR_1: Final = -62_135_596_800
_YEAR_10000: Final = 253_402_300_800


def duration_to_grpc(nanoseconds: Nanoseconds, out: pb.Duration) -> None:
    """Fill ``out``; seconds and nanoseconds have the same sign.

    Source: gogo/protobuf DurationProto.
    """
    if nanoseconds >= 0:
        seconds, nanos = divmod(nanoseconds, _SECOND)
    else:
        seconds, nanos = divmod(-nanoseconds, _SECOND)
        seconds, nanos = -seconds, -nanos
    out.seconds = seconds
    if nanos:
        out.nanos = nanos


def duration_from_grpc(duration: pb.Duration) -> Nanoseconds:
    """The nanoseconds of ``duration``; a malformed one is 0, as in the engine.

    Source: gogo/protobuf DurationFromProto, its error discarded.
    """
    seconds = duration.seconds
    nanos = duration.nanos
    if (0 <= seconds < _SAFE and 0 <= nanos < _SECOND) or is_valid_duration(seconds, nanos):
        return seconds * _SECOND + nanos
    return 0


def is_valid_duration(seconds: int, nanos: int) -> bool:
    """Whether Go takes it for a time.Duration: one sign, in range, within 64 bits."""
    return (
        -_LONGEST <= seconds <= _LONGEST
        and -_SECOND < nanos < _SECOND
        and (seconds >= 0 or nanos <= 0)
        and (seconds <= 0 or nanos >= 0)
        and -(2**63) <= seconds * _SECOND + nanos < 2**63
    )


def timestamp_from_grpc(timestamp: pb.Timestamp) -> Timestamp:
    """RFC 3339 with as many digits as are needed; an absent timestamp is the start of 1970.

    Raises:
        ConvertError: kind "range", no path: a year that JSON cannot say (the engine fails too).

    Source: gogo/protobuf TimestampFromProto; Go Time.MarshalJSON.
    """
    seconds, nanos = instant(timestamp)
    if not _YEAR_0 <= seconds < _YEAR_10000:
        raise ConvertError("range", "year outside of range [0,9999]")
    return f"{_minute_text(seconds // 60)}{_SECONDS[seconds % 60]}{fraction_text(nanos)}Z"


def is_unset(timestamp: pb.Timestamp) -> bool:
    """Whether the engine takes it for no time: Go's zero time, or the second 0 of 1970."""
    seconds, nanos = instant(timestamp)
    return seconds == 0 or (seconds == _YEAR_1 and nanos == 0)


def time_text_from_grpc(timestamp: pb.Timestamp) -> str:
    """A timestamp as Go's Time.String writes it: ``2026-11-22 09:03:18.28 +0000 UTC``.

    Source: Go time.Time, String.
    """
    seconds, nanos = instant(timestamp)
    day, second = divmod(seconds, _DAY)
    return f"{date_text(day)} {clock_text(second)}{fraction_text(nanos)} +0000 UTC"


def instant(timestamp: pb.Timestamp) -> tuple[int, int]:
    """Seconds since 1970 and nanoseconds, the latter brought into range as Go's time.Unix does."""
    nanos = timestamp.nanos
    if 0 <= nanos < _SECOND:
        return timestamp.seconds, nanos
    carry, nanos = divmod(nanos, _SECOND)
    return timestamp.seconds + carry, nanos


@lru_cache(256)
def _minute_text(minute: int) -> str:
    day, second = divmod(minute * 60, _DAY)
    return f"{date_text(day)}T{clock_text(second)[:5]}"


def date_text(day: int) -> str:
    """The date of a day, counted from the start of 1970, in the proleptic Gregorian calendar."""
    # Years here begin in March, so that the leap day is a year's last; 146,097 days are 400 years.
    era, day_of_era = divmod(day + 719_468, 146_097)
    year_of_era = (
        day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096
    ) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_from_march = (5 * day_of_year + 2) // 153
    day_of_month = day_of_year - (153 * month_from_march + 2) // 5 + 1
    month = month_from_march + 3 if month_from_march < 10 else month_from_march - 9
    year = year_of_era + era * 400 + (month <= 2)
    sign = "-" if year < 0 else ""
    return f"{sign}{abs(year):04d}-{month:02d}-{day_of_month:02d}"


def clock_text(second: int) -> str:
    """The time of day of a second of it."""
    minute, second = divmod(second, 60)
    hour, minute = divmod(minute, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}"


def fraction_text(nanos: int) -> str:
    """The fraction of a second without trailing zeros; nothing when there is none."""
    return f".{nanos:09}".rstrip("0") if nanos else ""
