"""The parse tree of a template: its nodes, how Go writes them in messages, and its constants.

Source: Go 1.26, text/template/parse/node.go; strconv (Unquote, ParseInt, ParseFloat).
"""

from __future__ import annotations

import re
from math import isinf
from typing import Final, Literal

import msgspec

from swarmwire.rules.go_text import quote
from swarmwire.rules.template.values import normal

NAME: Final = "expansion"
"""The name that SwarmKit gives to every template."""


class Node(msgspec.Struct, eq=False):
    """Something at a place in the text. ``str`` of it is Go's notation.

    No message of Go's speaks of text, actions, blocks and branches, so that these have none.
    """

    pos: int

    def __str__(self) -> str:
        raise NotImplementedError


class Word(Node, eq=False):
    """A node that is one word of the text: an identifier, a dot, nil, true, an end."""

    kind: Literal["bool", "break", "continue", "dot", "else", "end", "identifier", "nil"]
    text: str

    def __str__(self) -> str:
        return self.text


class Text(Node, eq=False):
    """Text between actions."""

    text: str


class String(Node, eq=False):
    """A string constant: as written, and what it means."""

    quoted: str
    text: str

    def __str__(self) -> str:
        return self.quoted


class Number(Node, eq=False):
    """A number constant: as written, and its value, whose Python type tells Go's."""

    text: str
    value: int | float | complex
    overflows: bool = False

    def __str__(self) -> str:
        return self.text


class Field(Node, eq=False):
    """``.A.B``."""

    names: list[str]

    def __str__(self) -> str:
        return "".join(f".{name}" for name in self.names)


class Variable(Node, eq=False):
    """``$x.A.B``: the variable's name comes first."""

    names: list[str]

    def __str__(self) -> str:
        return ".".join(self.names)


class Chain(Node, eq=False):
    """``(pipeline).A.B``."""

    node: Node
    names: list[str] = msgspec.field(default_factory=list)

    def __str__(self) -> str:
        return ".".join([_in_parentheses(self.node), *self.names])


class Command(Node, eq=False):
    """Words that stand between pipe symbols."""

    args: list[Node] = msgspec.field(default_factory=list)

    def __str__(self) -> str:
        return " ".join(map(_in_parentheses, self.args))


class Pipe(Node, eq=False):
    """Commands joined by pipe symbols, and the variables that get the result."""

    assigns: bool = False
    variables: list[Variable] = msgspec.field(default_factory=list)
    commands: list[Command] = msgspec.field(default_factory=list)

    def __str__(self) -> str:
        commands = " | ".join(map(str, self.commands))
        if not self.variables:
            return commands
        return f"{', '.join(map(str, self.variables))} {'=' if self.assigns else ':='} {commands}"


class Action(Node, eq=False):
    """A pipeline whose result is printed."""

    pipe: Pipe


class Block(Node, eq=False):
    """A list of nodes."""

    nodes: list[Node] = msgspec.field(default_factory=list)


class Branch(Node, eq=False):
    """``if``, ``range`` or ``with``."""

    kind: Literal["if", "range", "with"]
    pipe: Pipe
    body: Block
    otherwise: Block | None


class Call(Node, eq=False):
    """``{{template "name" pipeline}}``."""

    name: str
    pipe: Pipe | None

    def __str__(self) -> str:
        pipe = "" if self.pipe is None else f" {self.pipe}"
        return f"{{{{template {quote(self.name)}{pipe}}}}}"


def _in_parentheses(node: Node) -> str:
    return f"({node})" if isinstance(node, Pipe) else str(node)


# patterns are left to the cache of re: constants are rare, and these take long to compile
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_ESCAPE = (
    r"\\(?:(?P<simple>[abfnrtv\\'\"])|(?P<octal>[0-7]{3})|x(?P<byte>[0-9a-fA-F]{2})"
    r"|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8}))"
)
_INTEGER = (
    r"[+-]?(?:0[xX](?P<hex>(?:_?[0-9a-fA-F])+)|0[bB](?P<binary>(?:_?[01])+)"
    r"|0[oO]?(?P<octal>(?:_?[0-7])+)|(?P<decimal>0|[1-9](?:_?[0-9])*))"
)
_BASES = {"hex": 16, "binary": 2, "octal": 8, "decimal": 10}
_DECIMAL_FLOAT = (
    r"[+-]?(?:[0-9](?:_?[0-9])*\.?|\.(?=[0-9]))(?:[0-9](?:_?[0-9])*)?"
    r"(?:[eE][+-]?[0-9](?:_?[0-9])*)?"
)
_HEX_FLOAT = (
    r"[+-]?0[xX](?=_?\.?[0-9a-fA-F])(?:_?[0-9a-fA-F])*\.?(?:[0-9a-fA-F](?:_?[0-9a-fA-F])*)?"
    r"[pP][+-]?[0-9](?:_?[0-9])*"
)
_FLOAT_MARKS = "[.eEpP]"
_INT64 = range(-(2**63), 2**63)
_UINT64 = range(2**64)


class LiteralError(ValueError):
    """Go cannot read the constant. ``str`` of it is Go's own text."""


def unquote(literal: str) -> str:
    """The meaning of a quoted or raw string constant."""
    if literal[0] == "`":
        return literal[1:-1].replace("\r", "")
    out, at = [], 1
    while at < len(literal) - 1:
        piece, at = _unquote_char(literal, at, literal[0])
        out.append(piece)
    return normal("".join(out))


def char_value(literal: str) -> int:
    """The code point of a character constant."""
    if literal[1] == "'":
        raise LiteralError("invalid syntax")
    char, end = _unquote_char(literal, 1, "'")
    if literal[end:] != "'":
        raise LiteralError(f"malformed character constant: {literal}")
    code = ord(char)
    return code - 0xDC00 if 0xDC80 <= code < 0xDD00 else code


def _unquote_char(literal: str, at: int, mark: str) -> tuple[str, int]:
    """One character, and where the next one starts. A byte that is no character is escaped."""
    if literal[at] != "\\":
        return literal[at], at + 1
    match = re.compile(_ESCAPE).match(literal, at)
    kind = match.lastgroup if match else None
    if match is None or kind is None:
        raise LiteralError("invalid syntax")
    text: str = match[kind]
    if kind == "simple":
        if text in "'\"" and text != mark:
            raise LiteralError("invalid syntax")
        return _SIMPLE.get(text, text), match.end()
    code = int(text, 8 if kind == "octal" else 16)
    return _code_point(code, kind), match.end()


def _code_point(code: int, kind: str) -> str:
    if kind in ("octal", "byte"):
        if code > 0xFF:
            raise LiteralError("invalid syntax")
        return chr(code) if code < 0x80 else chr(0xDC00 + code)
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise LiteralError("invalid syntax")
    return chr(code)


def number(text: str) -> tuple[int | float | complex, bool]:
    """The value of a number constant where any type would do, and whether it overflows an int."""
    if text.endswith("i"):
        return _imaginary(text)
    integer = _integer(text)
    if integer is not None and (integer in _INT64 or (integer in _UINT64 and text[0] != "+")):
        if re.search(_FLOAT_MARKS, text) and text[:2] not in ("0x", "0X"):
            # as Go: -0xe is an integer, but its e makes it print as a float
            return float(integer), False
        return integer, integer not in _INT64
    value = _float(text)
    if value is None:
        raise LiteralError(f"illegal number syntax: {quote(text)}")
    if not re.search(_FLOAT_MARKS, text):
        raise LiteralError(f"integer overflow: {quote(text)}")
    return value, False


def complex_number(text: str) -> complex:
    """The value of a constant such as ``1+2i``."""
    # the sign in the middle is the last one that does not belong to an exponent
    marks = "pP" if text.lstrip("+-")[:2] in ("0x", "0X") else "eEpP"
    signs = (index for index, char in enumerate(text) if index and char in "+-")
    at = max((index for index in signs if text[index - 1] not in marks), default=0)
    return complex(_part(text[:at]), _part(text[at:-1]))


def _part(text: str) -> float:
    value = _float(text)
    if value is None:
        written = re.fullmatch(_DECIMAL_FLOAT, text) or re.fullmatch(_HEX_FLOAT, text)
        reason = "value out of range" if written else "invalid syntax"
        raise LiteralError(f"strconv.ParseFloat: parsing {quote(text)}: {reason}")
    return value


def _imaginary(text: str) -> tuple[int | float | complex, bool]:
    value = _float(text[:-1])
    if value is None:
        raise LiteralError(f"illegal number syntax: {quote(text)}")
    return complex(0, value), False


def _integer(text: str) -> int | None:
    match = re.fullmatch(_INTEGER, text)
    if match is None or match.lastgroup is None:
        return None
    value = int(match[match.lastgroup].replace("_", ""), _BASES[match.lastgroup])
    return -value if text[0] == "-" else value


def _float(text: str) -> float | None:
    plain = text.replace("_", "")
    try:
        if re.fullmatch(_HEX_FLOAT, text):
            return float.fromhex(plain)
        value = float(plain) if re.fullmatch(_DECIMAL_FLOAT, text) else None
    except OverflowError:
        return None
    return None if value is None or isinf(value) else value
