"""The embedded swarm for code that blocks: tests, scripts and notebooks."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar

from swarmwire import embedded, engine
from swarmwire.control import Control, protected
from swarmwire.control.listener import listen
from swarmwire.control.sync import BlockingControl
from swarmwire.embedded import Behaviour, Scenario, ScenarioCalls, SimulatedNode
from swarmwire.gateway import Gateway
from swarmwire.gateway.listeners import Listener
from swarmwire.gateway.server import serving
from swarmwire.gateway.shelf import Shelf

_Result = TypeVar("_Result")


class BlockingSwarm(ScenarioCalls, BlockingControl):
    """An embedded swarm in a thread of its own; all calls of a ``Control``, blocking.

    Without ``speed`` time stands still until ``settle`` or ``advance`` lets it pass. With ``speed``
    it runs by itself, as clients that wait for something need it. Close it, or use it as a context
    manager.

    Attributes:
        embedded: the swarm itself, for use within ``run``; between two calls nothing else touches
            it if its time stands.
    """

    def __init__(self, *, speed: float | None = None, **options: Any) -> None:
        """Begin a swarm.

        Args:
            speed: how fast time runs; None: it stands still until it is told to pass.
            options: of ``embedded.Swarm``: ``nodes``, ``managers``, ``seed``, ``scenario`` …
        """
        self.embedded = embedded.Swarm(speed=speed or 1.0, **options)
        self._exits = contextlib.AsyncExitStack()
        self._socket: Path | None = None
        self._docker_host = ""
        self._gateway: Gateway | None = None
        super().__init__(self._running(runs=speed is not None))

    @property
    def socket(self) -> Path:
        """A socket on which the swarm answers as a manager does: for ``--socket`` and clients."""
        if self._socket is None:
            self._socket = self.run(lambda _: self._listening())
        return self._socket

    @property
    def docker_host(self) -> str:
        """An address at which the swarm answers as a Docker engine does: ``unix:///…``.

        For docker-py, for the docker command with ``DOCKER_HOST``, for any HTTP client. It serves
        the Swarm part of the Engine API, as ``swarmwire serve`` does.
        """
        if not self._docker_host:
            self._docker_host = self.run(lambda _: self._serving())
        return self._docker_host

    @property
    def nodes(self) -> list[SimulatedNode]:
        """All nodes, by host name."""
        found = self._there(lambda: self.embedded.nodes)
        return [SimulatedNode(node.id, self.embedded, self._there) for node in found]

    def node(self, name: str) -> SimulatedNode:
        """The node of that host name.

        Raises:
            KeyError: there is none.
        """
        id_ = self._there(lambda: self.embedded.node(name).id)
        return SimulatedNode(id_, self.embedded, self._there)

    def settle(self, *, within: float | str = "1h") -> None:
        """Let time pass until nothing moves; see ``embedded.Swarm.settle``.

        Raises:
            NotSettled: it still moves after ``within``, of the swarm's time.
        """

        async def settled(_: Control) -> None:
            await self.embedded.settle(within=within)
            await self._shown()

        self.run(settled)

    def advance(self, duration: float | str) -> None:
        """Let time pass: ``"1m"``, or seconds."""
        self._there(lambda: self.embedded.clock.advance(duration))

    def on(self, then: Behaviour, **match: Any) -> None:
        """Have the containers of some tasks do something; see ``embedded.Swarm.on``."""
        self._there(lambda: self.embedded.on(then, **match))

    @property
    def scenario(self) -> Scenario:
        """What containers do; it may be changed at any time, for containers to come."""
        return self.embedded.scenario

    def _there(self, work: Callable[[], _Result]) -> _Result:
        """Do something in the thread of the swarm."""

        async def done(_: Control) -> _Result:
            result = work()
            await self._shown()
            return result

        return self.run(done)

    async def _shown(self) -> None:
        """Wait until clients see what is stored: the gateway hears of it a moment later."""
        gateway = self._gateway
        # nodes are read again, not told: there is no event to wait for
        while gateway is not None and not _is_shown(self.embedded, gateway):  # noqa: ASYNC110
            await asyncio.sleep(0.001)

    @contextlib.asynccontextmanager
    async def _running(self, *, runs: bool) -> AsyncIterator[Control]:
        async with self._exits:
            if runs:
                await self._exits.enter_async_context(self.embedded)
            else:
                self._exits.callback(self.embedded.close)
            yield self.embedded

    async def _listening(self) -> Path:
        place = self._folder() / "control.sock"
        return await self._exits.enter_async_context(listen(self.embedded, place))

    async def _serving(self) -> str:
        release = engine.release(self.embedded.nodes[0].stored.description.engine.engine_version)
        gateway = Gateway(self._unguarded, release=release)
        await self._exits.enter_async_context(gateway.running())
        self._gateway = gateway
        listeners = [Listener(f"unix://{self._folder() / 'docker.sock'}")]
        (address,) = await self._exits.enter_async_context(serving(gateway, listeners, drain=0.1))
        return address

    @contextlib.asynccontextmanager
    async def _unguarded(self) -> AsyncIterator[Control]:
        yield protected(self.embedded, secrets=True)

    def _folder(self) -> Path:
        """A folder of its own for a socket."""
        return Path(self._exits.enter_context(tempfile.TemporaryDirectory(prefix="swarmwire-")))


def _is_shown(swarm: embedded.Swarm, gateway: Gateway) -> bool:
    """Whether the gateway knows all that is stored, in no older version, and nothing else."""
    for kind, shelf in gateway.mirror.shelves.items():
        stored = list(swarm.store.unordered(kind))
        if len(shelf) != len(stored) or not all(_is_on(shelf, one) for one in stored):
            return False
    return True


def _is_on(shelf: Shelf, stored: Any) -> bool:
    known = shelf.get(stored.id)
    return known is not None and known.meta.version.index >= stored.meta.version.index
