"""Reading JSON as Go's encoding/json does, for what msgspec refuses or would read differently.

The text becomes Python values along the shape of the wanted type, key by key in the order of the
text, so that repeated keys merge as they do in Go; then msgspec builds the object and checks it.
"""

import json
import re
from base64 import b64decode
from functools import cache
from math import isinf
from types import NoneType
from typing import Any, Literal, NamedTuple, NoReturn, TypeVar

import msgspec
from msgspec import inspect

from swarmwire._utf8 import replaced
from swarmwire.errors import DecodeError, FieldError, Kind, MapKey, render_path

_T = TypeVar("_T")


class KeyFinding(NamedTuple):
    """A key that the engine reads without a word, and not as its writer may think."""

    kind: Literal["unknown", "case", "duplicate"]
    path: str
    """The key, as it was written."""
    meant: str
    """The JSON name that it matches, or for an unknown key the nearest one; ``""`` if none."""


class _Number(str):
    """A JSON number, as text: only its reader knows its width."""

    __slots__ = ()


class _Members(list[tuple[str, Any]]):
    """The members of a JSON object in the order of the text, repeated keys included."""


class _List(list[Any]):
    """A list in the making. ``behind`` holds what Go's array held before it was read again."""

    behind: list[Any]


class _Reading(NamedTuple):
    findings: list[KeyFinding]
    steps: list[str | int]


_ABSENT: Any = object()
_shapes: dict[Any, inspect.Type] = {}
_SPACE = " \t\n\r"
_SURROGATE = "[\ud800-\udfff]"
_INTEGER = r"-?[0-9]+"
_BASE64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
_NAMES = {str: "string", bool: "bool", _Number: "number", NoneType: "null", list: "array"}


def read(
    data: bytes,
    type_: type[_T],
    findings: list[KeyFinding] | None,
    *,
    ignores_rest: bool = False,
) -> _T:
    """The object of ``type_`` that ``data`` holds, as Go would read it; see ``json.decode``.

    ``ignores_rest``: what follows the first JSON value is not looked at.
    """
    reading = _Reading([], [])
    try:
        value = _parse(data, ignores_rest=ignores_rest)
        built = _value(value, _shape(type_), _ABSENT, reading)
        result = msgspec.convert({} if built is _ABSENT else built, type_)
    except msgspec.ValidationError as err:
        raise _refused(err) from err
    except RecursionError as err:
        raise DecodeError("range", "invalid JSON: exceeded max depth") from err
    if findings is not None:
        findings.extend(reading.findings)
    return result


def _parse(data: bytes, *, ignores_rest: bool) -> Any:
    text = replaced(data)
    start = len(text) - len(text.lstrip(_SPACE))
    if start == len(text):
        raise DecodeError("type", "invalid JSON: got EOF while reading request body")
    try:
        value, end = _SCANNER.raw_decode(text, start)
    except json.JSONDecodeError as err:
        rest = text[err.pos :].rstrip(_SPACE)
        if not rest or rest[0] == '"' or _is_cut_off(rest):
            raise DecodeError("type", "invalid JSON: unexpected EOF") from err
        where = f"line {err.lineno}, column {err.colno}"
        character = json.dumps(text[err.pos], ensure_ascii=False)
        raise DecodeError("type", f"invalid JSON: invalid {character} at {where}") from err
    rest = text[end:].lstrip(_SPACE)
    # as Go: one closing bracket too many, and all after it, is not noticed
    if rest and rest[0] not in "]}" and not ignores_rest:
        raise DecodeError("type", "unexpected content after JSON")
    return value


def _is_cut_off(rest: str) -> bool:
    return any(word.startswith(rest) for word in ("true", "false", "null", "-"))


def _no_constant(name: str) -> NoReturn:
    raise DecodeError("type", f"invalid JSON: invalid value {name}")


_SCANNER = json.JSONDecoder(
    object_pairs_hook=_Members,
    parse_int=_Number,
    parse_float=_Number,
    parse_constant=_no_constant,
)


def _refused(err: msgspec.ValidationError) -> DecodeError:
    """Msgspec's error with our path: ``$.Ports[1].PublishedPort`` is ``Ports[1].PublishedPort``."""
    if isinstance(err.__cause__, FieldError):
        raise err.__cause__
    reason, _, place = str(err).partition(" - at `$")
    kind: Kind = "range" if "`int`" in reason or "`float`" in reason else "type"
    if kind == "range":
        reason = f"cannot unmarshal number: {reason[:1].lower()}{reason[1:]}"
    return DecodeError(kind, f"invalid JSON: {reason}", *steps_of(place))


def steps_of(place: str) -> list[str | int]:
    """The steps of the part of msgspec's path that comes after its ``$``."""
    return [
        int(step[1:-1]) if step[0] == "[" and step[1:-1].isdecimal() else step.strip(".[]")
        for step in re.findall(r"\.\w+|\[[^\]]*\]", place.rstrip("`"))
        if step != "[...]"  # a map's value: msgspec does not tell the key
    ]


def _value(value: Any, shape: inspect.Type, current: Any, reading: _Reading) -> Any:
    """``value`` for a field of ``shape`` that so far holds ``current``; ``_ABSENT`` is nothing."""
    if isinstance(shape, inspect.Metadata):
        shape = shape.type
    if isinstance(shape, inspect.UnionType):
        if value is None:
            return None
        shape = next(member for member in shape.types if not isinstance(member, inspect.NoneType))
        current = _ABSENT if current is None else current
        return _value(value, shape, current, reading)
    reader = _READERS.get(type(shape))
    return value if reader is None else reader(value, shape, current, reading)


def _struct(value: Any, shape: inspect.StructType, current: Any, reading: _Reading) -> Any:
    if value is None:
        return {} if current is _ABSENT else current
    if not isinstance(value, _Members):
        raise _mismatch(value, "object", reading)
    out = {} if current is _ABSENT else current
    fields = _fields(shape.cls)
    names: set[str] = set()
    for written, member in value:
        key = _text(written)
        field = fields.get(key) or fields.get(_folded(key))
        reading.steps.append(key)
        if field is None:
            from difflib import get_close_matches  # noqa: PLC0415 - slow to import

            near = get_close_matches(key, [name for name, _ in fields.values()], 1)
            _found("unknown", near[0] if near else "", reading)
        else:
            name, inner = field
            if name in names:
                _found("duplicate", name, reading)
            elif name != key:
                _found("case", name, reading)
            names.add(name)
            out[name] = _value(member, inner, out.get(name, _ABSENT), reading)
            if out[name] is _ABSENT:
                del out[name]
        reading.steps.pop()
    return out


def _shape(type_: Any) -> inspect.Type:
    shape = _shapes.get(type_)
    if shape is None:
        shape = _shapes[type_] = inspect.type_info(type_)
    return shape


@cache
def _fields(struct_type: type) -> dict[str, tuple[str, inspect.Type]]:
    """JSON name, exact and folded, to name and shape."""
    shape = _shape(struct_type)
    assert isinstance(shape, inspect.StructType)
    found = {field.encode_name: (field.encode_name, field.type) for field in shape.fields}
    return {_folded(name): field for name, field in found.items()} | found


def _folded(key: str) -> str:
    # as Go: the two letters outside ASCII that fold to an ASCII letter
    return key.replace("\u017f", "s").replace("\u212a", "k").lower()


def _list(value: Any, shape: inspect.ListType, current: Any, reading: _Reading) -> Any:
    if value is None:
        return _List()
    if isinstance(value, _Members) or not isinstance(value, list):
        raise _mismatch(value, "array", reading)
    # as Go: elements that are read again keep what the new ones do not mention
    behind = list(getattr(current, "behind", ()))
    out = _List()
    for index, item in enumerate(value):
        reading.steps.append(index)
        before = behind[index] if index < len(behind) else _ABSENT
        element = _value(item, shape.item_type, before, reading)
        out.append(_empty(shape.item_type) if element is _ABSENT else element)
        reading.steps.pop()
    out.behind = list(out) + behind[len(out) :] if out else []
    return out


def _map(value: Any, shape: inspect.DictType, current: Any, reading: _Reading) -> Any:
    if value is None:
        return {}
    if not isinstance(value, _Members):
        raise _mismatch(value, "object", reading)
    out = {} if current is _ABSENT else current
    names: set[str] = set()
    for written, member in value:
        key = _text(written)
        reading.steps.append(MapKey(key))
        if key in names:
            _found("duplicate", key, reading)
        names.add(key)
        element = _value(member, shape.value_type, _ABSENT, reading)
        out[key] = _empty(shape.value_type) if element is _ABSENT else element
        reading.steps.pop()
    return out


def _string(value: Any, _: inspect.Type, current: Any, reading: _Reading) -> Any:
    if value is None:
        return current
    if not isinstance(value, str) or isinstance(value, _Number):
        raise _mismatch(value, "string", reading)
    return _text(value)


def _boolean(value: Any, _: inspect.Type, current: Any, reading: _Reading) -> Any:
    if value is None:
        return current
    if not isinstance(value, bool):
        raise _mismatch(value, "bool", reading)
    return value


def _integer(value: Any, shape: inspect.IntType, current: Any, reading: _Reading) -> Any:
    if value is None:
        return current
    if not isinstance(value, _Number):
        raise _mismatch(value, "integer", reading)
    if not re.fullmatch(_INTEGER, value) or (shape.ge == 0 and value[0] == "-"):
        raise _mismatch(value, "unsigned integer" if shape.ge == 0 else "integer", reading, "range")
    number = int(value) if len(value) < 32 else 2**64
    if shape.ge == 0 and shape.le is None and number >= 2**64:
        raise _mismatch(value, "64-bit unsigned integer", reading, "range")
    return number


def _float(value: Any, _: inspect.FloatType, current: Any, reading: _Reading) -> Any:
    if value is None:
        return current
    if not isinstance(value, _Number):
        raise _mismatch(value, "number", reading)
    return float(value)


def _bytes(value: Any, _: inspect.Type, _current: Any, reading: _Reading) -> Any:
    if value is None:
        return b""
    if isinstance(value, list) and not isinstance(value, _Members):
        return bytes(_octet(item, reading) for item in value)
    if not isinstance(value, str) or isinstance(value, _Number):
        raise _mismatch(value, "base64 string", reading)
    text = value.replace("\r", "").replace("\n", "")
    if not re.fullmatch(_BASE64, text):
        reason = "invalid JSON: illegal base64 data"
        raise DecodeError("type", reason, *reading.steps)
    return b64decode(text)


def _octet(value: Any, reading: _Reading) -> int:
    if value is None:
        return 0
    if isinstance(value, _Number) and re.fullmatch(_INTEGER, value) and 0 <= int(value[:4]) <= 255:
        return int(value[:4])
    # The value may be a part of a secret, so it is not shown.
    raise DecodeError("range", "invalid JSON: an array that is no list of bytes", *reading.steps)


def _anything(value: Any, *_: Any) -> Any:
    if isinstance(value, _Members):
        return {_text(key): _anything(member) for key, member in value}
    if isinstance(value, list):
        return [_anything(item) for item in value]
    if isinstance(value, _Number):
        # as Go: a number of no known type is a float64
        number = float(value)
        if isinf(number):
            raise DecodeError("range", f"invalid JSON: cannot unmarshal number {value[:40]}")
        return int(value) if re.fullmatch(_INTEGER, value) and abs(number) < 2**53 else number
    return _text(value) if isinstance(value, str) else value


_READERS: dict[type[inspect.Type], Any] = {
    inspect.StructType: _struct,
    inspect.ListType: _list,
    inspect.DictType: _map,
    inspect.StrType: _string,
    inspect.BoolType: _boolean,
    inspect.IntType: _integer,
    inspect.FloatType: _float,
    inspect.BytesType: _bytes,
    inspect.AnyType: _anything,
}


def _empty(shape: inspect.Type) -> Any:
    """What an element is that was given as null: Go's zero value."""
    if isinstance(shape, inspect.Metadata):
        shape = shape.type
    zeros: dict[type[inspect.Type], Any] = {
        inspect.StrType: "",
        inspect.BoolType: False,
        inspect.IntType: 0,
        inspect.FloatType: 0.0,
    }
    return zeros.get(type(shape))


def _text(text: str) -> str:
    return re.sub(_SURROGATE, "\N{REPLACEMENT CHARACTER}", text)


def _found(kind: Literal["unknown", "case", "duplicate"], meant: str, reading: _Reading) -> None:
    reading.findings.append(KeyFinding(kind, render_path(reading.steps), meant))


def _mismatch(value: Any, wanted: str, reading: _Reading, kind: Kind = "type") -> DecodeError:
    got = "object" if isinstance(value, _Members) else _NAMES.get(type(value), "value")
    # A number where a text belongs may be a secret that its writer forgot to quote.
    shown = f" {value[:40]}" if isinstance(value, _Number) and kind == "range" else ""
    reason = f"invalid JSON: cannot unmarshal {got}{shown} into {wanted}"
    return DecodeError(kind, reason, *reading.steps)
