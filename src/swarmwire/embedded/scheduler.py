"""The scheduler: tasks that wait get nodes, a moment after the last change.

Source: SwarmKit manager/scheduler/scheduler.go; filters and order are those of ``scheduling``.
"""

import random
from collections.abc import Iterable
from typing import Final

from swarmwire import pb
from swarmwire.control.memory import REMOVE as REMOVED
from swarmwire.control.memory import Committed, StoreChange
from swarmwire.embedded.batch import Batch
from swarmwire.embedded.states import (
    ASSIGNED,
    COMPLETE,
    FAILED,
    MILLISECOND,
    PENDING,
    REJECTED,
    RUNNING,
    SECOND,
    SHUTDOWN,
    copied,
    set_moment,
)
from swarmwire.scheduling.node_info import NodeInfo, versioned_service
from swarmwire.scheduling.pipeline import Pipeline
from swarmwire.scheduling.placing import Placing
from swarmwire.scheduling.volume_set import VolumeSet

_GAP: Final = 50 * MILLISECOND
_LONGEST_GAP: Final = SECOND
_REMEMBERED: Final = 300 * SECOND


class TaskScheduler:
    """What the scheduler knows of nodes and of tasks that wait."""

    name = "scheduler"

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._nodes: dict[str, NodeInfo] = {}
        self._volumes = VolumeSet([])
        self._all: dict[str, pb.Task] = {}
        self._unassigned: dict[str, pb.Task] = {}
        self._preassigned: set[str] = set()
        self._to_confirm: dict[str, pb.Task] = {}
        self._failures: list[tuple[int, str, tuple[str, int]]] = []
        self._tick_required = False
        self._collects_since: int | None = None
        self._collects_until = 0
        self._noticed = False
        self._ended: list[tuple[str, pb.Task]] = []

    def begin(self, batch: Batch, now: int) -> int | None:
        """Take all tasks and nodes over. Source: setupTasksList."""
        for node in batch.all("node"):
            self._nodes[node.id] = NodeInfo(node)
        for task in batch.all("task"):
            if not PENDING <= task.status.state <= RUNNING:
                continue
            if task.status.state == PENDING and task.desired_state > COMPLETE:
                continue
            self._take(task)
        self._schedule(batch, now)
        return None

    def notice(self, done: Committed) -> bool:
        """Note new states of tasks and nodes at once; what waits is tried when all is quiet."""
        for change in done.changes:
            if change.kind == "task":
                self._hear_task(change)
            elif change.kind == "node":
                self._hear_node(change)
        self._noticed = True
        return True

    def step(self, batch: Batch, now: int) -> int | None:
        """Collect changes for a while, then schedule."""
        self._count_failures(now)
        if self._noticed:
            self._noticed = False
            if self._collects_since is None:
                self._collects_since, self._collects_until = now, now + _GAP
            elif now - self._collects_since <= _LONGEST_GAP:
                self._collects_until = now + _GAP
            else:
                self._collects_until = now
        if self._collects_since is None:
            return None
        if now < self._collects_until:
            return self._collects_until
        self._collects_since = None
        self._forget_failures(now)
        self._schedule(batch, now)
        return None

    # what is heard

    def _take(self, task: pb.Task) -> None:
        self._all[task.id] = task
        if not task.node_id:
            self._unassigned[task.id] = task
        elif task.status.state == PENDING:
            self._preassigned.add(task.id)
            self._to_confirm[task.id] = task
        elif task.node_id in self._nodes:
            self._nodes[task.node_id].add(task)

    def _hear_task(self, change: StoreChange) -> None:
        task, known = change.new, self._all.get(change.new.id)
        if change.action == REMOVED:
            if known is not None or task.node_id:
                self._tick_required = self._drop(known or task) or self._tick_required
            return
        if task.status.state < PENDING:
            return
        if task.status.state > RUNNING:
            if known is None:
                return
            failed = task.status.state in (FAILED, REJECTED) and task.id not in self._preassigned
            if failed and task.status.state != known.status.state:
                self._ended.append((task.node_id, task))
            self._drop(known)
            self._tick_required = True
            return
        if known is not None and task.status.state == PENDING:
            self._drop(known)
        self._take(task)
        if not task.node_id:
            self._tick_required = True

    def _drop(self, task: pb.Task) -> bool:
        """Count a task no more. Tells whether a node has got room."""
        self._all.pop(task.id, None)
        self._preassigned.discard(task.id)
        self._to_confirm.pop(task.id, None)
        self._unassigned.pop(task.id, None)
        info = self._nodes.get(task.node_id)
        if info is None or task.id not in info.tasks:
            return False
        info.remove(task)
        return True

    def _hear_node(self, change: StoreChange) -> None:
        node = change.new
        if change.action == REMOVED:
            self._nodes.pop(node.id, None)
            return
        self._tick_required = True
        known = self._nodes.get(node.id)
        info = self._nodes[node.id] = NodeInfo(node)
        if known is not None:
            info.failures = known.failures
            for task in known.tasks.values():
                info.add(task)

    def _count_failures(self, now: int) -> None:
        ended, self._ended = self._ended, []
        for node_id, task in ended:
            info = self._nodes.get(node_id)
            if info is not None:
                key = versioned_service(task)
                info.failures[key] += 1
                self._failures.append((now, node_id, key))

    def _forget_failures(self, now: int) -> None:
        while self._failures and now - self._failures[0][0] > _REMEMBERED:
            _, node_id, key = self._failures.pop(0)
            if node_id in self._nodes:
                self._nodes[node_id].failures[key] -= 1

    # what is done

    def _schedule(self, batch: Batch, now: int) -> None:
        if self._to_confirm:
            self._confirm(batch, now)
            batch.cut()
        if self._tick_required or self._unassigned:
            self._tick_required = False
            self._tick(batch, now)
            batch.cut()

    def _confirm(self, batch: Batch, now: int) -> None:
        """Ask the nodes of tasks that have one already. Source: processPreassignedTasks."""
        for task in list(self._to_confirm.values()):
            info = self._nodes.get(task.node_id)
            if info is None or batch.task(task.id) is None:
                continue
            pipeline = Pipeline(task, self._volumes)
            new = copied(task)
            set_moment(new.status.timestamp, now)
            if pipeline.process(info):
                new.status.Clear()
                new.status.state = ASSIGNED
                new.status.message = "scheduler confirmed task can run on preassigned node"
                set_moment(new.status.timestamp, now)
                info.add(new)
                del self._to_confirm[task.id]
            else:
                new.status.err = pipeline.explain()
            self._all[task.id] = new
            self._write(batch, new)

    def _tick(self, batch: Batch, now: int) -> None:
        """Try all tasks that have no node. Source: tick."""
        groups: dict[object, list[pb.Task]] = {}
        for task in self._unassigned.values():
            versioned = task.HasField("spec_version")
            key = (task.service_id, task.spec_version.index) if versioned else task.id
            groups.setdefault(key, []).append(task)
        self._unassigned = {}
        for group in groups.values():
            self._place(batch, group, now)

    def _place(self, batch: Batch, group: list[pb.Task], now: int) -> None:
        pipeline = Pipeline(group[0], self._volumes)

        def assign(task: pb.Task, info: NodeInfo) -> None:
            new = copied(task)
            new.node_id = info.node.id
            new.status.Clear()
            new.status.state = ASSIGNED
            new.status.message = "scheduler assigned task to node"
            set_moment(new.status.timestamp, now)
            info.add(new)
            self._all[task.id] = new
            self._write(batch, new)

        placing = Placing(group, pipeline, assign)
        placing.run(self._shuffled(self._nodes.values()))
        explanation = pipeline.explain()
        for task in placing.waiting:
            self._wait(batch, task, explanation, now)

    def _wait(self, batch: Batch, task: pb.Task, explanation: str, now: int) -> None:
        """Note why a task finds no place. Source: noSuitableNode."""
        service = batch.service(task.service_id)
        if service is None:
            return
        new = copied(task)
        set_moment(new.status.timestamp, now)
        versions = service.HasField("spec_version") and task.HasField("spec_version")
        if versions and service.spec_version.index > task.spec_version.index:
            if task.desired_state >= SHUTDOWN:
                new.status.state = SHUTDOWN
                new.status.err = ""
        else:
            new.status.err = f"no suitable node ({explanation})" if explanation else _NO_NODE
            self._unassigned[task.id] = new
        self._all[task.id] = new
        self._write(batch, new)

    def _write(self, batch: Batch, new: pb.Task) -> None:
        """Store a decision, with what was wished of the task meanwhile, if it changes anything."""
        stored = batch.task(new.id)
        if stored is None:
            self._drop(new)
            return
        same = (stored.status.state, stored.status.message, stored.status.err)
        if same == (new.status.state, new.status.message, new.status.err):
            return
        changed = copied(new)
        changed.desired_state = stored.desired_state
        batch.put("task", changed)

    def _shuffled(self, nodes: Iterable[NodeInfo]) -> list[NodeInfo]:
        found = list(nodes)
        self._rng.shuffle(found)
        return found


_NO_NODE: Final = "no suitable node"
