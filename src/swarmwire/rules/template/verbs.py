"""Values as Go's fmt writes them, one verb at a time.

Source: Go 1.26, fmt/print.go and fmt/format.go.
"""

from dataclasses import dataclass, replace

from swarmwire.rules.go_text import general, is_printable, quote, unicode_name
from swarmwire.rules.template.values import (
    Byte,
    NilMap,
    Pointer,
    Struct,
    Value,
    to_bytes,
    type_name,
)

_POINTER = "0xc000000000"
"""A pointer is printed as its address, which nobody can foretell."""


@dataclass(slots=True)
class Flags:
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


def with_type(arg: Value, flags: Flags) -> str:
    """The value and its type, as Go complains of it."""
    return "<nil>" if arg is None else f"{type_name(arg)}={formatted(arg, 'v', flags)}"


def formatted(arg: Value, verb: str, flags: Flags, depth: int = 0) -> str:
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
        return f"%!{verb}({with_type(arg, flags)})"
    return text


def _struct(struct: Struct, verb: str, flags: Flags, depth: int) -> str:
    fields = [
        (name, formatted(field, verb, flags, depth + 1)) for name, field in struct.fields.items()
    ]
    if flags.sharp_v:
        return struct.type_name + "{" + ", ".join(f"{name}:{text}" for name, text in fields) + "}"
    if flags.plus_v:
        return "{" + " ".join(f"{name}:{text}" for name, text in fields) + "}"
    return "{" + " ".join(text for _, text in fields) + "}"


def _leaf(arg: Value, verb: str, flags: Flags) -> str | None:
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


def _plain(arg: Value, flags: Flags) -> str | None:
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


def _string(text: str, verb: str, flags: Flags) -> str | None:
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


def _integer(number: int, verb: str, flags: Flags) -> str | None:
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


def _digits(number: int, verb: str, flags: Flags) -> str:
    prefixes = {"b": "0b", "o": "0", "x": "0x", "X": "0X"} if flags.sharp else {}
    sign = "-" if number < 0 else _sign(flags)
    count = flags.precision
    if count is None and flags.zero and flags.width and not flags.minus:
        count = flags.width - len(sign)
    if count == 0 and number == 0:
        return ""
    digits = format(abs(number), verb.replace("O", "o")).rjust(count or 0, "0")
    return sign + ("0o" if verb == "O" else prefixes.get(verb, "")) + digits


def _sign(flags: Flags) -> str:
    if flags.plus:
        return "+"
    return " " if flags.space else ""


def _float(number: float, verb: str, flags: Flags) -> str | None:
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


def _complex(number: complex, verb: str, flags: Flags) -> str | None:
    real = _float(number.real, verb, flags)
    imaginary = _float(number.imag, verb, replace(flags, plus=True))
    return None if real is None else f"({real}{imaginary}i)"


def _padded(text: str, flags: Flags) -> str:
    width = flags.width or 0
    if flags.minus:
        return text.ljust(width)
    return text.rjust(width, "0" if flags.zero else " ")
