"""The orchestrator of replicated services: as many slots as are wanted, each with a task.

Source: SwarmKit manager/orchestrator/replicated.
"""

import random
from collections import Counter
from typing import Final

from swarmwire import pb
from swarmwire.control.memory import REMOVE as REMOVED
from swarmwire.control.memory import Committed, StoreChange
from swarmwire.embedded.batch import Batch
from swarmwire.embedded.orchestrator import (
    TaskSlot,
    check_tasks,
    new_task,
    remove_tasks_of,
    set_desired,
)
from swarmwire.embedded.restart import RestartSupervisor
from swarmwire.embedded.states import (
    REMOVE,
    RUNNING,
    invalid_node,
    is_mode,
    of_kinds,
)
from swarmwire.embedded.updater import UpdateSupervisor

ORCHESTRATOR_FIRST: Final = 0.2
"""How often the orchestrator is quicker than the updater to see that a task has ended."""

_Slots = dict[int, list[pb.Task]]


class ReplicatedOrchestrator:
    """Replicated services, their restarts and their updates."""

    name = "replicated"

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._restarts = RestartSupervisor()
        self._updates = UpdateSupervisor(self._restarts, rng)
        self._inbox: list[list[StoreChange]] = []
        self._to_reconcile: dict[str, pb.Service] = {}
        self._to_restart: dict[str, None] = {}

    def begin(self, batch: Batch, now: int) -> int | None:
        """Take over from a former leader. Source: Run."""
        check_tasks(
            batch, self._restarts, ("replicated",), lambda task: self._look_at(batch, task), now
        )
        for service in batch.all("service"):
            if is_mode(service, "replicated"):
                self._to_reconcile[service.id] = service
        self._tick(batch, now)
        return self._due(now)

    def notice(self, done: Committed) -> bool:
        """Note what happened to services, tasks and nodes."""
        heard = self._restarts.notice(done)
        heard = self._updates.notice(done) or heard
        changes = of_kinds(done, "service", "task", "node")
        if changes:
            self._inbox.append(changes)
        return heard or bool(changes)

    def step(self, batch: Batch, now: int) -> int | None:
        """Start what has waited, go on with updates, and answer what happened."""
        self._restarts.step(batch, now)
        parts = [self._updates.step, self._answer]
        if self._rng.random() < ORCHESTRATOR_FIRST:
            parts.reverse()
        for part in parts:
            part(batch, now)
        batch.cut()
        return self._due(now)

    def _due(self, now: int) -> int | None:
        due = [each for each in (self._restarts.due, self._updates.due) if each is not None]
        return max(now, min(due)) if due else None

    def _answer(self, batch: Batch, now: int) -> None:
        inbox, self._inbox = self._inbox, []
        for changes in inbox:
            for change in changes:
                self._hear(batch, change)
            self._tick(batch, now)

    def _hear(self, batch: Batch, change: StoreChange) -> None:
        if change.kind == "node":
            if change.action == REMOVED or invalid_node(change.new):
                self._restart_on(batch, change.new.id)
        elif change.kind == "task":
            if change.action != REMOVED:
                self._look_at(batch, change.new)
                return
            service = batch.service(change.new.service_id)
            if change.new.desired_state <= RUNNING and service is not None:
                if not is_mode(service, "replicated"):
                    return
                self._to_reconcile[service.id] = service
            self._restarts.cancel(change.new.id)
        elif is_mode(change.new, "replicated"):
            if change.action == REMOVED:
                batch.cut()
                remove_tasks_of(batch, change.new)
                self._restarts.clear(change.new.id)
                self._to_reconcile.pop(change.new.id, None)
            else:
                self._to_reconcile[change.new.id] = change.new

    def _look_at(self, batch: Batch, task: pb.Task) -> None:
        """Note a task that has ended, or has to leave its node. Source: handleTaskChange."""
        if task.desired_state > RUNNING:
            return
        if not is_mode(batch.service(task.service_id), "replicated"):
            return
        leaves = bool(task.node_id) and invalid_node(batch.node(task.node_id))
        if task.status.state > RUNNING or leaves:
            self._to_restart[task.id] = None

    def _restart_on(self, batch: Batch, node_id: str) -> None:
        for task in batch.tasks_on(node_id):
            wanted = task.desired_state <= RUNNING
            if wanted and is_mode(batch.service(task.service_id), "replicated"):
                self._to_restart[task.id] = None

    def _tick(self, batch: Batch, now: int) -> None:
        batch.cut()
        for task_id in self._to_restart:
            task = batch.task(task_id)
            if task is None or task.desired_state > RUNNING:
                continue
            service = batch.service(task.service_id)
            if service is not None and is_mode(service, "replicated"):
                self._restarts.restart(batch, service, task, now)
        self._to_restart = {}
        batch.cut()
        for service in self._to_reconcile.values():
            self._reconcile(batch, service, now)
        self._to_reconcile = {}

    def _reconcile(self, batch: Batch, service: pb.Service, now: int) -> None:
        """Bring the number of slots to what is wanted, and all slots to the spec."""
        alive, dead = self._slots(batch, service)
        wanted = service.spec.replicated.replicas
        slots = list(alive.values())
        self._rng.shuffle(slots)
        if wanted > len(slots):
            self._updates.update(service, slots)
            self._add(batch, service, alive, dead, now)
            self._delete(batch, dead)
        elif wanted < len(slots):
            ordered = _by_balance(slots)
            self._updates.update(service, ordered[:wanted])
            self._delete(batch, dead)
            for task in (task for slot in ordered[wanted:] for task in slot):
                if task.desired_state <= REMOVE:
                    set_desired(batch, task, REMOVE)
        else:
            self._delete(batch, dead)
            self._updates.update(service, slots)
        batch.cut()

    def _slots(self, batch: Batch, service: pb.Service) -> tuple[_Slots, _Slots]:
        """The slots that count, and those in which nothing is wanted any more."""
        every: _Slots = {}
        for task in batch.tasks_of(service.id):
            every.setdefault(task.slot, []).append(task)
        alive, dead = {}, {}
        for number, slot in every.items():
            updatable = self._restarts.updatable_tasks(slot, service)
            if updatable:
                alive[number] = updatable
            else:
                dead[number] = slot
        return alive, dead

    def _add(
        self, batch: Batch, service: pb.Service, alive: _Slots, dead: _Slots, now: int
    ) -> None:
        number = 0
        for _ in range(service.spec.replicated.replicas - len(alive)):
            number += 1
            while number in alive:
                number += 1
            dead.pop(number, None)
            task = new_task(batch, service, TaskSlot(service.id, number, ""), now, RUNNING)
            batch.put("task", task)

    def _delete(self, batch: Batch, dead: _Slots) -> None:
        for task in (task for slot in dead.values() for task in slot):
            batch.remove("task", task.id)


def _by_balance(slots: list[list[pb.Task]]) -> list[list[pb.Task]]:
    """Slots in the order in which they are kept. Source: slot.go, slotsByIndex."""

    def runs(slot: list[pb.Task]) -> bool:
        return any(task.status.state == RUNNING for task in slot)

    ordered = sorted(slots, key=lambda slot: (not runs(slot), slot[0].slot))
    copies: Counter[str] = Counter()
    indexed = []
    for slot in ordered:
        index = None
        if len(slot) == 1 and slot[0].node_id:
            copies[slot[0].node_id] += 1
            index = copies[slot[0].node_id]
        indexed.append((index is None, index or 0, slot))
    indexed.sort(key=lambda entry: entry[:2])
    return [slot for _, _, slot in indexed]
