"""From the options to a manager, and from its errors to an exit code."""

import asyncio
import socket as sockets
import ssl
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

from swarmwire import control, pb
from swarmwire.cli import exits
from swarmwire.cli.options import Where
from swarmwire.control.guard import RULES
from swarmwire.control.locate import locate
from swarmwire.errors import SwarmwireError
from swarmwire.plan import release_of
from swarmwire.releases import NEWEST, Release

_Result = TypeVar("_Result")

Opened = AbstractAsyncContextManager[control.Control]


def opened(where: Where, *, secrets: bool = False) -> Opened:
    """A manager to ask, there where the options say."""
    allow = RULES if where.allow_known_crash else ()
    if where.hosts:
        folder = where.certificates or ""
        return control.connect_remote(
            *where.hosts, certificates=folder, secrets=secrets, allow=allow, deadline=where.timeout
        )
    if where.ca:
        return _connect_rooted(where, where.ca, secrets=secrets, allow=allow)
    return control.connect(
        where.socket,
        certificates=where.certificates,
        secrets=secrets,
        allow=allow,
        deadline=where.timeout,
    )


def ask(
    where: Where,
    work: Callable[[control.Control], Coroutine[Any, Any, _Result]],
    *,
    secrets: bool = False,
) -> _Result:
    """Connect, do the work, hang up.

    Raises:
        Stop: no manager can be reached (2), or it says no (1).
    """

    async def connected() -> _Result:
        async with opened(where, secrets=secrets) as manager:
            return await work(manager)

    return finished(connected())


def finished(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run the work to its end.

    Raises:
        Stop: no manager can be reached (2), or it says no (1).
    """
    try:
        return asyncio.run(work)
    except control.TransportError as err:
        raise exits.Stop(exits.UNREADABLE, str(err)) from err
    except SwarmwireError as err:
        raise exits.Stop(exits.REFUSED, str(err)) from err


async def release_at(manager: control.Control) -> Release:
    """The release of the engine that leads the swarm; the newest if that is not told."""
    nodes = (await manager.list_nodes(pb.ListNodesRequest())).nodes
    return release_of(nodes) or NEWEST


@asynccontextmanager
async def _connect_rooted(
    where: Where, ca: str, *, secrets: bool, allow: Collection[str]
) -> AsyncIterator[control.Control]:
    """Connect to the manager of this machine if the root vouches for its certificate.

    Without ``--ca`` a manager's socket is trusted because of the directory that it lies in, as the
    engine trusts it.

    Raises:
        Stop: the root cannot be read.
        TransportError: no manager can be reached, or the root does not vouch for it.
    """
    context = _context(ca)
    place = str(locate(where.socket).socket)
    await asyncio.to_thread(_look, place, context, where.timeout)
    async with control.connect(
        place, secrets=secrets, allow=allow, deadline=where.timeout
    ) as manager:
        yield manager


def _context(ca: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    try:
        context.load_verify_locations(ca)
    except ssl.SSLError as err:
        raise exits.Stop(exits.UNREADABLE, f"{ca}: no certificate in it") from err
    except OSError as err:
        raise exits.Stop(exits.UNREADABLE, f"{ca}: {exits.reason_of(err)}") from err
    return context


def _look(place: str, context: ssl.SSLContext, seconds: float) -> None:
    """Shake hands with what listens; what else may be wrong with it shows when it is asked."""
    with sockets.socket(sockets.AF_UNIX) as plain:
        plain.settimeout(seconds)
        try:
            plain.connect(place)
            with context.wrap_socket(plain):
                return
        except ssl.SSLCertVerificationError as err:
            reason = f"--ca does not vouch for its certificate ({err.verify_message})"
            raise control.BadCertificate(place, reason) from err
        except OSError:
            return
