"""A gateway behind aiohttp's low-level server: needs the extra ``serve``.

No URL is ever logged or answered: some clients write secrets into it.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from socket import AF_UNIX
from socket import socket as Socket  # noqa: N812 - it is a class
from typing import Final, cast
from urllib.parse import urlsplit

try:
    from aiohttp import HttpVersion11, web
except ModuleNotFoundError as err:  # pragma: no cover - said with what to install
    from swarmwire.extras import missing

    raise missing("swarmwire.gateway.server", err) from err

from swarmwire.gateway.bodies import RequestBody
from swarmwire.gateway.connections import ClientConnection, whole_response
from swarmwire.gateway.counts import LEFT, OTHER
from swarmwire.gateway.door import FOREIGN, Door
from swarmwire.gateway.gateway import Gateway
from swarmwire.gateway.listeners import KnownCaller, Listener, caller_of
from swarmwire.gateway.message import (
    Request,
    RequestRefused,
    Response,
    error_response,
    whole_text,
)
from swarmwire.gateway.newcomers import Newcomers
from swarmwire.policy import Caller, ClientLimits

_log: Final = logging.getLogger("swarmwire.gateway")
_AT_ONCE: Final = 64 << 10
"""Bytes that are joined, so that they are sent at once."""


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
    counts = gateway.counts
    newcomers = Newcomers(sent_away=lambda: counts.refusals.update(["crowded-out"]))
    doors: list[Door] = []
    try:
        for listener in listeners:
            adapter = _Adapter(gateway, listener)
            doors += [Door(adapter.handle, listener, counts, newcomers, adapter.greet)]
        for door in doors:
            door.open()
        yield [door.address for door in doors]
    finally:
        gateway.closing.set()
        await asyncio.gather(*(door.close(drain) for door in doors))


class _Adapter:
    """Between aiohttp and the gateway."""

    def __init__(self, gateway: Gateway, listener: Listener) -> None:
        self._gateway = gateway
        self._listener = listener

    def greet(self, connection: ClientConnection, own: Socket) -> None:
        """Count a connection as its client's, if its socket alone tells who that is.

        Through TCP anybody can come; who asks for something is counted then.
        """
        if own.family is not AF_UNIX:
            return
        connection.caller = caller_of(self._listener, own, None)
        known = self._listener.identify(connection.caller)
        if known is not None:
            connection.settle(known.limits)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request, and count it. Who is nobody's client, or one too many, has to leave."""
        answer = await self._counted(request)
        if not _connection_of(request).is_settled:
            answer.force_close()
        return answer

    async def _counted(self, request: web.BaseRequest) -> web.StreamResponse:
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
            return whole_response(response)
        if limits is None:
            return await self._sent(request, response, route)
        if not limits.answer(size):
            if response.stream is not None:
                await response.stream.aclose()
            counts.refusals["limited"] += 1
            return whole_response(
                error_response(429, "too many answers at once that were not read")
            )
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
        if request.method == FOREIGN:
            return error_response(505, "the versions of HTTP are 1.0 and 1.1"), None
        connection = _connection_of(request)
        caller = self._caller(connection)
        known = self._listener.identify(caller)
        path, _, query = request.raw_path.partition("?")
        asked = partial(
            Request,
            method=request.method,
            path=_origin_form(path),
            query=query,
            headers=_first_headers(request),
            peer=caller.peer,
        )
        if known is None:
            connection.disown()
            self._gateway.counts.refusals["unknown-client"] += 1
            return self._gateway.turn_away(asked()), None
        is_surplus = not connection.settle(known.limits)
        body = RequestBody(known.limits)
        try:
            body.hold_head(request)
            if request.can_read_body and not is_surplus:
                await body.read(request)
            response = await self._gateway.respond(
                asked(
                    body=body.whole(),
                    permission=known.permission,
                    identity=known.name,
                    told_by=known.told_by,
                    limits=known.limits,
                    is_surplus=is_surplus,
                    still_holds=partial(self._still_holds, caller, known),
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

    def _still_holds(self, caller: Caller, known: KnownCaller) -> bool:
        now = self._listener.identify(caller)
        return now is not None and now.permission is known.permission

    def _caller(self, connection: ClientConnection) -> Caller:
        """Who asks: one look at each connection, of which that does not change."""
        if connection.caller is None:
            transport = connection.transport
            if transport is None:
                return Caller()
            connection.caller = caller_of(
                self._listener,
                transport.get_extra_info("socket"),
                transport.get_extra_info("ssl_object"),
            )
        return connection.caller


def _first_headers(request: web.BaseRequest) -> dict[str, str]:
    """The headers by name, of repeated ones the first: Go's Header.Get gives no other."""
    first: dict[str, str] = {}
    for name, value in request.headers.items():
        first.setdefault(name.lower(), value if value.isascii() else whole_text(value))
    return first


def _connection_of(request: web.BaseRequest) -> ClientConnection:
    return cast("ClientConnection", request.protocol)  # a door makes no others


def _origin_form(target: str) -> str:
    """The path of a request target, which may be a whole URL."""
    return target if target.startswith("/") else urlsplit(target).path or "/"


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
