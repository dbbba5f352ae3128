"""The run of ``serve``: connect, listen, say where, and end in good order."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from swarmwire.cli import exits
from swarmwire.cli.live.connection import opened, release_at
from swarmwire.cli.messages import say
from swarmwire.cli.options import Where
from swarmwire.cli.serving.signals import end_by, ending_signal
from swarmwire.cli.serving.systemd import notifying
from swarmwire.cli.writing import write
from swarmwire.gateway import Gateway
from swarmwire.gateway.listeners import Listener, ListenerError
from swarmwire.gateway.server import serving
from swarmwire.releases import Release


async def serve(
    where: Where,
    listeners: Sequence[Listener],
    release: Release | None,
    max_stale: float,
    health: Listener | None = None,
) -> None:
    """Serve until a signal says that it is enough.

    Raises:
        Stop: an address cannot be bound (2), or Ctrl-C (130).
        TransportError: no manager can be reached.
        ControlError: it refuses.
    """
    received = ending_signal()
    if release is None:
        async with opened(where, secrets=True) as manager:
            release = await release_at(manager)
    gateway = Gateway(
        partial(opened, where, secrets=True), release=release, tell=say, max_stale=max_stale
    )
    try:
        async with (
            _with_health(gateway, health),
            gateway.running(),
            serving(gateway, listeners) as addresses,
        ):
            _tell(addresses, release)
            async with notifying(f"serving at {', '.join(addresses)}"):
                ended_by = await received.get()
            say("ending: nobody is let in any more, streams end")
    except ListenerError as err:
        raise exits.Stop(exits.UNREADABLE, str(err)) from err
    end_by(ended_by)


@asynccontextmanager
async def _with_health(gateway: Gateway, listener: Listener | None) -> AsyncIterator[None]:
    if listener is None:
        yield
        return
    from swarmwire.gateway.health import health_served  # noqa: PLC0415 - slow to import

    async with health_served(gateway, listener) as address:
        say(f"health and metrics at {address}")
        yield


def _tell(addresses: Sequence[str], release: Release) -> None:
    write(f"DOCKER_HOST={addresses[0]}\n")
    for address in addresses[1:]:
        say(f"also at {address}")
    say(f"answers as an engine of release {release}, API 1.24 to {release.api_version}")
