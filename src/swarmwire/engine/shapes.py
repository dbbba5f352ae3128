"""The Engine API's objects as another release of the engine has them.

A shape is one of our classes with the fields that a release knows, written as that release writes
them. JSON of another release is read and written through shapes; everything else works with the
classes of the newest, in which a field that a release does not know is at its default.
"""

from functools import cache
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

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
    """A copy of an object, or of a list or dict of them, in the shape that ``release`` knows."""
    return _copied(value, _shapes(release).__getitem__)


def unshaped(value: Any) -> Any:
    """The object of the newest release's class that says the same as a shaped one: a copy."""
    return _copied(value, lambda shape: shape.__newest__)


def as_known(value: _Object, release: Release) -> _Object:
    """A copy of an object; fields that ``release`` does not know are at their default."""
    known: _Object = unshaped(shaped(value, release))
    return known


def _copied(value: Any, other: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        cls = other(type(value))
        # set one by one: nothing is checked, so that free text passes
        out = cls()
        for name in _shared(type(value), cls):
            inner = getattr(value, name)
            setattr(out, name, inner if type(inner) in _PLAIN else _copied(inner, other))
        return out
    if isinstance(value, list):
        return [_copied(item, other) for item in value]
    if isinstance(value, dict):
        return {key: _copied(item, other) for key, item in value.items()}
    return value


@cache
def _shapes(release: Release) -> "_Shapes":
    return _Shapes(release)


class _Shapes(dict[type[msgspec.Struct], type[msgspec.Struct]]):
    """The shapes of a release by our classes; it is quicker to ask than the release is hashed."""

    def __init__(self, release: Release) -> None:
        super().__init__()
        self._release = release

    def __missing__(self, cls: type[msgspec.Struct]) -> type[msgspec.Struct]:
        found = self[cls] = _struct(cls, self._release)
        return found


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


def _default(field: msgspec.structs.FieldInfo, type_: Any, name: str, release: Release) -> Any:
    """The default in the shape; it decides whether an empty value is written."""
    factory: Any = field.default_factory
    is_container = factory in (list, dict)
    is_plain = factory is msgspec.NODEFAULT
    written = is_always_written(release, name, otherwise=not (is_plain or is_container))
    if not written:
        empty = field.default if is_plain else factory()
        return msgspec.field(name=field.encode_name, default=empty)
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        factory = type_
    elif is_plain:
        factory = type(field.default)
    return msgspec.field(name=field.encode_name, default_factory=factory)
