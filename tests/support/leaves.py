"""A message or an object as its parts: each field that is set, with the way to it.

A part is named after the type that it is in and its own name there: ``Mount.consistency``,
``PortConfig.TargetPort``. The same part is met in many places, so it comes with a path.
"""

from typing import Any, NamedTuple

import msgspec
from google.protobuf.message import Message

from tests.support.descriptors import is_map, is_repeated
from tests.support.fill import short_name


class Part(NamedTuple):
    """A field that is set: its name, where it is, and the object that holds it."""

    name: str
    path: tuple[str | int, ...]
    holder: Any
    attribute: str
    index: int | None

    def of(self, root):
        """The same part of ``root``, a copy of what this is a part of."""
        steps = self.path[: -1 if self.index is None else -2]
        return self._replace(holder=follow(root, steps))

    def clear(self):
        """Take the part away from the object that holds it."""
        if self.index is not None:
            del getattr(self.holder, self.attribute)[self.index]
        elif isinstance(self.holder, Message):
            self.holder.ClearField(self.attribute)
        else:
            setattr(self.holder, self.attribute, _empty(self.holder, self.attribute))


def follow(value, path):
    """What stands at ``path``."""
    for step in path:
        if isinstance(step, int):
            value = value[step]
        elif isinstance(value, Message):
            value = getattr(value, step)
        else:
            fields = msgspec.structs.fields(value)
            value = getattr(value, next(one.name for one in fields if one.encode_name == step))
    return value


def _empty(holder, attribute):
    field = next(one for one in msgspec.structs.fields(holder) if one.name == attribute)
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def parts(value, path=()):
    """The parts of ``value`` itself: elements of lists of objects each by itself."""
    if isinstance(value, Message):
        yield from _message_parts(value, path)
    else:
        yield from _object_parts(value, path)


def _message_parts(message, path):
    for field, content in message.ListFields():
        name = f"{short_name(message.DESCRIPTOR)}.{field.name}"
        here = (*path, field.name)
        if field.message_type is not None and is_repeated(field) and not is_map(field):
            for index in range(len(content)):
                yield Part(name, (*here, index), message, field.name, index)
        else:
            yield Part(name, here, message, field.name, None)


def _object_parts(value, path):
    for field in msgspec.structs.fields(value):
        content = getattr(value, field.name)
        if content == _empty(value, field.name):
            continue
        name = f"{type(value).__name__}.{field.encode_name}"
        here = (*path, field.encode_name)
        if isinstance(content, list) and content and isinstance(content[0], msgspec.Struct):
            for index in range(len(content)):
                yield Part(name, (*here, index), value, field.name, index)
        else:
            yield Part(name, here, value, field.name, None)


# Their fields are one value, not several.
WHOLE = ("google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.Any")


def inside(part):
    """The object that a part is, or None if it is a plain value."""
    content = getattr(part.holder, part.attribute)
    if part.index is not None:
        content = content[part.index]
    if isinstance(content, Message):
        return None if content.DESCRIPTOR.full_name in WHOLE else content
    return content if isinstance(content, msgspec.Struct) else None


def differences(before, after, path=()):
    """The names of the parts of ``before`` that ``after`` does not have, or has otherwise."""
    found = []
    have = {part.path: part for part in parts(after, path)}
    for part in parts(before, path):
        other = have.get(part.path)
        if other is None:
            found.append((part.name, part.path))
            continue
        inner = inside(part)
        if inner is not None:
            found += differences(inner, inside(other), part.path)
        elif _content(part) != _content(other):
            found.append((part.name, part.path))
    return found


def _content(part):
    content = getattr(part.holder, part.attribute)
    if part.index is not None:
        return content[part.index]
    if isinstance(content, dict | str | bytes | int | float):
        return content
    try:
        return dict(content)
    except (TypeError, ValueError):
        return content if isinstance(content, Message) else list(content)
