"""Query parameters as the engine reads them: Go's forms, two kinds of booleans, numbers, times.

Source: Go net/url ParseQuery, strconv; moby daemon/server/httputils/form.go and
daemon/internal/timestamp.
"""

import re
from typing import Final
from urllib.parse import unquote_plus

from swarmwire.engine.address import go_quoted
from swarmwire.gateway.message import RequestRefused

_BAD_ESCAPE: Final = re.compile(r"%(?![0-9a-fA-F]{2}).{0,2}", re.DOTALL)
_TRUE: Final = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE: Final = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_LOOSELY_FALSE: Final = frozenset({"", "0", "no", "false", "none"})
_LARGEST: Final = 2**64 - 1
_INT64: Final = 2**63
_FRACTION: Final = 20
_DIGITS: Final = 20


class Parameters:
    """The parameters of one request; of a repeated one the first counts."""

    def __init__(self, query: str) -> None:
        self._first: dict[str, str] = {}
        self._wrong = ""
        for part in query.split("&") if query else ():
            if ";" in part:
                self._wrong = "invalid semicolon separator in query"
                continue
            bad = next(filter(None, map(_BAD_ESCAPE.search, part.split("=", 1))), None)
            if bad is not None:
                self._wrong = self._wrong or f"invalid URL escape {go_quoted(bad[0])}"
                continue
            name, _, value = part.partition("=")
            if part:
                self._first.setdefault(unquote_plus(name), unquote_plus(value))

    def refuse_malformed(self) -> None:
        """Refuse a query that Go cannot read; handlers that parse forms do.

        Raises:
            RequestRefused: 400.
        """
        if self._wrong:
            raise RequestRefused(400, self._wrong)

    def text(self, name: str) -> str:
        """The value; empty if it is not there."""
        return self._first.get(name, "")

    def loose(self, name: str) -> bool:
        """A boolean of which nearly every text is true."""
        return self.text(name).strip().lower() not in _LOOSELY_FALSE

    def strict(self, name: str, *, with_cause: bool = True) -> bool:
        """A boolean as strconv reads it; an empty one is false.

        Raises:
            RequestRefused: 400.
        """
        value = self.text(name)
        if value in _TRUE:
            return True
        if value in _FALSE or not value:
            return False
        cause = f": strconv.ParseBool: parsing {go_quoted(value)}: invalid syntax"
        text = f"invalid value for {name}: {value}{cause if with_cause else ''}"
        raise RequestRefused(400, text)

    def version(self, what: str, *, quoted: bool = True) -> int:
        """The version of an object that an update names.

        Raises:
            RequestRefused: 400.
        """
        value = self.text("version")
        digits = value.isascii() and value.isdigit()
        number = _number(value) if digits else None
        if number is not None and number <= _LARGEST:
            return number
        reason = "value out of range" if digits else "invalid syntax"
        cause = f" '{value}': strconv.ParseUint: parsing {go_quoted(value)}: {reason}"
        raise RequestRefused(400, f"invalid {what} version{cause if quoted else ''}")

    def unix_time(self, name: str, quote: str) -> int | None:
        """A time in nanoseconds since 1970; None if it is not given.

        Args:
            name: of the parameter.
            quote: what the engine puts round that in its refusal.

        Raises:
            RequestRefused: 400.
        """
        value = self.text(name)
        if not value:
            return None
        try:
            return _nanoseconds(value)
        except ValueError as err:
            text = f"invalid value for {quote}{name}{quote}: invalid timestamp"
            raise RequestRefused(400, f"{text} {go_quoted(value)}: {err}") from None

    def older_unix_time(self, name: str, beginning: str = "") -> int | None:
        """As ``unix_time``, as releases before 29.0 read it: both parts are whole numbers.

        Args:
            name: of the parameter.
            beginning: of the refusal.

        Raises:
            RequestRefused: 500.

        Source: moby v28.5.2 api/types/time/timestamp.go.
        """
        value = self.text(name)
        if not value:
            return None
        whole, point, fraction = value.partition(".")
        try:
            nanoseconds = int64(whole) * 10**9
            if point:
                nanoseconds += int(int64(fraction) * 10.0 ** (9 - len(fraction)))
        except ValueError as err:
            raise RequestRefused(500, f"{beginning}strconv.ParseInt: {err}") from None
        return nanoseconds


def int64(text: str) -> int:
    """A number of 64 bits in decimal digits, as strconv.ParseInt reads it.

    Raises:
        ValueError: it is none, in the words of Go.
    """
    if not re.fullmatch(r"[+-]?[0-9]+", text, re.ASCII):
        raise ValueError(f"parsing {go_quoted(text)}: invalid syntax")
    number = _number(text)
    if number is None or not -_INT64 <= number < _INT64:
        raise ValueError(f"parsing {go_quoted(text)}: value out of range")
    return number


def _number(text: str) -> int | None:
    """The number that digits are; None if it is far too large for any use here."""
    digits = text.lstrip("+-").lstrip("0")
    if len(digits) > _DIGITS:
        return None
    return int(digits or "0") * (-1 if text.startswith("-") else 1)


def _nanoseconds(value: str) -> int:
    seconds, _, fraction = value.partition(".")
    if not re.fullmatch(r"[+-]?[0-9]+", seconds, re.ASCII):
        raise ValueError(f"invalid seconds {go_quoted(seconds)}: invalid syntax")
    whole = _number(seconds)
    if whole is None or not -_INT64 <= whole < _INT64:
        raise ValueError(f"invalid seconds {go_quoted(seconds)}: value out of range")
    if len(fraction) > _FRACTION:
        raise ValueError(f"invalid nanoseconds: length {len(fraction)} exceeds maximum {_FRACTION}")
    for place, letter in enumerate(fraction):
        if letter not in "0123456789":
            character = f"'{letter}'"
            raise ValueError(
                f"invalid nanoseconds: invalid character {character} at position {place}"
            )
    return whole * 10**9 + int(fraction[:9].ljust(9, "0") if fraction else 0)
