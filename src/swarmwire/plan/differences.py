"""Every difference between two service specs, its path in the Engine API, and what comes of it.

What comes of it is decided by where it is: a manager replaces tasks for what is in the task
template or the endpoint, with one exception for the placement.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

import msgspec

from swarmwire import engine, pb
from swarmwire.convert import service_spec_from_grpc
from swarmwire.errors import FieldError, MapKey
from swarmwire.expected import expect
from swarmwire.plan.refusals import update_problems
from swarmwire.plan.restart import is_job, placement_alone_differs
from swarmwire.releases import AnyRelease, as_release
from swarmwire.releases.messages import known_to
from swarmwire.releases.quirks import does
from swarmwire.spec import Display, FieldDifference, Operation, Steps, field_differences

Effect = Literal["nothing", "metadata only", "ignored", "scales", "restarts", "refused"]

_ORDER: Final[tuple[Effect, ...]] = (
    "nothing",
    "metadata only",
    "ignored",
    "scales",
    "restarts",
    "refused",
)
"""From the mildest effect to the strongest."""


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
    old: pb.ServiceSpec,
    new: pb.ServiceSpec,
    *,
    hide_env: bool = False,
    release: AnyRelease = None,
) -> tuple[Difference, ...]:
    """Every difference between two specs, in the order of the document.

    The effect is that on tasks which run the old spec on nodes that satisfy the old constraints.
    ``hide_env`` hides the value of every environment variable.

    Raises:
        ConvertError: kind "type": an argument is no such spec.
    """
    expect(pb.ServiceSpec, old, new)
    known = as_release(release)
    old, new = known_to(old, known), known_to(new, known)
    found = tuple(field_differences(old, new, display=Display(hide_env=hide_env)))
    come_of_it = effects(found, old, new, release=known)
    return as_differences(found, come_of_it, old, new, release=known)


def as_differences(
    found: Sequence[FieldDifference],
    come_of_it: Iterable[Effect],
    old: pb.ServiceSpec,
    new: pb.ServiceSpec,
    *,
    release: AnyRelease = None,
) -> tuple[Difference, ...]:
    """The differences with all that is to be told of them."""
    before, after = _inspected(old, release), _inspected(new, release)
    return tuple(
        Difference(
            path=each.path,
            operation=each.operation,
            old=each.old,
            new=each.new,
            effect=effect,
            hidden=each.is_hidden,
            inspected=_is_inspected(each, before, after),
        )
        for each, effect in zip(found, come_of_it, strict=True)
    )


def _inspected(spec: pb.ServiceSpec, release: AnyRelease) -> Any:
    """The spec as the engine's JSON shows it; None if it does not."""
    try:
        shown = service_spec_from_grpc(spec, release=release)
        return msgspec.json.decode(engine.encode(shown, release=release))
    except FieldError:
        return None


def _is_inspected(each: FieldDifference, before: Any, after: Any) -> bool | None:
    if before is None or after is None:
        return None
    return bool(_at(before, each.old_steps) != _at(after, each.new_steps))


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


def keeps_nodes(old: pb.ServiceSpec, new: pb.ServiceSpec) -> bool:
    """Whether each node that satisfies the old constraints satisfies the new ones too."""
    return set(new.task.placement.constraints) <= set(old.task.placement.constraints)


def effects(
    found: Sequence[FieldDifference],
    old: pb.ServiceSpec,
    new: pb.ServiceSpec,
    *,
    kept: bool | None = None,
    release: AnyRelease = None,
) -> tuple[Effect, ...]:
    """What comes of each difference.

    ``kept`` tells whether all tasks of the service are kept. Without it, tasks are taken to run
    the old spec, and only constraints that were taken away are known to leave them where they are.
    """
    exempt = bool(kept)
    if kept is None:
        spared = not does(as_release(release), "placement-restarts")
        placed = spared and placement_alone_differs(old.task, new.task)
        exempt = placed and keeps_nodes(old, new)
    refused = [problem.path for problem in update_problems(old, new, release=release)]
    job = is_job(new)
    return tuple(
        "refused" if _is_within(each.path, refused) else _effect(each, job=job, exempt=exempt)
        for each in found
    )


def strongest(found: Iterable[Effect]) -> Effect:
    """The strongest of the effects; ``nothing`` if there are none."""
    return max(found, key=_ORDER.index, default="nothing")


def _effect(each: FieldDifference, *, job: bool, exempt: bool) -> Effect:
    if job:
        return "restarts"
    match each.new_steps[0]:
        case "TaskTemplate" if _is_of_pulling(each.key):
            # running tasks keep the credentials that they were pulled with
            return "metadata only"
        case "TaskTemplate":
            return "metadata only" if exempt and each.new_steps[1] == "Placement" else "restarts"
        case "EndpointSpec":
            return "ignored" if exempt else "restarts"
        case "Networks":
            # as SwarmKit: deprecated, and only read where the task template names no networks
            return "ignored"
    return "scales" if each.key == "ReplicatedService.replicas" else "metadata only"


def _is_of_pulling(key: str) -> bool:
    return key == "ContainerSpec.pull_options" or key.startswith("ContainerSpec.PullOptions.")


def _is_within(path: str, refused: Iterable[str]) -> bool:
    return any(at and (path == at or path.startswith((f"{at}.", f"{at}["))) for at in refused)
