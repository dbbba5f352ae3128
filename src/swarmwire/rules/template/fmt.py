"""Go's fmt for the values that a template can hold: Sprint, Sprintf, and one verb at a time.

Source: Go 1.26, fmt/print.go and fmt/format.go.
"""

import msgspec
from msgspec.structs import replace

from swarmwire.rules.go_text import general, is_printable, quote, unicode_name
from swarmwire.rules.template.values import (
    MAX_LENGTH,
    Byte,
    NilMap,
    Pointer,
    Struct,
    TooMuchWorkError,
    Value,
    to_bytes,
    type_name,
)

_MAX_NUMBER = 1_000_000
_POINTER = "0xc000000000"
"""A pointer is printed as its address, which nobody can foretell."""


def sprint(*args: Value) -> str:
    """The values one after the other, with a space between two that are not strings."""
    out: list[str] = []
    for position, arg in enumerate(args):
        before = args[position - 1] if position else ""
        if not isinstance(arg, str) and not isinstance(before, str):
            out.append(" ")
        out.append(_formatted(arg, "v", _Flags()))
    return "".join(out)


def sprintln(*args: Value) -> str:
    """The values with spaces in between and a line feed at the end."""
    return " ".join(_formatted(arg, "v", _Flags()) for arg in args) + "\n"


def sprintf(template: str, *args: Value) -> str:
    """The values as the format asks for."""
    return _Printer(template, args).text()


class _Flags(msgspec.Struct):
    """What stands between the percent sign and the verb."""

    width: int | None = None
    precision: int | None = None
    minus: bool = False
    plus: bool = False
    sharp: bool = False
    space: bool = False
    zero: bool = False
    plus_v: bool = False
    sharp_v: bool = False


def _with_type(arg: Value, flags: _Flags) -> str:
    """The value and its type, as Go complains of it."""
    return "<nil>" if arg is None else f"{type_name(arg)}={_formatted(arg, 'v', flags)}"


def _formatted(arg: Value, verb: str, flags: _Flags, depth: int = 0) -> str:
    """The value as the verb writes it."""
    if verb == "T":
        return _padded("<nil>" if arg is None else type_name(arg), flags)
    if isinstance(arg, NilMap):
        return "map[string]string(nil)" if flags.sharp_v else "map[]"
    if isinstance(arg, Struct):
        return _struct(arg, verb, flags, depth)
    if isinstance(arg, Pointer) and depth == 0 and verb != "p":
        return "&" + _struct(arg.target, verb, flags, depth + 1)
    text = _leaf(arg, verb, flags)
    if text is None:
        return f"%!{verb}({_with_type(arg, flags)})"
    return text


def _struct(struct: Struct, verb: str, flags: _Flags, depth: int) -> str:
    fields = [
        (name, _formatted(field, verb, flags, depth + 1)) for name, field in struct.fields.items()
    ]
    if flags.sharp_v:
        return struct.type_name + "{" + ", ".join(f"{name}:{text}" for name, text in fields) + "}"
    if flags.plus_v:
        return "{" + " ".join(f"{name}:{text}" for name, text in fields) + "}"
    return "{" + " ".join(text for _, text in fields) + "}"


def _leaf(arg: Value, verb: str, flags: _Flags) -> str | None:
    """One plain value; None if the verb is not for it."""
    if verb == "v":
        return _plain(arg, flags)
    if isinstance(arg, str):
        return _string(arg, verb, flags)
    if isinstance(arg, bool):
        return _padded(str(arg).lower(), flags) if verb == "t" else None
    if isinstance(arg, int):
        return _integer(int(arg), verb, flags)
    if isinstance(arg, float):
        return _float(arg, verb, flags)
    if isinstance(arg, complex):
        return _complex(arg, verb, flags)
    return _POINTER if isinstance(arg, Pointer) else None


def _plain(arg: Value, flags: _Flags) -> str | None:
    """A plain value as ``%v`` writes it; ``%+v`` is the same, ``%#v`` is Go's own notation."""
    if isinstance(arg, str):
        return _string(arg, "q" if flags.sharp_v else "s", replace(flags, sharp=False))
    if isinstance(arg, bool):
        return _padded(str(arg).lower(), flags)
    if isinstance(arg, int):
        in_hex = flags.sharp_v and isinstance(arg, Byte)
        return _integer(int(arg), "x" if in_hex else "d", replace(flags, sharp=in_hex))
    if isinstance(arg, float):
        return _float(arg, "g", flags)
    if isinstance(arg, complex):
        return _complex(arg, "g", flags)
    return _padded("<nil>", flags) if arg is None else _POINTER


def _string(text: str, verb: str, flags: _Flags) -> str | None:
    if verb in "xX":
        data = to_bytes(text)[: flags.precision]
        prefix = f"0{verb}" if flags.sharp else ""
        between = " " + prefix if flags.space else ""
        shown = prefix + between.join(format(byte, f"02{verb}") for byte in data) if data else ""
        return _padded(shown, flags)
    if flags.precision is not None:
        text = text[: flags.precision]
    if verb == "s":
        return _padded(text, flags)
    if verb == "q":
        raw = flags.sharp and "`" not in text and all(map(is_printable, text.replace("\t", "")))
        quoted = f"`{text}`" if raw else quote(text, ascii_only=flags.plus)
        return _padded(quoted, flags)
    return None


def _integer(number: int, verb: str, flags: _Flags) -> str | None:
    if verb in "dboxXO":
        return _padded(_digits(number, verb, flags), replace(flags, zero=False))
    code = number if 0 <= number <= 0x10FFFF and not 0xD800 <= number < 0xE000 else 0xFFFD
    if verb == "c":
        return _padded(chr(code), flags)
    if verb == "q":
        return _padded(quote(chr(code), mark="'", ascii_only=flags.plus), flags)
    if verb == "U":
        named = flags.sharp and code == number
        text = unicode_name(chr(number)) if named else f"U+{number & 2**64 - 1:04X}"
        return _padded(text, replace(flags, zero=False))
    return None


def _digits(number: int, verb: str, flags: _Flags) -> str:
    prefixes = {"b": "0b", "o": "0", "x": "0x", "X": "0X"} if flags.sharp else {}
    sign = "-" if number < 0 else _sign(flags)
    count = flags.precision
    if count is None and flags.zero and flags.width and not flags.minus:
        count = flags.width - len(sign)
    if count == 0 and number == 0:
        return ""
    digits = format(abs(number), verb.replace("O", "o")).rjust(count or 0, "0")
    return sign + ("0o" if verb == "O" else prefixes.get(verb, "")) + digits


def _sign(flags: _Flags) -> str:
    if flags.plus:
        return "+"
    return " " if flags.space else ""


def _float(number: float, verb: str, flags: _Flags) -> str | None:
    if verb not in "eEfFgGxX":
        return None
    if verb in "xX":
        text = _hex_float(number, verb)
    elif verb in "gG" and flags.precision is None:
        text = general(number)
        text = text.upper() if verb == "G" else text
    else:
        precision = 6 if flags.precision is None else flags.precision
        text = format(number, f".{precision}{verb}")
    text = text if text[0] == "-" else _sign(flags) + text
    if flags.zero and not flags.minus:
        return text.zfill(flags.width or 0)
    return _padded(text, flags)


def _hex_float(number: float, verb: str) -> str:
    mantissa, _, exponent = number.hex().partition("p")
    mantissa = mantissa.rstrip("0").rstrip(".") if number else mantissa.removesuffix(".0")
    text = f"{mantissa}p{exponent[0]}{exponent[1:].zfill(2)}"
    return text.upper() if verb == "X" else text


def _complex(number: complex, verb: str, flags: _Flags) -> str | None:
    real = _float(number.real, verb, flags)
    imaginary = _float(number.imag, verb, replace(flags, plus=True))
    return None if real is None else f"({real}{imaginary}i)"


def _padded(text: str, flags: _Flags) -> str:
    width = flags.width or 0
    if flags.minus:
        return text.ljust(width)
    return text.rjust(width, "0" if flags.zero else " ")


class _Printer:
    def __init__(self, template: str, args: tuple[Value, ...]) -> None:
        self._format = template
        self._args = args
        self._at = 0
        self._used = 0
        self._reordered = False
        self._good_index = True

    def text(self) -> str:
        out: list[str] = []
        length = 0
        while self._at < len(self._format):
            percent = self._format.find("%", self._at)
            end = percent if percent >= 0 else len(self._format)
            out.append(self._format[self._at : end])
            self._at = end + 1
            if percent >= 0:
                out.append(self._verb())
                length += len(out[-1])
            if length > MAX_LENGTH:
                raise TooMuchWorkError
        if not self._reordered and self._used < len(self._args):
            extra = ", ".join(_with_type(arg, _Flags()) for arg in self._args[self._used :])
            out.append(f"%!(EXTRA {extra})")
        return "".join(out)

    def _peek(self) -> str:
        return self._format[self._at : self._at + 1]

    def _verb(self) -> str:
        self._good_index = True
        self._reordered = False
        flags = self._flags()
        self._index()
        prefix = self._width(flags) + self._precision(flags)
        if not self._peek():
            return prefix + "%!(NOVERB)"
        verb = self._format[self._at]
        self._at += 1
        if verb == "%":
            return prefix + "%"
        if not self._good_index:
            return f"{prefix}%!{verb}(BADINDEX)"
        if self._used >= len(self._args):
            return f"{prefix}%!{verb}(MISSING)"
        self._used += 1
        if verb == "v":
            flags.plus_v, flags.sharp_v = flags.plus, flags.sharp
            flags.plus = flags.sharp = False
        return prefix + _formatted(self._args[self._used - 1], verb, flags)

    def _flags(self) -> _Flags:
        flags = _Flags()
        names = {"-": "minus", "+": "plus", "#": "sharp", " ": "space", "0": "zero"}
        while self._peek() in names:
            setattr(flags, names[self._peek()], True)
            self._at += 1
        return flags

    def _index(self) -> bool:
        """Read an explicit argument index such as ``[2]``; whether there was one."""
        if self._peek() != "[":
            return False
        self._reordered = True
        close = self._format.find("]", self._at)
        digits = self._format[self._at + 1 : close] if close > 0 else ""
        self._at = close + 1 if close > 0 else self._at + 1
        number = int(digits) if digits.isascii() and digits.isdigit() else 0
        if not 1 <= number <= len(self._args):
            self._good_index = False
            return False
        self._used = number - 1
        return True

    def _number(self) -> int | None:
        number = None
        while (digit := self._peek()) and digit in "0123456789":
            if number is not None and number > _MAX_NUMBER:
                # as Go: a number that is far too long swallows the rest
                self._at = len(self._format)
                return None
            number = (number or 0) * 10 + int(digit)
            self._at += 1
        return number

    def _star(self) -> int | None:
        self._at += 1
        arg = self._args[self._used] if self._used < len(self._args) else None
        self._used = min(self._used + 1, len(self._args))
        good = isinstance(arg, int) and not isinstance(arg, bool) and abs(arg) <= _MAX_NUMBER
        return arg if good and isinstance(arg, int) else None

    def _width(self, flags: _Flags) -> str:
        if self._peek() != "*":
            flags.width = self._number()
            return ""
        flags.width = self._star()
        if flags.width is None:
            return "%!(BADWIDTH)"
        if flags.width < 0:
            flags.width, flags.minus, flags.zero = -flags.width, True, False
        return ""

    def _precision(self, flags: _Flags) -> str:
        if self._peek() != ".":
            self._index()
            return ""
        self._at += 1
        self._index()
        if self._peek() != "*":
            number = self._number()
            flags.precision = 0 if number is None else number
            self._index()
            return ""
        flags.precision = self._star()
        self._index()
        if flags.precision is not None and flags.precision < 0:
            flags.precision = None
        return "%!(BADPREC)" if flags.precision is None else ""
