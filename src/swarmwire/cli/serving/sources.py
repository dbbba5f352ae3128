"""What is served: the swarm of a live manager, or one in memory."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from swarmwire.cli.live.connection import opened
from swarmwire.cli.messages import say
from swarmwire.cli.options import Where
from swarmwire.cli.serving.embedded import embedded_swarm, summary
from swarmwire.cli.swarm_options import EmbeddedOptions
from swarmwire.control import Control, protected
from swarmwire.control.locate import SOCKET_VARIABLE
from swarmwire.embedded.flowing import flowing


@dataclass(frozen=True)
class ServedSwarm:
    """A swarm that is served.

    Attributes:
        opened: connects to its manager, secrets included.
        origin: where it is, in a few words.
        now: tells the time in it, in nanoseconds since 1970.
        is_live: whether it is a real one.
    """

    opened: Callable[[], AbstractAsyncContextManager[Control]]
    origin: str
    now: Callable[[], int] = time.time_ns
    is_live: bool = True


SwarmSource = AbstractAsyncContextManager[ServedSwarm]
"""Gives the swarm for as long as it is served."""


@asynccontextmanager
async def live_swarm(where: Where) -> AsyncIterator[ServedSwarm]:
    """The swarm of a live manager."""
    origin = f"the manager at {', '.join(where.hosts)}" if where.hosts else "a live manager"
    yield ServedSwarm(partial(opened, where, secrets=True), origin)


@asynccontextmanager
async def swarm_in_memory(options: EmbeddedOptions, folder: Path) -> AsyncIterator[ServedSwarm]:
    """A swarm in memory, which also answers on a manager's socket in a folder.

    Raises:
        Stop: there are more managers than nodes, or a file cannot be read (2).
    """
    swarm = embedded_swarm(options)

    @asynccontextmanager
    async def itself() -> AsyncIterator[Control]:
        yield protected(swarm, secrets=True)

    now = flowing(swarm.clock.now, options.speed)
    async with swarm, _manager_socket(swarm, folder / "control.sock") as socket:
        say(summary(swarm, options))
        if socket is not None:
            say(f"other commands find it by {SOCKET_VARIABLE}={socket}")
        yield ServedSwarm(itself, "a swarm in memory", now, is_live=False)


def _manager_socket(swarm: Control, place: Path) -> AbstractAsyncContextManager[Path | None]:
    """The swarm on a manager's socket, if what makes its certificate is installed."""
    try:
        from swarmwire.control.listener import listen  # noqa: PLC0415 - of an extra that few need
    except ModuleNotFoundError:
        return nullcontext()
    return listen(swarm, place)
