"""What tasks may take: memory, CPUs, processes, devices; how many, where, how fast."""

from typing import Final

from swarmwire import pb
from swarmwire.convert.time import duration_from_grpc
from swarmwire.errors import InvalidSpec
from swarmwire.policy.scope import Scope
from swarmwire.policy.violation import Violations, violation
from swarmwire.rules import Constraint, parse_constraint
from swarmwire.spec import Steps

_SECOND: Final = 1_000_000_000
_TASK: Final = "TaskTemplate"
_MOST_ATTEMPTS: Final = 100


def judge_resources(task: pb.TaskSpec, scope: Scope) -> Violations:
    """Limits, reservations, swap and devices."""
    at = (_TASK, "Resources")
    yield from _limits(task, (*at, "Limits"), scope)
    yield from _reservations(task.resources.reservations, (*at, "Reservations"), scope)
    for name, attribute in (("SwapBytes", "swap_bytes"), ("MemorySwappiness", "memory_swappiness")):
        if task.resources.HasField(attribute) and not scope.rules.opens("swap"):  # type: ignore[arg-type,unused-ignore]
            yield violation("swap", (*at, name), "the node's swap", "allow", "swap")


def _limits(task: pb.TaskSpec, at: Steps, scope: Scope) -> Violations:
    most, limits = scope.rules.maxima, task.resources.limits
    wanted = "limits" in scope.rules.require
    for name, given, largest, key in (
        ("MemoryBytes", limits.memory_bytes, most.memory, "max.memory"),
        ("NanoCPUs", limits.nano_cpus, most.cpus, "max.cpus"),
        ("Pids", task.container.pidsLimit, most.pids, "max.pids"),
    ):
        if given <= 0 and (wanted or largest is not None):
            yield violation("limits.required", (*at, name), "no limit")
        elif largest is not None and given > largest:
            reason = f"{given}, {largest} at most"
            yield violation("limits.required", (*at, name), reason, key, given)


def _reservations(reserved: pb.Resources, at: Steps, scope: Scope) -> Violations:
    most = scope.rules.maxima
    for name, given, largest, key in (
        ("MemoryBytes", reserved.memory_bytes, most.memory, "max.memory"),
        ("NanoCPUs", reserved.nano_cpus, most.cpus, "max.cpus"),
    ):
        if given > (largest or 0):
            said = "and no maximum says how much" if largest is None else f"{largest} at most"
            yield violation("reservation", (*at, name), f"{given} is kept free, {said}", key, given)
    for index, resource in enumerate(reserved.generic):
        kind = resource.named_resource_spec.kind or resource.discrete_resource_spec.kind
        if not scope.rules.opens("device.generic", kind):
            where, opening = (*at, "GenericResources", index), f"device.generic:{kind}"
            yield violation("device.generic", where, f"resource {kind}", "allow", opening)


def judge_placement(task: pb.TaskSpec, scope: Scope) -> Violations:
    """Constraints that must be there. All constraints of a service hold, so one is enough."""
    where = (_TASK, "Placement", "Constraints")
    given = {_plain(found) for text in task.placement.constraints if (found := _parsed(text))}
    for wanted in scope.rules.constraints:
        if _plain(wanted) not in given:
            said = f"{wanted.key}{wanted.operator}{wanted.value}"
            yield violation("placement.manager", where, f"the constraint {said} is missing")


def _parsed(text: str) -> Constraint | None:
    try:
        return parse_constraint(text)
    except InvalidSpec:
        return None


def _plain(constraint: Constraint) -> tuple[str, str, str]:
    """What tells constraints apart: managers compare values in any case."""
    return constraint.key, constraint.operator, constraint.value.casefold()


def judge_mode(spec: pb.ServiceSpec, scope: Scope) -> Violations:
    """How many tasks."""
    most = scope.rules.maxima.replicas
    job = spec.replicated_job
    for steps, given in (
        (("Replicated", "Replicas"), spec.replicated.replicas),
        (("ReplicatedJob", "MaxConcurrent"), job.max_concurrent),
        (("ReplicatedJob", "TotalCompletions"), job.total_completions),
    ):
        if given > most:
            where, reason = ("Mode", *steps), f"{given} tasks, {most} at most"
            yield violation("replicas", where, reason, "max.replicas", given)
    mode = spec.WhichOneof("mode")
    if mode in {"global", "global_job"} and not scope.rules.opens("replicas.global"):
        at = ("Mode", "Global" if mode == "global" else "GlobalJob")
        reason = "a task on every node"
        yield violation("replicas.global", at, reason, "allow", "replicas.global")


def judge_restarts(task: pb.TaskSpec, scope: Scope) -> Violations:
    """A delay that is short, again and again. Without one, managers wait 5 seconds."""
    restart = task.restart
    if (
        restart.HasField("delay")
        and restart.condition != pb.RestartPolicy.NONE
        and duration_from_grpc(restart.delay) < _SECOND
        and not _ends(restart)
        and not scope.rules.opens("update.config")
    ):
        where = (_TASK, "RestartPolicy", "Delay")
        reason = f"shorter than 1 second, without a limit of at most {_MOST_ATTEMPTS} attempts"
        yield violation("update.config", where, reason, "allow", "update.config")


def _ends(restart: pb.RestartPolicy) -> bool:
    """Whether there are few attempts. A window counts those alone that are not older.

    Source: SwarmKit manager/orchestrator/restart, shouldRestart.
    """
    few = 0 < restart.max_attempts <= _MOST_ATTEMPTS
    window = duration_from_grpc(restart.window)
    return few and (window <= 0 or restart.max_attempts * _SECOND <= window)
