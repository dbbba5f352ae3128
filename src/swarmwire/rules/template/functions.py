"""The functions of a template: Go's own, and SwarmKit's ``join``.

Source: Go 1.26, text/template/funcs.go; SwarmKit template/template.go.
"""

from collections.abc import Callable
from typing import Literal

import msgspec

from swarmwire.rules.go_text import is_printable
from swarmwire.rules.template.fmt import sprint, sprintf, sprintln
from swarmwire.rules.template.values import (
    Byte,
    FunctionError,
    Invalid,
    NilMap,
    Pointer,
    Struct,
    Value,
    from_bytes,
    indirect,
    to_bytes,
    truth,
    type_name,
)

Parameter = Literal["reflect.Value", "interface {}", "string"]


class Signature(msgspec.Struct, frozen=True):
    """What a function takes: the fixed parameters, and the type of any more."""

    fixed: tuple[Parameter, ...]
    more: Parameter | None
    call: Callable[..., Value] | None


def index(item: Value, *indexes: Value) -> Value:
    """``index``: an element of a string or map, one step for each index."""
    if isinstance(item, Invalid):
        raise FunctionError("index of untyped nil")
    for at in indexes:
        item = _element(indirect(item), at)
    return item


def _element(item: Value, at: Value) -> Value:
    if isinstance(item, str):
        data = to_bytes(item)
        position = _position(at, len(data))
        if position == len(data):
            raise FunctionError("reflect: string index out of range")
        return Byte(data[position])
    if isinstance(item, NilMap):
        if isinstance(at, Invalid):
            raise FunctionError("value is nil; should be of type string")
        if not isinstance(at, str):
            raise FunctionError(f"value has type {type_name(at)}; should be string")
        return ""
    raise FunctionError(f"can't index item of type {type_name(item)}")


def _position(at: Value, end: int) -> int:
    if isinstance(at, Invalid):
        raise FunctionError("cannot index slice/array with nil")
    if not isinstance(at, int) or isinstance(at, bool):
        raise FunctionError(f"cannot index slice/array with type {type_name(at)}")
    if not 0 <= at <= end:
        raise FunctionError(f"index out of range: {int(at)}")
    return int(at)


def slice_(item: Value, *indexes: Value) -> Value:
    """``slice``: a part of a string."""
    if isinstance(item, Invalid):
        raise FunctionError("slice of untyped nil")
    if len(indexes) > 3:
        raise FunctionError(f"too many slice indexes: {len(indexes)}")
    if not isinstance(item, str):
        raise FunctionError(f"can't slice item of type {type_name(item)}")
    if len(indexes) == 3:
        raise FunctionError("cannot 3-index slice a string")
    data = to_bytes(item)
    positions = [_position(at, len(data)) for at in indexes]
    start = positions[0] if positions else 0
    end = positions[1] if len(positions) > 1 else len(data)
    if start > end:
        raise FunctionError(f"invalid slice index: {start} > {end}")
    return from_bytes(data[start:end])


def length(item: Value) -> int:
    """``len``: of a string, in bytes, or of a map."""
    item = indirect(item)
    if isinstance(item, str):
        return len(to_bytes(item))
    if isinstance(item, NilMap):
        return 0
    if isinstance(item, Invalid):
        raise FunctionError("reflect: call of reflect.Value.Type on zero Value")
    raise FunctionError(f"len of type {type_name(item)}")


def call(name: str, function: Value, *_: Value) -> Value:
    """``call``: no value here is a function."""
    if isinstance(function, Invalid):
        raise FunctionError("call of nil")
    raise FunctionError(f"non-function {name} of type {type_name(function)}")


def _basic_kind(value: Value) -> str | None:
    if isinstance(value, Byte):
        return "uint"
    if isinstance(value, str | bool | int | float | complex):
        return type_name(value)
    return None


def equal(first: Value, *others: Value) -> bool:
    """``eq``: whether the first is equal to any of the others."""
    if not others:
        raise FunctionError("missing argument for comparison")
    return any(_equal(first, other) for other in others)


def _equal(first: Value, other: Value) -> bool:
    kinds = _basic_kind(first), _basic_kind(other)
    if kinds == (None, None):
        return _equal_things(first, other)
    if kinds[0] != kinds[1] and set(kinds) != {"int", "uint"}:
        if isinstance(first, Invalid) or isinstance(other, Invalid):
            return False
        raise _incompatible(first, other)
    return first == other


def _equal_things(first: Value, other: Value) -> bool:
    nothing = isinstance(first, Invalid | NilMap), isinstance(other, Invalid | NilMap)
    comparable = isinstance(first, Invalid) or isinstance(other, Invalid)
    if not comparable and type(first) is not type(other):
        raise FunctionError(
            f"non-comparable types {sprint(first)}: {type_name(first)},"
            f" {type_name(other)}: {sprint(other)}"
        )
    if any(nothing):
        return all(nothing)
    if isinstance(other, Struct) and "map[" in str(other):
        raise FunctionError(f"non-comparable type {sprint(other)}: {type_name(other)}")
    if isinstance(first, Pointer):
        return first is other
    return first == other


def _incompatible(first: Value, second: Value) -> FunctionError:
    names = f"{type_name(first)} and {type_name(second)}"
    return FunctionError(f"incompatible types for comparison: {names}")


def not_equal(first: Value, second: Value) -> bool:
    """``ne``."""
    return not equal(first, second)


def less(first: Value, second: Value) -> bool:
    """``lt``."""
    kinds = _basic_kind(first), _basic_kind(second)
    if None in kinds:
        raise FunctionError("invalid type for comparison")
    if kinds[0] != kinds[1] and set(kinds) != {"int", "uint"}:
        raise _incompatible(first, second)
    if isinstance(first, str) and isinstance(second, str):
        return to_bytes(first) < to_bytes(second)
    orderable = isinstance(first, int | float) and isinstance(second, int | float)
    if not orderable or isinstance(first, bool):
        raise FunctionError("invalid type for comparison")
    assert isinstance(first, int | float)
    assert isinstance(second, int | float)
    return first < second


def less_or_equal(first: Value, second: Value) -> bool:
    """``le``."""
    return less(first, second) or equal(first, second)


def greater(first: Value, second: Value) -> bool:
    """``gt``."""
    return not less_or_equal(first, second)


def greater_or_equal(first: Value, second: Value) -> bool:
    """``ge``."""
    return not less(first, second)


def join(*texts: str) -> str:
    """``join``, SwarmKit's own: the first text between the others."""
    if not texts:
        # as Go: the function does not look before it cuts off the first one
        raise FunctionError("runtime error: slice bounds out of range [1:0]")
    return texts[0].join(texts[1:])


_HTML = str.maketrans(
    {"\0": "\ufffd", '"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;"}
)
_URL_SAFE = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
_JS = {
    "\\": r"\\",
    "'": r"\'",
    '"': r"\"",
    "<": r"\u003C",
    ">": r"\u003E",
    "&": r"\u0026",
    "=": r"\u003D",
}


def html(*args: Value) -> str:
    """``html``: escaped for HTML."""
    return _text_of(args).translate(_HTML)


def js(*args: Value) -> str:
    """``js``: escaped for a JavaScript string."""
    return "".join(map(_js_char, _text_of(args)))


def _js_char(char: str) -> str:
    if char in _JS:
        return _JS[char]
    if char >= " " and (char < "\x80" or is_printable(char)):
        return char
    return "\\uFFFD" if "\udc80" <= char < "\udd00" else f"\\u{ord(char):04X}"


def urlquery(*args: Value) -> str:
    """``urlquery``: escaped for the query of a URL."""
    return "".join(map(_url_byte, to_bytes(_text_of(args))))


def _url_byte(byte: int) -> str:
    if byte in _URL_SAFE:
        return chr(byte)
    return "+" if byte == ord(" ") else f"%{byte:02X}"


def _text_of(args: tuple[Value, ...]) -> str:
    shown = ("<no value>" if arg is None else indirect(arg) for arg in args)
    return sprint(*shown)


def _not(value: Value) -> bool:
    return not truth(value)


_ONE: tuple[Parameter, ...] = ("reflect.Value",)
_TWO: tuple[Parameter, ...] = ("reflect.Value", "reflect.Value")

SIGNATURES = {
    # the executor evaluates these two itself, because they stop early
    "and": Signature(_ONE, "reflect.Value", None),
    "or": Signature(_ONE, "reflect.Value", None),
    "call": Signature(_ONE, "reflect.Value", call),
    "eq": Signature(_ONE, "reflect.Value", equal),
    "ge": Signature(_TWO, None, greater_or_equal),
    "gt": Signature(_TWO, None, greater),
    "html": Signature((), "interface {}", html),
    "index": Signature(_ONE, "reflect.Value", index),
    "join": Signature((), "string", join),
    "js": Signature((), "interface {}", js),
    "le": Signature(_TWO, None, less_or_equal),
    "len": Signature(_ONE, None, length),
    "lt": Signature(_TWO, None, less),
    "ne": Signature(_TWO, None, not_equal),
    "not": Signature(_ONE, None, _not),
    "print": Signature((), "interface {}", sprint),
    "printf": Signature(("string",), "interface {}", sprintf),
    "println": Signature((), "interface {}", sprintln),
    "slice": Signature(_ONE, "reflect.Value", slice_),
    "urlquery": Signature((), "interface {}", urlquery),
}
