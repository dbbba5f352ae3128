"""Whether a gateway lives, whether it is ready, and its metrics: on an address of its own.

Clients of the API never see it.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from swarmwire.gateway.counts import RequestCounts
from swarmwire.gateway.gateway import Gateway
from swarmwire.gateway.listeners import Listener
from swarmwire.gateway.message import RequestRefused
from swarmwire.gateway.metrics import CONTENT_TYPE, GatewayMetrics
from swarmwire.gateway.server import Door

_PLAIN: Final = "text/plain; charset=utf-8"


@asynccontextmanager
async def health_served(gateway: Gateway, listener: Listener) -> AsyncIterator[str]:
    """Answer ``/healthz``, ``/readyz`` and ``/metrics`` meanwhile; the address.

    It may begin before the gateway runs and end after it: then it is alive and not ready.

    Raises:
        ListenerError: the address cannot be bound.
    """
    door = Door(_HealthPages(gateway).handle, listener, RequestCounts())
    try:
        await door.open()
        yield door.address
    finally:
        await door.close(drain=1.0)


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
