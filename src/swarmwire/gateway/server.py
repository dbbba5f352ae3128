"""A gateway behind aiohttp's low-level server: needs the extra ``serve``.

No URL is ever logged or answered: some clients write secrets into it.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

try:
    from aiohttp import web
    from aiohttp.web_protocol import RequestHandler
except ModuleNotFoundError as err:  # pragma: no cover - said with what to install
    from swarmwire.extras import missing

    raise missing("swarmwire.gateway.server", err) from err

from swarmwire.gateway.gateway import Gateway
from swarmwire.gateway.listeners import (
    Listener,
    bound,
    caller_of,
    file_of,
    unbind,
)
from swarmwire.gateway.message import Request, Response, error_response
from swarmwire.policy import Caller

_log: Final = logging.getLogger("swarmwire.gateway")

_MEGABYTE: Final = 1 << 20
_LARGEST_BODY: Final = 8 * _MEGABYTE
"""More than a manager takes in one request (4 MiB), with room for base64."""
_KEPT_ALIVE: Final = 90.0
_SILENT: Final = logging.Logger("swarmwire.gateway.http")  # noqa: LOG001 - heard by nobody
"""The server's own messages: they would hold request lines."""
_SILENT.addHandler(logging.NullHandler())


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
    doors: list[_Door] = []
    try:
        for listener in listeners:
            doors += [_Door(gateway, listener)]
        for door in doors:
            await door.open()
        yield [door.address for door in doors]
    finally:
        gateway.closing.set()
        await asyncio.gather(*(door.close(drain) for door in doors))


class _Door:
    """One listener with its server."""

    def __init__(self, gateway: Gateway, listener: Listener) -> None:
        self._listener = listener
        self._socket = bound(listener)
        self._file = file_of(listener)
        self._server = _QuietServer(
            _Adapter(gateway, listener).handle,
            handler_cancellation=True,
            access_log=None,
            logger=_SILENT,
            keepalive_timeout=_KEPT_ALIVE,
            max_line_size=_MEGABYTE,
            max_field_size=_MEGABYTE,
        )
        self._accepting: asyncio.Server | None = None

    @property
    def address(self) -> str:
        if self._socket.family is socket.AF_UNIX:
            return self._listener.address
        host = urlsplit(self._listener.address).hostname or ""
        shown = f"[{host}]" if ":" in host else host
        return f"tcp://{shown}:{self._socket.getsockname()[1]}"

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        if self._socket.family is socket.AF_UNIX:
            self._accepting = await loop.create_unix_server(self._server, sock=self._socket)
        else:
            self._accepting = await loop.create_server(
                self._server, sock=self._socket, ssl=self._listener.tls
            )

    async def close(self, drain: float) -> None:
        unbind(self._file)
        if self._accepting is not None:
            self._accepting.close()
        self._server.pre_shutdown()
        await self._server.shutdown(drain)
        self._socket.close()


class _QuietHandler(RequestHandler):
    """One connection. What cannot be read as HTTP is answered without repeating it."""

    def handle_error(
        self,
        request: Any,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it holds the request line
    ) -> web.StreamResponse:
        """Answer with the status alone."""
        if status >= 500:
            _log.error("an answer failed: %s", type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("the answer was on its way already")
        answer = _plain(error_response(status, _WORDS.get(status, "the request cannot be read")))
        answer.force_close()
        return answer


_WORDS: Final = {
    400: "the request is no HTTP, or a line of it is longer than 1 MiB",
    500: "the gateway failed",
}


class _QuietServer(web.Server):
    def __call__(self) -> RequestHandler:
        return _QuietHandler(self, loop=self._loop, **self._kwargs)


class _Adapter:
    """Between aiohttp and the gateway."""

    def __init__(self, gateway: Gateway, listener: Listener) -> None:
        self._gateway = gateway
        self._listener = listener

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        caller = self._caller(request)
        known = self._listener.identify(caller)
        path, _, query = request.raw_path.partition("?")
        asked = Request(
            method=request.method,
            path=_origin_form(path),
            query=query,
            headers={name.lower(): value for name, value in request.headers.items()},
            peer=caller.peer,
        )
        if known is None:
            return _plain(self._gateway.turn_away(asked))
        largest = _LARGEST_BODY if known.limits is None else min(_LARGEST_BODY, known.limits.body)
        body = await _body(request, largest)
        if body is None:
            return _plain(error_response(413, f"the body is larger than {_size(largest)}"))
        response = await self._gateway.respond(
            replace(
                asked,
                body=body,
                permission=known.permission,
                identity=known.name,
                told_by=known.told_by,
                limits=known.limits,
            )
        )
        response.headers.setdefault("Server", "swarmwire")
        if response.stream is None and len(response.body) <= 2:
            return _plain(response)
        return await _in_pieces(request, response)

    def _caller(self, request: web.BaseRequest) -> Caller:
        transport = request.transport
        if transport is None:
            return Caller()
        return caller_of(
            self._listener,
            transport.get_extra_info("socket"),
            transport.get_extra_info("ssl_object"),
        )


def _size(count: int) -> str:
    return f"{count // _MEGABYTE} MiB" if count % _MEGABYTE == 0 else f"{count} bytes"


async def _body(request: web.BaseRequest, largest: int) -> bytes | None:
    """The whole body; None if it is too large."""
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    if (request.content_length or 0) > largest:
        return None
    pieces, size = [], 0
    async for piece in request.content.iter_any():
        size += len(piece)
        if size > largest:
            return None
        pieces.append(piece)
    return b"".join(pieces)


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
    else:
        out.enable_chunked_encoding()
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
