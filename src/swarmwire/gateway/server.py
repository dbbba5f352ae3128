"""A gateway behind aiohttp's low-level server: needs the extra ``serve``.

No URL is ever logged or answered: some clients write secrets into it.
"""

import asyncio
import logging
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

try:
    from aiohttp import HttpVersion10, HttpVersion11, web
    from aiohttp.http import RawRequestMessage
    from aiohttp.web_protocol import RequestHandler
except ModuleNotFoundError as err:  # pragma: no cover - said with what to install
    from swarmwire.extras import missing

    raise missing("swarmwire.gateway.server", err) from err

from swarmwire.gateway.bodies import RequestBody
from swarmwire.gateway.counts import LEFT, OTHER, RequestCounts
from swarmwire.gateway.gateway import Gateway
from swarmwire.gateway.listeners import (
    BACKLOG,
    Listener,
    bound,
    caller_of,
    file_of,
    unbind,
)
from swarmwire.gateway.message import Request, RequestRefused, Response, error_response
from swarmwire.policy import Caller, ClientLimits

_log: Final = logging.getLogger("swarmwire.gateway")

_MEGABYTE: Final = 1 << 20
_KEPT_ALIVE: Final = 90.0
"""Seconds for which a connection may be silent between requests, or before the first."""
_AT_ONCE: Final = 64 << 10
"""Bytes that are joined, so that they are sent at once."""


class _NamesOnly(logging.Handler):
    """Tells which errors nobody caught, and nothing of their texts."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[0] is not None:
            _log.error("a connection failed: %s", record.exc_info[0].__name__)


_SILENT: Final = logging.Logger("swarmwire.gateway.http")  # noqa: LOG001 - heard by nobody
"""The server's own messages: they would hold request lines."""
_SILENT.addHandler(_NamesOnly())


@asynccontextmanager
async def serving(
    gateway: Gateway, listeners: Sequence[Listener], *, drain: float = 10.0
) -> AsyncIterator[list[str]]:
    """Listen meanwhile; the addresses, with the ports that were found for port 0.

    In the end no connection is taken any more, streams end, and what is being answered has
    ``drain`` seconds.

    Raises:
        ListenerError: one of the addresses cannot be bound. Then none of them is.
    """
    doors: list[Door] = []
    try:
        for listener in listeners:
            doors += [Door(_Adapter(gateway, listener).handle, listener, gateway.counts)]
        for door in doors:
            await door.open()
        yield [door.address for door in doors]
    finally:
        gateway.closing.set()
        await asyncio.gather(*(door.close(drain) for door in doors))


class Door:
    """One listener with its server.

    Args:
        handle: answers a request.
        listener: where it listens.
        counts: where connections and what is no HTTP are counted.

    Raises:
        ListenerError: the address cannot be bound.
    """

    def __init__(
        self,
        handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        listener: Listener,
        counts: RequestCounts,
    ) -> None:
        self._listener = listener
        self._socket = bound(listener)
        self._file = file_of(listener)
        self._server = _QuietServer(
            handle,
            counts,
            request_factory=_request_of,
            handler_cancellation=True,
            access_log=None,
            logger=_SILENT,
            keepalive_timeout=_KEPT_ALIVE,
            max_line_size=_MEGABYTE,
            max_field_size=_MEGABYTE,
            auto_decompress=False,  # an engine takes bodies as they are
        )
        self._accepting: asyncio.Server | None = None

    @property
    def address(self) -> str:
        """Where it listens, with the port that was found for port 0."""
        if self._socket.family is socket.AF_UNIX:
            return self._listener.address
        host = urlsplit(self._listener.address).hostname or ""
        shown = f"[{host}]" if ":" in host else host
        return f"tcp://{shown}:{self._socket.getsockname()[1]}"

    async def open(self) -> None:
        """Let clients in."""
        loop = asyncio.get_running_loop()
        if self._socket.family is socket.AF_UNIX:
            self._accepting = await loop.create_unix_server(
                self._server, sock=self._socket, **_KEEP_FILE
            )
        else:
            self._accepting = await loop.create_server(
                self._server, sock=self._socket, ssl=self._listener.tls
            )
        # Again: asyncio lets fewer wait. It also takes so many at once, and complains of each that
        # it has no file for: so it is not told to take more.
        self._socket.listen(BACKLOG)

    async def close(self, drain: float) -> None:
        """Let nobody in any more; what is being answered has ``drain`` seconds."""
        unbind(self._file)
        if self._accepting is not None:
            self._accepting.close()
        self._server.pre_shutdown()
        await self._server.shutdown(drain)
        self._socket.close()


_KEEP_FILE: Final[dict[str, Any]] = {"cleanup_socket": False} if sys.version_info >= (3, 13) else {}
"""Python 3.13 would take the file of any socket away, also of one that is handed over."""


class _QuietHandler(RequestHandler):
    """One connection. What cannot be read as HTTP is answered without repeating it."""

    def __init__(self, manager: web.Server, counts: RequestCounts, **settings: Any) -> None:
        super().__init__(manager, **settings)
        self._counts = counts
        self.caller: Caller | None = None
        """Who is on the other side, once it was asked."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it."""
        self._counts.connections += 1
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Count it no more."""
        self._counts.connections -= 1
        super().connection_lost(exc)

    def handle_error(
        self,
        request: Any,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it holds the request line
    ) -> web.StreamResponse:
        """Answer with the status alone."""
        if status < 500:
            self._counts.refusals["malformed"] += 1
        else:
            _log.error("an answer failed: %s", type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("the answer was on its way already")
        answer = _plain(error_response(status, _WORDS.get(status, "the request cannot be read")))
        answer.headers["Server"] = "swarmwire"
        answer.force_close()
        return answer


_WORDS: Final = {
    400: "the request is no HTTP, or a line of it is longer than 1 MiB",
    500: "the gateway failed",
}


_FOREIGN: Final = ""
"""The method of a request in a version of HTTP that is not spoken here."""


def _request_of(
    message: RawRequestMessage, payload: Any, protocol: Any, writer: Any, task: Any
) -> web.BaseRequest:
    if message.version not in (HttpVersion10, HttpVersion11):
        message = message._replace(method=_FOREIGN, version=HttpVersion11, should_close=True)
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop)


class _QuietServer(web.Server):
    def __init__(self, handler: Any, counts: RequestCounts, **settings: Any) -> None:
        super().__init__(handler, **settings)
        self._counts = counts

    def __call__(self) -> RequestHandler:
        return _QuietHandler(self, self._counts, loop=self._loop, **self._kwargs)


class _Adapter:
    """Between aiohttp and the gateway."""

    def __init__(self, gateway: Gateway, listener: Listener) -> None:
        self._gateway = gateway
        self._listener = listener

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request, and count it."""
        counts = self._gateway.counts
        start = time.perf_counter()
        route, status = OTHER, LEFT
        counts.in_flight += 1
        try:
            response, limits = await self._answered(request)
            route, status = response.route or OTHER, response.status
        finally:
            counts.in_flight -= 1
            counts.answer(route, status, time.perf_counter() - start)
        response.headers.setdefault("Server", "swarmwire")
        size = sum(map(len, response.body))
        if response.stream is None and size <= _AT_ONCE:
            return _plain(response)
        if limits is None:
            return await self._sent(request, response, route)
        if not limits.answer(size):
            if response.stream is not None:
                await response.stream.aclose()
            counts.refusals["limited"] += 1
            return _plain(error_response(429, "too many answers at once that were not read"))
        try:
            return await self._sent(request, response, route)
        finally:
            limits.answered(size)

    async def _sent(
        self, request: web.BaseRequest, response: Response, route: tuple[str, str]
    ) -> web.StreamResponse:
        counts = self._gateway.counts
        counted = counts.streams
        if response.stream is not None:
            counted[route] += 1
        try:
            return await _in_pieces(request, response)
        finally:
            if response.stream is not None:
                counted[route] -= 1

    async def _answered(self, request: web.BaseRequest) -> tuple[Response, ClientLimits | None]:
        """The answer, and what its client may have of answers."""
        if request.method == _FOREIGN:
            return error_response(505, "the versions of HTTP are 1.0 and 1.1"), None
        caller = self._caller(request)
        known = self._listener.identify(caller)
        path, _, query = request.raw_path.partition("?")
        asked = partial(
            Request,
            method=request.method,
            path=_origin_form(path),
            query=query,
            headers={name.lower(): value for name, value in request.headers.items()},
            peer=caller.peer,
        )
        if known is None:
            self._gateway.counts.refusals["unknown-client"] += 1
            return self._gateway.turn_away(asked()), None
        body = RequestBody(known.limits)
        try:
            if request.can_read_body:
                await body.read(request)
            response = await self._gateway.respond(
                asked(
                    body=body.whole(),
                    permission=known.permission,
                    identity=known.name,
                    told_by=known.told_by,
                    limits=known.limits,
                )
            )
        except RequestRefused as err:
            response = error_response(err.status, err.text)
        except web.RequestPayloadError:
            self._gateway.counts.refusals["malformed"] += 1
            response = error_response(400, "the body is no HTTP")
        finally:
            body.let_go()
        return response, known.limits

    def _caller(self, request: web.BaseRequest) -> Caller:
        """Who asks: one look at each connection, of which that does not change."""
        transport, protocol = request.transport, request.protocol
        if transport is None:
            return Caller()
        known = protocol.caller if isinstance(protocol, _QuietHandler) else None
        if known is None:
            known = caller_of(
                self._listener,
                transport.get_extra_info("socket"),
                transport.get_extra_info("ssl_object"),
            )
            if isinstance(protocol, _QuietHandler):
                protocol.caller = known
        return known


def _origin_form(target: str) -> str:
    """The path of a request target, which may be a whole URL."""
    return target if target.startswith("/") else urlsplit(target).path or "/"


def _plain(response: Response) -> web.Response:
    """A short answer."""
    body = b"".join(response.body)
    out = web.Response(status=response.status, body=body or None, headers=response.headers)
    if not body and response.status == 200:
        out.headers["Content-Length"] = "0"
    return out


async def _in_pieces(request: web.BaseRequest, response: Response) -> web.StreamResponse:
    """An answer piece by piece; its headers go out at once."""
    out = web.StreamResponse(status=response.status, headers=response.headers)
    if response.stream is None:
        out.content_length = sum(map(len, response.body))
    elif request.version >= HttpVersion11:
        out.enable_chunked_encoding()
    else:
        out.force_close()  # the end of the connection is the end of the stream
    try:
        await out.prepare(request)
        for piece in response.body:
            await out.write(piece)
        if response.stream is not None:
            async for piece in response.stream:
                await out.write(piece)
        await out.write_eof()
    except ConnectionError:
        _log.debug("a client left while it was answered")
    finally:
        if response.stream is not None:
            with suppress(RuntimeError):
                await response.stream.aclose()
    return out
