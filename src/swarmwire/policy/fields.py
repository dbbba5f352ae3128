"""Every field of a spec, by its protobuf name and its path in the Engine API. Pure.

A field's name here is the way to it through messages: ``task.container.mounts.type``. Lists and
maps add nothing to it.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final, NamedTuple

from google.protobuf.descriptor import Descriptor

from swarmwire import pb
from swarmwire.errors import MapKey, render_path
from swarmwire.spec import SpecField, Steps, document_of, is_map, is_repeated
from swarmwire.spec.document import Part

SPECS: Final[dict[str, type[pb.Message]]] = {
    "service": pb.ServiceSpec,
    "network": pb.NetworkSpec,
    "secret": pb.SecretSpec,
    "config": pb.ConfigSpec,
    "node": pb.NodeSpec,
    "swarm": pb.ClusterSpec,
    "volume": pb.VolumeSpec,
}
"""The spec of each kind of object."""


class SetField(NamedTuple):
    """A field that is set.

    Attributes:
        name: by protobuf, from the spec on.
        steps: by the Engine API's JSON.
        value: a number, text, bytes, a map, or a message without fields of its own.
        field: what it is.
    """

    name: str
    steps: Steps
    value: Any
    field: SpecField


def set_fields(message: pb.Message) -> Iterator[SetField]:
    """Every field that is set and holds no further message, in the document's order."""
    return _set(document_of(message.DESCRIPTOR), message, "", ())


def _set(part: Part, message: Any, name: str, steps: Steps) -> Iterator[SetField]:
    present = {descriptor.name: value for descriptor, value in message.ListFields()}
    for field in part.fields:
        if field.attribute not in present:
            continue
        value = present[field.attribute]
        own, at = f"{name}{field.attribute}", field.under(steps)
        if is_map(field.descriptor):
            yield SetField(own, at, value, field)
        elif is_repeated(field.descriptor):
            for index, item in enumerate(value):
                yield from _one(field, item, own, (*at, index))
        else:
            yield from _one(field, value, own, at)


def _one(field: SpecField, value: Any, name: str, steps: Steps) -> Iterator[SetField]:
    if field.part is None or not field.part.fields:
        yield SetField(name, steps, value, field)
        return
    yield from _set(field.part, value, f"{name}.", steps)


@cache
def all_fields(descriptor: Descriptor) -> dict[str, str]:
    """Every field that a spec may have, by protobuf name: its path, ``Mounts[].Type``."""
    found = _possible(document_of(descriptor), "", (), frozenset())
    return {name: render_path(steps) for name, steps in found}


def _possible(
    part: Part, name: str, steps: Steps, above: frozenset[str]
) -> Iterator[tuple[str, Steps]]:
    above |= {part.descriptor.full_name}
    for field in part.fields:
        own, at = f"{name}{field.attribute}", field.under(steps)
        if is_repeated(field.descriptor):
            at = (*at, MapKey(""))
        inner = field.part
        if inner is None or not inner.fields or inner.descriptor.full_name in above:
            yield own, at
        else:
            yield from _possible(inner, f"{own}.", at, above)
