"""What a write would do to running tasks, from what the mirror knows of the swarm."""

from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

from swarmwire import pb
from swarmwire.errors import SwarmwireError
from swarmwire.gateway.mirror import Mirror
from swarmwire.plan import Plan, ServiceCreation, plan, plan_creation, release_of
from swarmwire.policy import WriteEffect
from swarmwire.releases import NEWEST

WritePlan = Plan | ServiceCreation
"""What comes of an update, or of a new service."""

_KEPT: Final = 1_000
"""Dry runs of one client."""
_SECONDS: Final = 600.0
_RUNNING: Final = pb.TaskState.Value("RUNNING")


def plan_of_write(mirror: Mirror, operation: str, new: Any, old: Any) -> WritePlan | None:
    """The plan of a write to a service; None of any other, and where none can be made.

    Args:
        mirror: what is known of the swarm.
        operation: ``service.create``, ``service.update`` or ``service.rollback``.
        new: the spec that would be sent; of a roll-back the previous one.
        old: the stored service; None if there is none yet.
    """
    nodes = tuple(mirror.shelves["node"])
    known: dict[str, Any] = {
        f"{kind}s": tuple(mirror.shelves[kind])
        for kind in ("service", "secret", "config", "network")
    }
    release = release_of(nodes) or NEWEST
    try:
        if operation == "service.create":
            return plan_creation(new, nodes=nodes, release=release, **known)
        if operation not in ("service.update", "service.rollback") or old is None:
            return None
        if operation == "service.rollback" and not old.HasField("previous_spec"):
            return None
        return plan(
            old,
            new,
            tasks=tuple(mirror.tasks_of(old.id)),
            nodes=nodes,
            names={one.id: one.spec.annotations.name for one in known["networks"]},
            rollback=operation == "service.rollback",
            release=release,
            **known,
        )
    except SwarmwireError:
        return None  # the manager says what is wrong with it


def effect_of(
    planned: WritePlan | None, *, was_planned: bool, is_update: bool = True
) -> WriteEffect:
    """What a policy judges of a plan.

    A plan that a manager would refuse tells no effect. The manager may know better by now: what
    was in the way has gone.
    """
    counts = planned.counts if isinstance(planned, Plan) else None
    if not isinstance(planned, Plan) or counts is None:
        return WriteEffect(was_planned=was_planned, is_unknown=is_update)
    restarts = counts.restarts + counts.unknown
    rollout = planned.rollout
    at_once = restarts if rollout is None else rollout.parallelism or restarts
    return WriteEffect(
        tasks=counts.tasks,
        restarts=restarts,
        removed=counts.removed,
        at_once=at_once,
        stops_first=rollout is None or rollout.order != "start-first",
        was_planned=was_planned,
        summary=planned.summary,
    )


def verdict_of(planned: WritePlan | None, mirror: Mirror, operation: str, old: Any) -> str:
    """What a write does, in a sentence; nothing if it has to do with no task."""
    if planned is not None:
        return planned.summary
    if operation != "service.remove" or old is None:
        return ""
    count = sum(1 for task in mirror.tasks_of(old.id) if task.desired_state == _RUNNING)
    return f"removes {count} task{'' if count == 1 else 's'}"


class DryRuns:
    """Which writes have been planned of late, and by whom."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: dict[str, OrderedDict[bytes, float]] = {}

    def remember(self, client: str, operation: str, new: Any, old: Any) -> None:
        """A client has seen the plan of a write."""
        known = self._known.setdefault(client, OrderedDict())
        known[_fingerprint(operation, new, old)] = self._clock()
        while len(known) > _KEPT:
            known.popitem(last=False)

    def knows(self, client: str, operation: str, new: Any, old: Any) -> bool:
        """Whether it has, of the very same write to the very same version, in ten minutes."""
        known = self._known.get(client)
        since = None if known is None else known.get(_fingerprint(operation, new, old))
        return since is not None and self._clock() - since <= _SECONDS


def _fingerprint(operation: str, new: Any, old: Any) -> bytes:
    place = "" if old is None else f"{old.id} {old.meta.version.index}"
    text = f"{operation}\n{place}\n".encode()
    return sha256(text + new.SerializeToString(deterministic=True)).digest()
