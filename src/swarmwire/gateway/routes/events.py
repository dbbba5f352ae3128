"""The stream of events. Source: moby daemon/server/router/system/system_routes.go, getEvents."""

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Final

from swarmwire.gateway.context import GatewayContext
from swarmwire.gateway.feed import SwarmEvent, sees_event
from swarmwire.gateway.filters import Filters
from swarmwire.gateway.message import JSON, RequestRefused, Response
from swarmwire.gateway.routes.listing import filters_of
from swarmwire.gateway.routing import RoutedRequest
from swarmwire.gateway.view import refuse_unreadable

_LINES: Final = "application/jsonl"
_SEQUENCE: Final = "application/json-seq"
_STREAMS: Final = (_LINES, "application/x-ndjson", _SEQUENCE)
_LINES_SINCE: Final = (1, 52)
_RECORD_SEPARATOR: Final = b"\x1e"


async def stream_events(context: GatewayContext, routed: RoutedRequest) -> Response:
    """Events that were, then those that come, until a time or for ever."""
    refuse_unreadable(routed.request.permission, "events")
    parameters = routed.parameters
    parameters.refuse_malformed()
    since = _time(context, routed, "since")
    until = _time(context, routed, "until")
    if until is not None and since is not None and until < since:
        given = (parameters.text("since"), parameters.text("until"))
        text = f"`since` time ({given[0]}) cannot be after `until` time ({given[1]})"
        raise RequestRefused(400, text)
    filters = filters_of(context, routed)
    context.mirror.refuse_stale()
    kind = _LINES if routed.version >= _LINES_SINCE and context.release.has("29.0") else JSON
    kind = _accepted(routed.request.headers.get("accept", "")) or kind
    written = _written(context, routed, filters, since, until)
    prefix = _RECORD_SEPARATOR if kind == _SEQUENCE else b""
    return Response(200, (), {"Content-Type": kind}, _prefixed(written, prefix))


def _time(context: GatewayContext, routed: RoutedRequest, name: str) -> int | None:
    """A time in nanoseconds since 1970; in the last second before, older releases see none."""
    if context.release.has("29.0"):
        return routed.parameters.unix_time(name, "'")
    found = routed.parameters.older_unix_time(name)
    return None if found is not None and found // 10**9 == -1 else found


async def _prefixed(
    events: AsyncGenerator[SwarmEvent, None], prefix: bytes
) -> AsyncGenerator[bytes, None]:
    try:
        async for event in events:
            yield prefix + event.data
    finally:
        await events.aclose()


async def _written(
    context: GatewayContext,
    routed: RoutedRequest,
    filters: Filters,
    since: int | None,
    until: int | None,
) -> AsyncGenerator[SwarmEvent, None]:
    permission = routed.request.permission
    left = None if until is None else max((until - time.time_ns()) / 1e9, 0.0)
    ends = asyncio.get_running_loop().time() + left if left is not None else None
    with context.feed.listening() as queue:
        for event in context.feed.kept(since, until):
            if event.passes(filters) and sees_event(permission, event):
                yield event
        if left == 0:
            return
        while True:
            coming = await _next(context, queue, ends)
            if coming is None:
                return
            if coming.passes(filters) and sees_event(permission, coming):
                yield coming


async def _next(
    context: GatewayContext, queue: "asyncio.Queue[SwarmEvent | None]", ends: float | None
) -> SwarmEvent | None:
    """The next event; None if there are no more: it is time, or the gateway closes."""
    closing = asyncio.ensure_future(context.closing.wait())
    coming = asyncio.ensure_future(queue.get())
    try:
        now = asyncio.get_running_loop().time()
        await asyncio.wait(
            {closing, coming},
            timeout=None if ends is None else max(ends - now, 0),
            return_when=asyncio.FIRST_COMPLETED,
        )
        return coming.result() if coming.done() else None
    finally:
        closing.cancel()
        coming.cancel()


def _accepted(header: str) -> str:
    """The stream's own type that a client likes most; empty if it names none."""
    best, found = 0.0, ""
    for part in header.split(","):
        kind, *parameters = (each.strip() for each in part.split(";"))
        quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        try:
            value = float(quality)
        except ValueError:
            continue
        if kind in _STREAMS and value > best:
            best, found = value, kind
    return found
