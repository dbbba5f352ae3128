"""The dispatcher: nodes hear of their tasks, and what they report is stored.

Source: SwarmKit manager/dispatcher/dispatcher.go.
"""

import heapq
from collections.abc import Iterable, Mapping
from typing import Final

from swarmwire import pb
from swarmwire.control.memory import REMOVE as REMOVED
from swarmwire.control.memory import Committed, StoreChange
from swarmwire.embedded.agent import Agent, TaskManager
from swarmwire.embedded.batch import Batch
from swarmwire.embedded.container import NEVER
from swarmwire.embedded.states import (
    ASSIGNED,
    NODE_DOWN,
    NODE_READY,
    NODE_UNKNOWN,
    ORPHANED,
    RUNNING,
    copied,
    set_moment,
)
from swarmwire.embedded.timing import Timing

_UNKNOWN: Final = 'Node moved to "unknown" state due to leadership change in cluster'


class Dispatcher:
    """The sessions of nodes, and what goes both ways."""

    name = "dispatcher"

    def __init__(self, agents: Mapping[str, Agent], timing: Timing, *, leads_anew: bool) -> None:
        self._agents = agents
        self._timing = timing
        self._leads_anew = leads_anew
        self._began = 0
        self._sent: dict[str, pb.Task] = {}
        self._to_send: dict[str, dict[str, pb.Task | None]] = {}
        self._send_at: dict[str, int] = {}
        self._connected: set[str] = set()
        self._lost_at: dict[str, int] = {}
        self._orphans_at: dict[str, int] = {}
        self._reports: dict[str, pb.TaskStatus] = {}
        self._inbox: list[StoreChange] = []
        self._agents_due: list[tuple[int, str]] = []
        """When a task of a node goes on; what no longer holds is passed over."""

    def begin(self, batch: Batch, now: int) -> int | None:
        """Wait for all nodes to tell that they are there."""
        self._began = now
        for node in batch.all("node"):
            if not self._leads_anew:
                self._connected.add(node.id)
                continue
            if node.status.state != NODE_DOWN:
                changed = copied(node)
                changed.status.state = NODE_UNKNOWN
                changed.status.message = _UNKNOWN
                batch.put("node", changed)
                self._lost_at[node.id] = now + self._timing.heartbeat
        for task in batch.all("task"):
            self._note(task)
        for id_ in self._agents:
            self._wait_for(id_)
        if not self._leads_anew:
            for id_ in self._to_send:
                self._send_at[id_] = now
        return now

    def notice(self, done: Committed) -> bool:
        """Note what nodes have to hear."""
        before = len(self._to_send)
        for change in done.changes:
            if change.kind == "task":
                self._hear(change)
            elif change.kind == "node":
                self._inbox.append(change)
        return bool(self._inbox) or len(self._to_send) > before or bool(self._to_send)

    def lost(self, node_id: str, now: int) -> None:
        """A node ends: nothing is heard of it any more."""
        self._connected.discard(node_id)
        self._lost_at[node_id] = now + self._timing.heartbeat

    def step(self, batch: Batch, now: int) -> int | None:
        """Send what is due, let nodes go on, store what they report."""
        self._hear_nodes(now)
        self._register(batch, now)
        self._give_up(batch, now)
        for id_ in [id_ for id_, at in self._send_at.items() if at <= now]:
            del self._send_at[id_]
            self._send(id_, now)
        for id_ in self._due_agents(now):
            self._report(self._agents[id_].go_on(now))
            self._wait_for(id_)
        if self._reports and self._flush_at(now) == now:
            self._store(batch, now)
        return self._next(now)

    def _next(self, now: int) -> int | None:
        due = [a.registers_at for a in self._agents.values() if a.registers_at is not None]
        if self._agents_due:
            due.append(self._agents_due[0][0])
        due += self._send_at.values()
        due += self._lost_at.values()
        due += self._orphans_at.values()
        if self._reports:
            due.append(self._flush_at(now + 1))
        return min(due, default=None)

    def _due_agents(self, now: int) -> list[str]:
        """The nodes of which a task goes on now, in the order of their ids."""
        found = {}
        while self._agents_due and self._agents_due[0][0] <= now:
            id_ = heapq.heappop(self._agents_due)[1]
            found[id_] = self._agents[id_].due
        for id_, due in found.items():
            if due > now:
                self._wait_for(id_)
        return sorted(id_ for id_, due in found.items() if due <= now)

    def _wait_for(self, id_: str) -> None:
        """Note when a task of a node goes on next."""
        due = self._agents[id_].due
        if due < NEVER:
            heapq.heappush(self._agents_due, (due, id_))

    def _flush_at(self, now: int) -> int:
        """When reports are stored next: at fixed times."""
        return now + (self._began - now) % self._timing.report

    # to the nodes

    def _hear(self, change: StoreChange) -> None:
        task = change.new
        if change.action == REMOVED:
            self._sent.pop(task.id, None)
            if task.node_id:
                self._to_send.setdefault(task.node_id, {})[task.id] = None
            return
        self._note(task)

    def _note(self, task: pb.Task) -> None:
        """Note a task that its node has to hear of. Source: addOrUpdateTask."""
        if task.status.state < ASSIGNED or not task.node_id:
            return
        sent = self._sent.get(task.id)
        if sent is None:
            if task.status.state > RUNNING and not self._leads_anew:
                return
        elif sent.desired_state == task.desired_state and task.status.state > ASSIGNED:
            return
        self._sent[task.id] = task
        self._to_send.setdefault(task.node_id, {})[task.id] = task

    def _hear_nodes(self, now: int) -> None:
        inbox, self._inbox = self._inbox, []
        for change in inbox:
            if change.action == REMOVED:
                for known in (self._lost_at, self._orphans_at, self._to_send, self._send_at):
                    known.pop(change.new.id, None)
                self._connected.discard(change.new.id)
        for id_ in self._to_send:
            if id_ in self._connected:
                self._send_at.setdefault(id_, now + self._timing.assign)

    def _send(self, node_id: str, now: int) -> None:
        agent = self._agents.get(node_id)
        if agent is None or node_id not in self._connected:
            return
        for task_id, task in self._to_send.pop(node_id, {}).items():
            if task is None:
                agent.forget(task_id)
            else:
                self._report(agent.assign(task, now))
        self._wait_for(node_id)

    # from the nodes

    def _report(self, managers: Iterable[TaskManager]) -> None:
        for manager in managers:
            self._reports[manager.task.id] = copied(manager.status)

    def _store(self, batch: Batch, now: int) -> None:
        """Store the last report of each task. Source: processUpdates."""
        reports, self._reports = self._reports, {}
        for task_id, status in reports.items():
            task = batch.task(task_id)
            if task is None or task.node_id not in self._connected:
                continue
            if task.status.state > status.state or task.status == status:
                continue
            changed = copied(task)
            changed.status.CopyFrom(status)
            set_moment(changed.status.applied_at, now)
            batch.put("task", changed)
        batch.cut()

    # sessions

    def _register(self, batch: Batch, now: int) -> None:
        """Nodes that start tell that they are there. Source: register, markNodeReady."""
        for id_, agent in self._agents.items():
            if agent.registers_at is None or agent.registers_at > now:
                continue
            agent.registers_at = None
            node = batch.node(id_)
            if node is None:
                continue  # it was removed, and is not let in any more
            self._lost_at.pop(id_, None)
            self._orphans_at.pop(id_, None)
            self._connected.add(id_)
            changed = copied(node)
            changed.status.state = NODE_READY
            changed.status.message = ""
            batch.put("node", changed)
            agent.keep({task.id for task in batch.tasks_on(id_)})
            self._report(agent.resume(now))
            self._wait_for(id_)
            self._send_at[id_] = now + self._timing.assign

    def _give_up(self, batch: Batch, now: int) -> None:
        """Nodes that were not heard of are down, and their tasks given up a day later."""
        for id_ in [id_ for id_, at in self._lost_at.items() if at <= now]:
            del self._lost_at[id_]
            node = batch.node(id_)
            if node is not None:
                changed = copied(node)
                changed.status.state = NODE_DOWN
                changed.status.message = "heartbeat failure"
                batch.put("node", changed)
                self._orphans_at[id_] = now + self._timing.orphan
        for id_ in [id_ for id_, at in self._orphans_at.items() if at <= now]:
            del self._orphans_at[id_]
            for task in batch.tasks_on(id_):
                if ASSIGNED <= task.status.state <= RUNNING:
                    changed_task = copied(task)
                    changed_task.status.state = ORPHANED
                    batch.put("task", changed_task)
        batch.cut()
