"""The swarm in memory, as a manager tells its changes, and how old that may be."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, Final

from swarmwire import pb
from swarmwire.control import ChangeFollower, Control, ControlError, ObjectChange, TransportError
from swarmwire.gateway.message import RequestRefused
from swarmwire.gateway.shelf import Shelf
from swarmwire.gateway.showing import MIRRORED, NAMES, is_listed, writer
from swarmwire.gateway.statuses import service_status, status_member
from swarmwire.releases import Release

Opened = Callable[[], AbstractAsyncContextManager[Control]]
"""What connects to the manager. It must show secrets: what is hidden could not be sent back."""

_REMEMBERED: Final = 10_000
"""Removed objects that are remembered, so that news from before does not bring them back."""


class Mirror:
    """Every object of the swarm, kept up to date; ``running`` it follows a manager.

    Args:
        opened: connects to the manager.
        release: the release whose JSON is written.
        tell: is told in a sentence what happens to the connection.
        max_stale: for how many seconds without news from the manager it still answers.
        pulse: every how many seconds the manager is asked whether it is there.

    Attributes:
        shelves: the objects, by kind.
        resyncs: how often the stream of changes was lost and began again, by how: see
            ``ChangeFollower.began``.
    """

    def __init__(
        self,
        opened: Opened,
        release: Release,
        tell: Callable[[str], None],
        *,
        max_stale: float = 15.0,
        pulse: float = 2.0,
    ) -> None:
        self._max_stale = max_stale
        self._pulse = pulse
        self._listeners: list[Callable[[ObjectChange], None]] = []
        self._tasks: dict[str, dict[str, pb.Task]] = {}
        self._statuses: dict[str, bytes] = {}
        self._removed: dict[str, None] = {}
        self.resyncs: Counter[str] = Counter()
        self._follower = ChangeFollower(
            opened, MIRRORED, self._changed, tell, learned=self._learned, standing=self._stands
        )
        self._order: deque[str] = deque()
        self._standing = False
        self._filled = False
        self._heard = time.monotonic()
        self._nodes_changed = asyncio.Event()
        self._node_reads = self._nodes_read = 0
        self.shelves: dict[str, Shelf] = {
            kind: Shelf(
                writer(kind, release),
                NAMES[kind],
                listed=lambda one, kind=kind: is_listed(kind, one),  # type: ignore[misc]
                folds_case=kind in ("secret", "config"),
            )
            for kind in MIRRORED
        }

    @asynccontextmanager
    async def running(self, control: Control) -> AsyncIterator[None]:
        """Follow the manager meanwhile; it begins once all objects are there.

        Raises:
            TransportError: no manager can be reached.
            ControlError: it refuses.
        """
        pulse = asyncio.create_task(self._beat(control))
        try:
            async with self._follower.running(self._pulse):
                await self.read_nodes(control)
                yield
        finally:
            self._filled = False
            pulse.cancel()
            with suppress(asyncio.CancelledError, ControlError, TransportError):
                await pulse

    def listen(self, listener: Callable[[ObjectChange], None]) -> None:
        """Tell each change to ``listener`` from now on."""
        self._listeners.append(listener)

    @property
    def age(self) -> float:
        """For how many seconds nothing is known of the manager; 0 while it is there."""
        since = time.monotonic() - self._heard
        return 0.0 if self._standing and since <= 3 * self._pulse else since

    @property
    def is_current(self) -> bool:
        """Whether what is known may be shown."""
        return self._filled and self.age <= self._max_stale

    def refuse_stale(self) -> float:
        """The age, unless it is too old to be shown.

        Raises:
            RequestRefused: 503.
        """
        age = self.age
        if not self._filled:
            raise RequestRefused(503, "the gateway is starting")
        if age > self._max_stale:
            text = f"nothing was heard of the manager for {age:.0f} s: this is too old to be shown"
            raise RequestRefused(503, text)
        return age

    def tasks_of(self, service_id: str) -> Iterable[pb.Task]:
        """The tasks of a service, in no order."""
        return self._tasks.get(service_id, {}).values()

    def status_of(self, service: pb.Service) -> bytes:
        """The numbers of a service's tasks, as a member of its JSON. Counted once a change."""
        known = self._statuses.get(service.id)
        if known is None:
            known = status_member(service_status(service, self.tasks_of(service.id)))
            if self.shelves["service"].get(service.id) is not None:  # else it was removed meanwhile
                self._statuses[service.id] = known
        return known

    def find(self, kind: str, reference: str) -> pb.Message | None:
        """The object of a kind with that id or, if there is one alone, that name."""
        shelf = self.shelves[kind]
        found: pb.Message | None = shelf.get(reference)
        if found is not None:
            return found
        named = shelf.named(reference)
        return named[0] if len(named) == 1 else None

    def put(self, kind: str, one: Any) -> None:
        """Take in what a manager answered to a write, unless it is known already."""
        shelf = self.shelves[kind]
        old = shelf.get(one.id)
        is_old = old is not None and one.meta.version.index < old.meta.version.index
        if is_old or one.id in self._removed or kind == "node":
            return
        if kind == "secret":
            one.spec.ClearField("data")
        shelf.put(one)
        if kind == "task":
            self._tasks.setdefault(one.service_id, {})[one.id] = one
            self._statuses.pop(one.service_id, None)
        elif kind == "service":
            self._statuses.pop(one.id, None)

    def drop(self, kind: str, id_: str) -> None:
        """Take away what was removed."""
        one = self.shelves[kind].drop(id_)
        self._statuses.pop(id_, None)
        if kind == "task" and one is not None:
            self._statuses.pop(one.service_id, None)
            tasks = self._tasks.get(one.service_id, {})
            tasks.pop(id_, None)
            if not tasks:
                self._tasks.pop(one.service_id, None)
        if id_ not in self._removed:
            self._removed[id_] = None
            self._order.append(id_)
            if len(self._order) > _REMEMBERED:
                del self._removed[self._order.popleft()]

    async def read_nodes(self, control: Control) -> None:
        """Read the nodes: what changes of them tell leaves out which manager leads.

        Source: SwarmKit controlapi/node.go, ListNodes.
        """
        self._node_reads += 1
        read = self._node_reads
        answer = await control.list_nodes(pb.ListNodesRequest())
        if self._standing:  # else what is known grows old, although the manager answers
            self._heard = time.monotonic()
        if read < self._nodes_read:
            return  # a later one was answered before
        self._nodes_read = read
        shelf = self.shelves["node"]
        known = {one.id: one for one in shelf}
        for node in answer.nodes:
            if known.pop(node.id, None) != node:
                shelf.put(node)
        for id_ in known:
            shelf.drop(id_)

    async def _beat(self, control: Control) -> None:
        """Ask the manager for its nodes now and then, and soon after one has changed."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pulse):
                    await self._nodes_changed.wait()
            self._nodes_changed.clear()
            with suppress(ControlError, TransportError):
                await self.read_nodes(control)
            await asyncio.sleep(min(0.1, self._pulse))

    def _learned(self, kind: str, objects: Sequence[Any]) -> None:
        if kind != "node":
            self.shelves[kind].fill(objects)
        self._statuses.clear()
        if kind == "task":
            self._tasks = {}
            for one in objects:
                self._tasks.setdefault(one.service_id, {})[one.id] = one

    def _stands(self, standing: bool) -> None:  # noqa: FBT001 - what a follower tells
        self._standing = standing
        if standing:
            self._heard = time.monotonic()
            if self._filled:
                self.resyncs[self._follower.began] += 1
            self._filled = True

    def _changed(self, change: ObjectChange) -> None:
        if change.kind == "secret":
            for one in (change.object, change.old):
                if one is not None:
                    one.spec.ClearField("data")
        if change.kind == "node":
            self._nodes_changed.set()
        elif change.action == "remove":
            self.drop(change.kind, change.object.id)
        else:
            self.put(change.kind, change.object)
        for listener in self._listeners:
            listener(change)
