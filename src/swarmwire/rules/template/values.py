"""Go values in a template, and the one context that a manager expands templates against.

A Go string is a ``str`` (bytes that are not UTF-8 as ``surrogateescape`` leaves them), an int an
``int``, a byte a ``Byte``, a nil interface ``None``. Nothing else can come up.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias, final


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


@dataclass(frozen=True, slots=True)
class Struct:
    """A struct: the name of its type, and its fields."""

    type_name: str
    fields: dict[str, "Value"]


@dataclass(frozen=True, slots=True)
class Pointer:
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
