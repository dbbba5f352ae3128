"""What a request takes of memory as it comes through aiohttp: needs the extra ``serve``."""

import asyncio
from typing import Final

try:
    from aiohttp import web
except ModuleNotFoundError as err:  # pragma: no cover - said with what to install
    from swarmwire.extras import missing

    raise missing("swarmwire.gateway.bodies", err) from err

from swarmwire.gateway.message import RequestRefused
from swarmwire.policy import ClientLimits

_MEGABYTE: Final = 1 << 20
_LARGEST_BODY: Final = 8 * _MEGABYTE
"""More than a manager takes in one request (4 MiB), with room for base64."""
_SMALL_HEAD: Final = 16 << 10
"""Bytes of a head that nobody counts: those of all connections together are little."""
_PATIENCE: Final = 300.0
"""Seconds in which a body has to come."""


def _size(count: int) -> str:
    return f"{count // _MEGABYTE} MiB" if count % _MEGABYTE == 0 else f"{count} bytes"


class RequestBody:
    """The body of a request, and what of a client's room it and its head take."""

    def __init__(self, limits: ClientLimits | None) -> None:
        self._pieces: list[bytes] = []
        self._limits = limits
        self._size = 0

    def hold_head(self, request: web.BaseRequest) -> None:
        """Count the head, which may be as large as a body, and is there until it is answered.

        Raises:
            RequestRefused: 429: there is no room for it.
        """
        headers = sum(len(name) + len(value) for name, value in request.raw_headers)
        size = len(request.raw_path) + headers
        if size > _SMALL_HEAD:
            self._hold(size)

    async def read(self, request: web.BaseRequest) -> None:
        """Read all of it.

        Raises:
            RequestRefused: 413: it is too large; 408: it does not come; 429: its client has sent
                too many others that are being answered, or have not come as a whole.
            RequestPayloadError: it is no HTTP.
        """
        if request.headers.get("Expect", "").lower() == "100-continue" and request.transport:
            request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        limits = self._limits
        largest = _LARGEST_BODY if limits is None else min(_LARGEST_BODY, limits.body)
        too_large = RequestRefused(413, f"the body is larger than {_size(largest)}")
        size = 0
        if (request.content_length or 0) > largest:
            raise too_large
        try:
            async with asyncio.timeout(_PATIENCE):
                async for piece in request.content.iter_any():
                    size += len(piece)
                    if size > largest:
                        raise too_large
                    self._hold(len(piece))
                    self._pieces.append(piece)
        except TimeoutError:
            text = f"the body did not come within {_PATIENCE:.0f} s"
            raise RequestRefused(408, text) from None

    def _hold(self, count: int) -> None:
        if self._limits is not None and not self._limits.hold(count):
            raise RequestRefused(429, "too many large requests at once")
        self._size += count

    def whole(self) -> bytes:
        """All that has come."""
        body = b"".join(self._pieces)
        self._pieces.clear()
        return body

    def let_go(self) -> None:
        """It is not needed any more."""
        if self._limits is not None:
            self._limits.let_go(self._size)
        self._size = 0
