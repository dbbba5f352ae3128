"""The agent of a simulated node: takes its tasks from state to state, as far as is wished.

Source: SwarmKit agent/task.go, agent/exec/controller.go (Do); moby daemon/cluster/executor.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from swarmwire import pb
from swarmwire.embedded.container import NEVER, Ending, SimulatedContainer
from swarmwire.embedded.scenario import Behaviour
from swarmwire.embedded.states import (
    ACCEPTED,
    COMPLETE,
    FAILED,
    PREPARING,
    READY,
    REJECTED,
    RUNNING,
    SHUTDOWN,
    STARTING,
    copied,
    set_moment,
)
from swarmwire.embedded.timing import Timing

_NOT_STARTED: Final = 127

Operation = Literal["", "prepare", "start", "wait", "shutdown"]


class TaskManager:
    """One task on its node."""

    def __init__(self, task: pb.Task, now: int, agent: "Agent") -> None:
        timing = agent.timing
        behaviour = agent.behaviour(task, agent.hostname)
        self.task = task
        self.status = copied(task.status)
        self._timing = timing
        self._container = SimulatedContainer(task, behaviour, timing)
        self._wrote = agent.wrote
        self._operation: Operation = ""
        self._due = NEVER
        pace = agent.pace(now)
        self._prepare, self._start = int(timing.prepare * pace), int(timing.start * pace)
        self._prepared_at: int | None = None
        self._stopped_at: int | None = None
        if self.status.state < ACCEPTED:
            self._reach(ACCEPTED, "accepted", now)
        elif STARTING <= self.status.state <= RUNNING:
            # taken over with the state of a former process: it has been running since
            self._container.started_at = now

    @property
    def due(self) -> int:
        """When it goes on by itself."""
        return self._due

    def update(self, task: pb.Task, now: int) -> bool:
        """Hear what is wished of the task now. Tells whether its status changed."""
        if task.desired_state < self.task.desired_state:
            return False
        self.task = task
        return self.go_on(now)

    def lose_container(self, now: int, *, killed: bool) -> None:
        """Its engine ended, and the container with it."""
        self._due, self._operation, self._prepared_at = NEVER, "", None
        if self.status.state >= STARTING and self._container.ended is None:
            self._container.ended = Ending(now, 255 if killed else -1)
        elif self.status.state == READY:
            # as the engine: it finds the container it had made
            self._prepared_at = now

    def go_on(self, now: int) -> bool:
        """Go on as far as time and wishes allow. Tells whether the status changed."""
        before = self.status.state
        while self._step(now):
            pass
        return bool(self.status.state != before)

    def _step(self, now: int) -> bool:
        """Do one thing. Source: Do."""
        operation = self._next(now)
        if operation != self._operation:
            self._operation = operation
            self._due = self._begin(operation, now)
        if not operation:
            return self._pass_on(now)
        if now < self._due:
            return False
        self._operation, self._due = "", NEVER
        self._finish(operation, now)
        return True

    def _next(self, now: int) -> Operation:
        state, desired = self.status.state, self.task.desired_state
        started_at = self._container.started_at
        if state == STARTING and started_at is not None and now <= started_at:
            # as the engine: the call that starts a container is not given up halfway
            return "start"
        if desired >= SHUTDOWN:
            return "shutdown" if state < COMPLETE else ""
        if state > desired:
            return ""
        if state == PREPARING:
            return "prepare"
        if state == STARTING:
            return "start"
        return "wait" if state == RUNNING else ""

    def _pass_on(self, now: int) -> bool:
        """Go through the states in which there is nothing to do."""
        state, desired = self.status.state, self.task.desired_state
        if desired >= SHUTDOWN or state >= desired:
            return False
        if state == ACCEPTED:
            self._reach(PREPARING, "preparing", now)
        elif state == READY:
            self._reach(STARTING, "starting", now)
        else:
            return False
        return True

    def _begin(self, operation: Operation, now: int) -> int:
        """Begin with an operation: when it is done."""
        container, behaviour = self._container, self._container.behaviour
        if operation == "prepare":
            if behaviour.hang == "preparing":
                return NEVER
            if self._prepared_at is None:
                takes = self._timing.look_up if behaviour.reject else self._prepare
                self._prepared_at = now + behaviour.pull + takes
            return self._prepared_at
        if operation == "start":
            return self._begin_start(now)
        if operation == "wait":
            return max(now, container.ending().at)
        if operation == "shutdown":
            if self._stopped_at is None:
                self._stopped_at = now + self._takes_to_stop(now)
            return self._stopped_at
        return NEVER

    def _begin_start(self, now: int) -> int:
        container = self._container
        if container.behaviour.hang == "starting":
            container.started_at = now
            return NEVER
        if container.behaviour.fail_start:
            return now + self._start
        if container.started_at is None:
            container.started_at = now + self._start
        return min(container.comes_up_at(), container.ending().at)

    def _takes_to_stop(self, now: int) -> int:
        container = self._container
        if container.started_at is None or container.started_at > now:
            return self._start if self.status.state >= STARTING else 0
        if container.ended is not None or container.ending().at <= now:
            return 0
        in_networks = any(each.addresses for each in self.task.networks)
        left = self._timing.leave_networks if in_networks else 0
        # whatever it does with the signal, it may end by itself before
        ends = min(now + container.stopping()[0], container.ending().at)
        return ends - now + self._timing.stop + left

    def _finish(self, operation: Operation, now: int) -> None:
        container = self._container
        if operation == "shutdown":
            if container.ended is None:
                alone = container.ending()
                code = alone.code if alone.at <= now else container.stopping()[1]
                container.ended = Ending(now, code)
            if container.started_at is not None and container.ended.code > 0:
                self.status.container.exit_code = container.ended.code
            self._reach(SHUTDOWN, "shutdown", now)
        elif operation == "prepare":
            if container.behaviour.reject:
                self._fail(REJECTED, container.behaviour.reject, now)
            else:
                self._reach(READY, "prepared", now)
        elif operation == "start":
            if container.behaviour.fail_start:
                self.status.container.exit_code = _NOT_STARTED
                self._fail(FAILED, container.behaviour.fail_start, now)
            elif container.comes_up_at() <= now:
                self._wrote(self.task, container.behaviour, now)
                self._reach(RUNNING, "started", now)
            else:
                self._wrote(self.task, container.behaviour, now)
                self._end(now, RUNNING, "started")
        else:
            self._end(now, COMPLETE, "finished")

    def _end(self, now: int, state: "pb.TaskState", message: str) -> None:
        """The container has ended: with 0 the task gets on to ``state``."""
        ending = self._container.ended = self._container.ending()
        if ending.code == 0:
            self._reach(state, message, now)
            return
        if ending.code < 0:
            service = self.task.service_annotations.name
            name = f"{service}.{self.task.slot or self.task.node_id}.{self.task.id}"
            self._fail(FAILED, f"No such container: {name}", now)
            return
        cause = ": dockerexec: unhealthy container" if ending.unhealthy else ""
        self.status.container.exit_code = ending.code
        self._fail(FAILED, f"task: non-zero exit ({ending.code}){cause}", now)

    def _fail(self, state: "pb.TaskState", err: str, now: int) -> None:
        self.status.state = state
        self.status.err = err
        set_moment(self.status.timestamp, now)

    def _reach(self, state: "pb.TaskState", message: str, now: int) -> None:
        self.status.state = state
        self.status.message = message
        self.status.err = ""
        set_moment(self.status.timestamp, now)
        if state >= STARTING:
            self.status.container.container_id = self.task.id


@dataclass
class Agent:
    """One simulated node.

    Attributes:
        hostname: its name.
        behaviour: what the container of a task does.
        wrote: is told that a container has written the lines of its start, and when.
        timing: how long things take.
        rng: how much longer or shorter they do.
        runs: whether its engine does.
        registers_at: when it tells the manager that it is there; None: it has, or it does not run.
    """

    hostname: str
    behaviour: Callable[[pb.Task, str], Behaviour]
    wrote: Callable[[pb.Task, Behaviour, int], None]
    timing: Timing
    rng: random.Random
    runs: bool = True
    registers_at: int | None = None

    def __post_init__(self) -> None:
        self._tasks: dict[str, TaskManager] = {}
        self._queue: list[tuple[int, str]] = []
        self._paced_at, self._pace = -1, 1.0

    @property
    def due(self) -> int:
        """When one of its tasks goes on."""
        if not self.runs:
            return NEVER
        while self._queue:
            due, id_ = self._queue[0]
            manager = self._tasks.get(id_)
            if manager is not None and manager.due == due:
                return due
            heapq.heappop(self._queue)
        return NEVER

    def assign(self, task: pb.Task, now: int) -> list[TaskManager]:
        """Take a task, or hear what is wished of it now: those whose status changed."""
        manager = self._tasks.get(task.id)
        if manager is not None:
            changed = manager.update(task, now)
        else:
            manager = self._tasks[task.id] = TaskManager(task, now, self)
            changed = True
            manager.go_on(now)
        self._wait_for(manager)
        return [manager] if changed else []

    @property
    def managers(self) -> list[TaskManager]:
        """All its tasks."""
        return list(self._tasks.values())

    def keep(self, task_ids: set[str]) -> None:
        """Give all other tasks up."""
        self._tasks = {id_: each for id_, each in self._tasks.items() if id_ in task_ids}

    def pace(self, now: int) -> float:
        """How much longer things take than usual; what begins together goes together."""
        if now != self._paced_at:
            self._paced_at, self._pace = now, self.rng.lognormvariate(0, self.timing.unsteady)
        return self._pace * self.rng.lognormvariate(0, self.timing.unsteady / 5)

    def forget(self, task_id: str) -> None:
        """Give a task up that is no more."""
        self._tasks.pop(task_id, None)

    def go_on(self, now: int) -> list[TaskManager]:
        """Let time pass: the tasks whose status changed."""
        changed = []
        while self.due <= now:
            manager = self._tasks[heapq.heappop(self._queue)[1]]
            if manager.go_on(now):
                changed.append(manager)
            self._wait_for(manager)
        return changed

    def resume(self, now: int) -> list[TaskManager]:
        """Look at all tasks anew, after the engine was away: all of them."""
        for manager in self._tasks.values():
            manager.go_on(now)
            self._wait_for(manager)
        return self.managers

    def _wait_for(self, manager: TaskManager) -> None:
        if manager.due < NEVER:
            heapq.heappush(self._queue, (manager.due, manager.task.id))

    def end(self, now: int, *, killed: bool) -> None:
        """The engine ends, and all containers with it."""
        self.runs = False
        self.registers_at = None
        for manager in self._tasks.values():
            manager.lose_container(now, killed=killed)

    def start(self, now: int) -> None:
        """The engine starts again; it tells the manager a moment later."""
        self.runs = True
        self.register(now)

    def register(self, now: int) -> None:
        """Tell the manager in a moment that the node is there, if it runs."""
        if self.runs:
            self.registers_at = now + self.timing.register
