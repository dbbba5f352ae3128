"""The loop that lets the parts of a swarm work: each when its time has come, in one order."""

import heapq
import math
import random
import time
from collections.abc import Callable
from typing import Protocol

from swarmwire.control.memory import Committed, MemoryStore
from swarmwire.embedded.batch import Batch
from swarmwire.embedded.states import MILLISECOND


class SwarmPart(Protocol):
    """A part of a manager, or all nodes of a swarm.

    A part keeps notes of what happened, as SwarmKit's parts do, and nothing else: without them it
    begins anew from the store, by ``begin``, as after a change of leader.
    """

    name: str

    def begin(self, batch: Batch, now: int) -> int | None:
        """Look at the store as a whole; tells when to step, or None."""

    def notice(self, done: Committed) -> bool:
        """Note what a transaction changed; tells whether there is anything to do about it."""

    def step(self, batch: Batch, now: int) -> int | None:
        """Do what is due at ``now`` (nanoseconds since 1970); tells when to step again, or None."""


class Agenda:
    """What is to be done at fixed times, from outside of the manager."""

    name = "agenda"

    def __init__(self) -> None:
        self._entries: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0

    def add(self, at: int, do: Callable[[], None]) -> None:
        """Note what is to be done; wake the agenda then."""
        self._count += 1
        heapq.heappush(self._entries, (at, self._count, do))

    def begin(self, batch: Batch, now: int) -> int | None:
        """Nothing is to be done yet."""
        return self.step(batch, now)

    def notice(self, done: Committed) -> bool:
        """Nothing that happens matters."""
        del done
        return False

    def step(self, batch: Batch, now: int) -> int | None:
        """Do what is due."""
        del batch
        while self._entries and self._entries[0][0] <= now:
            heapq.heappop(self._entries)[2]()
        return self._entries[0][0] if self._entries else None


class SwarmDriver:
    """Virtual time: nothing happens in it but what the parts do, and what is asked of the store.

    Attributes:
        now: nanoseconds since 1970.
    """

    def __init__(self, store: MemoryStore, now: int, rng: random.Random) -> None:
        self.now = now
        self._store = store
        self._rng = rng
        self._parts: list[SwarmPart] = []
        self._due: dict[str, int] = {}
        self._queue: list[tuple[int, int, str]] = []
        self._count = 0
        store.listeners.append(self._noticed)

    @property
    def next_due(self) -> int | None:
        """When the next part steps, or None if none waits for anything."""
        while self._queue and self._due.get(self._queue[0][2]) != self._queue[0][0]:
            heapq.heappop(self._queue)
        return self._queue[0][0] if self._queue else None

    def add(self, *parts: SwarmPart) -> None:
        """Let parts begin, one after the other."""
        for part in parts:
            self._parts.append(part)
            batch = Batch(self._store)
            due = part.begin(batch, self.now)
            batch.commit(self._store)
            self._wake(part, due)

    def remove(self, *parts: SwarmPart) -> None:
        """Let parts end at once, whatever they were at."""
        for part in parts:
            self._parts.remove(part)
            self._due.pop(part.name, None)

    def wake(self, part: SwarmPart) -> None:
        """Let a part step now: somebody told it something."""
        self._wake(part, self.now)

    def run_until(self, moment: int, *, patience: float = math.inf) -> bool:
        """Let time pass until ``moment``; tells whether that took less than ``patience`` (seconds).

        If it did not, there is more to be done before that moment.
        """
        ends = time.monotonic() + patience
        while (due := self.next_due) is not None and due <= moment:
            if time.monotonic() >= ends:
                return False
            self.run_next()
        self.now = max(self.now, moment)
        return True

    def run_next(self) -> bool:
        """Let time pass until the next part has stepped. Tells whether there was one."""
        due = self.next_due
        if due is None:
            return False
        name = heapq.heappop(self._queue)[2]
        del self._due[name]
        self.now = max(self.now, due)
        part = next(part for part in self._parts if part.name == name)
        batch = Batch(self._store)
        again = part.step(batch, self.now)
        self._wake(part, again)
        batch.commit(self._store)
        return True

    def _noticed(self, done: Committed) -> None:
        for part in self._parts:
            if part.notice(done):
                # so long a manager takes, and which of its parts is first is chance
                self._wake(part, self.now + int(MILLISECOND * self._rng.uniform(0.5, 1.5)))

    def _wake(self, part: SwarmPart, due: int | None) -> None:
        if due is None:
            return
        known = self._due.get(part.name)
        if known is None or due < known:
            self._count += 1
            self._due[part.name] = due
            heapq.heappush(self._queue, (due, self._count, part.name))
