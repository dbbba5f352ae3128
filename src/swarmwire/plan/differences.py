"""Every difference between two service specs, with its path in the Engine API."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from swarmwire import engine, pb
from swarmwire.convert import service_spec_from_grpc
from swarmwire.errors import FieldError, MapKey
from swarmwire.plan._shown import HIDDEN, Shower
from swarmwire.plan._walk import Change, Operation, Steps, spec_changes
from swarmwire.plan.effects import Effect, effects


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between the spec that is and the one that is wanted.

    Attributes:
        path: where, in the JSON names of the Engine API; a removed element of a list is told by
            its place in the old one, all else by its place in the new one.
        operation: ``added``, ``removed``, ``changed``; ``reordered``: the elements that both lists
            have stand in another order.
        old: the value before, as in the Engine API's JSON; None if there was none.
        new: the value after; None if there is none. ``{}`` is an object with nothing in it, which
            is not the same as none.
        effect: what comes of this difference.
        hidden: whether a part of the values is not shown, because it may be a secret.
        inspected: whether ``docker service inspect`` shows the difference; None if it shows
            nothing of such a service.
    """

    path: str
    operation: Operation
    old: Any
    new: Any
    effect: Effect
    hidden: bool = False
    inspected: bool | None = True


def differences(
    old: pb.ServiceSpec, new: pb.ServiceSpec, *, hide_env: bool = False
) -> tuple[Difference, ...]:
    """Every difference between two specs, in the order of the document.

    The effect is that on tasks which run the old spec on nodes that satisfy the old constraints.
    ``hide_env`` hides the value of every environment variable.
    """
    changes = changes_of(old, new, hide_env=hide_env)
    return as_differences(changes, effects(changes, old, new), old, new)


def changes_of(
    old: pb.ServiceSpec, new: pb.ServiceSpec, *, hide_env: bool = False
) -> tuple[Change, ...]:
    """The bare differences."""
    return tuple(spec_changes(old, new, Shower(hide_env=hide_env)))


def as_differences(
    changes: Sequence[Change],
    found: Iterable[Effect],
    old: pb.ServiceSpec,
    new: pb.ServiceSpec,
) -> tuple[Difference, ...]:
    """The differences with all that is to be told of them."""
    before, after = _inspected(old), _inspected(new)
    return tuple(
        Difference(
            path=change.path,
            operation=change.operation,
            old=change.old,
            new=change.new,
            effect=effect,
            hidden=HIDDEN in repr((change.old, change.new)),
            inspected=_is_inspected(change, before, after),
        )
        for change, effect in zip(changes, found, strict=True)
    )


def _inspected(spec: pb.ServiceSpec) -> Any:
    """The spec as the engine's JSON shows it; None if it does not."""
    try:
        return msgspec.json.decode(engine.encode(service_spec_from_grpc(spec)))
    except FieldError:
        return None


def _is_inspected(change: Change, before: Any, after: Any) -> bool | None:
    if before is None or after is None:
        return None
    return bool(_at(before, change.old_steps) != _at(after, change.new_steps))


def _at(document: Any, steps: Steps) -> Any:
    for step in steps:
        if isinstance(step, int):
            if not isinstance(document, list) or step >= len(document):
                return None
            document = document[step]
        else:
            key = str(step) if isinstance(step, MapKey) else step
            document = document.get(key) if isinstance(document, dict) else None
    return document
