"""Plain dicts, as docker-py has them and as ``json`` reads them, to objects and back.

A dict is what a request's JSON was made of: it is read as the engine would read that JSON.
"""

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any, TypeVar

import msgspec

from swarmwire.engine.base import EngineObject
from swarmwire.engine.json import KeyFinding, decode, encode
from swarmwire.errors import ConvertError, DecodeError, FieldError
from swarmwire.expected import mismatch, name_of

_T = TypeVar("_T")

_decoder = msgspec.json.Decoder()
_LARGEST = 64


def from_dict(
    value: Mapping[str, Any] | list[Any], type_: type[_T], findings: list[KeyFinding] | None = None
) -> _T:
    """The object of ``type_`` that a dict tells of; ``list[type_]`` reads a list of dicts.

    Keys match in any case, unknown keys are passed over, None stands for an empty value: all as
    ``decode`` reads JSON. Data is base64 text, as in JSON. Each key that is unknown, in another
    case or there twice (in two cases) is appended to ``findings``.

    Raises:
        DecodeError: at the field's path. Kind "type": a value of the wrong type, or one that JSON
            does not have; kind "range": a number that does not fit.

    Source: Go encoding/json; docker-py sends what ``json.dumps`` makes of a dict.
    """
    if not isinstance(value, Mapping | list | tuple):
        raise DecodeError("type", _no_dict(value))
    try:
        text = json.dumps(value, allow_nan=False, default=_as_dict)
    except (TypeError, ValueError, RecursionError) as err:
        raise _refused(value) from err
    return decode(text, type_, findings)


def to_dict(value: EngineObject) -> dict[str, Any]:
    """What the engine's JSON of an object would be read to: a new dict that shares nothing.

    Raises:
        ConvertError: kind "type": not an object, or one that holds what JSON cannot say.
    """
    if not isinstance(value, EngineObject):
        raise ConvertError("type", mismatch(value, EngineObject, "an object"))
    document: dict[str, Any] = _decoder.decode(encode(value))
    return document


def _as_dict(value: object) -> dict[Any, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError


def _no_dict(value: object) -> str:
    words = f"expected a dict, got {name_of(type(value))}"
    if isinstance(value, bytes | bytearray | memoryview | str):
        return f"{words}: engine.decode reads JSON"
    if isinstance(value, EngineObject):
        return f"{words}: it is an object already"
    return words


def _refused(value: object) -> DecodeError:
    """The error for the first value that JSON does not have, at its place."""
    try:
        _look_for_what_json_lacks(value)
    except FieldError as err:
        return DecodeError(err.kind, err.reason, *err.steps)
    except RecursionError:
        pass
    return DecodeError("range", "nested too deeply, or within itself")


def _look_for_what_json_lacks(value: object) -> None:
    """Raise for the first such value. It is not shown: it may be a secret."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str | int | float | None):
                raise DecodeError("type", f"expected texts as keys, got {name_of(type(key))}")
            _look_within(item, str(key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _look_within(item, index)
    elif isinstance(value, int | float):
        if not isfinite(value) if isinstance(value, float) else value.bit_length() > _LARGEST:
            raise DecodeError("range", f"no finite number of at most {_LARGEST} bits")
    elif not isinstance(value, str | None):
        raise DecodeError("type", _no_json(value))


def _look_within(value: object, step: str | int) -> None:
    try:
        _look_for_what_json_lacks(value)
    except FieldError as err:
        raise err.under(step) from None


def _no_json(value: object) -> str:
    name = name_of(type(value))
    if isinstance(value, bytes | bytearray | memoryview):
        return f"JSON has no {name}: give them as base64 text"
    if isinstance(value, EngineObject):
        return f"expected a dict, got {name}: engine.to_dict makes one"
    return f"JSON has no {name}"
