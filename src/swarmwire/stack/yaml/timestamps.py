"""Timestamps in YAML: go-yaml reads unquoted dates as such, and Go prints them in its own way.

Source: go.yaml.in/yaml/v3 resolve.go, parseTimestamp; Go time.Parse and Time.String.
"""

import re
from dataclasses import dataclass

_DATE = r"(\d{4})-(\d{1,2})-(\d{1,2})"
_CLOCK = r"(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?"
_ZONED = re.compile(rf"{_DATE}[Tt]{_CLOCK}(Z|[+-]\d\d:\d\d)", re.ASCII)
_UNZONED = re.compile(rf"{_DATE} +{_CLOCK}", re.ASCII)
_DAY = re.compile(_DATE, re.ASCII)
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A point in time: date, time of day with nanoseconds, zone.

    Attributes:
        text: as Go's ``Time.String`` and ``fmt.Sprint`` write it.
    """

    text: str

    def __str__(self) -> str:
        return self.text


def parse_timestamp(text: str) -> Timestamp | None:
    """The timestamp that go-yaml sees in unquoted text; None if it sees none."""
    if found := _ZONED.fullmatch(text):
        *numbers, fraction, zone = found.groups()
        return _timestamp([int(number) for number in numbers], fraction or "", zone)
    if found := _UNZONED.fullmatch(text):
        *numbers, fraction = found.groups()
        return _timestamp([int(number) for number in numbers], fraction or "", "Z")
    if found := _DAY.fullmatch(text):
        return _timestamp([*map(int, found.groups()), 0, 0, 0], "", "Z")
    return None


def _timestamp(numbers: list[int], fraction: str, zone: str) -> Timestamp | None:
    year, month, day, hour, minute, second = numbers
    if not 1 <= month <= 12 or not 1 <= day <= _days(year, month):
        return None
    if hour > 23 or minute > 59 or second > 59:
        return None
    shown = _zone(zone)
    if shown is None:
        return None
    part = fraction[:9].rstrip("0")
    clock = f"{hour:02}:{minute:02}:{second:02}" + (f".{part}" if part else "")
    return Timestamp(f"{year:04}-{month:02}-{day:02} {clock} {shown}")


def _days(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return _DAYS[month - 1] + (month == 2 and leap)


def _zone(zone: str) -> str | None:
    if zone == "Z":
        return "+0000 UTC"
    if int(zone[1:3]) > 24 or int(zone[4:6]) > 59:
        return None
    offset = zone.replace(":", "")
    # A zone of no name is shown by its offset, so the offset stands there twice.
    return "+0000 UTC" if offset in {"+0000", "-0000"} else f"{offset} {offset}"
