"""The run of ``serve``: connect, listen, say where, and end in good order."""

import asyncio
import resource
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from swarmwire.cli import exits
from swarmwire.cli.live.connection import finished, release_at
from swarmwire.cli.messages import say
from swarmwire.cli.options import Where
from swarmwire.cli.serving.audit_file import auditor_of
from swarmwire.cli.serving.doors import DoorOptions, listeners_of, metrics_listener, usual_folder
from swarmwire.cli.serving.powers import powers
from swarmwire.cli.serving.signals import end_by, ending_signal
from swarmwire.cli.serving.sources import SwarmSource, live_swarm, swarm_in_memory
from swarmwire.cli.serving.systemd import InheritedSocket, notifying
from swarmwire.cli.swarm_options import EmbeddedOptions
from swarmwire.cli.writing import write
from swarmwire.gateway import Gateway
from swarmwire.gateway.auditing import Auditor
from swarmwire.gateway.listeners import Listener, ListenerError
from swarmwire.gateway.policed import PolicedClients
from swarmwire.gateway.server import serving
from swarmwire.policy import Policy
from swarmwire.releases import Release


class ServeOptions(NamedTuple):
    """What the options of ``serve`` say.

    Attributes:
        listen: the addresses; one is chosen if there are none.
        mode: of unix sockets.
        group: of unix sockets.
        tls: certificate, key and authority for TCP; None if none are given.
        read_only: whether nobody may write.
        max_stale: for how many seconds answers are given of what was known.
        release: the release of the engine whose answers are given; that of the manager if none.
        policy: says who callers are and what each may do; None if there is none.
        metrics: the address of health and metrics; None if they are not wanted.
        inherited: the sockets that were handed over.
    """

    listen: tuple[str, ...]
    mode: int
    group: str
    tls: tuple[str, str, str] | None
    read_only: bool
    max_stale: float
    release: Release | None
    policy: Policy | None = None
    metrics: str | None = None
    inherited: Sequence[InheritedSocket] = ()


def run_serve(options: ServeOptions, source: Where | EmbeddedOptions) -> int:
    """Serve a live manager's swarm, or one in memory, until a signal says that it is enough.

    Raises:
        Stop: an address cannot be bound, a file cannot be read, or no manager can be reached (2);
            it refuses (1); Ctrl-C (130).
    """
    with ExitStack() as held:
        if isinstance(source, EmbeddedOptions):
            name = held.enter_context(tempfile.TemporaryDirectory(prefix="swarmwire-"))
            folder = Path(name)
            swarm = swarm_in_memory(source, folder)
        else:
            folder = usual_folder()
            swarm = live_swarm(source)
        doors = DoorOptions(
            options.listen,
            options.mode,
            options.group,
            options.tls,
            options.read_only,
            folder,
            options.policy,
            options.metrics,
            options.inherited,
        )
        listeners, health = listeners_of(doors), metrics_listener(doors)
        audit = None
        if options.policy is not None:
            audit = held.enter_context(auditor_of(options.policy.audit))
        finished(_serve(swarm, listeners, options, audit, health))
    return exits.CLEAN


async def _serve(
    source: SwarmSource,
    listeners: Sequence[Listener],
    options: ServeOptions,
    audit: Auditor | None,
    health: Listener | None,
) -> None:
    received = ending_signal()
    asyncio.get_running_loop().set_exception_handler(_Complaints())
    _allow_many_files()
    async with source as swarm:
        release = options.release
        if release is None:
            async with swarm.opened() as manager:
                release = await release_at(manager)
        gateway = Gateway(
            swarm.opened, release=release, tell=say, max_stale=options.max_stale, audit=audit
        )
        if options.policy is not None:
            policed = PolicedClients(options.policy, gateway.mirror)
            listeners = [replace(each, identify=policed.identify) for each in listeners]
        try:
            async with (
                _with_health(gateway, health),
                gateway.running(),
                serving(gateway, listeners) as addresses,
            ):
                for sentence in powers(options.policy, read_only=options.read_only):
                    say(sentence)
                _tell(addresses, release)
                async with notifying(f"serving at {', '.join(addresses)}"):
                    ended_by = await received.get()
                say("ending: nobody is let in any more, streams end")
        except ListenerError as err:
            raise exits.Stop(exits.UNREADABLE, str(err)) from err
    end_by(ended_by)


class _Complaints:
    """Says in a line what went wrong where nobody waits for it: no traceback, nothing of clients.

    The same is said once a minute: of a lack of files there is much to say.
    """

    def __init__(self) -> None:
        self._said: dict[str, float] = {}

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        reason = exits.reason_of(error) if isinstance(error, OSError) else type(error).__name__
        text = f"{context.get('message', 'an error')}: {reason}"
        if loop.time() - self._said.get(text, -_MINUTE) >= _MINUTE:
            self._said[text] = loop.time()
            say(text)


_MINUTE: Final = 60.0


def _allow_many_files() -> None:
    """As many as this process may have: each client is one. Engines do the same."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


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
    write(f"DOCKER_HOST={addresses[0]}")
    for address in addresses[1:]:
        say(f"also at {address}")
    say(f"answers as an engine of release {release}, API 1.24 to {release.api_version}")
