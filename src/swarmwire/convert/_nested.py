"""The steps from a field to the message or list in it; the path of an error grows here.

A ``fill`` function sets at least one attribute of its message, empty or not: that is what makes
the message present in its parent. A slice of a repeated field, ``message.env[:]``, is a plain list
of our own, and the fastest way to read one.
"""

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any, TypeVar

from swarmwire.errors import ConvertError, FieldError

_Object = TypeVar("_Object")
_Message = TypeVar("_Message")


def text_map(messages: Mapping[str, str]) -> dict[str, str]:
    """A dict of our own from a map field; of the ways to make one, this is the fastest."""
    out = {}
    for key in messages:
        out[key] = messages[key]
    return out


def fill_map(values: Mapping[str, str], field: MutableMapping[str, str]) -> None:
    """Fill a map field."""
    for key, value in values.items():
        field[key] = value


def fill_one(
    name: str, value: _Object | None, out: _Message, fill: Callable[[_Object, _Message], None]
) -> None:
    """Fill the message ``out`` from ``value``, unless that is absent."""
    if value is not None:
        try:
            fill(value, out)
        except FieldError as err:
            raise err.under(name) from None


def fill_each(
    name: str,
    items: Iterable[_Object | None],
    field: Any,
    fill: Callable[[_Object, Any], None],
) -> None:
    """Append one message to ``field`` per item.

    Raises:
        ConvertError: kind "crash" at ``name[index]``: the engine crashes on a null element.
    """
    index = 0
    try:
        for index, item in enumerate(items):  # noqa: B007
            if item is None:
                raise ConvertError("crash", "must not be null")
            fill(item, field.add())
    except FieldError as err:
        raise err.under(name, index) from None


def read_each(
    name: str, messages: Iterable[_Message], read: Callable[[_Message], _Object]
) -> list[_Object]:
    """One object per message of a list."""
    out: list[_Object] = []
    try:
        for message in messages:
            out.append(read(message))  # noqa: PERF401 - the length tells where an error was
    except FieldError as err:
        raise err.under(name, len(out)) from None
    return out
