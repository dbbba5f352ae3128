"""What differs of one object: of its spec, of its payload, of a task."""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import msgspec

from swarmwire import pb
from swarmwire.raftstore.store import Kind, StoreObject
from swarmwire.spec import (
    Display,
    FieldDifference,
    copied,
    field_differences,
    without_unknown_fields,
)
from swarmwire.storediff.comparison import ObjectDifference
from swarmwire.storediff.pairing import Ids, translated

PAYLOAD: Final = "Data"
"""The path of a secret's or config's payload."""
UNKNOWN_FIELDS: Final = "(unknown fields)"
"""Stands for a path, where specs differ in fields that the schema does not know."""

_SAME: Final = frozenset({"NodeSpec.membership"})
"""Fields of which any value is as good: a node is a member as soon as it is there, and the engine
sets the field whenever it changes anything else."""


class Terms(NamedTuple):
    """What holds for all objects of a comparison.

    Attributes:
        ids: ids there to ids here, of objects that are the same though their id is new.
        display: makes values fit to be shown.
    """

    ids: Ids
    display: Display


def object_differences(
    kind: Kind, here: StoreObject, there: StoreObject, terms: Terms
) -> tuple[ObjectDifference, ...]:
    """What differs of one object that is on both sides."""
    return tuple(_BY_KIND.get(kind, _of_spec)(here, there, terms))


def _of_spec(here: Any, there: Any, terms: Terms) -> Iterator[ObjectDifference]:
    return _specs(here.spec, translated(there.spec, terms.ids), terms)


def _specs(here: pb.Message, there: pb.Message, terms: Terms) -> Iterator[ObjectDifference]:
    if here == there:
        return
    found = [
        _difference(each)
        for each in field_differences(here, there, display=terms.display)
        if each.key not in _SAME
    ]
    yield from found or _unknown(here, there)


def _difference(found: FieldDifference) -> ObjectDifference:
    return ObjectDifference(
        path=found.path,
        operation=found.operation,
        here=found.old,
        there=found.new,
        hidden=found.is_hidden or found.path == PAYLOAD,
    )


def _of_whole(here: Any, there: Any, terms: Terms) -> Iterator[ObjectDifference]:
    """Of an object without a spec: all of it but what the manager keeps for itself."""
    sides = copied(here), copied(there)
    for each in sides:
        each.ClearField("id")
        each.ClearField("meta")
    return _specs(*sides, terms)


def _of_task(here: Any, there: Any, terms: Terms) -> Iterator[ObjectDifference]:
    """Of a task also where it is to be and what became of it: that is what it is."""
    before, after = (
        pb.Task(
            desired_state=each.desired_state,
            node_id=terms.ids.get(each.node_id, each.node_id),
            slot=each.slot,
            status=pb.TaskStatus(state=each.status.state),
        )
        for each in (here, there)
    )
    yield from _specs(before, after, terms)
    specs = pb.ServiceSpec(task=here.spec), pb.ServiceSpec(task=there.spec)
    for each in _specs(specs[0], translated(specs[1], terms.ids), terms):
        path = each.path.replace("TaskTemplate", "Spec", 1)
        yield msgspec.structs.replace(each, path=path)


def _unknown(here: pb.Message, there: pb.Message) -> Iterator[ObjectDifference]:
    """The one difference of specs that differ in nothing that has a name."""
    copies = without_unknown_fields(here), without_unknown_fields(there)
    if copies[0] == copies[1]:
        sizes = [
            f"{whole.ByteSize() - copy.ByteSize()} bytes"
            for whole, copy in zip((here, there), copies, strict=True)
        ]
        yield ObjectDifference(
            path=UNKNOWN_FIELDS, operation="changed", here=sizes[0], there=sizes[1], hidden=True
        )


_BY_KIND: Final[dict[Kind, Callable[[Any, Any, Terms], Iterator[ObjectDifference]]]] = {
    "extension": _of_whole,
    "resource": _of_whole,
    "task": _of_task,
}
