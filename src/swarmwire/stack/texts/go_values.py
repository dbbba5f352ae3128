"""Texts that Go's standard library reads as numbers and durations, and how it prints values.

Source: Go strconv, time.ParseDuration, math/big Rat.SetString, fmt; docker/go-units size.go.
"""

import re
from typing import Any, Final

from swarmwire.rules.go_text import general, quote
from swarmwire.stack.places import go_type
from swarmwire.stack.yaml.timestamps import Timestamp

_INT64: Final = range(-(2**63), 2**63)
_WHOLE = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_HEXADECIMAL = re.compile(
    r"[+-]?0[xX]([0-9a-fA-F]+(\.[0-9a-fA-F]*)?|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+"
)
_INFINITE = re.compile(r"[+-]?inf(inity)?|nan", re.IGNORECASE)
_RATIONAL = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?(?:/([0-9]+))?")
_UNITS: Final = {
    "ns": 1,
    "us": 1_000,
    "\u00b5s": 1_000,
    "\u03bcs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_STEP = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^0-9.]*)")
_BINARY: Final = {"k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40, "p": 2**50}
_LONGEST = 1000
_LARGEST_EXPONENT = 1_000_000


def parse_whole(text: str) -> int:
    """``strconv.Atoi``.

    Raises:
        ValueError: not a number of 64 bits; the text is Go's.
    """
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"strconv.Atoi: parsing {quote(text)}: invalid syntax")
    if len(text) > _LONGEST or int(text) not in _INT64:
        raise ValueError(f"strconv.Atoi: parsing {quote(text)}: value out of range")
    return int(text)


def parse_float(text: str) -> float:
    """``strconv.ParseFloat`` with 64 bits.

    Raises:
        ValueError: not a number, or too large; the text is Go's.
    """
    if _INFINITE.fullmatch(text):
        return float(text)
    failed = f"strconv.ParseFloat: parsing {quote(text)}:"
    try:
        if _DECIMAL.fullmatch(text):
            number = float(text)
        elif _HEXADECIMAL.fullmatch(text):
            number = float.fromhex(text)
        else:
            raise ValueError(f"{failed} invalid syntax")
    except OverflowError:
        number = float("inf")
    if number in {float("inf"), float("-inf")}:
        raise ValueError(f"{failed} value out of range")
    return number


def parse_duration(text: str) -> int:
    """``time.ParseDuration``: nanoseconds.

    Raises:
        ValueError: not a duration; the text is Go's.
    """
    invalid = f"time: invalid duration {quote(text)}"
    rest = text[1:] if text[:1] in {"+", "-"} else text
    if rest == "0":
        return 0
    if not rest or len(rest) > _LONGEST:
        raise ValueError(invalid)
    total, position = 0, 0
    while position < len(rest):
        found = _STEP.match(rest, position)
        assert found is not None
        whole, part, unit = found.groups()
        if not whole and not part:
            raise ValueError(invalid)
        if not unit:
            raise ValueError(f"time: missing unit in duration {quote(text)}")
        if unit not in _UNITS:
            raise ValueError(f"time: unknown unit {quote(unit)} in duration {quote(text)}")
        total += int(whole or 0) * _UNITS[unit] + _part(part or "", _UNITS[unit])
        if total > 2**63:
            raise ValueError(invalid)
        position = found.end()
    if text[0] == "-":
        return -total
    if total == 2**63:
        raise ValueError(invalid)
    return total


def duration_text(nanoseconds: int) -> str:
    """A duration as Go writes it: ``1m30s``, ``1.5ms``, ``0s``."""
    sign, left = "-" if nanoseconds < 0 else "", abs(nanoseconds)
    for unit, name in ((1, "ns"), (1_000, "\u00b5s"), (1_000_000, "ms")):
        if 0 < left < max(unit * 1_000, 1_000):
            return f"{sign}{_decimal(left, unit)}{name}"
    minutes, seconds = divmod(left, 60 * 10**9)
    text = f"{_decimal(seconds, 10**9)}s"
    if minutes:
        text = f"{minutes % 60}m{text}"
    if minutes >= 60:
        text = f"{minutes // 60}h{text}"
    return sign + text


def _decimal(number: int, unit: int) -> str:
    whole, rest = divmod(number, unit)
    digits = f"{rest:0{len(str(unit)) - 1}d}".rstrip("0") if rest else ""
    return f"{whole}.{digits}" if digits else str(whole)


def _part(digits: str, unit: int) -> int:
    # Go stops at the digits that 63 bits hold, and counts the rest with floats.
    digits = digits[:18]
    return int(float(int(digits or 0)) * (unit / 10 ** len(digits)))


def parse_size(text: str) -> int:
    """Bytes, as ``RAMInBytes`` of docker/go-units reads them: ``64m``, ``1.5GiB``.

    Raises:
        ValueError: not a size; the text is the library's.
    """
    split = max(text.rfind(char) for char in "0123456789. ")
    if split == -1:
        raise ValueError(f"invalid size: '{text}'")
    suffix = text[split + 1 :]
    size = parse_float(text[:split] if text[split] == " " else text[: split + 1])
    if size < 0:
        raise ValueError(f"invalid size: '{text}'")
    return _clipped(size * _factor(suffix)) if suffix else _clipped(size)


def _factor(suffix: str) -> int:
    lowered = suffix.lower()
    if len(suffix.encode()) > 3:
        raise ValueError(f"invalid suffix: '{suffix}'")
    if lowered == "b":
        return 1
    if lowered[0] in _BINARY and lowered[1:] in {"", "b", "ib"}:
        return _BINARY[lowered[0]]
    raise ValueError(f"invalid suffix: '{lowered}'")


def _clipped(size: float) -> int:
    # What a processor of the usual kind makes of a float that is too large, or no number.
    return int(size) if -(2.0**63) <= size < 2.0**63 else -(2**63)


def parse_nano_cpus(text: str) -> int:
    """Billionths of a processor: ``0.5``, ``1e-3``, ``1/4``.

    Raises:
        ValueError: not a rational number, or finer than billionths; the text is docker's.
    """
    found = _RATIONAL.fullmatch(text)
    failed = f"failed to parse {text} as a rational number"
    if found is None or len(text) > _LONGEST or not (found[2] or found[3]):
        raise ValueError(failed)
    sign, whole, part, exponent, below = found.groups()
    if below is not None and (part is not None or exponent is not None or int(below) == 0):
        raise ValueError(failed)
    power = int(exponent or 0) - len(part or "") + 9
    if abs(power) > _LARGEST_EXPONENT:
        raise ValueError(failed)
    number = _scaled(int(whole + (part or "")), power, int(below or 1))
    low = (-number if sign == "-" else number) & (2**64 - 1)
    return low - 2**64 if low >= 2**63 else low


def _scaled(number: int, power: int, below: int) -> int:
    """``number * 10**power / below``, of which the low 64 bits count."""
    if number == 0:
        return 0
    if power < 0:
        below, power = below * 10 ** min(-power, _LONGEST + 1), 0
    if power > _LONGEST:
        return number * pow(10, power, 2**64)
    number *= 10**power
    if number % below:
        raise ValueError("value is too precise")
    return number // below


def sprint(value: Any) -> str:
    """``fmt.Sprint`` of a value from a stack file."""
    match value:
        case None:
            return "<nil>"
        case bool():
            return "true" if value else "false"
        case float():
            return general(value)
    return str(value)


def as_string(value: Any) -> str:
    """``fmt.Sprintf("%s")`` of a value from a stack file."""
    if isinstance(value, str | Timestamp):
        return str(value)
    return "%!s(<nil>)" if value is None else f"%!s({go_type(value)}={sprint(value)})"
