"""The runs of ``page``: what is shown, and the page until it is told to end."""

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from swarmwire.cli import exits
from swarmwire.cli.live.connection import finished, opened
from swarmwire.cli.messages import say
from swarmwire.cli.options import Where
from swarmwire.cli.serving.embedded import embedded_swarm
from swarmwire.cli.serving.sources import ServedSwarm
from swarmwire.cli.swarm_options import EmbeddedOptions
from swarmwire.cli.writing import write
from swarmwire.control import Control
from swarmwire.control.listener import listen
from swarmwire.control.locate import SOCKET_VARIABLE
from swarmwire.embedded.flowing import flowing
from swarmwire.gateway.listeners import ListenerError
from swarmwire.page import ObservedSwarm, SwarmObserver, swarm_of_bundle, swarm_of_recovery
from swarmwire.page.server import page_served
from swarmwire.page.site import Site
from swarmwire.policy import BoundClient


class PageDoor(NamedTuple):
    """Where the page is.

    Attributes:
        listen: the address that is bound.
        names: other names under which it is asked for.
    """

    listen: str
    names: tuple[str, ...] = ()


def run_live(door: PageDoor, where: Where) -> int:
    """Show what a live manager tells.

    Raises:
        Stop: no manager can be reached, or the address cannot be bound (2); it refuses (1).
    """
    origin = f"the manager at {', '.join(where.hosts)}" if where.hosts else "a live manager"
    swarm = ObservedSwarm(origin=origin)
    finished(_live(door, SwarmObserver(partial(opened, where), swarm, say)))
    return exits.CLEAN


def run_embedded_page(door: PageDoor, options: EmbeddedOptions) -> int:
    """Show a swarm in memory.

    Raises:
        Stop: the address cannot be bound, or a file cannot be read (2).
    """
    with tempfile.TemporaryDirectory(prefix="swarmwire-") as folder:
        place = Path(folder) / "control.sock"
        finished(_embedded(door, options, place))
    return exits.CLEAN


def run_folder(door: PageDoor, folder: str) -> int:
    """Show what was recovered.

    Raises:
        Stop: the folder cannot be read, or the address cannot be bound (2).
    """
    finished(_shown(door, Site(_recovered(folder))))
    return exits.CLEAN


def _recovered(folder: str) -> ObservedSwarm:
    from swarmwire.bundle import MANIFEST  # noqa: PLC0415 - needs what reads a store
    from swarmwire.cli.recovery.folder import load_bundle  # noqa: PLC0415 - see above
    from swarmwire.cli.recovery.options import ENVIRONMENT, StoreRequest  # noqa: PLC0415
    from swarmwire.cli.recovery.reading import read_store, store_options  # noqa: PLC0415

    if Path(folder, MANIFEST).is_file():
        return swarm_of_bundle(load_bundle(folder), f"the bundle {folder}")
    key = os.environ.get(ENVIRONMENT, "")
    wanted = StoreRequest(unlock_keys=(key,) if key else (), running=True, partial=True)
    found = read_store(folder, store_options(wanted), "text")
    return swarm_of_recovery(found, f"recovered from {folder}")


async def _live(door: PageDoor, observer: SwarmObserver) -> None:
    async with observer.running():
        await _shown(door, Site(observer.swarm, observer))


async def _embedded(door: PageDoor, options: EmbeddedOptions, place: Path) -> None:
    embedded = embedded_swarm(options)

    @contextlib.asynccontextmanager
    async def itself() -> AsyncIterator[Control]:
        yield embedded

    now = flowing(embedded.clock.now, options.speed)
    swarm = ObservedSwarm(now=now, origin="a swarm in memory")
    observer = SwarmObserver(itself, swarm, say)
    async with embedded, listen(embedded, place) as socket, observer.running():
        await _shown(door, Site(swarm, observer), f"{SOCKET_VARIABLE}={socket}")


async def _shown(door: PageDoor, site: Site, *lines: str) -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    try:
        async with page_served(site, door.listen, names=door.names) as address:
            write(address)
            for line in lines:
                write(line)
            say("the page is read-only; Ctrl-C ends it")
            await ended.wait()
    except ListenerError as err:
        raise exits.Stop(exits.UNREADABLE, str(err)) from err


@contextlib.asynccontextmanager
async def page_beside(
    served: ServedSwarm, address: str, client: BoundClient | None
) -> AsyncIterator[str]:
    """The page of a swarm that is served, meanwhile; its address.

    Args:
        served: the swarm.
        address: where the page is; a loopback.
        client: shows what this client of a policy sees, as the gateway does; None: everything.

    Raises:
        ListenerError: the address cannot be bound, or is no loopback.
    """
    if client is None:
        swarm = ObservedSwarm(now=served.now, origin=served.origin)
    else:
        origin = f"{served.origin}, as {client.client.name} sees it"
        swarm = ObservedSwarm(
            now=served.now, origin=origin, sees=_sees(client), shows=client.hide_stored
        )
    observer = SwarmObserver(served.opened, swarm)  # the gateway says what becomes of the manager
    plans = client is None or not client.client.hides & {"env", "args", "options"}
    async with observer.running():
        site = Site(swarm, observer, plans=plans)
        async with page_served(site, address) as shown:
            yield shown


def _sees(client: BoundClient) -> Callable[[str, Any], bool]:
    def sees(kind: str, one: Any) -> bool:
        return client.may_read(kind) and client.sees(kind, one)

    return sees
