"""The Engine API's objects as another release of the engine has them.

A shape is one of our classes with the fields that a release knows, written as that release writes
them. JSON of another release is read and written through shapes; everything else works with the
classes of the newest, in which a field that a release does not know is at its default.
"""

from collections.abc import Iterator
from copy import copy
from functools import cache
from operator import is_
from typing import (
    Annotated,
    Any,
    Final,
    NamedTuple,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

from swarmwire.releases import Release
from swarmwire.releases.fields import EARLIER, FREE_TEXT_UNTIL, is_always_written, knows

_Object = TypeVar("_Object")

_PLAIN: Final = frozenset({str, int, bool, bytes, float, type(None)})
"""The types of values that need no copy."""

WITH_ADDRESSES: Final = ("DNSConfig", "IPAMConfig", "NetworkIPAMConfig", "InitRequest")
"""The classes that check addresses when they are made."""


def shape_of(type_: Any, release: Release) -> Any:
    """``type_`` with every class in it in the shape that ``release`` knows."""
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        return _struct(type_, release)
    arguments = get_args(type_)
    origin = get_origin(type_)
    if not arguments or origin is Annotated:
        return type_
    inner = tuple(shape_of(argument, release) for argument in arguments)
    return origin[inner] if origin in (list, dict) else Union[inner]  # noqa: UP007


def shaped(value: Any, release: Release) -> Any:
    """An object, or a list or dict of them, in the shape that ``release`` knows, to be written.

    What is written the same by both may be the object's own part, and not a copy.
    """
    return _shapes(release).shaped(value)


def unshaped(value: Any) -> Any:
    """The object of the newest release's class that says the same as a shaped one: a copy."""
    if isinstance(value, msgspec.Struct):
        cls = getattr(type(value), "__newest__", type(value))
        # set one by one: nothing is checked, so that free text passes
        out = cls()
        for name in _shared(type(value), cls):
            inner = getattr(value, name)
            setattr(out, name, inner if type(inner) in _PLAIN else unshaped(inner))
        return out
    if isinstance(value, list):
        return [unshaped(item) for item in value]
    if isinstance(value, dict):
        return {key: unshaped(item) for key, item in value.items()}
    return value


def as_known(value: _Object, release: Release) -> _Object:
    """A copy of an object; fields that ``release`` does not know are at their default."""
    known: _Object = unshaped(shaped(value, release))
    return known


class _Shape(NamedTuple):
    """How objects of one of our classes are written by a release.

    Attributes:
        cls: the class with the fields that it knows.
        always: whether no object of ours is written alike.
        unknown: fields that it does not know, with the values of which nothing is written.
        deep: fields that may hold objects which are written otherwise.
    """

    cls: type[msgspec.Struct]
    always: bool
    unknown: tuple[tuple[str, Any], ...]
    deep: tuple[str, ...]

    @property
    def is_ours(self) -> bool:
        """Whether every object of ours is written alike."""
        return not (self.always or self.unknown or self.deep)


@cache
def _shapes(release: Release) -> "_Shapes":
    return _Shapes(release)


class _Shapes(dict[type[msgspec.Struct], _Shape]):
    """The shapes of a release by our classes; it is quicker to ask than the release is hashed."""

    def __init__(self, release: Release) -> None:
        super().__init__()
        self._release = release

    def __missing__(self, cls: type[msgspec.Struct]) -> _Shape:
        found = self[cls] = self._shape(cls)
        return found

    def shaped(self, value: Any) -> Any:
        """The value, or what is to be written in its place."""
        if isinstance(value, msgspec.Struct):
            return self._shaped_struct(value)
        if isinstance(value, list):
            made = [self.shaped(item) for item in value]
            return value if all(map(is_, made, value)) else made
        if isinstance(value, dict):
            changed = {key: self.shaped(item) for key, item in value.items()}
            return value if all(map(is_, changed.values(), value.values())) else changed
        return value

    def _shaped_struct(self, value: msgspec.Struct) -> msgspec.Struct:
        shape = self[type(value)]
        if shape.is_ours:
            return value
        others = {}
        for name in shape.deep:
            inner = getattr(value, name)
            if inner:
                made = self.shaped(inner)
                if made is not inner:
                    others[name] = made
        if not shape.always and all(getattr(value, name) == empty for name, empty in shape.unknown):
            if not others:
                return value
            out = copy(value)
        else:
            out = shape.cls()
            for name in shape.cls.__struct_fields__:
                if name not in others:
                    setattr(out, name, getattr(value, name))
        for name, made in others.items():
            setattr(out, name, made)
        return out

    def _shape(self, cls: type[msgspec.Struct]) -> _Shape:
        shape = _struct(cls, self._release)
        known, always, unknown, deep = [], False, [], []
        for field in msgspec.structs.fields(cls):
            name = qualified_name(cls, field)
            written = _is_written(field)
            if not knows(self._release, name):
                if written:
                    always = True
                else:
                    unknown.append((field.name, _empty(field)))
                continue
            known.append(field.name)
            always = always or is_always_written(self._release, name, otherwise=written) != written
            if any(not self._is_ours(inner, cls) for inner in _structs_of(field.type)):
                deep.append(field.name)
        always = always or tuple(known) != shape.__struct_fields__
        return _Shape(shape, always, tuple(unknown), tuple(deep))

    def _is_ours(self, inner: type[msgspec.Struct], outer: type[msgspec.Struct]) -> bool:
        return inner is not outer and self[inner].is_ours


def _structs_of(type_: Any) -> Iterator[type[msgspec.Struct]]:
    """The classes that a type names."""
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        yield type_
    elif type_ is Any:
        yield msgspec.Struct
    for argument in get_args(type_):
        yield from _structs_of(argument)


@cache
def _shared(cls: type[msgspec.Struct], other: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields that both classes have."""
    return tuple(name for name in other.__struct_fields__ if name in cls.__struct_fields__)


@cache
def _struct(cls: type[msgspec.Struct], release: Release) -> type[msgspec.Struct]:
    hints = get_type_hints(cls, include_extras=True)
    fields = {}
    for field in msgspec.structs.fields(cls):
        name = qualified_name(cls, field)
        if knows(release, name):
            type_ = shape_of(hints[field.name], release)
            fields[name] = (field.name, type_, _default(field, type_, name, release))
    namespace: dict[str, Any] = {"__doc__": cls.__doc__, "__newest__": cls}
    if cls.__name__ in WITH_ADDRESSES and not release.has("87e1464c43", FREE_TEXT_UNTIL):
        namespace["__post_init__"] = vars(cls)["__post_init__"]
    return msgspec.defstruct(
        cls.__name__,
        [fields[name] for name in _in_order(list(fields), release)],
        namespace=namespace,
        omit_defaults=True,
        forbid_unknown_fields=True,
        kw_only=True,
        gc=False,
    )


def _in_order(names: list[str], release: Release) -> list[str]:
    """The fields of a class as ``release`` writes them one after the other."""
    for name, follower, last in EARLIER:
        if name in names and release.has("87e1464c43", last):
            names.remove(name)
            names.insert(names.index(follower), name)
    return names


def qualified_name(cls: type[msgspec.Struct], field: msgspec.structs.FieldInfo) -> str:
    """The field with the name of the class that defines it: ``ClusterInfo.SubnetSize``."""
    owner = next(
        base for base in cls.__mro__ if field.name in vars(base).get("__annotations__", ())
    )
    return f"{owner.__name__}.{field.encode_name}"


def _is_written(field: msgspec.structs.FieldInfo) -> bool:
    """Whether the newest release writes a field even when it is empty."""
    return field.default_factory not in (list, dict, msgspec.NODEFAULT)


def _empty(field: msgspec.structs.FieldInfo) -> Any:
    """The value of which nothing is written."""
    factory: Any = field.default_factory
    return field.default if factory is msgspec.NODEFAULT else factory()


def _default(field: msgspec.structs.FieldInfo, type_: Any, name: str, release: Release) -> Any:
    """The default in the shape; it decides whether an empty value is written."""
    factory: Any = field.default_factory
    if not is_always_written(release, name, otherwise=_is_written(field)):
        return msgspec.field(name=field.encode_name, default=_empty(field))
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        factory = type_
    elif factory is msgspec.NODEFAULT:
        factory = type(field.default)
    return msgspec.field(name=field.encode_name, default_factory=factory)
