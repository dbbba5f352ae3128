"""From where a manager is to a Control that is safe to use."""

import os
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

from swarmwire.control._local import LocalSocket
from swarmwire.control.api import Control
from swarmwire.control.client import DEADLINE, Client, Way
from swarmwire.control.guard import Guarded
from swarmwire.control.locate import locate
from swarmwire.control.redact import Redacted
from swarmwire.control.remote import NodeCredentials, RemoteLeader


@asynccontextmanager
async def connect(
    socket: str | Path | None = None,
    *,
    certificates: str | Path | None = None,
    secrets: bool = False,
    allow: Collection[str] = (),
    deadline: float = DEADLINE,
) -> AsyncIterator[Control]:
    """Connect to the manager of this node.

    Args:
        socket: its ``control.sock``; if not given, ``SWARMWIRE_SOCKET`` and the usual places.
        certificates: the certificate directory of its node, where that is not the usual one.
        secrets: show secrets in answers, and send them back.
        allow: names of rules of ``guard`` (``guard.RULES`` are all): dangerous requests that are
            sent nevertheless.
        deadline: how long one call may take, in seconds. Streams may take for ever.

    Raises:
        TransportError: no manager can be reached; the class tells the cause.
    """
    place = locate(socket, certificates, os.environ)
    async with _connected(LocalSocket(place), deadline) as client:
        yield protected(client, secrets=secrets, allow=allow)


@asynccontextmanager
async def connect_remote(
    *addresses: str,
    certificates: str | Path,
    secrets: bool = False,
    allow: Collection[str] = (),
    deadline: float = DEADLINE,
) -> AsyncIterator[Control]:
    """Connect to the leader of the swarm that the managers at ``addresses`` belong to.

    Args:
        addresses: ``host`` or ``host:2377``; one is enough, more help while one is down.
        certificates: the certificate directory of a node that is a manager of the same swarm.
        secrets: as for ``connect``.
        allow: as for ``connect``.
        deadline: as for ``connect``.

    Raises:
        TransportError: no manager can be reached; the class tells the cause.
        ControlError: a manager is there and refuses.
    """
    if not addresses:
        raise ValueError("no address of a manager given")
    way = RemoteLeader(addresses, NodeCredentials(Path(certificates)))
    async with _connected(way, deadline) as client:
        yield protected(client, secrets=secrets, allow=allow)


def protected(control: Control, *, secrets: bool = False, allow: Collection[str] = ()) -> Control:
    """Any Control, behind the layers that refuse dangerous requests and hide secrets."""
    guarded = Guarded(control, allow)
    return guarded if secrets else Redacted(guarded)


@asynccontextmanager
async def _connected(way: Way, deadline: float) -> AsyncIterator[Client]:
    client = Client(way, deadline)
    try:
        await client.open()
        yield client
    finally:
        await client.close()
