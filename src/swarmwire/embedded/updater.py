"""The updater: a service's slots get tasks of its new spec, some at a time.

Source: SwarmKit manager/orchestrator/update/updater.go. Its goroutines are the fields of
``Update`` and ``UpdateWorker`` here: where they choose among what is ready at once, chance does.
"""

import heapq
import random
import struct
from collections.abc import Sequence
from typing import Final

from swarmwire import pb
from swarmwire.control.memory import REMOVE as REMOVED
from swarmwire.control.memory import Committed
from swarmwire.embedded.batch import Batch
from swarmwire.embedded.orchestrator import TaskSlot, new_task, set_desired
from swarmwire.embedded.restart import RestartSupervisor, set_created
from swarmwire.embedded.states import (
    READY,
    RUNNING,
    SECOND,
    SHUTDOWN,
    is_mode,
    nanoseconds,
)
from swarmwire.embedded.update_progress import Slot, Update, UpdateWorker
from swarmwire.embedded.update_status import complete, pause, roll_back, start
from swarmwire.plan import is_task_dirty

_PAUSED: Final = (pb.UpdateStatus.PAUSED, pb.UpdateStatus.ROLLBACK_PAUSED)
_DEFAULT: Final = pb.UpdateConfig(parallelism=1)


class UpdateSupervisor:
    """The updates of all services."""

    def __init__(self, restarts: RestartSupervisor, rng: random.Random) -> None:
        self._restarts = restarts
        self._rng = rng
        self._updates: dict[str, Update] = {}
        self._stirred: dict[str, None] = {}
        """Services whose update has something to do."""
        self._timers: list[tuple[int, str]] = []

    @property
    def due(self) -> int | None:
        """When an update goes on by itself."""
        if self._stirred:
            return 0
        return self._timers[0][0] if self._timers else None

    def update(self, service: pb.Service, slots: Sequence[Slot]) -> None:
        """Bring slots of a service to its spec, unless that is under way. Source: Update."""
        known = self._updates.get(service.id)
        if known is not None and known.service.spec == service.spec:
            return
        self._updates[service.id] = Update(service, slots)
        self._stirred[service.id] = None

    def notice(self, done: Committed) -> bool:
        """Note what became of the tasks of services that are updated."""
        found = False
        for change in done.changes:
            if change.kind != "task" or change.action == REMOVED:
                continue
            update = self._updates.get(change.new.service_id)
            if update is not None and change.old is not None and update.notice(change.new):
                self._stirred[change.new.service_id] = None
                found = True
        return found

    def step(self, batch: Batch, now: int) -> None:
        """Go on with each update that can, as far as it goes."""
        while self._timers and self._timers[0][0] <= now:
            self._stirred[heapq.heappop(self._timers)[1]] = None
        self._stirred.update(dict.fromkeys(sorted(self._restarts.finished)))
        self._restarts.finished.clear()
        stirred, self._stirred = self._stirred, {}
        for id_ in stirred:
            update = self._updates.get(id_)
            if update is None:
                continue
            _Run(update, batch, now, self._restarts, self._rng).go_on()
            if update.phase == "over":
                del self._updates[id_]
            moment = update.timer()
            if moment is not None:
                heapq.heappush(self._timers, (moment, id_))


class _Run:
    """One look at an update."""

    def __init__(
        self,
        update: Update,
        batch: Batch,
        now: int,
        restarts: RestartSupervisor,
        rng: random.Random,
    ) -> None:
        self._update = update
        self._batch = batch
        self._now = now
        self._restarts = restarts
        self._rng = rng

    def go_on(self) -> None:
        update = self._update
        if update.phase == "new":
            self._begin()
        if update.phase not in ("new", "over"):
            for worker in update.workers:
                self._work_on(worker)
        while update.phase not in ("new", "over"):
            step = {"handing": self._hand, "waiting": self._wait, "monitoring": self._monitor}
            if not step[update.phase]():
                break

    def _begin(self) -> None:
        update, service = self._update, self._update.service
        update.phase = "over"
        status = service.update_status
        if service.HasField("update_status") and status.state in _PAUSED:
            return
        update.dirty = [slot for slot in update.slots if self._is_slot_dirty(slot)]
        if not update.dirty:
            under_way = (pb.UpdateStatus.UPDATING, pb.UpdateStatus.ROLLBACK_STARTED)
            if service.HasField("update_status") and status.state in under_way:
                complete(self._batch, self._update.service.id, self._now)
            return
        if not service.HasField("update_status"):
            start(self._batch, self._update.service.id, self._now)
        config = service.spec.rollback if update.rolls_back else service.spec.update
        given = "rollback" if update.rolls_back else "update"
        update.config = config if service.spec.HasField(given) else _DEFAULT
        if update.config.HasField("monitor"):
            update.monitor = nanoseconds(update.config.monitor)
        update.workers = [
            UpdateWorker(number) for number in range(update.config.parallelism or len(update.dirty))
        ]
        update.idle = list(range(len(update.workers)))
        update.phase = "handing"

    # the main goroutine

    def _hand(self) -> bool:
        """Hand slots to idle workers, and look at failures meanwhile."""
        update = self._update
        choices = []
        if self._next_failure() is not None:
            choices.append("failure")
        if update.idle and update.handed < len(update.dirty):
            choices.append("worker")
        if not choices:
            return False
        if self._rng.choice(choices) == "failure":
            if self._triggers_action(update.ended.popleft()):
                update.phase = "waiting"
            return True
        worker = update.workers[heapq.heappop(update.idle)]
        self._take(worker, update.dirty[update.handed])
        self._work_on(worker)
        update.handed += 1
        if update.handed == len(update.dirty):
            # nobody looks at failures any more until all workers are done
            update.phase = "waiting"
        return True

    def _wait(self) -> bool:
        update = self._update
        if len(update.idle) < len(update.workers):
            return False
        if update.stopped:
            update.phase = "over"
            return True
        delay = nanoseconds(update.config.delay)
        monitor = delay + SECOND if delay >= update.monitor else update.monitor
        if delay >= update.monitor:
            update.monitor = monitor
        update.monitored_until = self._now + monitor
        update.phase = "monitoring"
        return True

    def _monitor(self) -> bool:
        update = self._update
        if self._next_failure() is not None:
            if self._triggers_action(update.ended.popleft()):
                update.phase = "over"
                if not update.stopped:
                    complete(self._batch, self._update.service.id, self._now)
            return True
        if self._now >= update.monitored_until:
            update.phase = "over"
            complete(self._batch, self._update.service.id, self._now)
            return True
        return False

    def _next_failure(self) -> pb.Task | None:
        if self._update.config.failure_action == pb.UpdateConfig.CONTINUE:
            self._update.ended.clear()
        return self._update.ended[0] if self._update.ended else None

    def _triggers_action(self, task: pb.Task) -> bool:
        """Whether a failure is one too many; then the update is paused or rolled back."""
        update = self._update
        if task.id in update.failed or task.id not in update.updated:
            return False
        running_since = update.updated[task.id]
        if running_since and self._now - running_since > update.monitor:
            return False
        update.failed.add(task.id)
        if _as_float32(len(update.failed) / len(update.dirty)) <= update.config.max_failure_ratio:
            return False
        because = f"due to failure or early termination of task {task.id}"
        if update.config.failure_action == pb.UpdateConfig.PAUSE:
            update.stopped = True
            pause(self._batch, self._update.service.id, f"update paused {because}")
            return True
        if update.rolls_back:
            pause(self._batch, self._update.service.id, f"rollback paused {because}")
            return True
        update.stopped = True
        roll_back(self._batch, self._update.service.id, f"update rolled back {because}")
        return True

    # workers

    def _take(self, worker: UpdateWorker, slot: Slot) -> None:
        """Begin with a slot. Source: worker."""
        worker.slot = slot
        clean = None
        for task in slot:
            if self._is_dirty(task):
                continue
            if task.desired_state == RUNNING:
                clean = task
                break
            if task.desired_state < RUNNING:
                clean = task
        if clean is not None:
            self._use_existing(worker, slot, clean)
            return
        service = self._update.service
        on_node = slot[0].node_id if is_mode(service, "global") else ""
        place = TaskSlot(service.id, slot[0].slot, on_node)
        new = new_task(self._batch, service, place, self._now, READY)
        set_created(new, self._now)
        self._replace(worker, slot, new)

    def _replace(self, worker: UpdateWorker, slot: Slot, new: pb.Task) -> None:
        """Make a new task, and end the old ones before or after. Source: updateTask."""
        self._update.updated[new.id] = 0
        self._batch.cut()
        if self._batch.service(new.service_id) is None:
            self._leave(worker)
            return
        self._batch.put("task", new)
        if self._update.config.order == pb.UpdateConfig.START_FIRST:
            begun = self._restarts.delay_start(None, new.id, 0, self._now, wait_stop=False)
            worker.start_then_stop = True
        else:
            removed, failed = self._remove_old(slot)
            if failed and removed is None:
                self._batch.abort()
                self._leave(worker)
                return
            begun = self._restarts.delay_start(removed, new.id, 0, self._now, wait_stop=True)
        self._batch.cut()
        worker.waits_for, worker.task_id, worker.came_up = begun, new.id, 0
        self._update.making[new.id] = worker

    def _use_existing(self, worker: UpdateWorker, slot: Slot, existing: pb.Task) -> None:
        """Keep a task that is there, and end the others. Source: useExistingTask."""
        others = [task for task in slot if task is not existing]
        if others or existing.desired_state != RUNNING:
            self._batch.cut()
            removed, failed = self._remove_old(others)
            if failed and removed is None:
                self._batch.abort()
            elif existing.desired_state != RUNNING:
                worker.waits_for = self._restarts.delay_start(
                    removed, existing.id, 0, self._now, wait_stop=True
                )
            self._batch.cut()
        if worker.waits_for is None:
            self._leave(worker)

    def _remove_old(self, tasks: Slot) -> tuple[pb.Task | None, bool]:
        """Shut tasks down: one of them, and whether any was ended. Source: removeOldTasks."""
        removed, failed = None, False
        for known in tasks:
            if known.desired_state > RUNNING:
                continue
            task = self._batch.task(known.id)
            if task is None or task.desired_state > RUNNING:
                failed = True
                continue
            set_desired(self._batch, task, SHUTDOWN)
            removed = known
        return removed, failed

    def _work_on(self, worker: UpdateWorker) -> None:
        """Let a worker go on as far as it can; nothing that it does moves another one."""
        while self._work(worker):
            pass

    def _work(self, worker: UpdateWorker) -> bool:
        """Let a worker go on. Tells whether it did."""
        if worker.is_idle:
            return False
        if worker.rests_until is not None:
            if self._now < worker.rests_until:
                return False
            worker.rests_until = None
            self._free(worker)
            return True
        if worker.waits_for is not None:
            if not worker.waits_for.done:
                return False
            worker.waits_for = None
            if not worker.task_id:
                self._leave(worker)
            return True
        if not worker.came_up:
            return False
        self._update.updated[worker.task_id] = self._now
        if worker.start_then_stop and worker.came_up == RUNNING and worker.slot is not None:
            self._batch.cut()
            self._remove_old(worker.slot)
            self._batch.cut()
        self._leave(worker)
        return True

    def _leave(self, worker: UpdateWorker) -> None:
        """Be done with a slot, and rest before the next one."""
        self._update.making.pop(worker.task_id, None)
        worker.waits_for, worker.task_id, worker.came_up = None, "", 0
        worker.start_then_stop = False
        delay = nanoseconds(self._update.config.delay)
        if delay:
            worker.rests_until = self._now + delay
        else:
            self._free(worker)

    def _free(self, worker: UpdateWorker) -> None:
        worker.slot = None
        heapq.heappush(self._update.idle, worker.number)

    def _is_dirty(self, task: pb.Task) -> bool:
        return is_task_dirty(self._update.service, task, self._batch.node(task.node_id))

    def _is_slot_dirty(self, slot: Slot) -> bool:
        return len(slot) > 1 or (len(slot) == 1 and self._is_dirty(slot[0]))


def _as_float32(number: float) -> float:
    """A number as a manager compares it: in 32 bits, as the spec has it."""
    rounded: float = struct.unpack("f", struct.pack("f", number))[0]
    return rounded
