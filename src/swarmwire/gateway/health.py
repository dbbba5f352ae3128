"""Whether a gateway lives, whether it is ready, and its metrics: on an address of its own.

Clients of the API never see it.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from swarmwire.gateway.counts import RequestCounts
from swarmwire.gateway.door import Door
from swarmwire.gateway.gateway import Gateway
from swarmwire.gateway.listeners import Listener, ListenerError, OpenToAnybody
from swarmwire.gateway.message import RequestRefused
from swarmwire.gateway.metrics import CONTENT_TYPE, GatewayMetrics
from swarmwire.gateway.newcomers import Newcomers

_PLAIN: Final = "text/plain; charset=utf-8"
_MOST: Final = 100
"""Connections at once: whoever asks for metrics has one."""


@asynccontextmanager
async def health_served(gateway: Gateway, listener: Listener) -> AsyncIterator[str]:
    """Answer ``/healthz``, ``/readyz`` and ``/metrics`` meanwhile; the address.

    It may begin before the gateway runs and end after it: then it is alive and not ready.

    Raises:
        ListenerError: the address cannot be bound.
    """
    door = _door(gateway, listener)
    try:
        door.open()
        yield door.address
    finally:
        await door.close(drain=1.0)


def _door(gateway: Gateway, listener: Listener) -> Door:
    try:
        return Door(_HealthPages(gateway).handle, listener, RequestCounts(), Newcomers(_MOST))
    except OpenToAnybody as err:
        reason = "without TLS anybody who reaches this address would read the metrics"
        raise ListenerError(listener.address, reason) from err


class _HealthPages:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._metrics = GatewayMetrics(gateway)
        self._pages: dict[str, Callable[[], web.Response]] = {
            "/healthz": lambda: _text(200, "alive"),
            "/readyz": self._readiness,
            "/metrics": self._exposition,
        }

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        page = self._pages.get(request.raw_path.partition("?")[0])
        if page is None:
            return _text(404, f"there are {', '.join(self._pages)}")
        if request.method not in ("GET", "HEAD"):
            return _text(405, "this is only read")
        return page()

    def _readiness(self) -> web.Response:
        if self._gateway.closing.is_set():
            return _text(503, "not ready: it is ending")
        try:
            self._gateway.mirror.refuse_stale()
        except RequestRefused as err:
            return _text(err.status, f"not ready: {err.text}")
        return _text(200, "ready")

    def _exposition(self) -> web.Response:
        headers = {"Content-Type": CONTENT_TYPE}
        return web.Response(body=self._metrics.text(), headers=headers)


def _text(status: int, text: str) -> web.Response:
    return web.Response(status=status, body=f"{text}\n".encode(), headers={"Content-Type": _PLAIN})
