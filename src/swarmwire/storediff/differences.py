"""What differs of one object: of its spec, of its payload, of a task."""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import msgspec

from swarmwire import pb
from swarmwire.errors import render_path
from swarmwire.plan._equality import known
from swarmwire.plan._shown import HIDDEN
from swarmwire.plan._walk import Operation
from swarmwire.plan.differences import changes_of
from swarmwire.raftstore.store import Kind, StoreObject
from swarmwire.storediff._references import Ids, translated
from swarmwire.storediff._specs import Found, spec_differences

PAYLOAD: Final = "Data"
"""The path of a secret's or config's payload."""
UNKNOWN_FIELDS: Final = "(unknown fields)"
"""Stands for a path, where specs differ in fields that the schema does not know."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between what is here and what is there.

    Attributes:
        path: where, in the JSON names of the Engine API, from the spec on.
        operation: ``added`` if only there, ``removed`` if only here, ``changed``; ``reordered``:
            the elements that both lists have stand in another order.
        here: the value here, as in the Engine API's JSON; None if there is none.
        there: the value there.
        hidden: whether a part of the values is not shown, because it may be a secret.
    """

    path: str
    operation: Operation
    here: Any
    there: Any
    hidden: bool = False


class Terms(NamedTuple):
    """What holds for all objects of a comparison.

    Attributes:
        ids: ids there to ids here, of objects that are the same though their id is new.
        hide_env: whether to hide the value of every environment variable.
    """

    ids: Ids
    hide_env: bool = False


def differences(
    kind: Kind, here: StoreObject, there: StoreObject, terms: Terms
) -> tuple[Difference, ...]:
    """What differs of one object that is on both sides."""
    return tuple(_BY_KIND.get(kind, _of_spec)(here, there, terms))


def _of_spec(here: Any, there: Any, terms: Terms) -> Iterator[Difference]:
    return _specs(here.spec, translated(there.spec, terms.ids))


def _specs(here: pb.Message, there: pb.Message) -> Iterator[Difference]:
    if here != there:
        found = [_difference(each) for each in spec_differences(here, there)]
        yield from found or _unknown(here, there)


def _difference(found: Found) -> Difference:
    return Difference(
        path=render_path(found.steps),
        operation=found.operation,
        here=found.here,
        there=found.there,
        hidden=found.steps == (PAYLOAD,) or HIDDEN in repr((found.here, found.there)),
    )


def _of_service(here: Any, there: Any, terms: Terms) -> Iterator[Difference]:
    return _service_specs(here.spec, translated(there.spec, terms.ids), terms)


def _service_specs(
    here: pb.ServiceSpec, there: pb.ServiceSpec, terms: Terms
) -> Iterator[Difference]:
    if here == there:
        return
    found = [
        Difference(
            path=each.path,
            operation=each.operation,
            here=each.old,
            there=each.new,
            hidden=HIDDEN in repr((each.old, each.new)),
        )
        for each in changes_of(here, there, hide_env=terms.hide_env)
    ]
    yield from found or _unknown(here, there)


def _of_whole(here: Any, there: Any, _: Terms) -> Iterator[Difference]:
    """Of an object without a spec: all of it but what the manager keeps for itself."""
    sides = []
    for each in (here, there):
        copy = type(each)()
        copy.CopyFrom(each)
        copy.ClearField("id")
        copy.ClearField("meta")
        sides.append(copy)
    return _specs(*sides)


def _of_task(here: Any, there: Any, terms: Terms) -> Iterator[Difference]:
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
    yield from (_difference(each) for each in spec_differences(before, after))
    specs = pb.ServiceSpec(task=here.spec), pb.ServiceSpec(task=there.spec)
    for each in _service_specs(specs[0], translated(specs[1], terms.ids), terms):
        path = each.path.replace("TaskTemplate", "Spec", 1)
        yield msgspec.structs.replace(each, path=path)


def _unknown(here: pb.Message, there: pb.Message) -> Iterator[Difference]:
    """The one difference of specs that differ in nothing that has a name."""
    copies = known(here), known(there)
    if copies[0] == copies[1]:
        sizes = [
            f"{len(whole.SerializeToString()) - len(copy.SerializeToString())} bytes"
            for whole, copy in zip((here, there), copies, strict=True)
        ]
        yield Difference(
            path=UNKNOWN_FIELDS, operation="changed", here=sizes[0], there=sizes[1], hidden=True
        )


_BY_KIND: Final[dict[Kind, Callable[[Any, Any, Terms], Iterator[Difference]]]] = {
    "extension": _of_whole,
    "resource": _of_whole,
    "service": _of_service,
    "task": _of_task,
}
