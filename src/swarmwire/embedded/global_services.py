"""The orchestrator of global services: one task on each node that suits.

Source: SwarmKit manager/orchestrator/global/global.go.
"""

import random

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
from swarmwire.embedded.replicated import ORCHESTRATOR_FIRST
from swarmwire.embedded.restart import RestartSupervisor
from swarmwire.embedded.states import (
    DRAIN,
    NODE_DOWN,
    PAUSE,
    RUNNING,
    SHUTDOWN,
    invalid_node,
    is_mode,
    of_kinds,
)
from swarmwire.embedded.updater import UpdateSupervisor
from swarmwire.plan import is_task_dirty
from swarmwire.scheduling import node_matches


class GlobalOrchestrator:
    """Global services, their restarts and their updates."""

    name = "global"

    def __init__(self, rng: random.Random, *, defects: bool = True) -> None:
        self._rng = rng
        self._defects = defects
        self._restarts = RestartSupervisor()
        self._updates = UpdateSupervisor(self._restarts, rng)
        self._nodes: dict[str, pb.Node] = {}
        self._services: dict[str, pb.Service] = {}
        self._inbox: list[list[StoreChange]] = []
        self._to_restart: dict[str, None] = {}

    def begin(self, batch: Batch, now: int) -> int | None:
        """Take over from a former leader. Source: Run."""
        for node in batch.all("node"):
            self._update_node(node)
        for service in batch.all("service"):
            if is_mode(service, "global"):
                self._services[service.id] = service
        check_tasks(batch, self._restarts, ("global",), lambda task: self._fix(batch, task), now)
        self._tick(batch, now)
        for service in self._services.values():
            self._reconcile(batch, service, now)
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
                self._hear(batch, change, now)
                batch.cut()
            self._tick(batch, now)

    def _hear(self, batch: Batch, change: StoreChange, now: int) -> None:
        gone, one = change.action == REMOVED, change.new
        if change.kind == "task":
            wanted = not gone and one.service_id in self._services
            if wanted and one.desired_state <= RUNNING < one.status.state:
                self._to_restart[one.id] = None
        elif change.kind == "node":
            if gone:
                for task in batch.tasks_on(one.id):
                    if task.service_id in self._services:
                        batch.remove("task", task.id)
                self._nodes.pop(one.id, None)
            else:
                self._update_node(one)
                self._reconcile_node(batch, one, now)
        elif is_mode(one, "global"):
            if gone:
                remove_tasks_of(batch, one)
                self._services.pop(one.id, None)
                self._restarts.clear(one.id)
            else:
                self._services[one.id] = one
                self._reconcile(batch, one, now)

    def _update_node(self, node: pb.Node) -> None:
        if invalid_node(node):
            self._nodes.pop(node.id, None)
        else:
            self._nodes[node.id] = node

    def _fix(self, batch: Batch, task: pb.Task) -> None:
        """Put a task right that a former leader left. Source: FixTask."""
        if task.desired_state > RUNNING:
            return
        if not task.node_id or invalid_node(self._nodes.get(task.node_id)):
            _shut_down(batch, task)
        elif task.status.state > RUNNING:
            self._to_restart[task.id] = None

    def _reconcile(self, batch: Batch, service: pb.Service, now: int) -> None:
        """Bring all nodes to the spec of a service. Source: reconcileServices."""
        by_node = self._by_node(batch, service)
        updates = []
        nodes = list(self._nodes.values())
        self._rng.shuffle(nodes)
        for node in nodes:
            tasks = by_node.pop(node.id, [])
            if not _suits(service, node):
                for task in tasks:
                    _shut_down(batch, task)
            elif node.spec.availability != PAUSE:
                if tasks:
                    updates.append(tasks)
                else:
                    self._add(batch, service, node, now)
        for task in (task for tasks in by_node.values() for task in tasks):
            _shut_down(batch, task)
        batch.cut()
        # as SwarmKit: where all nodes got new tasks nobody notes that a roll-back is complete
        if updates or not self._defects:
            self._updates.update(service, updates)

    def _by_node(self, batch: Batch, service: pb.Service) -> dict[str, list[pb.Task]]:
        """The tasks of a service that count, by node."""
        every: dict[str, list[pb.Task]] = {}
        for task in batch.tasks_of(service.id):
            every.setdefault(task.node_id, []).append(task)
        found = {id_: self._restarts.updatable_tasks(each, service) for id_, each in every.items()}
        return {id_: tasks for id_, tasks in found.items() if tasks}

    def _reconcile_node(self, batch: Batch, node: pb.Node, now: int) -> None:
        """Bring one node to what all services want of it. Source: reconcileOneNode."""
        if node.spec.availability == DRAIN or node.status.state == NODE_DOWN:
            for task in batch.tasks_on(node.id):
                if task.service_id in self._services:
                    _shut_down(batch, task)
            return
        if node.spec.availability == PAUSE:
            return
        for service in self._services.values():
            if not _suits(service, node):
                continue
            tasks = self._by_node(batch, service).get(node.id, [])
            dirty = [task for task in tasks if is_task_dirty(service, task, node)]
            clean = [task for task in tasks if task not in dirty]
            if not clean:
                self._add(batch, service, node, now)
            for task in [*dirty, *clean[1:]]:
                _shut_down(batch, task)

    def _tick(self, batch: Batch, now: int) -> None:
        batch.cut()
        for task_id in self._to_restart:
            task = batch.task(task_id)
            if task is None or task.desired_state > RUNNING:
                continue
            service = batch.service(task.service_id)
            node = self._nodes.get(task.node_id)
            known = self._services.get(task.service_id)
            if service is None or node is None or known is None:
                continue
            if node.spec.availability == PAUSE or not _suits(known, node):
                set_desired(batch, task, SHUTDOWN)
            else:
                self._restarts.restart(batch, service, task, now)
        self._to_restart = {}
        batch.cut()

    def _add(self, batch: Batch, service: pb.Service, node: pb.Node, now: int) -> None:
        if batch.service(service.id) is not None:
            task = new_task(batch, service, TaskSlot(service.id, 0, node.id), now, RUNNING)
            batch.put("task", task)


def _suits(service: pb.Service, node: pb.Node) -> bool:
    return node_matches(service.spec.task.placement.constraints, node)


def _shut_down(batch: Batch, known: pb.Task) -> None:
    task = batch.task(known.id)
    if task is not None and task.desired_state < SHUTDOWN:
        set_desired(batch, task, SHUTDOWN)
