"""The embedded swarm: a manager's API, its parts, its nodes and its time."""

import asyncio
import random
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self

from swarmwire import pb
from swarmwire.control.memory import (
    REMOVE,
    Committed,
    MemoryManager,
    MemoryStore,
    bootstrap_cluster,
    bootstrap_networks,
    new_id,
)
from swarmwire.control.methods import Answer, Request, Unary
from swarmwire.embedded.agent import Agent
from swarmwire.embedded.allocator import Allocator
from swarmwire.embedded.clock import SwarmClock, as_nanoseconds
from swarmwire.embedded.constraint_enforcer import ConstraintEnforcer
from swarmwire.embedded.container import NEVER, written_by
from swarmwire.embedded.dispatcher import Dispatcher
from swarmwire.embedded.driver import Agenda, SwarmDriver, SwarmPart
from swarmwire.embedded.errors import NotSettled
from swarmwire.embedded.global_services import GlobalOrchestrator
from swarmwire.embedded.jobs import JobsOrchestrator
from swarmwire.embedded.nodes import NodeSetup, SimulatedNode, node_of, numbered, set_manager
from swarmwire.embedded.replicated import ReplicatedOrchestrator
from swarmwire.embedded.role_manager import RoleManager
from swarmwire.embedded.room import refuse_too_large
from swarmwire.embedded.scenario import (
    Behaviour,
    Scenario,
    ScenarioCalls,
    ScenarioEvent,
    ScenarioRule,
    Selection,
)
from swarmwire.embedded.scheduler import TaskScheduler
from swarmwire.embedded.settling import moving, quiet_time
from swarmwire.embedded.state_file import KeptSwarm, StateFile
from swarmwire.embedded.states import MANAGER, NODE_DOWN, SECOND, copied, of_kinds
from swarmwire.embedded.task_reaper import TaskReaper
from swarmwire.embedded.timing import MEASURED, Timing
from swarmwire.plan import is_task_dirty

_FORGOTTEN_AT_ONCE: Final = 100
_SOON: Final = 10 * SECOND
"""A swarm has not settled while a container runs that ends by itself within this time."""

_AT_ONCE: Final = 0.005
"""For how many seconds the parts of a swarm that runs work before others have their turn."""

_BEGIN: Final = 1_735_689_600 * SECOND
"""When a swarm begins whose time does not run: 2025-01-01."""


class EmbeddedSwarm(ScenarioCalls, MemoryManager):
    """A swarm in memory: a ``Control`` whose services run, on nodes that are simulated.

    Time stands still until ``settle`` or ``clock.advance`` lets it pass; inside ``async with`` it
    runs by itself, ``speed`` times as fast as outside. Two swarms with the same seed to which the
    same happens at the same times are the same, down to the ids.

    Attributes:
        clock: the swarm's time.
        store: what the manager stores.
        scenario: what containers do; it may be changed at any time, for containers to come.
    """

    def __init__(  # noqa: PLR0913 - what a swarm is like, by name
        self,
        *,
        nodes: int | Sequence[NodeSetup] = 1,
        managers: int = 1,
        seed: int = 0,
        speed: float = 1.0,
        scenario: Scenario | None = None,
        state: Path | str | None = None,
        timing: Timing = MEASURED,
        defects: bool = True,
        begins: int = _BEGIN,
    ) -> None:
        """Begin a swarm, or go on with one.

        Args:
            nodes: how many, or what each is like; the first one is a manager.
            managers: how many of them are managers, if ``nodes`` is a number.
            seed: what decides where a real swarm leaves things to chance, ids included.
            speed: how fast time runs inside ``async with``; 2.0 is twice as fast as outside.
            scenario: what containers do.
            state: a file in which the swarm is kept; if it is there, the swarm goes on from it and
                ``nodes`` and ``managers`` do not count. None: it is kept in memory alone.
            timing: how long the parts of the swarm take.
            defects: whether it has SwarmKit's defects that hurt: the roll-back of a global service
                that never completes where all its new tasks ended for good.
            begins: its time in the beginning, in nanoseconds since 1970; one that goes on from a
                file is at least as late.
        """
        rng = random.Random(seed)  # noqa: S311 - chance that can be repeated
        self.scenario = Scenario() if scenario is None else scenario
        self._driver: SwarmDriver
        super().__init__(MemoryStore(now=lambda: self._driver.now, ids=partial(new_id, rng.choice)))
        self._driver = SwarmDriver(self.store, begins, rng)
        self.clock = SwarmClock(lambda: self._driver.now, self._driver.run_until)
        self._speed = speed
        self._timing = timing
        self._defects = defects
        self._file = None if state is None else StateFile(state, self.clock.now)
        self._runner: asyncio.Task[None] | None = None
        self._stirred = asyncio.Event()
        self._seen_at = self._reach = 0
        self._begins = begins
        setups = numbered(nodes, managers) if isinstance(nodes, int) else list(nodes)
        self._agents: dict[str, Agent] = {}
        self._leader = ""
        self._parts: list[SwarmPart] = []
        self._dispatcher: Dispatcher | None = None
        self._agenda = Agenda()
        self._rng = rng
        self._driver.add(self._agenda)
        kept = None if self._file is None else self._file.read()
        self._gone: set[str] = set()
        self.store.listeners.append(self._forget_lines)
        if self._file is not None:
            self.store.listeners.append(self._file.write)
        if kept is None:
            self._bootstrap(setups)
        else:
            self._go_on(kept, seed)
        for node in self.store.all("node"):
            agent = self._agents[node.id] = self._agent(node)
            agent.runs = node.status.state != NODE_DOWN
            if node.manager_status.leader:
                self._leader = node.id
        self._lead(anew=kept is not None)
        self._note_events()

    def node(self, name: str) -> SimulatedNode:
        """The node of that host name.

        Raises:
            KeyError: there is none.
        """
        for node in self.store.unordered("node"):
            if node.description.hostname == name:
                return SimulatedNode(node.id, self)
        raise KeyError(name)

    @property
    def nodes(self) -> list[SimulatedNode]:
        """All nodes, by host name."""
        found = sorted(self.store.unordered("node"), key=lambda node: node.description.hostname)
        return [SimulatedNode(node.id, self) for node in found]

    async def settle(self, *, within: float | str = "1h") -> None:
        """Let time pass until nothing moves: no roll-out, no task on its way, no restart to come.

        Inside ``async with`` it waits for that.

        Raises:
            NotSettled: it still moves after ``within``, of the swarm's time.
        """
        end = self._driver.now + as_nanoseconds(within)
        while True:
            quiet = quiet_time(self.store)
            since = await self._pass_until_quiet(quiet, end)
            moves = moving(self.store)
            ends = self._ends_soon()
            if not moves and ends is None and self._driver.now >= since + quiet:
                return
            if self._driver.now >= end:
                raise NotSettled(moves or ("tasks are restarted again and again",), str(within))
            due = self._driver.next_due
            await self._pass(end if due is None else min(due, end))

    async def _pass_until_quiet(self, quiet: int, end: int) -> int:
        """Let time pass until nothing was stored for a while, or the end: since when."""
        since, version = self._driver.now, self.store.version
        while self._driver.now < min(since + quiet, end):
            await self._pass(min(since + quiet, end))
            if self.store.version != version:
                since, version = self._driver.now, self.store.version
        return since

    def _ends_soon(self) -> int | None:
        """When the next container ends by itself, if that is soon."""
        due = min((agent.due for agent in self._agents.values()), default=NEVER)
        return due if due <= self._driver.now + _SOON else None

    def on(self, then: Behaviour, **match: Any) -> None:
        """Have the containers of some tasks do something; the newest rule counts first.

        Args:
            then: what they do.
            match: which ones, as ``Selection`` has it: ``image="shop/web:*"``, ``slot=2``.
        """
        self.scenario.rules.insert(0, ScenarioRule(match=Selection(**match), then=then))

    async def __aenter__(self) -> Self:
        self._stirred = asyncio.Event()
        self._seen_at, self._reach = time.monotonic_ns(), self._driver.now
        self._runner = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            runner.cancel()
            await asyncio.gather(runner, return_exceptions=True)
        self.close()

    def close(self) -> None:
        """Let go of the file of the state, if there is one. The swarm must not be used any more."""
        if self._file is not None:
            self._file.close()
            self._file = None

    async def unary(self, method: Unary[Request, Answer], request: Request) -> Answer:
        """Do what a manager does."""
        self._catch_up()
        refuse_too_large(request)
        answer = await super().unary(method, request)
        self._stirred.set()
        return answer

    def engine(self, node_id: str, do: Literal["kill", "stop", "start"]) -> None:
        """End or start the engine of a node."""
        agent, now = self._agents[node_id], self._driver.now
        if do == "start":
            agent.start(now)
            if node_id == self._leader and not self._parts:
                self._agenda.add(now + self._timing.lead, lambda: self._lead(anew=True))
                self._driver.wake(self._agenda)
        else:
            agent.end(now, killed=do == "kill")
            if node_id == self._leader:
                self._lose_leader()
            elif self._dispatcher is not None:
                self._dispatcher.lost(node_id, now)
        if self._dispatcher is not None:
            self._driver.wake(self._dispatcher)
        self._stirred.set()

    def readable_lines(self) -> Sequence[pb.LogMessage]:
        """The lines of the tasks that are stored: an engine asks the nodes of those."""
        lines = super().readable_lines()
        return [line for line in lines if self.store.get("task", line.context.task_id)]

    def _agent(self, node: pb.Node) -> Agent:
        def behaviour(task: pb.Task, hostname: str) -> Behaviour:
            return self.scenario.behaviour(task, hostname)

        def wrote(task: pb.Task, did: Behaviour, now: int) -> None:
            if lines := written_by(task, did, now):
                self.log(*lines)

        return Agent(node.description.hostname, behaviour, wrote, self._timing, self._rng)

    def _selected(self, kind: str, filters: Any) -> list[Any]:
        """What a list shows."""
        found = super()._selected(kind, filters)
        if not getattr(filters, "up_to_date", False):
            return found
        get = self.store.get
        pairs = [(get("service", task.service_id), task) for task in found]
        return [
            task
            for service, task in pairs
            if service is not None and not is_task_dirty(service, task, get("node", task.node_id))
        ]

    def _forget_lines(self, done: Committed) -> None:
        """Drop the lines of tasks that are gone, as their nodes do; of many tasks at once."""
        self._gone.update(
            change.new.id for change in of_kinds(done, "task") if change.action == REMOVE
        )
        if len(self._gone) >= _FORGOTTEN_AT_ONCE:
            self._logs[:] = [line for line in self._logs if line.context.task_id not in self._gone]
            self._gone.clear()

    def _lead(self, *, anew: bool) -> None:
        """Let all parts of a manager begin, as whoever becomes the leader does."""
        self._dispatcher = Dispatcher(self._agents, self._timing, leads_anew=anew)
        self._parts = [
            self._dispatcher,
            Allocator(),
            ReplicatedOrchestrator(self._rng),
            GlobalOrchestrator(self._rng, defects=self._defects),
            JobsOrchestrator(),
            TaskReaper(),
            ConstraintEnforcer(),
            TaskScheduler(self._rng),
            RoleManager(self._timing),
        ]
        if anew:
            for agent in self._agents.values():
                agent.register(self._driver.now)
        self._driver.add(*self._parts)

    def _lose_leader(self) -> None:
        """End the parts of the leader; another manager takes over if enough of them are left."""
        self._driver.remove(*self._parts)
        self._parts, self._dispatcher = [], None
        managers = [node for node in self.store.all("node") if node.role == MANAGER]
        alive = [node for node in managers if self._agents[node.id].runs]
        if 2 * len(alive) <= len(managers):
            return
        self._leader = alive[0].id

        def take_over() -> None:
            for node in managers:
                changed = copied(node)
                set_manager(changed, leads=node.id == self._leader)
                self.store.put(changed)
            self._lead(anew=True)

        self._agenda.add(self._driver.now + self._timing.elect, take_over)
        self._driver.wake(self._agenda)

    def _bootstrap(self, setups: Sequence[NodeSetup]) -> None:
        bootstrap_cluster(self.store)
        for place, setup in enumerate(setups, 1):
            self.store.put(node_of(setup, place, leads=place == 1))
        bootstrap_networks(self.store)

    def _go_on(self, kept: KeptSwarm, seed: int) -> None:
        """Take over a swarm as it was kept."""
        self._driver.now = max(kept.now, self._begins)
        self.store.load(kept.version, kept.objects)
        # other ids than those which were given before
        self._rng.seed(f"{seed} {kept.version}")

    def _note_events(self) -> None:
        """Let what the scenario says happen to nodes, when it says so."""

        def happen(event: ScenarioEvent) -> None:
            node = self.node(event.node)
            if event.do == "label":
                node.label(**event.labels)
            else:
                getattr(node, event.do)()

        for event in self.scenario.events:
            self._agenda.add(self._begins + event.at, partial(happen, event))
        self._driver.wake(self._agenda)

    async def _pass(self, until: int) -> None:
        """Let time pass until something may have changed, at most until a moment."""
        if self._runner is not None:
            self._stirred.set()  # where nothing is due the clock is not looked at otherwise
            await asyncio.sleep(0.02)
            self._catch_up()
            return
        due = self._driver.next_due
        if due is None or due > until:
            self._driver.run_until(until)
        else:
            self._driver.run_next()

    def _catch_up(self) -> bool:
        """Let as much time pass in the swarm as has passed outside, if it runs.

        A swarm that has much to do is late, as a busy manager is: whoever asks it meanwhile does
        not wait until all of that is done. Tells whether it is in time.
        """
        if self._runner is None:
            return True
        outside = time.monotonic_ns()
        passed = int((outside - self._seen_at) * self._speed)
        self._seen_at = outside
        self._reach = max(self._reach, self._driver.now) + passed
        return self._driver.run_until(self._reach, patience=_AT_ONCE)

    async def _run(self) -> None:
        """Let the swarm's time follow the time outside."""
        while True:
            self._stirred.clear()
            if not self._catch_up():
                await asyncio.sleep(0)
                continue
            due = self._driver.next_due
            wait = 3600.0 if due is None else (due - self._driver.now) / self._speed / SECOND
            try:
                async with asyncio.timeout(min(wait, 3600.0)):
                    await self._stirred.wait()
            except TimeoutError:
                continue
