"""The slots of a service as the orchestrators see them, and which of them remain.

A slot is a number of a replicated service or a node of a global one; most have one live task.

Source: SwarmKit manager/orchestrator/restart, UpdatableTasksInSlot and shouldRestart;
orchestrator/replicated, reconcile.
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import Final, NamedTuple

from swarmwire import pb
from swarmwire.convert.enums import TASK_STATE
from swarmwire.plan.restart import RUNNING

_COMPLETE: Final = TASK_STATE.words["complete"]
_SORTED_IN_PLACE = 12
"""Up to so many elements Go's sort keeps those in order that are equal."""

MAX_LISTED = 1000
"""So many new tasks are listed; more are only counted."""


class Slot(NamedTuple):
    """The tasks of one slot that an update may touch."""

    place: Hashable
    tasks: tuple[pb.Task, ...]


class Scaling(NamedTuple):
    """The slots that stay, those that go, and the numbers of new ones.

    ``doubtful`` are the places of which some stay and some go, and only the manager knows which.
    """

    stay: tuple[Slot, ...]
    go: tuple[Slot, ...]
    come: tuple[int, ...]
    more: int
    doubtful: frozenset[Hashable]


def slots_of(service: pb.Service, tasks: Iterable[pb.Task]) -> list[Slot]:
    """The slots of a service with the tasks in them that an update may touch."""
    by_place: dict[Hashable, list[pb.Task]] = {}
    by_node = service.spec.HasField("global")
    for task in tasks:
        if service.id in ("", task.service_id):
            place = task.node_id if by_node else task.slot
            by_place.setdefault(place, []).append(task)
    rollback = service.update_status.state == pb.UpdateStatus.ROLLBACK_STARTED
    found = [
        Slot(place, _updatable(group, ended=not rollback))
        for place, group in sorted(by_place.items())
    ]
    return [slot for slot in found if slot.tasks]


def _updatable(group: Sequence[pb.Task], *, ended: bool) -> tuple[pb.Task, ...]:
    """The live tasks of a slot; if there are none, its last one unless it is to start again.

    ``ended`` tells whether tasks that ended count at all: in a rollback they do not.
    """
    live = tuple(task for task in group if task.desired_state <= RUNNING)
    if live or not ended:
        return live
    newest = group[0]
    for task in group[1:]:
        if _is_older(newest, task):
            newest = task
    return () if _starts_again(newest, group) else (newest,)


def _is_older(one: pb.Task, other: pb.Task) -> bool:
    first, second = _timestamp(one), _timestamp(other)
    if first is None or second is None:
        return first is None
    return first < second


def _timestamp(task: pb.Task) -> tuple[int, int] | None:
    for field in ("applied_at", "timestamp"):
        if task.status.HasField(field):
            timestamp = getattr(task.status, field)
            return timestamp.seconds, timestamp.nanos
    return None


def _starts_again(task: pb.Task, group: Sequence[pb.Task]) -> bool:
    """Whether the restart policy of a task that ended wants another one.

    Differs: a manager counts the restarts in its memory; here the tasks that are left are counted.
    """
    restart = task.spec.restart
    if task.spec.HasField("restart"):
        if restart.condition == pb.RestartPolicy.NONE:
            return False
        if restart.condition == pb.RestartPolicy.ON_FAILURE and task.status.state == _COMPLETE:
            return False
    earlier = sum(other.spec_version == task.spec_version for other in group) - 1
    return not restart.max_attempts or earlier < restart.max_attempts


def scaling(slots: Sequence[Slot], replicas: int) -> Scaling:
    """Which slots of a replicated service stay when there are to be so many."""
    if replicas >= len(slots):
        taken = {slot.place for slot in slots}
        more = replicas - len(slots)
        come: list[int] = []
        number = 0
        while len(come) < min(more, MAX_LISTED):
            number += 1
            if number not in taken:
                come.append(number)
        return Scaling(tuple(slots), (), tuple(come), more, frozenset())
    ordered = _by_copy(sorted(slots, key=_preference))
    stay = tuple(slot for _, slot in ordered[:replicas])
    go = tuple(slot for _, slot in ordered[replicas:])
    return Scaling(stay, go, (), 0, _doubtful(ordered, replicas))


def _preference(slot: Slot) -> tuple[bool, int]:
    running = any(task.status.state == RUNNING for task in slot.tasks)
    return not running, slot.tasks[0].slot


def _by_copy(slots: Sequence[Slot]) -> list[tuple[int, Slot]]:
    """The slots with the count of copies on their node up to them; those without one last."""
    copies: dict[str, int] = {}
    counted: list[tuple[int, Slot]] = []
    for slot in slots:
        node = slot.tasks[0].node_id if len(slot.tasks) == 1 else ""
        if node:
            copies[node] = copies.get(node, 0) + 1
        counted.append((copies.get(node, len(slots) + 1), slot))
    return sorted(counted, key=lambda entry: entry[0])


def _doubtful(ordered: Sequence[tuple[int, Slot]], replicas: int) -> frozenset[Hashable]:
    if len(ordered) <= _SORTED_IN_PLACE or not replicas:
        return frozenset()
    last, first = ordered[replicas - 1][0], ordered[replicas][0]
    if last != first:
        return frozenset()
    return frozenset(slot.place for copy, slot in ordered if copy == last)
