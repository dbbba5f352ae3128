"""The way to this machine's manager for those who insist on a root: ``--ca``."""

import asyncio
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from swarmwire.cli import exits
from swarmwire.cli.__main__ import reason_of
from swarmwire.control import Control, protected
from swarmwire.control._channel import Line, secure_channel
from swarmwire.control._handshake import peer_certificate
from swarmwire.control.client import Client
from swarmwire.control.locate import locate


class _Rooted:
    """Opens lines to a socket whose certificate the root vouches for."""

    def __init__(self, path: Path, root: str) -> None:
        self._path = path
        self._root = root

    async def open(self, seconds: float) -> Line:
        """A line to the manager."""

        def connect() -> sockets.socket:
            plain = sockets.socket(sockets.AF_UNIX)
            try:
                plain.settimeout(seconds)
                plain.connect(str(self._path))
            except BaseException:
                plain.close()
                raise
            return plain

        address = str(self._path)
        await asyncio.to_thread(peer_certificate, address, connect, self._root)
        return Line(secure_channel(f"unix:{self._path.absolute()}", self._root.encode()), address)


@asynccontextmanager
async def connect_rooted(
    path: str | None, ca: str, *, secrets: bool, deadline: float
) -> AsyncIterator[Control]:
    """Connect to the manager of this machine, but to no one else behind its socket.

    Raises:
        Stop: the root cannot be read.
        TransportError: no manager can be reached, or the root does not vouch for it.
    """
    root = _root_in(ca)
    client = Client(_Rooted(locate(path).socket, root), deadline)
    try:
        await client.open()
        yield protected(client, secrets=secrets)
    finally:
        await client.close()


def _root_in(file: str) -> str:
    try:
        root = Path(file).read_text("latin-1")
    except OSError as err:
        raise exits.Stop(exits.UNREADABLE, f"{file}: {reason_of(err)}") from err
    if "-----BEGIN CERTIFICATE-----" not in root:
        raise exits.Stop(exits.UNREADABLE, f"{file}: no certificate in it")
    return root
