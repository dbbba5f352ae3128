"""Engine API objects as trees: their fields, the way to a value, and what differs between two."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from swarmwire.engine.shapes import qualified_name
from swarmwire.errors import MapKey
from swarmwire.spec import Steps

Step = str | int

_STEP = r"\[([^\]]*)\]|([^.\[\]]+)"


class APIField(msgspec.Struct, frozen=True):
    """One field of an Engine API object."""

    attribute: str
    name: str
    """The JSON name."""
    place: int
    """Which of the fields it is, in the order of the document."""
    empty: Any
    """The default; never to be changed, see ``fresh``."""

    def fresh(self) -> Any:
        """A default of one's own."""
        return type(self.empty)() if isinstance(self.empty, list | dict) else self.empty


class Shape(msgspec.Struct, frozen=True):
    """What values a field or an element takes."""

    type: Any
    """An Engine API object, a plain type, ``list`` or ``dict``."""
    optional: bool
    inner: Any
    """What is in a list or map, as it is annotated; None for others."""
    bounds: msgspec.Meta | None
    """The lowest and the highest number; None for others."""


def fields_of(cls: type) -> dict[str, APIField]:
    """The fields of an Engine API object, by JSON name."""
    return _fields_of(cls)


@cache
def _fields_of(cls: type) -> dict[str, APIField]:
    kind: Any = cls
    empty = kind()
    names = zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True)
    return {
        name: APIField(attribute, name, place, getattr(empty, attribute))
        for place, (attribute, name) in enumerate(names)
    }


def shapes_of(cls: type) -> dict[str, Shape]:
    """What the fields of an Engine API object take, by JSON name."""
    return _shapes_of(cls)


@cache
def _shapes_of(cls: type) -> dict[str, Shape]:
    return {field.encode_name: shape_of(field.type) for field in msgspec.structs.fields(cls)}


@cache
def shape_of(annotation: Any) -> Shape:
    """What an annotation such as ``list[Mount] | None`` says."""
    if get_origin(annotation) in (Union, UnionType):
        inner = next(one for one in get_args(annotation) if one is not NoneType)
        return msgspec.structs.replace(shape_of(inner), optional=True)
    if get_origin(annotation) is Annotated:
        plain, bounds = get_args(annotation)
        return Shape(plain, optional=False, inner=None, bounds=bounds)
    origin = get_origin(annotation)
    inner = get_args(annotation)[-1] if origin in (list, dict) else None
    return Shape(origin or annotation, optional=False, inner=inner, bounds=None)


@cache
def _folded_names(cls: type) -> dict[str, str]:
    return {name.lower(): name for name in fields_of(cls)}


def is_struct(value: object) -> bool:
    """Whether ``value`` is an Engine API object."""
    return isinstance(value, msgspec.Struct)


def parse_path(path: str) -> Steps:
    """The steps of a path; what stands in brackets is an index if it is a number."""
    return tuple(
        name or (int(inner) if inner.isdecimal() and len(inner) < 10 else MapKey(inner))
        for inner, name in re.findall(_STEP, path)
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
    shape: Shape | None = shape_of(cls)
    for step in parse_path(path):
        if shape is not None and issubclass(shape.type, msgspec.Struct):
            shape = _step_into(shape.type, str(step), key)
            continue
        key.append((step, "") if isinstance(step, int) else (0, step))
        wanted = list if isinstance(step, int) else dict
        shape = shape_of(shape.inner) if shape is not None and shape.type is wanted else None
    return key


def _step_into(cls: type, name: str, key: list[tuple[int, str]]) -> Shape | None:
    fields = fields_of(cls)
    field = fields.get(name) or fields.get(_folded_names(cls).get(name.lower(), ""))
    # what the type does not know stands after what it knows
    key.append((len(fields), name) if field is None else (field.place, ""))
    return None if field is None else shapes_of(cls)[field.name]


def field_at(cls: type, steps: Iterable[Step]) -> str | None:
    """The field at the end of a path, with the class that defines it: ``Mount.Type``.

    None if the path leads to no field of such an object; names count in any case.
    """
    shape: Shape | None = shape_of(cls)
    found: str | None = None
    for step in steps:
        if shape is None:
            return None
        if not issubclass(shape.type, msgspec.Struct):
            found, shape = None, shape_of(shape.inner) if shape.inner is not None else None
            continue
        owner = shape.type
        name = (
            str(step) if step in fields_of(owner) else _folded_names(owner).get(str(step).lower())
        )
        if name is None:
            return None
        infos = msgspec.structs.fields(owner)
        found = qualified_name(owner, next(one for one in infos if one.encode_name == name))
        shape = shapes_of(owner)[name]
    return found


class ValueChange(msgspec.Struct, frozen=True):
    """A value that is not the same after as before.

    ``vanished``: nothing is left of it. ``changed``: it is another. ``filled``: there was none.
    """

    kind: Literal["vanished", "changed", "filled"]
    steps: Steps
    before: Any
    after: Any


def differences(before: Any, after: Any, steps: Steps = ()) -> Iterator[ValueChange]:
    """Every difference between two objects of one type, each where it begins.

    An empty list or map is as good as none. What is filled in where there was nothing is told of
    single values only.
    """
    if before == after:
        return
    for field in fields_of(type(before)).values():
        old = getattr(before, field.attribute)
        new = getattr(after, field.attribute)
        if old == new:
            continue
        at = (*steps, field.name)
        if old == field.empty or old in ([], {}):
            if not is_struct(new) and not isinstance(new, list | dict):
                yield ValueChange("filled", at, old, new)
        elif new is None or (new == field.empty and not is_struct(new)):
            yield ValueChange("vanished", at, old, None)
        else:
            yield from _unequal(old, new, at)


def _unequal(old: Any, new: Any, at: Steps) -> Iterator[ValueChange]:
    if is_struct(old):
        yield from differences(old, new, at)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(old, new, at)
    elif isinstance(old, dict):
        yield from _maps(old, new, at)
    elif old == old or new == new:  # noqa: PLR0124 - a number that is none is not itself
        yield ValueChange("changed", at, old, new)


def _maps(old: dict[str, Any], new: dict[str, Any], at: Steps) -> Iterator[ValueChange]:
    for key, value in old.items():
        inner = (*at, MapKey(key))
        if key not in new:
            yield ValueChange("vanished", inner, value, None)
        elif value != new[key]:
            yield from _unequal(value, new[key], inner)


def _lists(old: list[Any], new: list[Any], at: Steps) -> Iterator[ValueChange]:
    for index, partner in enumerate(_partners(old, new)):
        inner = (*at, index)
        if partner is None:
            yield ValueChange("vanished", inner, old[index], None)
        elif old[index] != new[partner]:
            yield from _unequal(old[index], new[partner], inner)


def _partners(old: list[Any], new: list[Any]) -> list[int | None]:
    """For each element of ``old`` the place in ``new`` of what became of it.

    As many as are missing were dropped: the first that are not what they should be.
    """
    dropped = len(old) - len(new)
    partners: list[int | None] = []
    place = 0
    for item in old:
        if dropped > 0 and (place == len(new) or item != new[place]):
            partners.append(None)
            dropped -= 1
        else:
            partners.append(place)
            place += 1
    return partners
