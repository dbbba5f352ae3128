"""Logs of services and tasks, in frames.

Source: moby daemon/server/router/swarm/helpers.go, swarmLogs; daemon/cluster/services.go,
ServiceLogs; daemon/server/httputils/logstream.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import quote_plus

from swarmwire import pb
from swarmwire.errors import SwarmwireError
from swarmwire.gateway.context import GatewayContext
from swarmwire.gateway.message import RequestRefused, Response
from swarmwire.gateway.parameters import int64
from swarmwire.gateway.refusals import refusal_of
from swarmwire.gateway.routing import Handler, RoutedRequest
from swarmwire.gateway.view import refuse_unreadable

_NAMES: Final = ("LOG_STREAM_STDOUT", "LOG_STREAM_STDERR")
_STDOUT, _STDERR = map(pb.LogStream.Value, _NAMES)
_FRAMES: Final = {_STDOUT: 1, _STDERR: 2}
_SYSTEM: Final = 3
_TYPED_SINCE: Final = (1, 42)
_CONTEXT: Final = "com.docker.swarm"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_1: Final = -62_135_596_800
_YEAR_10000: Final = 253_402_300_800


class LogOptions(NamedTuple):
    """What is shown of each line.

    Attributes:
        streams: which of the two.
        timestamps: whether its time stands before it.
        details: whether its attributes do.
        framed: whether each line is a frame; not so those of terminals.
    """

    streams: frozenset[int]
    timestamps: bool
    details: bool
    framed: bool


def logs_of(kind: str) -> Handler:
    """What streams the logs of a service or a task."""

    async def handle(context: GatewayContext, routed: RoutedRequest) -> Response:
        return await _stream_logs(context, routed, kind)

    return handle


async def _stream_logs(context: GatewayContext, routed: RoutedRequest, kind: str) -> Response:
    refuse_unreadable(routed.request.permission, "logs")
    parameters = routed.parameters
    parameters.refuse_malformed()
    wanted = {_STDOUT: parameters.loose("stdout"), _STDERR: parameters.loose("stderr")}
    streams = frozenset(stream for stream, shown in wanted.items() if shown)
    if not streams:
        _refuse_streamless(context)
    is_older = not context.release.has("29.0")
    # older releases look at the service first, then at its tasks and at the parameters
    since = None if is_older else parameters.unix_time("since", '"')
    view = context.view(routed)
    one = await view.found_anywhere(context.control, kind, routed.variables["id"])
    spec = one.spec.task if kind == "service" else one.spec
    if is_older:
        _refuse_without_container(spec)
    tail = _tail(parameters.text("tail"))
    if is_older:
        since = parameters.older_unix_time("since", "could not parse since timestamp: ")
    _refuse_beyond_years(since)
    _refuse_without_container(spec)
    request = pb.SubscribeLogsRequest(
        selector=pb.LogSelector(**{f"{kind}_ids": [one.id]}),
        options=pb.LogSubscriptionOptions(
            follow=parameters.loose("follow"),
            streams=[name for name in _NAMES if pb.LogStream.Value(name) in streams],
            tail=tail,
        ),
    )
    if since is not None:
        request.options.since.seconds, request.options.since.nanos = divmod(since, 10**9)
    is_typed = routed.version >= _TYPED_SINCE and not spec.container.tty
    options = LogOptions(
        streams, parameters.loose("timestamps"), parameters.loose("details"), not spec.container.tty
    )
    name = "multiplexed" if is_typed else "raw"
    headers = {"Content-Type": f"application/vnd.docker.{name}-stream"}
    if not context.release.has("23.0"):
        headers = {}
    return Response(200, (), headers, _lines(context, request, options))


def _refuse_streamless(context: GatewayContext) -> None:
    if context.release.has("29.0"):
        raise RequestRefused(400, "must specify at least one of 'stdout' or 'stderr'")
    raise RequestRefused(500, "Bad parameters: you must choose at least one stream")


def _refuse_without_container(spec: pb.TaskSpec) -> None:
    if not spec.HasField("container"):
        text = "error making log selector: logs only supported on container tasks"
        raise RequestRefused(500, text)


def _refuse_beyond_years(since: int | None) -> None:
    """Refuse what no message can say. Source: gogo/protobuf types/timestamp.go."""
    if since is None or _YEAR_1 <= since // 10**9 < _YEAR_10000:
        return
    seconds, nanos = divmod(since, 10**9)
    end = "before 0001-01-01" if seconds < _YEAR_1 else "after 10000-01-01"
    stamp = f"&types.Timestamp{{Seconds: {seconds},\nNanos: {nanos},\n}}"
    raise RequestRefused(500, f"could not parse timestamp to proto: timestamp: {stamp} {end}")


def _tail(text: str) -> int:
    """How a manager is told of the last lines: below zero; 0 is all.

    Raises:
        RequestRefused: 500.
    """
    if text in ("", "all"):
        return 0
    try:
        lines = int64(text)
    except ValueError:
        raise RequestRefused(500, 'tail value must be a positive integer or "all"') from None
    if lines < 0:
        raise RequestRefused(500, "negative tail values not supported")
    return -lines - 1


async def _lines(
    context: GatewayContext, request: pb.SubscribeLogsRequest, options: LogOptions
) -> AsyncGenerator[bytes, None]:
    """The lines; the stream ends when the gateway closes."""
    try:
        async with aclosing(context.control.subscribe_logs(request)) as answers:
            while True:
                answer = await _next(context, answers)
                if answer is None:
                    return
                data = b"".join(_line(message, options) for message in answer.messages)
                if data:
                    yield data
    except SwarmwireError as err:
        text = f"Error grabbing logs: {refusal_of(err).text}\n".encode()
        yield _frame(_SYSTEM, text) if options.framed else text


async def _next(
    context: GatewayContext, answers: AsyncGenerator[pb.SubscribeLogsMessage, None]
) -> pb.SubscribeLogsMessage | None:
    coming = asyncio.ensure_future(anext(answers, None))
    closing = asyncio.ensure_future(context.closing.wait())
    try:
        await asyncio.wait({coming, closing}, return_when=asyncio.FIRST_COMPLETED)
        return await coming if coming.done() else None
    finally:
        closing.cancel()
        if not coming.done():
            coming.cancel()
            await asyncio.wait({coming})


def _line(message: pb.LogMessage, options: LogOptions) -> bytes:
    if message.stream not in options.streams:
        return b""
    line: bytes = message.data
    if options.details:
        line = _attributes(message).encode() + b" " + line
    if options.timestamps:
        line = _fixed_time(message.timestamp).encode() + b" " + line
    return _frame(_FRAMES[message.stream], line) if options.framed else line


def _attributes(message: pb.LogMessage) -> str:
    found = [(each.key, each.value) for each in message.attrs]
    own = message.context
    ids = {"node": own.node_id, "service": own.service_id, "task": own.task_id}
    context = {f"{_CONTEXT}.{word}.id": id_ for word, id_ in ids.items()}
    pairs = [pair for pair in found if pair[0] not in context] + list(context.items())
    escape: Callable[[Any], str] = quote_plus
    return ",".join(f"{escape(key)}={escape(value)}" for key, value in sorted(pairs))


def _frame(stream: int, payload: bytes) -> bytes:
    return bytes((stream, 0, 0, 0)) + len(payload).to_bytes(4, "big") + payload


def _fixed_time(stamp: pb.Timestamp) -> str:
    """RFC 3339 with nine digits, in UTC. Source: moby, rfc3339NanoFixed."""
    whole = _EPOCH + timedelta(seconds=stamp.seconds)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{stamp.nanos:09}Z"
