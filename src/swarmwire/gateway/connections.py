"""One connection of a client behind aiohttp's low-level server: needs the extra ``serve``."""

import asyncio
import logging
from typing import Any, Final

from aiohttp import EMPTY_PAYLOAD, StreamReader, web
from aiohttp.web_protocol import RequestHandler

from swarmwire.gateway.counts import RequestCounts
from swarmwire.gateway.message import Response, error_response
from swarmwire.gateway.newcomers import Newcomers
from swarmwire.policy import Caller, ClientLimits

_log: Final = logging.getLogger("swarmwire.gateway")
_LARGEST_HEAD: Final = 2 << 20
"""Bytes of a request line and its headers. Each of them may have 1 MiB, and there may be many.

Of a body as many that are none of it: between its chunks, and in the trailers behind it.
"""
_MOST_AHEAD: Final = 1 << 20
"""Bytes of requests that wait for the answers to those before them: they take memory meanwhile."""
_MOST_WAITING: Final = 32
"""So many of them: what is short takes far more memory than bytes."""
_HEAD_REFUSAL: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nServer: swarmwire\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)
_WORDS: Final = {
    400: "the request is no HTTP, or a line of it is longer than 1 MiB",
    500: "the gateway failed",
}


class ClientConnection(RequestHandler):
    """One connection. What cannot be read as HTTP is answered without repeating it.

    It is a newcomer until a client counts it as its own.

    Attributes:
        caller: who is on the other side, once it was asked.
        is_settled: whether its client counts it as its own.
    """

    def __init__(
        self, manager: web.Server, counts: RequestCounts, newcomers: Newcomers, **settings: Any
    ) -> None:
        super().__init__(manager, **settings)
        self._counts = counts
        self._newcomers = newcomers
        self._limits: ClientLimits | None = None
        self.is_settled = False
        self._has_left = False
        self._head = 0
        self._ahead = 0
        # of the last request that came: the others' are whole
        self._body: StreamReader = EMPTY_PAYLOAD
        self.caller: Caller | None = None

    def settle(self, limits: ClientLimits | None) -> bool:
        """Count it as its client's; whether there is room for it. Nobody counts without limits."""
        if self.is_settled and self._limits is limits:
            return True
        self.disown()
        if self._has_left or (limits is not None and not limits.open_connection()):
            return False
        self._limits, self.is_settled = limits, True
        self._newcomers.remove(self)
        return True

    def leave(self) -> None:
        """It has ended, or never began: nobody counts it any more."""
        self._has_left = True
        self._newcomers.remove(self)
        self.disown()

    def disown(self) -> None:
        """No client counts it any more."""
        self.is_settled = False
        limits, self._limits = self._limits, None
        if limits is not None:
            limits.close_connection()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it."""
        self._counts.connections += 1
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Count it no more."""
        self._counts.connections -= 1
        self.leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; refuse a head that has no end, and requests that nobody waits for."""
        before, body = self._request_count, self._body
        was_over, taken = body.is_eof(), body.total_bytes
        super().data_received(data)
        if self._messages:
            self._body = self._messages[-1][1]
        is_over = self._request_count > before or (body.is_eof() and not was_over)
        self._head = 0 if is_over else self._head + len(data) - (body.total_bytes - taken)
        if self._head > _LARGEST_HEAD:
            self._counts.refusals["malformed"] += 1
            if self._current_request is None and body.is_eof() and self.transport is not None:
                self.transport.write(_HEAD_REFUSAL)
            self.force_close()
        self._ahead = self._ahead + len(data) if self._messages else 0
        if self._ahead > _MOST_AHEAD or len(self._messages) > _MOST_WAITING:
            self._counts.refusals["limited"] += 1
            self.force_close()

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
        answer = whole_response(
            error_response(status, _WORDS.get(status, "the request cannot be read"))
        )
        answer.headers["Server"] = "swarmwire"
        answer.force_close()
        return answer


def whole_response(response: Response) -> web.Response:
    """A short answer, as aiohttp sends it."""
    body = b"".join(response.body)
    out = web.Response(status=response.status, body=body or None, headers=response.headers)
    if not body and response.status == 200:
        out.headers["Content-Length"] = "0"
    return out
