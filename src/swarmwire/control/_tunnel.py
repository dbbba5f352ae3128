"""A socket of our own: what goes in comes out of a TLS connection to a manager.

gRPC wants the other side to name HTTP/2 during the handshake (ALPN). Managers do so only until they
load another certificate for the first time, when the old one is renewed or the swarm is set to lock
itself. They go on to speak HTTP/2, so that the handshake is all that has to be made differently.
"""

import asyncio
import ssl
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

_CHUNK = 1 << 18
_LONGEST = 70
"""The path of a unix socket has 107 bytes, and needs the others for its own."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Dial = Callable[[], Awaitable[Streams]]
"""Makes one TLS connection to the manager."""


class Tunnel:
    """Listens in a directory that only this user may enter."""

    def __init__(self, dial: Dial) -> None:
        self._dial = dial
        usual = tempfile.gettempdir()
        folder = usual if len(usual) < _LONGEST else "/tmp"  # noqa: S108 - only a prefix
        self._folder = tempfile.TemporaryDirectory(prefix="swarmwire-", dir=folder)
        self._server: asyncio.Server | None = None
        self._carriers: set[asyncio.Task[None]] = set()

    async def open(self) -> Path:
        """The socket. Each connection to it is one to the manager."""
        path = Path(self._folder.name) / "manager.sock"
        self._server = await asyncio.start_unix_server(self._carry, path)
        return path

    async def close(self) -> None:
        """End all connections, and remove the socket."""
        if self._server is not None:
            self._server.close()
        carriers = list(self._carriers)
        for carrier in carriers:
            carrier.cancel()
        await asyncio.gather(*carriers, return_exceptions=True)
        self._folder.cleanup()

    def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carrier = asyncio.ensure_future(self._carried((reader, writer)))
        self._carriers.add(carrier)
        carrier.add_done_callback(self._carriers.discard)

    async def _carried(self, ours: Streams) -> None:
        """Carry bytes both ways until either side ends."""
        writers = [ours[1]]
        try:
            theirs = await self._dial()
            writers.append(theirs[1])
            ways = {
                asyncio.ensure_future(_copy(ours[0], theirs[1])),
                asyncio.ensure_future(_copy(theirs[0], ours[1])),
            }
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except OSError:
            return  # gRPC sees the end of the connection; the cause is found out by a handshake
        finally:
            for writer in writers:
                writer.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()


def trusting(roots: str) -> ssl.SSLContext:
    """The context for a manager whose certificate is, or is signed by, one of ``roots`` (PEM)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    # Python asks for more than Go gives: SwarmKit's root lacks what RFC 5280 wants of one.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.load_verify_locations(cadata=roots)
    context.set_alpn_protocols(["h2"])
    return context
