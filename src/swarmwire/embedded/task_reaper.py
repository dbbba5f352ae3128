"""The task reaper: takes away tasks that are over, beyond what is kept as history.

Source: SwarmKit manager/orchestrator/taskreaper/task_reaper.go.
"""

from typing import Final

from swarmwire import pb
from swarmwire.control.memory import CREATE, Committed
from swarmwire.control.memory import REMOVE as REMOVED
from swarmwire.embedded.batch import Batch
from swarmwire.embedded.orchestrator import TaskSlot, timestamp
from swarmwire.embedded.states import (
    ASSIGNED,
    COMPLETE,
    MILLISECOND,
    ORPHANED,
    REMOVE,
    RUNNING,
    is_mode,
)

_INTERVAL: Final = 250 * MILLISECOND
_MOST_DIRTY: Final = 1000


class TaskReaper:
    """The slots and tasks to be looked at next."""

    name = "task reaper"

    def __init__(self) -> None:
        self._dirty: dict[TaskSlot, None] = {}
        self._cleanup: dict[str, None] = {}
        self._ticks_at: int | None = None
        self._heard = False

    def begin(self, batch: Batch, now: int) -> int | None:  # noqa: ARG002 - each part has it
        """Take away at once what a former leader left."""
        for task in batch.all("task"):
            if (task.status.state >= ORPHANED and not task.service_id) or _can_go(task):
                self._cleanup[task.id] = None
        self._tick(batch)
        return None

    def notice(self, done: Committed) -> bool:
        """Note new tasks, and those that can go."""
        heard = False
        for change in done.changes:
            if change.kind == "cluster":
                heard = True
            elif change.kind == "task" and change.action != REMOVED:
                heard = True
                task = change.new
                if change.action == CREATE:
                    self._dirty[TaskSlot(task.service_id, task.slot, task.node_id)] = None
                elif (task.status.state >= ORPHANED and not task.service_id) or _can_go(task):
                    self._cleanup[task.id] = None
        self._heard = self._heard or heard
        return heard

    def step(self, batch: Batch, now: int) -> int | None:
        """Wait a little for more, then take away."""
        if self._heard:
            self._heard = False
            if len(self._dirty) + len(self._cleanup) > _MOST_DIRTY:
                self._ticks_at = now
            elif self._ticks_at is None:
                self._ticks_at = now + _INTERVAL
        if self._ticks_at is None or now < self._ticks_at:
            return self._ticks_at
        self._ticks_at = None
        self._tick(batch)
        return None

    def _tick(self, batch: Batch) -> None:
        gone = list(self._cleanup)
        self._cleanup = {}
        for place in list(self._dirty):
            found, again = self._beyond_history(batch, place)
            gone += found
            if not again:
                del self._dirty[place]
        for task_id in gone:
            batch.remove("task", task_id)

    def _beyond_history(self, batch: Batch, place: TaskSlot) -> tuple[list[str], bool]:
        """The tasks of a slot that are too many, and whether to look at it again."""
        service = batch.service(place.service_id)
        if service is None or not is_mode(service, "replicated", "global"):
            return [], False
        kept = batch.cluster().spec.orchestration.task_history_retention_limit
        attempts = service.spec.task.restart.max_attempts
        if attempts:
            kept = attempts + 1
        if kept < 0:
            return [], False
        is_global = is_mode(service, "global")
        tasks = batch.tasks_in(service.id, place.node_id if is_global else place.slot)
        if len(tasks) <= kept:
            return [], False
        found, running = [], 0
        for task in sorted(tasks, key=timestamp):
            if task.status.state > RUNNING or _never_runs(task):
                found.append(task.id)
                if len(tasks) - len(found) <= kept:
                    break
            else:
                running += 1
        return found, running > 1


def _can_go(task: pb.Task) -> bool:
    """Whether a task is wished away, and its node has nothing to do with it."""
    state = task.status.state
    return task.desired_state == REMOVE and (state < ASSIGNED or state >= COMPLETE)


def _never_runs(task: pb.Task) -> bool:
    return task.status.state < ASSIGNED and task.desired_state > RUNNING
