"""What comes of each difference: a table of fields, and the one exception for the placement."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.plan._equality import placement_alone_differs
from swarmwire.plan._walk import Change
from swarmwire.rules import service_spec_problems, service_spec_update_problems

Effect = Literal["nothing", "metadata only", "ignored", "scales", "restarts", "refused"]

_MODES: Final = frozenset(
    f"ServiceSpec.{mode}" for mode in ("replicated", "global", "replicated_job", "global_job")
)
_JOBS: Final = frozenset({"replicated_job", "global_job"})
_BY_FIELD: Final[dict[str, Effect]] = {
    "Annotations.name": "refused",
    **dict.fromkeys(_MODES, "refused"),
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
    stay: bool | None = None,
) -> tuple[Effect, ...]:
    """What comes of each change.

    ``stay`` tells whether all tasks are on nodes that satisfy the new constraints; without it,
    only constraints that were taken away are known to leave tasks where they are.
    """
    stay = keeps_nodes(old, new) if stay is None else stay
    exempt = placement_alone_differs(old.task, new.task) and stay
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
    by_field = _BY_FIELD.get(change.key)
    if by_field == "refused":
        return by_field
    if job:
        return "restarts"
    section = str(change.new_steps[0])
    if by_field or section in _BY_SECTION:
        return by_field or _BY_SECTION[section]
    if section == "EndpointSpec":
        return "ignored" if exempt else "restarts"
    if change.new_steps[1] == "Placement" and exempt:
        return "metadata only"
    return "restarts"


def _is_within(path: str, refused: Iterable[str]) -> bool:
    return any(at and (path == at or path.startswith((f"{at}.", f"{at}["))) for at in refused)
