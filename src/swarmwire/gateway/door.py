"""One address where clients come in: accepted, TLS agreed upon, and handed to aiohttp's server."""

import asyncio
import errno
import logging
import socket
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

try:
    from aiohttp import HttpVersion10, HttpVersion11, web
    from aiohttp.http import RawRequestMessage
except ModuleNotFoundError as err:  # pragma: no cover - said with what to install
    from swarmwire.extras import missing

    raise missing("swarmwire.gateway.server", err) from err

from swarmwire.gateway.connections import ClientConnection
from swarmwire.gateway.counts import RequestCounts
from swarmwire.gateway.listeners import Listener, bound, file_of, unbind
from swarmwire.gateway.newcomers import Newcomers

_log: Final = logging.getLogger("swarmwire.gateway")
_MEGABYTE: Final = 1 << 20
_KEPT_ALIVE: Final = 90.0
"""Seconds for which a connection may be silent between requests, or before the first."""
_HANDSHAKE: Final = 30.0
"""Seconds in which TLS has to be agreed upon."""
_GOODBYE: Final = 5.0
"""Seconds in which the other side has to agree to the end of TLS."""
_AT_ONCE: Final = 64
"""How many are let in before those that are in have a turn again."""
_NO_FILES: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_PAUSE: Final = 1.0
"""Seconds until somebody is let in again where there were no files for it."""
FOREIGN: Final = ""
"""The method of a request in a version of HTTP that is not spoken here."""


class _NamesOnly(logging.Handler):
    """Tells which errors nobody caught, and nothing of their texts."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[0] is not None:
            _log.error("a connection failed: %s", record.exc_info[0].__name__)


_SILENT: Final = logging.Logger("swarmwire.gateway.http")  # noqa: LOG001 - heard by nobody
"""The server's own messages: they would hold request lines."""
_SILENT.addHandler(_NamesOnly())


class Door:
    """One listener with its server.

    Args:
        handle: answers a request.
        listener: where it listens.
        counts: where connections and what is no HTTP are counted.
        newcomers: those whom nobody knows yet; shared by doors that share the files of a process.
        greet: is told of each connection and its socket, before anything else is done with them.

    Raises:
        ListenerError: the address cannot be bound.
    """

    def __init__(
        self,
        handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        listener: Listener,
        counts: RequestCounts,
        newcomers: Newcomers,
        greet: Callable[[ClientConnection, socket.socket], None] = lambda _connection, _own: None,
    ) -> None:
        self._listener = listener
        self._socket = bound(listener)
        self._file = file_of(listener)
        self._newcomers = newcomers
        self._greet = greet
        self._arriving: set[asyncio.Task[None]] = set()
        self._is_open = False
        self._server = _QuietServer(
            handle,
            (counts, newcomers),
            request_factory=_request_of,
            handler_cancellation=True,
            access_log=None,
            logger=_SILENT,
            keepalive_timeout=_KEPT_ALIVE,
            max_line_size=_MEGABYTE,
            max_field_size=_MEGABYTE,
            auto_decompress=False,  # an engine takes bodies as they are
        )

    @property
    def address(self) -> str:
        """Where it listens, with the port that was found for port 0."""
        if self._socket.family is socket.AF_UNIX:
            return self._listener.address
        host = urlsplit(self._listener.address).hostname or ""
        shown = f"[{host}]" if ":" in host else host
        return f"tcp://{shown}:{self._socket.getsockname()[1]}"

    def open(self) -> None:
        """Let clients in. Only in a running loop."""
        self._is_open = True
        asyncio.get_running_loop().add_reader(self._socket, self._accept)

    async def close(self, drain: float) -> None:
        """Let nobody in any more; what is being answered has ``drain`` seconds."""
        unbind(self._file)
        if self._is_open:
            self._is_open = False
            asyncio.get_running_loop().remove_reader(self._socket)
        self._server.pre_shutdown()
        for task in self._arriving:
            task.cancel()
        await asyncio.gather(*self._arriving, return_exceptions=True)
        await self._server.shutdown(drain)
        self._socket.close()

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                own, _ = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as err:
                if err.errno not in _NO_FILES:
                    raise
                self._without_files(err)
                return
            connection = self._server()
            self._greet(connection, own)
            if not connection.is_settled:
                self._newcomers.add(connection, own)
            task = asyncio.create_task(self._let_in(connection, own))
            self._arriving.add(task)
            task.add_done_callback(partial(self._arrived, own))

    def _arrived(self, own: socket.socket, task: asyncio.Task[None]) -> None:
        self._arriving.discard(task)
        if task.cancelled():
            own.close()

    def _without_files(self, err: OSError) -> None:
        """Have a newcomer leave for the next one; if there is none, that one has to wait."""
        if self._newcomers.send_oldest_away():
            return
        loop = asyncio.get_running_loop()
        message = "nobody can be let in"
        loop.call_exception_handler({"message": message, "exception": err})
        loop.remove_reader(self._socket)
        loop.call_later(_PAUSE, self._again)

    def _again(self) -> None:
        if self._is_open:
            self.open()

    async def _let_in(self, connection: ClientConnection, own: socket.socket) -> None:
        """Make a connection of a socket; if there is TLS, as soon as it is agreed upon."""
        tls = None if own.family is socket.AF_UNIX else self._listener.tls
        timeouts = {} if tls is None else _TIMEOUTS
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: connection, own, ssl=None if tls is None else tls(), **timeouts
            )
        except OSError:
            pass  # it left, or could not agree
        finally:
            if connection.transport is None:
                connection.leave()


_TIMEOUTS: Final = {"ssl_handshake_timeout": _HANDSHAKE, "ssl_shutdown_timeout": _GOODBYE}


def _request_of(
    message: RawRequestMessage, payload: Any, protocol: Any, writer: Any, task: Any
) -> web.BaseRequest:
    if message.version not in (HttpVersion10, HttpVersion11):
        message = message._replace(method=FOREIGN, version=HttpVersion11, should_close=True)
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop)


class _QuietServer(web.Server):
    def __init__(
        self, handler: Any, shared: tuple[RequestCounts, Newcomers], **settings: Any
    ) -> None:
        super().__init__(handler, **settings)
        self._shared = shared

    def __call__(self) -> ClientConnection:
        return ClientConnection(self, *self._shared, loop=self._loop, **self._kwargs)
