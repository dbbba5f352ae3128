"""Engine API objects as trees: what fields a type has, and ways to a value by its JSON path."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

import msgspec
from msgspec import inspect

from swarmwire.errors import MapKey

Step = str | int
Steps = tuple[Step, ...]

_STEP = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")


class Shape(NamedTuple):
    """What values a field or an element takes."""

    type: inspect.Type
    optional: bool


class Field(NamedTuple):
    """One field of an Engine API object."""

    attribute: str
    name: str
    """The JSON name."""
    place: int
    """Which of the fields it is, in the order of the document."""
    shape: Shape
    empty: Any
    """The default; never to be changed, see ``fresh``."""

    def fresh(self) -> Any:
        """A default of one's own."""
        return type(self.empty)() if isinstance(self.empty, list | dict) else self.empty


def fields_of(cls: type) -> dict[str, Field]:
    """The fields of an Engine API object, by JSON name."""
    return _fields_of(cls)


@cache
def _fields_of(cls: type) -> dict[str, Field]:
    shape = inspect.type_info(cls)
    assert isinstance(shape, inspect.StructType)
    return {
        field.encode_name: Field(
            field.name, field.encode_name, place, shape_of(field.type), getattr(cls(), field.name)
        )
        for place, field in enumerate(shape.fields)
    }


@cache
def _folded_names(cls: type) -> dict[str, str]:
    return {name.lower(): name for name in fields_of(cls)}


def shape_of(type_: inspect.Type) -> Shape:
    """The shape that is left when ``None`` is set aside."""
    if not isinstance(type_, inspect.UnionType):
        return Shape(type_, optional=False)
    inner = next(one for one in type_.types if not isinstance(one, inspect.NoneType))
    return Shape(inner, optional=True)


def is_struct(value: object) -> bool:
    """Whether ``value`` is an Engine API object."""
    return isinstance(value, msgspec.Struct)


def parse_path(path: str) -> Steps:
    """The steps of a path; what stands in brackets is an index if it is a number."""
    return tuple(
        name or (int(inner) if inner.isdecimal() and len(inner) < 10 else MapKey(inner))
        for inner, name in _STEP.findall(path)
    )


def pattern_of(steps: Steps) -> str:
    """The path with ``[]`` for each index: ``Mounts[].Type``."""
    text = ""
    for step in steps:
        text += "[]" if isinstance(step, int | MapKey) else f".{step}" if text else step
    return text


def value_at(root: Any, steps: Iterable[Step]) -> Any:
    """The value at the end of a path; None if the path leads nowhere."""
    value = root
    for step in steps:
        value = _child(value, step)
    return value


def _child(value: Any, step: Step) -> Any:
    if isinstance(value, dict):
        return value.get(str(step))
    if isinstance(value, list):
        return value[step] if isinstance(step, int) and step < len(value) else None
    if is_struct(value) and isinstance(step, str):
        field = fields_of(type(value)).get(step)
        return None if field is None else getattr(value, field.attribute, None)
    return None


def clear(root: Any, steps: Steps) -> bool:
    """Put a field back to its default, take an element out of its list or map.

    Returns:
        Whether there is such a field or element.
    """
    *parents, last = steps
    parent = value_at(root, parents)
    if isinstance(parent, list) and isinstance(last, int) and last < len(parent):
        del parent[last]
    elif isinstance(parent, dict) and str(last) in parent:
        del parent[str(last)]
    elif is_struct(parent) and last in fields_of(type(parent)):
        field = fields_of(type(parent))[str(last)]
        setattr(parent, field.attribute, field.fresh())
    else:
        return False
    return True


def document_order(path: str, cls: type) -> list[tuple[int, str]]:
    """A key that sorts paths as their fields stand in a document of type ``cls``."""
    key: list[tuple[int, str]] = []
    shape: inspect.Type | type | None = cls
    for step in parse_path(path):
        if isinstance(shape, type | inspect.StructType):
            owner = shape if isinstance(shape, type) else shape.cls
            shape = _step_into(owner, str(step), key)
        elif isinstance(step, int):
            key.append((step, ""))
            shape = shape_of(shape.item_type).type if isinstance(shape, inspect.ListType) else None
        else:
            key.append((0, step))
            shape = shape_of(shape.value_type).type if isinstance(shape, inspect.DictType) else None
    return key


def _step_into(cls: type, name: str, key: list[tuple[int, str]]) -> inspect.Type | None:
    fields = fields_of(cls)
    field = fields.get(name) or fields.get(_folded_names(cls).get(name.lower(), ""))
    # what the type does not know stands after what it knows
    key.append((len(fields), name) if field is None else (field.place, ""))
    return None if field is None else field.shape.type
