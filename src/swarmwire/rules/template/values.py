"""Go values in a template, the one context that they are taken from, and what goes wrong.

A Go string is a ``str`` (bytes that are not UTF-8 as ``surrogateescape`` leaves them), an int an
``int``, a byte a ``Byte``, a nil interface ``None``. Nothing else can come up.
"""

from typing import Final, TypeAlias, final

import msgspec


class TemplateError(Exception):
    """Go refuses the template. ``str`` of it is Go's own text."""


class UnjudgedError(Exception):
    """We do not follow the template to its end. ``str`` of it says why."""


class TooMuchWorkError(UnjudgedError):
    """The template can be read, but works longer than we care to follow."""

    def __init__(self) -> None:
        super().__init__("expanding the template keeps a manager busy for very long")


class TooDeepError(UnjudgedError):
    """The template nests, or its templates call each other, deeper than we follow."""

    def __init__(self) -> None:
        super().__init__(
            f"the template is nested more than {MAX_DEPTH} deep, which is not followed here:"
            " whether a manager can expand it cannot be judged"
        )


class FunctionError(Exception):
    """A function of the template refuses its arguments."""


LEFT: Final = "{{"
"""Where an action begins. A text without one is no template."""

MAX_DEPTH: Final = 50
"""How deep parentheses, blocks and calls may nest in each other: it bounds Python's stack."""

MAX_LENGTH: Final = 16 * 1024 * 1024
"""The longest text that we make of a template before we give it up."""


@final
class Byte(int):
    """A uint8: what indexing a string gives."""

    __slots__ = ()


@final
class Invalid:
    """Go's zero ``reflect.Value``: no value at all."""


@final
class NilMap:
    """A ``map[string]string`` that was never made: the labels of the made-up service."""


class Struct(msgspec.Struct, frozen=True):
    """A struct: the name of its type, and its fields."""

    type_name: str
    fields: dict[str, "Value"]


class Pointer(msgspec.Struct, frozen=True):
    """A pointer to a struct."""

    target: Struct


Value: TypeAlias = (
    str | bool | int | float | complex | Byte | Invalid | NilMap | Struct | Pointer | None
)

INVALID: Final = Invalid()

_TYPE_NAMES: dict[type, str] = {
    str: "string",
    bool: "bool",
    int: "int",
    Byte: "uint8",
    float: "float64",
    complex: "complex128",
    NilMap: "map[string]string",
}


def type_name(value: Value) -> str:
    """The name of the value's type, as Go writes it."""
    if isinstance(value, Struct):
        return value.type_name
    if isinstance(value, Pointer):
        return "*" + value.target.type_name
    return _TYPE_NAMES[type(value)]


def indirect(value: Value) -> Value:
    """The value, or what it points to."""
    return value.target if isinstance(value, Pointer) else value


def truth(value: Value) -> bool:
    """Whether ``if`` takes the value for true."""
    if isinstance(value, Struct | Pointer):
        return True
    if isinstance(value, Invalid | NilMap):
        return False
    return bool(value)


def to_bytes(text: str) -> bytes:
    """The bytes of a Go string."""
    return text.encode("utf-8", "surrogateescape")


def from_bytes(data: bytes) -> str:
    """A Go string of these bytes."""
    return data.decode("utf-8", "surrogateescape")


def normal(text: str) -> str:
    """The text, with bytes that came together read as the characters that they now are."""
    return text if text.isascii() else from_bytes(to_bytes(text))


def _context() -> Pointer:
    platform = Struct("template.Platform", {"Architecture": "architecture", "OS": "os"})
    service = Struct(
        "struct { ID string; Name string; Labels map[string]string }",
        {"ID": "serviceid", "Name": "servicename", "Labels": NilMap()},
    )
    node = Struct(
        "struct { ID string; Hostname string; Platform template.Platform }",
        {"ID": "nodeid", "Hostname": "nodeHostname", "Platform": platform},
    )
    task = Struct(
        "struct { ID string; Name string; Slot string }",
        {"ID": "", "Name": "taskname", "Slot": "1"},
    )
    return Pointer(Struct("template.Context", {"Service": service, "Node": node, "Task": task}))


CONTEXT: Final = _context()
"""The made-up task that SwarmKit's validation expands templates for."""
