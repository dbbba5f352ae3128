"""The run of ``serve``: connect, listen, say where, and end in good order."""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from swarmwire.cli import exits
from swarmwire.cli.live.connection import finished, release_at
from swarmwire.cli.messages import say
from swarmwire.cli.options import Where
from swarmwire.cli.serving.audit_file import AuditFile
from swarmwire.cli.serving.doors import (
    DoorOptions,
    checked_tls,
    listeners_of,
    metrics_listener,
    usual_folder,
)
from swarmwire.cli.serving.learned import learned
from swarmwire.cli.serving.operating import Complaints, allow_many_files, health_beside
from swarmwire.cli.serving.options import DoorChoice
from swarmwire.cli.serving.powers import powers
from swarmwire.cli.serving.registries import registries_of
from swarmwire.cli.serving.reloading import Reload
from swarmwire.cli.serving.signals import at_hangup, end_by, ending_signal
from swarmwire.cli.serving.sources import ServedSwarm, SwarmSource, live_swarm, swarm_in_memory
from swarmwire.cli.serving.systemd import InheritedSocket, notifying
from swarmwire.cli.swarm_options import EmbeddedOptions
from swarmwire.cli.writing import write
from swarmwire.gateway import Gateway
from swarmwire.gateway.distribution import asking
from swarmwire.gateway.listeners import Listener, ListenerError, refuse_unusable
from swarmwire.gateway.policed import PolicedClients
from swarmwire.gateway.routing import oldest_served
from swarmwire.gateway.server import serving
from swarmwire.policy import Policy, PolicyClient
from swarmwire.registry import RegistryHost
from swarmwire.releases import Release


class ServeOptions(NamedTuple):
    """What the options of ``serve`` say.

    Attributes:
        doors: where clients come in.
        read_only: whether nobody may write.
        max_stale: for how many seconds answers are given of what was known.
        release: the release of the engine whose answers are given; that of the manager if none.
        policy: says who callers are and what each may do; None if there is none.
        policy_file: where it was read.
        learn: where a policy is written from what is asked for; nothing if none is.
        page: where the page is; nothing if there is none.
        page_client: the client of the policy whose sight the page has; None: it shows everything.
        metrics: the address of health and metrics; None if they are not wanted.
        inherited: the sockets that were handed over.
        registries: those that are asked about images; nobody is if there are none.
    """

    doors: DoorChoice
    read_only: bool
    max_stale: float
    release: Release | None
    policy: Policy | None = None
    policy_file: str = ""
    learn: str = ""
    page: str = ""
    page_client: PolicyClient | None = None
    metrics: str | None = None
    inherited: Sequence[InheritedSocket] = ()
    registries: Sequence[RegistryHost] = ()


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
        listen, mode, group, files = options.doors
        doors = DoorOptions(
            listen,
            mode,
            group,
            checked_tls(files) if files else None,
            options.read_only,
            folder,
            options.policy,
            options.metrics,
            options.inherited,
        )
        ways = _Ways(doors, listeners_of(doors), metrics_listener(doors))
        _refuse_unusable(ways, options)
        if options.policy is not None and options.policy.audit.file:
            audit = AuditFile(options.policy.audit)
            held.callback(audit.close)
            ways = ways._replace(audit=audit)
        finished(_serve(swarm, ways, options))
    return exits.CLEAN


class _Ways(NamedTuple):
    """Whence requests come, and where they are recorded."""

    doors: DoorOptions
    listeners: Sequence[Listener]
    health: Listener | None
    audit: AuditFile | None = None


def _refuse_unusable(ways: _Ways, options: ServeOptions) -> None:
    """Refuse addresses before anything begins that takes its time, or tells of itself.

    Raises:
        Stop: one cannot be bound, or is no loopback where it has to be one (2).
    """
    try:
        refuse_unusable([*ways.listeners, *([] if ways.health is None else [ways.health])])
        if options.page:
            with _needing_extra():
                from swarmwire.page.server import refuse_unusable_page  # noqa: PLC0415
            refuse_unusable_page(options.page)
    except ListenerError as err:
        raise exits.Stop(exits.UNREADABLE, str(err)) from err


async def _serve(source: SwarmSource, ways: _Ways, options: ServeOptions) -> None:
    received = ending_signal()
    asyncio.get_running_loop().set_exception_handler(Complaints())
    allow_many_files()
    async with source as swarm:
        release = await _release(swarm, options)
        registries = registries_of(options.registries, release)
        gateway = Gateway(
            swarm.opened,
            release=release,
            tell=say,
            max_stale=options.max_stale,
            audit=None if ways.audit is None else ways.audit.auditor,
            distribution=asking(registries) if options.registries else None,
        )
        listeners, policed = ways.listeners, None
        async with AsyncExitStack() as held:
            if options.policy is not None:
                policed = PolicedClients(options.policy, gateway.mirror)
                listeners = [replace(each, identify=policed.identify) for each in listeners]
            again = Reload(
                gateway,
                ways.doors,
                file=options.policy_file,
                policed=policed,
                audit=ways.audit,
                page_client=options.page_client,
            )
            held.enter_context(at_hangup(again, received))
            if options.learn:
                observing = learned(gateway, listeners, options.learn)
                listeners = held.enter_context(observing)
            try:
                await held.enter_async_context(health_beside(gateway, ways.health))
                await held.enter_async_context(registries)
                await held.enter_async_context(gateway.running())
                if options.page:
                    beside = _page(swarm, options, policed)
                    say(f"the page is at {await held.enter_async_context(beside)}")
                addresses = await held.enter_async_context(serving(gateway, listeners))
            except ListenerError as err:
                raise exits.Stop(exits.UNREADABLE, str(err)) from err
            _tell(addresses, options, release, is_live=swarm.is_live)
            async with notifying(f"serving at {', '.join(addresses)}"):
                ended_by = await received.get()
            say("ending: nobody is let in any more, streams end")
    end_by(ended_by)


async def _release(swarm: ServedSwarm, options: ServeOptions) -> Release:
    if options.release is not None:
        return options.release
    async with swarm.opened() as manager:
        return await release_at(manager)


def _page(
    swarm: ServedSwarm, options: ServeOptions, policed: PolicedClients | None
) -> AbstractAsyncContextManager[str]:
    """The page; what it needs is imported if there is one."""
    with _needing_extra():
        from swarmwire.cli.serving.page import page_beside  # noqa: PLC0415 - another extra
    client = options.page_client
    sight = policed.bound_client(client) if policed and client else None
    return page_beside(swarm, options.page, sight)


@contextmanager
def _needing_extra() -> Iterator[None]:
    """Import what the page needs.

    Raises:
        Stop: it is not installed (2).
    """
    try:
        yield
    except ModuleNotFoundError as err:
        raise exits.without_extra(err, "the page", "page") from err


def _tell(
    addresses: Sequence[str], options: ServeOptions, release: Release, *, is_live: bool
) -> None:
    for sentence in powers(options.policy, read_only=options.read_only, is_live=is_live):
        say(sentence)
    if options.registries:
        names = ", ".join(each.name for each in options.registries)
        say(f"it asks {names} about images, with the credentials that clients send along")
    write(f"DOCKER_HOST={addresses[0]}")
    for address in addresses[1:]:
        say(f"also at {address}")
    versions = f"{oldest_served(release)} to {release.api_version}"
    say(f"answers as an engine of release {release}, API {versions}")
