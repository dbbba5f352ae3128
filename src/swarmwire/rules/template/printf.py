"""Go's fmt: Sprint, Sprintln and Sprintf, for the values that a template can hold.

Source: Go 1.26, fmt/print.go and fmt/format.go.
"""

from swarmwire.rules.template.errors import TooMuchWorkError
from swarmwire.rules.template.values import Value
from swarmwire.rules.template.verbs import Flags, formatted, with_type

_MAX_NUMBER = 1_000_000

MAX_LENGTH = 16 * 1024 * 1024
"""The longest text that we make of a template before we give it up."""


def sprint(*args: Value) -> str:
    """The values one after the other, with a space between two that are not strings."""
    out: list[str] = []
    for position, arg in enumerate(args):
        before = args[position - 1] if position else ""
        if not isinstance(arg, str) and not isinstance(before, str):
            out.append(" ")
        out.append(formatted(arg, "v", Flags()))
    return "".join(out)


def sprintln(*args: Value) -> str:
    """The values with spaces in between and a line feed at the end."""
    return " ".join(formatted(arg, "v", Flags()) for arg in args) + "\n"


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
            extra = ", ".join(with_type(arg, Flags()) for arg in self._args[self._used :])
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
        return prefix + formatted(self._args[self._used - 1], verb, flags)

    def _flags(self) -> Flags:
        flags = Flags()
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

    def _width(self, flags: Flags) -> str:
        if self._peek() != "*":
            flags.width = self._number()
            return ""
        flags.width = self._star()
        if flags.width is None:
            return "%!(BADWIDTH)"
        if flags.width < 0:
            flags.width, flags.minus, flags.zero = -flags.width, True, False
        return ""

    def _precision(self, flags: Flags) -> str:
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
