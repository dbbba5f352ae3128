"""The gateway: the Swarm part of the Docker Engine API over any Control, without a server.

gateway = Gateway(partial(connect, secrets=True))
async with gateway.running():
    response = await gateway.respond(Request("GET", "/v1.51/services"))
"""

import asyncio
import logging
from contextlib import suppress
from math import ceil
from pathlib import Path
from traceback import extract_tb
from typing import Any, Final

from swarmwire.control import ControlError
from swarmwire.engine.versions import OLDEST, parse_version
from swarmwire.errors import SwarmwireError
from swarmwire.gateway.context import GatewayContext
from swarmwire.gateway.message import Request, RequestRefused, Response, error_response
from swarmwire.gateway.refusals import refusal_of
from swarmwire.gateway.routes.table import ROUTES
from swarmwire.gateway.routing import PLAIN_BEFORE, MovedPath, Route, RoutedRequest, Router
from swarmwire.gateway.streams import EndingStream
from swarmwire.gateway.view import ClientView
from swarmwire.policy import AuditFailed

_log: Final = logging.getLogger("swarmwire.gateway")

_READS: Final = ("GET", "HEAD")
_ALWAYS: Final = "/_ping"
"""It is answered however often somebody asks: some clients never recover otherwise."""

DRY_RUN_HEADER: Final = "X-Swarmwire-Dry-Run"
"""Whether a write is answered with its plan, and not sent: ``1``."""

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
        except RequestRefused as err:
            if (seconds := self._excess(request, None)) > 0:
                return self._too_many(request, None, seconds)
            if isinstance(err, MovedPath):
                return Response(301, headers={"Location": err.location})
            return error_response(err.status, err.text)
        route = found[0] if found else None
        if (seconds := self._excess(request, route)) > 0:
            return self._too_many(request, route, seconds)
        if request.method == "OPTIONS":
            return self._with_headers(Response())
        if found is None:
            return error_response(404, "page not found")
        route, variables, version = found
        response = await self._respond_at(route, version, request, variables)
        response.route = (route.method, route.template)
        return response

    async def _respond_at(
        self, route: Route, version: str, request: Request, variables: dict[str, str]
    ) -> Response:
        try:
            routed = self._router.routed(request, route, variables, version)
            routed = routed._replace(is_dry_run=_is_dry_run(request, route))
        except RequestRefused as err:
            return self._with_headers(_refused(err, version), is_served=False)
        if self.audit is not None:
            routed = routed._replace(trail=self.audit.begin(request, str(route.template)))
        if self.observed is not None:
            self.observed(route, routed)
        return self._with_headers(await self._handled(route, routed, version))

    def turn_away(self, request: Request) -> Response:
        """The answer to somebody whom the policy does not know."""
        self._record_turned_away(request, self._route_of(request), 403)
        response = error_response(
            403, "the policy does not know you, or takes you for several clients"
        )
        return self._with_headers(response, is_served=False)

    async def _handled(self, route: Route, routed: RoutedRequest, version: str) -> Response:
        """The answer. A write is finished although its client leaves, as an engine does."""
        work = self._answered(route, routed, version)
        if route.method in _READS:
            return await work
        task = asyncio.ensure_future(work)
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)
        return await asyncio.shield(task)

    async def _answered(self, route: Route, routed: RoutedRequest, version: str) -> Response:
        """The answer, recorded, or the reason why there is none."""
        response = await self._tried(route, routed, version)
        limits, stream = routed.request.limits, response.stream
        if stream is not None and limits is not None:
            counted = EndingStream(stream, limits)
            if counted.is_allowed:
                response.stream = counted
            else:
                await counted.aclose()
                response = _refused(RequestRefused(429, "too many streams at once"), version)
        if routed.trail is not None:
            try:
                routed.trail.answered(response.status, self.mirror)
            except RequestRefused as err:
                if response.stream is not None:
                    await response.stream.aclose()
                response = _refused(err, version)
        return response

    async def _tried(self, route: Route, routed: RoutedRequest, version: str) -> Response:
        try:
            return await route.handler(self, routed)
        except ControlError as err:
            # whatever the manager says, it does not say it to this client alone
            view = ClientView(self.mirror, self.release, routed.request.permission)
            refused = refusal_of(err)
            return _refused(RequestRefused(refused.status, view.told(refused.text)), version)
        except SwarmwireError as err:
            return _refused(refusal_of(err), version)
        except Exception as err:  # noqa: BLE001 - whatever it is, its text may hold what was sent
            _log_failure(route, err)
            return error_response(500, "the gateway failed; its log says where")

    def _excess(self, request: Request, route: Route | None) -> float:
        """In how many seconds a client that asks too often may ask again; 0 if it does not."""
        if request.limits is None or (route is not None and route.template == _ALWAYS):
            return 0.0
        return request.limits.request()

    def _too_many(self, request: Request, route: Route | None, seconds: float) -> Response:
        self._record_turned_away(request, route, 429)
        response = error_response(429, "too many requests: the policy says how many there may be")
        response.headers["Retry-After"] = str(ceil(seconds))
        if route is not None:
            response.route = (route.method, route.template)
        return self._with_headers(response, is_served=False)

    def _record_turned_away(self, request: Request, route: Route | None, status: int) -> None:
        if self.audit is None:
            return
        with suppress(AuditFailed):  # it is refused in any case
            self.audit.turned_away(request, "" if route is None else route.template, status)

    def _route_of(self, request: Request) -> Route | None:
        try:
            found = self._router.find(request)
        except RequestRefused:
            return None
        return found[0] if found else None

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


def _is_dry_run(request: Request, route: Route) -> bool:
    """Whether nothing is to be written.

    Raises:
        RequestRefused: 400: nobody can tell what would come of it, so it is not written either.
    """
    asked = request.headers.get(DRY_RUN_HEADER.lower(), "")
    if asked in ("", "0") or route.method in _READS:
        return False
    if asked != "1":
        raise RequestRefused(400, f"{DRY_RUN_HEADER} must be 1 or 0")
    if not route.plans:
        text = "a dry run is of a service that is created or updated; nothing was written"
        raise RequestRefused(400, text)
    return True
