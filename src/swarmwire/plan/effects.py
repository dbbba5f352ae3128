"""What comes of each difference: a table of fields, and the one exception for the placement."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.plan._equality import placement_alone_differs
from swarmwire.plan._walk import Change
from swarmwire.rules import service_spec_problems, service_spec_update_problems

Effect = Literal["nothing", "metadata only", "ignored", "scales", "restarts", "refused"]

_JOBS: Final = frozenset({"replicated_job", "global_job"})
_BY_FIELD: Final[dict[str, Effect]] = {
    "ReplicatedService.replicas": "scales",
    # running tasks keep the credentials that they were pulled with
    "ContainerSpec.pull_options": "metadata only",
    "ContainerSpec.PullOptions.registry_auth": "metadata only",
}
_BY_SECTION: Final[dict[str, Effect]] = {
    "Labels": "metadata only",
    "Indices": "metadata only",
    "UpdateConfig": "metadata only",
    "RollbackConfig": "metadata only",
    # as SwarmKit: deprecated, and only read where the task template names no networks
    "Networks": "ignored",
}

ORDER: Final[tuple[Effect, ...]] = (
    "nothing",
    "metadata only",
    "ignored",
    "scales",
    "restarts",
    "refused",
)
"""From the mildest effect to the strongest."""


def is_job(spec: pb.ServiceSpec) -> bool:
    """Whether the service runs to an end, and again at every update."""
    return spec.WhichOneof("mode") in _JOBS


def refusals(old: pb.ServiceSpec, new: pb.ServiceSpec) -> tuple[InvalidSpec, ...]:
    """Why a manager refuses the update, in its order; as far as the two specs decide it."""
    return (*service_spec_problems(new), *service_spec_update_problems(old, new))


def keeps_nodes(old: pb.ServiceSpec, new: pb.ServiceSpec) -> bool:
    """Whether each node that satisfies the old constraints satisfies the new ones too."""
    return set(new.task.placement.constraints) <= set(old.task.placement.constraints)


def effects(
    changes: Sequence[Change],
    old: pb.ServiceSpec,
    new: pb.ServiceSpec,
    *,
    kept: bool | None = None,
) -> tuple[Effect, ...]:
    """What comes of each change.

    ``kept`` tells whether all tasks of the service are kept. Without it, tasks are taken to run
    the old spec, and only constraints that were taken away are known to leave them where they are.
    """
    exempt = bool(kept)
    if kept is None:
        exempt = placement_alone_differs(old.task, new.task) and keeps_nodes(old, new)
    refused = [problem.path for problem in refusals(old, new)]
    job = is_job(new)
    return tuple(
        "refused" if _is_within(change.path, refused) else _effect(change, job=job, exempt=exempt)
        for change in changes
    )


def strongest(found: Iterable[Effect]) -> Effect:
    """The strongest of the effects; ``nothing`` if there are none."""
    return max(found, key=ORDER.index, default="nothing")


def _effect(change: Change, *, job: bool, exempt: bool) -> Effect:
    if job:
        return "restarts"
    section = str(change.new_steps[0])
    known = _BY_FIELD.get(change.key) or _BY_SECTION.get(section)
    if known is not None:
        return known
    if section == "EndpointSpec":
        return "ignored" if exempt else "restarts"
    return "metadata only" if exempt and change.new_steps[1] == "Placement" else "restarts"


def _is_within(path: str, refused: Iterable[str]) -> bool:
    return any(at and (path == at or path.startswith((f"{at}.", f"{at}["))) for at in refused)
