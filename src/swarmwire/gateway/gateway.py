"""The gateway: the Swarm part of the Docker Engine API over any Control, without a server.

gateway = Gateway(partial(connect, secrets=True))
async with gateway.running():
    response = await gateway.respond(Request("GET", "/v1.51/services"))
"""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import suppress
from math import ceil
from pathlib import Path
from traceback import extract_tb
from typing import Any, Final

from swarmwire.control import ControlError
from swarmwire.engine.versions import parse_version
from swarmwire.errors import SwarmwireError
from swarmwire.gateway.context import GatewayContext
from swarmwire.gateway.message import Request, RequestRefused, Response, error_response
from swarmwire.gateway.refusals import refusal_of
from swarmwire.gateway.routes.table import ROUTES
from swarmwire.gateway.routing import (
    PLAIN_BEFORE,
    MalformedPath,
    MovedPath,
    Route,
    RoutedRequest,
    Router,
)
from swarmwire.gateway.streams import EndingStream
from swarmwire.gateway.view import ClientView
from swarmwire.gateway.work import MeasuredWork
from swarmwire.policy import AuditFailed, ClientLimits
from swarmwire.releases.quirks import does

_log: Final = logging.getLogger("swarmwire.gateway")

_READS: Final = ("GET", "HEAD", "OPTIONS")
_PATIENCE: Final = 20.0
"""Seconds for which a request waits because its client has had its share of the gateway."""
_SHORT: Final = 200
"""Characters of a path of which the route is told although it is refused: others take long."""
_ALWAYS: Final = re.compile(r"(?:/v[0-9.]{1,9})?/_ping")
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
        self._streams: dict[EndingStream, Callable[[], bool]] = {}
        # Clients of whom a write may begin, and has not: what it takes nobody knows yet.
        self._let_in: set[ClientLimits | None] = set()
        self._router = Router(ROUTES, self.release)

    async def respond(self, request: Request) -> Response:
        """Answer a request. Never raises but when it is cancelled."""
        seconds = _excess(request) or await self._wait_for_others(request)
        if seconds > 0:
            return self._too_many(request, seconds)
        return await _charged(request, self._respond(request))

    async def _respond(self, request: Request) -> Response:
        try:
            found = self._router.find(request)
        except MovedPath as err:
            return Response(301, headers={"Location": err.location})
        except MalformedPath as err:
            headers = {"Content-Type": "text/plain; charset=utf-8", "Connection": "close"}
            return Response(err.status, [err.text.encode()], headers)
        except RequestRefused as err:
            return error_response(err.status, err.text)
        if found is None:
            # newer releases tell it as JSON whatever the version is
            version = "" if self.release.has("26.1") else self._router.version_of(request)
            return self._refused(RequestRefused(404, "page not found"), version)
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
            return self._with_headers(self._refused(err, version), is_served=False)
        if self.audit is not None:
            routed = routed._replace(trail=self.audit.begin(request, str(route.template)))
        if self.observed is not None:
            self.observed(route, routed)
        return self._with_headers(await self._handled(route, routed, version))

    def end_outdated_streams(self) -> int:
        """End the streams of clients that are no more what they were; how many there were."""
        outdated = [stream for stream, holds in self._streams.items() if not holds()]
        for stream in outdated:
            stream.end()
        return len(outdated)

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
        task = asyncio.ensure_future(_charged(routed.request, self._begun(routed.request, work)))
        self._let_in.add(routed.request.limits)
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            _kept_until(task, routed.request)
            raise

    async def _begun(self, request: Request, work: Coroutine[Any, Any, Response]) -> Response:
        """What a write does; its client's next request is let in once its first step is charged."""
        self._let_in.discard(request.limits)
        return await work

    async def _answered(self, route: Route, routed: RoutedRequest, version: str) -> Response:
        """The answer, recorded, or the reason why there is none."""
        response = await self._tried(route, routed, version)
        limits, stream = routed.request.limits, response.stream
        if stream is not None:
            if limits is None or limits.open_stream():
                response.stream = self._opened_stream(stream, routed.request)
            else:
                await stream.aclose()
                response = self._refused(RequestRefused(429, "too many streams at once"), version)
        if routed.trail is not None:
            try:
                routed.trail.answered(response.status, self.mirror)
            except RequestRefused as err:
                if response.stream is not None:
                    await response.stream.aclose()
                response = self._refused(err, version)
        return response

    def _opened_stream(self, inner: AsyncGenerator[bytes, None], request: Request) -> EndingStream:
        def ended() -> None:
            self._streams.pop(stream, None)
            if request.limits is not None:
                request.limits.close_stream()

        stream = EndingStream(inner, ended)
        self._streams[stream] = request.still_holds
        return stream

    async def _tried(self, route: Route, routed: RoutedRequest, version: str) -> Response:
        try:
            self.refuse_former(routed)
            return await route.handler(self, routed)
        except ControlError as err:
            # whatever the manager says, it does not say it to this client alone
            view = ClientView(self.mirror, self.release, routed.request.permission)
            refused = refusal_of(err)
            told = RequestRefused(refused.status, view.told(refused.text))
            return self._refused(told, version)
        except SwarmwireError as err:
            return self._refused(refusal_of(err), version)
        except Exception as err:  # noqa: BLE001 - whatever it is, its text may hold what was sent
            _log_failure(route, err)
            return error_response(500, "the gateway failed; its log says where")

    async def _wait_for_others(self, request: Request) -> float:
        """Let others come first if the client has had its share; what is left of that after long.

        To be slow is better than to refuse: who deploys a stack does not ask again.
        """
        if request.limits is None or _ALWAYS.fullmatch(request.path):
            return 0.0
        patience = _PATIENCE
        while not self.closing.is_set():
            if request.limits in self._let_in:
                await asyncio.sleep(0)
                continue
            seconds = request.limits.rest()
            if seconds <= 0:
                break
            patience -= seconds
            if patience < 0:
                return seconds
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.closing.wait()
        return 0.0

    def _too_many(self, request: Request, seconds: float) -> Response:
        route = self._route_of(request)
        self._record_turned_away(request, route, 429)
        what = "connections" if request.is_surplus else "requests, or too much work at once"
        text = f"too many {what}: the policy says how many there may be"
        response = error_response(429, text)
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
        """The route of a request that is not looked at: it is not to cost much."""
        if len(request.path) > _SHORT:
            return None
        try:
            found = self._router.find(request)
        except RequestRefused:
            return None
        return found[0] if found else None

    def _refused(self, refused: RequestRefused, version: str) -> Response:
        """The error as JSON, or as plain text for clients that are older than that."""
        is_older = version and parse_version(version) < PLAIN_BEFORE
        if not is_older or does(self.release, "json-errors-for-all"):
            return error_response(refused.status, refused.text, self.release)
        headers = {
            "Content-Type": "text/plain; charset=utf-8",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(refused.status, (f"{refused.text}\n".encode(),), headers)

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


def _excess(request: Request) -> float:
    """In how many seconds a client that asks or has too much may ask again; else 0."""
    if request.limits is None or _ALWAYS.fullmatch(request.path):
        return 0.0
    return 1.0 if request.is_surplus else request.limits.request()


async def _charged(request: Request, work: Coroutine[Any, Any, Response]) -> Response:
    """What comes of some work, with which the client is charged."""
    if request.limits is None:
        return await work
    return await MeasuredWork(work, request.limits.worked)


def _kept_until(task: asyncio.Future[Response], request: Request) -> None:
    """Count the body of a write whose client has left as the client's until the write is done."""
    limits, size = request.limits, len(request.body)
    if limits is not None and not task.done():
        limits.keep(size)
        task.add_done_callback(lambda _: limits.let_go(size))


def _log_failure(route: Route, err: Exception) -> None:
    """Say where it failed, and nothing of what was sent: no path, no values."""
    last = extract_tb(err.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    _log.error("%s failed: %s at %s", route, type(err).__name__, place)


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
