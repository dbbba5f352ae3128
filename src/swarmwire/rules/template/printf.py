"""Go's fmt: Sprint, Sprintln and Sprintf, for the values that a template can hold.

Source: Go 1.26, fmt/print.go and fmt/format.go.
"""

from dataclasses import dataclass

from swarmwire.rules.go_text import general, is_printable, quote, unicode_name
from swarmwire.rules.template.values import (
    Byte,
    NilMap,
    Pointer,
    Struct,
    Value,
    from_bytes,
    to_bytes,
    type_name,
)

_POINTER = "0xc000000000"
"""A pointer is printed as its address, which nobody can foretell."""

_MAX_NUMBER = 1_000_000


@dataclass(slots=True)
class _Flags:
    width: int | None = None
    precision: int | None = None
    minus: bool = False
    plus: bool = False
    sharp: bool = False
    space: bool = False
    zero: bool = False


def sprint(*args: Value) -> str:
    """The values one after the other, with a space between two that are not strings."""
    out: list[str] = []
    for position, arg in enumerate(args):
        before = args[position - 1] if position else ""
        if not isinstance(arg, str) and not isinstance(before, str):
            out.append(" ")
        out.append(_shown(arg, _Flags()))
    return "".join(out)


def sprintln(*args: Value) -> str:
    """The values with spaces in between and a line feed at the end."""
    return " ".join(_shown(arg, _Flags()) for arg in args) + "\n"


def _shown(value: Value, flags: _Flags, depth: int = 0) -> str:
    """The value as ``%v`` writes it, or ``%+v``, or ``%#v``."""
    if value is None:
        return "<nil>"
    if isinstance(value, str):
        return quote(value) if flags.sharp else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Byte):
        return f"0x{value:x}" if flags.sharp else str(int(value))
    if isinstance(value, int):
        return f"{value:+d}" if flags.plus and not depth else str(value)
    if isinstance(value, float):
        return _signed(general(value), flags)
    if isinstance(value, complex):
        return f"({general(value.real)}{_plus(general(value.imag))}i)"
    return _shown_composite(value, flags, depth)


def _shown_composite(value: Value, flags: _Flags, depth: int) -> str:
    if isinstance(value, NilMap):
        return "map[string]string(nil)" if flags.sharp else "map[]"
    if isinstance(value, Pointer):
        if depth:
            return _POINTER
        return "&" + _shown_composite(value.target, flags, depth + 1)
    assert isinstance(value, Struct)
    fields = [(name, _shown(field, flags, depth + 1)) for name, field in value.fields.items()]
    if flags.sharp:
        return value.type_name + "{" + ", ".join(f"{name}:{text}" for name, text in fields) + "}"
    if flags.plus:
        return "{" + " ".join(f"{name}:{text}" for name, text in fields) + "}"
    return "{" + " ".join(text for _, text in fields) + "}"


def _plus(text: str) -> str:
    return text if text[0] in "+-" else "+" + text


def _signed(text: str, flags: _Flags) -> str:
    return text if text[0] in "+-" else _sign(flags) + text


def sprintf(template: str, *args: Value) -> str:
    """The values as the format asks for."""
    return _Printer(template, args).text()


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
        while self._at < len(self._format):
            percent = self._format.find("%", self._at)
            end = percent if percent >= 0 else len(self._format)
            out.append(self._format[self._at : end])
            self._at = end + 1
            if percent >= 0:
                out.append(self._verb())
        if not self._reordered and self._used < len(self._args):
            extra = ", ".join(_with_type(arg) for arg in self._args[self._used :])
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
        start = self._at
        while self._peek() and self._peek() in "0123456789":
            self._at += 1
        if start == self._at:
            return None
        digits = self._format[start : self._at]
        return None if len(digits.lstrip("0")) > 7 or int(digits) > _MAX_NUMBER else int(digits)

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


def _with_type(arg: Value) -> str:
    return "<nil>" if arg is None else f"{type_name(arg)}={_shown(arg, _Flags())}"


def _formatted(arg: Value, verb: str, flags: _Flags) -> str:
    if verb == "T":
        return _padded("<nil>" if arg is None else type_name(arg), flags)
    if verb == "v":
        return _padded(_shown(arg, flags), flags, number=isinstance(arg, int | float))
    if arg is None:
        return f"%!{verb}(<nil>)"
    text = _by_kind(arg, verb, flags)
    if text is None:
        return f"%!{verb}({_with_type(arg)})"
    return _padded(text, flags, number=isinstance(arg, int | float) and verb not in "cqU")


def _by_kind(arg: Value, verb: str, flags: _Flags) -> str | None:
    if isinstance(arg, str):
        return _string(arg, verb, flags)
    if isinstance(arg, bool):
        return _shown(arg, _Flags()) if verb == "t" else None
    if isinstance(arg, int):
        return _integer(int(arg), verb, flags)
    if isinstance(arg, float):
        return _float(arg, verb, flags)
    if isinstance(arg, Struct):
        inner = " ".join(_formatted(field, verb, flags) for field in arg.fields.values())
        return f"{{{inner}}}"
    if isinstance(arg, NilMap):
        return "map[]"
    return None


def _string(text: str, verb: str, flags: _Flags) -> str | None:
    if verb in "xX":
        data = to_bytes(text)[: flags.precision]
        shown = data.hex(" ") if flags.space else data.hex()
        return shown if verb == "x" else shown.upper()
    if flags.precision is not None:
        text = text[: flags.precision]
    if verb == "s":
        return text
    if verb == "q":
        raw = flags.sharp and "`" not in text and all(map(is_printable, text.replace("\t", "")))
        return f"`{text}`" if raw else quote(text, ascii_only=flags.plus)
    return None


def _integer(number: int, verb: str, flags: _Flags) -> str | None:
    bases = {"d": "d", "b": "b", "o": "o", "x": "x", "X": "X", "O": "o"}
    if verb in bases:
        prefixes = {"b": "0b", "o": "0", "x": "0x", "X": "0X"} if flags.sharp else {}
        prefix = "0o" if verb == "O" else prefixes.get(verb, "")
        digits = format(abs(number), bases[verb]).rjust(flags.precision or 0, "0")
        return ("-" if number < 0 else _sign(flags)) + prefix + digits
    code = number if 0 <= number <= 0x10FFFF and not 0xD800 <= number < 0xE000 else 0xFFFD
    if verb == "c":
        return chr(code)
    if verb == "q":
        return quote(chr(code), mark="'", ascii_only=flags.plus)
    if verb == "U":
        return unicode_name(chr(number)) if flags.sharp and code == number else f"U+{number:04X}"
    return None


def _sign(flags: _Flags) -> str:
    if flags.plus:
        return "+"
    return " " if flags.space else ""


def _float(number: float, verb: str, flags: _Flags) -> str | None:
    if verb not in "eEfFgG":
        return None
    if verb in "gG" and flags.precision is None:
        text = general(number)
        return _signed(text.upper() if verb == "G" else text, flags)
    precision = 6 if flags.precision is None else flags.precision
    return _signed(format(number, f".{precision}{verb}"), flags)


def _padded(text: str, flags: _Flags, *, number: bool = False) -> str:
    width = flags.width or 0
    if flags.minus:
        return text.ljust(width)
    if flags.zero and number:
        return text.zfill(width)
    if flags.zero:
        return text.rjust(width, "0")
    return text.rjust(width)


