"""The gateway: the Swarm part of the Docker Engine API over any Control, without a server.

gateway = Gateway(partial(connect, secrets=True))
async with gateway.running():
    response = await gateway.respond(Request("GET", "/v1.51/services"))
"""

import asyncio
import logging
from pathlib import Path
from traceback import extract_tb
from typing import Any, Final

from swarmwire.engine.versions import OLDEST, parse_version
from swarmwire.errors import SwarmwireError
from swarmwire.gateway.context import GatewayContext
from swarmwire.gateway.message import Request, RequestRefused, Response, error_response
from swarmwire.gateway.refusals import refusal_of
from swarmwire.gateway.routes.table import ROUTES
from swarmwire.gateway.routing import PLAIN_BEFORE, MovedPath, Route, RoutedRequest, Router

_log: Final = logging.getLogger("swarmwire.gateway")

_READS: Final = ("GET", "HEAD")

STALE_HEADER: Final = "Swarmwire-Stale"
"""For how many seconds nothing was heard of the manager; there only if it is more than none."""


class Gateway(GatewayContext):
    """Answers requests of the Engine API. Its settings are those of its context."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._writes: set[asyncio.Future[Response]] = set()
        self._router = Router(ROUTES, self.release, OLDEST)

    async def respond(self, request: Request) -> Response:
        """Answer a request. Never raises but when it is cancelled."""
        try:
            found = self._router.find(request)
        except MovedPath as moved:
            return Response(301, headers={"Location": moved.location})
        except RequestRefused as err:
            return error_response(err.status, err.text)
        if request.method == "OPTIONS":
            return self._with_headers(Response())
        if found is None:
            return error_response(404, "page not found")
        route, variables, version = found
        is_served = False
        try:
            routed = self._router.routed(request, route, variables, version)
            is_served = True
            response = await self._handled(route, routed)
        except SwarmwireError as err:
            refused = refusal_of(err)
            response = _refused(refused, version)
        except Exception as err:  # noqa: BLE001 - whatever it is, its text may hold what was sent
            _log_failure(route, err)
            response = error_response(500, "the gateway failed; its log says where")
        response.route = (route.method, route.template)
        return self._with_headers(response, is_served=is_served)

    async def _handled(self, route: Route, routed: RoutedRequest) -> Response:
        """The answer. A write is finished although its client leaves, as an engine does."""
        work = route.handler(self, routed)
        if route.method in _READS:
            return await work
        task = asyncio.ensure_future(work)
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)
        return await asyncio.shield(task)

    def _with_headers(self, response: Response, *, is_served: bool = True) -> Response:
        headers = {
            "Api-Version": self.release.api_version,
            "Ostype": "linux",
            "Server": f"Docker/{self.release.version} (linux)",
        }
        if is_served:
            headers["Docker-Experimental"] = "false"
        age = self.mirror.age
        if age:
            headers[STALE_HEADER] = f"{age:.0f}"
        response.headers = headers | response.headers
        return response


def _log_failure(route: Route, err: Exception) -> None:
    """Say where it failed, and nothing of what was sent: no path, no values."""
    last = extract_tb(err.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    _log.error("%s failed: %s at %s", route, type(err).__name__, place)


def _refused(refused: RequestRefused, version: str) -> Response:
    if version and parse_version(version) < PLAIN_BEFORE:
        headers = {
            "Content-Type": "text/plain; charset=utf-8",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(refused.status, (f"{refused.text}\n".encode(),), headers)
    return error_response(refused.status, refused.text)
