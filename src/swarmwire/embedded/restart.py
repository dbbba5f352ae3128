"""The restart supervisor: whether, when and how tasks are replaced that have ended.

Source: SwarmKit manager/orchestrator/restart/restart.go.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from swarmwire import pb
from swarmwire.control.memory import REMOVE as REMOVED
from swarmwire.control.memory import Committed
from swarmwire.embedded.batch import Batch
from swarmwire.embedded.orchestrator import (
    TaskSlot,
    new_task,
    restart_condition,
    restart_delay,
    set_desired,
    timestamp,
)
from swarmwire.embedded.states import (
    COMPLETE,
    DRAIN,
    NODE_DOWN,
    READY,
    RUNNING,
    SECOND,
    SHUTDOWN,
    is_mode,
    moment,
    nanoseconds,
)

TASK_TIMEOUT: Final = 60 * SECOND
"""A replacement waits no longer for the end of the task before it."""


@dataclass
class DelayedStart:
    """A task that is to start once its delay is over and the task before it has ended."""

    ready_at: int
    gives_up_at: int
    old_id: str = ""
    old_node: str = ""
    old_ended: bool = False
    done: bool = False
    waiter: bool = False

    @property
    def due(self) -> int:
        """When to look at it, if nothing happens before."""
        waits = self.old_id and not self.old_ended
        return max(self.ready_at, self.gives_up_at) if waits else self.ready_at

    def is_over(self, now: int) -> bool:
        """Whether the task can start."""
        if now < self.ready_at:
            return False
        return not self.old_id or self.old_ended or now >= self.gives_up_at


@dataclass
class _History:
    """How often a slot was restarted with one version of the spec, and when."""

    version: int = 0
    total: int = 0
    restarted: list[int] = field(default_factory=list)


class RestartSupervisor:
    """Starts that wait, and restarts that were."""

    def __init__(self) -> None:
        self.delays: dict[str, DelayedStart] = {}
        self.finished: set[str] = set()
        """The services of tasks that were started, for whoever waits for them."""
        self._waiting: dict[str, list[DelayedStart]] = {}
        """Those that wait for the end of a task, by its ID."""
        self._history: dict[str, dict[TaskSlot, _History]] = {}

    @property
    def due(self) -> int | None:
        """When the next delay is over."""
        return min((delay.due for delay in self.delays.values()), default=None)

    def restart(self, batch: Batch, service: pb.Service, task: pb.Task, now: int) -> None:
        """Shut a task down, and replace it if its policy says so. Source: Restart."""
        delay = self.delays.get(task.id)
        if delay is not None:
            delay.waiter = True
            return
        if task.desired_state > COMPLETE:
            return
        set_desired(batch, task, SHUTDOWN)
        if not self.should_restart(task, service):
            return
        on_node = task.node_id if is_mode(service, "global", "global_job") else ""
        slot = task.slot if is_mode(service, "replicated", "replicated_job") else 0
        place = TaskSlot(service.id, slot, on_node)
        new = new_task(batch, service, place, now, READY)
        if is_mode(service, "replicated_job", "global_job"):
            new.job_iteration.CopyFrom(service.job_status.job_iteration)
        node = batch.node(task.node_id)
        drained = node is not None and node.spec.availability == DRAIN
        down = node is not None and node.status.state == NODE_DOWN
        set_created(new, now)
        batch.put("task", new)
        self.record(place, new, now)
        wait_stop = not down and task.status.state <= RUNNING
        self.delay_start(
            task, new.id, 0 if drained else restart_delay(task), now, wait_stop=wait_stop
        )

    def should_restart(self, task: pb.Task, service: pb.Service) -> bool:
        """Whether the policy of a task lets it be restarted. Source: shouldRestart."""
        condition = restart_condition(task)
        if condition == pb.RestartPolicy.NONE:
            return False
        job = is_mode(service, "replicated_job", "global_job")
        if task.status.state == COMPLETE and (condition == pb.RestartPolicy.ON_FAILURE or job):
            return False
        most = task.spec.restart.max_attempts
        if not most:
            return True
        # as SwarmKit: only of global services is the node part of it
        node_id = task.node_id if is_mode(service, "global") else ""
        place = TaskSlot(task.service_id, task.slot, node_id)
        history = self._history.get(task.service_id, {}).get(place)
        if history is None:
            return True
        if task.HasField("spec_version") and task.spec_version.index != history.version:
            return True
        window = nanoseconds(task.spec.restart.window)
        if not window:
            return history.total < most
        if not history.restarted:
            return True
        ended = timestamp(task)
        while history.restarted and history.restarted[0] <= ended - window:
            history.restarted.pop(0)
        return sum(1 for restarted in history.restarted if restarted < ended) < most

    def updatable_tasks(self, slot: Sequence[pb.Task], service: pb.Service) -> list[pb.Task]:
        """The tasks of a slot that an update is about. Source: UpdatableTasksInSlot."""
        updatable = [task for task in slot if task.desired_state <= RUNNING]
        if updatable or not slot:
            return updatable
        if _rolls_back(service):
            return []
        newest = slot[0]
        for task in slot[1:]:
            if timestamp(task) > timestamp(newest):
                newest = task
        return [] if self.should_restart(newest, service) else [newest]

    def record(self, place: TaskSlot, replacement: pb.Task, now: int) -> None:
        """Note a restart, if they are limited. Source: RecordRestartHistory."""
        if not replacement.spec.restart.max_attempts:
            return
        known = self._history.setdefault(replacement.service_id, {})
        history = known.setdefault(place, _History())
        version = replacement.spec_version.index
        if replacement.HasField("spec_version") and version != history.version:
            history = known[place] = _History(version=version)
        history.total += 1
        if nanoseconds(replacement.spec.restart.window):
            created = replacement.meta.created_at
            has_time = replacement.meta.HasField("created_at")
            history.restarted.append(moment(created) if has_time else now)

    def delay_start(
        self, old: pb.Task | None, new_id: str, delay: int, now: int, *, wait_stop: bool
    ) -> DelayedStart:
        """Let a task start after a delay, and once ``old`` has ended. Source: DelayStart."""
        waits = wait_stop and old is not None and old.status.state <= RUNNING
        start = DelayedStart(ready_at=now + delay, gives_up_at=now + TASK_TIMEOUT)
        self._forget(new_id)
        if waits and old is not None:
            start.old_id, start.old_node = old.id, old.node_id
            self._waiting.setdefault(old.id, []).append(start)
        self.delays[new_id] = start
        return start

    def start_now(self, batch: Batch, task_id: str) -> None:
        """Wish a waiting task to run. Source: StartNow."""
        task = batch.task(task_id)
        if task is None or task.desired_state >= RUNNING:
            return
        set_desired(batch, task, COMPLETE if task.HasField("job_iteration") else RUNNING)

    def cancel(self, task_id: str) -> None:
        """Forget a start that waits."""
        self._forget(task_id)

    def _forget(self, task_id: str) -> None:
        delay = self.delays.pop(task_id, None)
        if delay is None:
            return
        delay.done = True
        waiting = [each for each in self._waiting.pop(delay.old_id, []) if each is not delay]
        if waiting:
            self._waiting[delay.old_id] = waiting

    def clear(self, service_id: str) -> None:
        """Forget the restarts of a service."""
        self._history.pop(service_id, None)

    def notice(self, done: Committed) -> bool:
        """Note what ends the waiting for old tasks."""
        if not self._waiting:
            return False
        found = False
        for change in done.changes:
            if change.kind == "task" and change.action != REMOVED:
                if change.new.status.state > RUNNING:
                    found = self._end_waiting(self._waiting.get(change.new.id, [])) or found
            elif change.kind == "node" and (
                change.action == REMOVED or change.new.status.state == NODE_DOWN
            ):
                every = [each for waiting in self._waiting.values() for each in waiting]
                here = [each for each in every if each.old_node == change.new.id]
                found = self._end_waiting(here) or found
        return found

    def _end_waiting(self, delays: Sequence[DelayedStart]) -> bool:
        for delay in delays:
            delay.old_ended = True
        return bool(delays)

    def step(self, batch: Batch, now: int) -> None:
        """Start what has waited long enough, each in a transaction of its own."""
        for task_id, delay in list(self.delays.items()):
            if not delay.is_over(now):
                continue
            batch.cut()
            self.start_now(batch, task_id)
            batch.cut()
            self._forget(task_id)
            task = batch.task(task_id)
            if task is not None:
                self.finished.add(task.service_id)
            if delay.waiter:
                self._restart_waiting(batch, task_id, now)

    def _restart_waiting(self, batch: Batch, task_id: str, now: int) -> None:
        """Restart a task that ended before it was to start. Source: waitRestart."""
        task = batch.task(task_id)
        if task is None or task.desired_state > RUNNING:
            return
        service = batch.service(task.service_id)
        if service is not None:
            self.restart(batch, service, task, now)
            batch.cut()


def set_created(task: pb.Task, now: int) -> None:
    """Note when a task is made, before it is stored."""
    task.meta.created_at.seconds, task.meta.created_at.nanos = divmod(now, SECOND)


def _rolls_back(service: pb.Service) -> bool:
    state = service.update_status.state
    return service.HasField("update_status") and state == pb.UpdateStatus.ROLLBACK_STARTED
