"""Text as Go writes it: quoted strings, floats, code points, lower case, white space."""

import unicodedata
from decimal import Decimal
from math import isinf, isnan

WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""What Go's ``strings.TrimSpace`` removes: fewer control characters than ``str.strip``."""

_ESCAPES = {
    "\a": r"\a",
    "\b": r"\b",
    "\f": r"\f",
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
    "\v": r"\v",
    "\\": r"\\",
}
_RAW_BYTES = range(0xDC80, 0xDD00)


def is_printable(char: str) -> bool:
    """Go's ``unicode.IsPrint``: letters, marks, numbers, punctuation, symbols and the space."""
    return char == " " or unicodedata.category(char)[0] in "LMNPS"


def is_letter(char: str) -> bool:
    """Go's ``unicode.IsLetter``."""
    return unicodedata.category(char)[0] == "L"


def is_digit(char: str) -> bool:
    """Go's ``unicode.IsDigit``."""
    return unicodedata.category(char) == "Nd"


def quote(text: str, *, mark: str = '"', ascii_only: bool = False) -> str:
    """The text as ``%q`` writes it (``%+q`` if ``ascii_only``).

    A byte that is not UTF-8 stands in ``text`` as Python's ``surrogateescape`` leaves it.
    """
    return mark + "".join(_quoted(char, mark, ascii_only=ascii_only) for char in text) + mark


def _quoted(char: str, mark: str, *, ascii_only: bool) -> str:
    if char == mark:
        return "\\" + char
    code = ord(char)
    if code in _RAW_BYTES:
        return f"\\x{code - 0xDC00:02x}"
    if char in _ESCAPES:
        return _ESCAPES[char]
    if is_printable(char) and not (ascii_only and code > 0x7E):
        return char
    return _code_point(code)


def _code_point(code: int) -> str:
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    if code < 0x10000:
        return f"\\u{code:04x}"
    return f"\\U{code:08x}"


def unicode_name(char: str) -> str:
    """The character as ``%#U`` writes it: ``U+007D '}'``."""
    name = f"U+{ord(char):04X}"
    return f"{name} '{char}'" if is_printable(char) else name


def general(number: float) -> str:
    """The number as ``%g`` and ``%v`` write it: shortest digits, ``1e+06``, ``1e-05``."""
    if isnan(number):
        return "NaN"
    if isinf(number):
        return "+Inf" if number > 0 else "-Inf"
    sign, digits, point = decimal_parts(number)
    exponent = point - 1
    if exponent < -4 or exponent >= 6:
        return sign + _with_exponent(digits, exponent)
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    whole, part = digits[:point].ljust(point, "0"), digits[point:]
    return f"{sign}{whole}.{part}" if part else sign + whole


def decimal_parts(number: float) -> tuple[str, str, int]:
    """Sign, shortest digits, and how many of them stand before the point."""
    parts = Decimal(repr(number)).normalize().as_tuple()
    digits = "".join(map(str, parts.digits))
    point = len(digits) + int(parts.exponent)
    return "-" if parts.sign else "", digits, 1 if digits == "0" else point


def _with_exponent(digits: str, exponent: int) -> str:
    mantissa = digits if len(digits) == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def lower(text: str) -> str:
    """Go's ``strings.ToLower``: one character for each, unlike ``str.lower``."""
    if text.isascii():
        return text.lower()
    return "".join("i" if char == "\u0130" else char.lower() for char in text)
