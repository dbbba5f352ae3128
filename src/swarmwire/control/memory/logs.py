"""Lines that tasks wrote, as a manager gives them out. Source: SwarmKit logbroker."""

from collections.abc import AsyncGenerator, Sequence

from swarmwire import pb
from swarmwire.control.errors import control_error
from swarmwire.control.memory.store import Feed


async def subscribed(
    written: Sequence[pb.LogMessage], feed: Feed, request: pb.SubscribeLogsRequest
) -> AsyncGenerator[pb.SubscribeLogsMessage, None]:
    """The lines of the tasks and services that are selected."""
    if not request.HasField("selector"):
        raise control_error("InvalidArgument", "log selector must be provided")
    if not request.selector.ByteSize():
        raise control_error("InvalidArgument", "log selector must not be empty")
    if request.options.tail > 0:
        return
    before = _last([line for line in written if _selected(line, request)], request.options.tail)
    if not request.options.follow:
        if before:
            yield pb.SubscribeLogsMessage(messages=before)
        return
    with feed.listening() as queue:
        if before:
            yield pb.SubscribeLogsMessage(messages=before)
        while True:
            wanted = [line for line in await queue.get() if _selected(line, request)]
            if wanted:
                yield pb.SubscribeLogsMessage(messages=wanted)


def _selected(line: pb.LogMessage, request: pb.SubscribeLogsRequest) -> bool:
    selector, options, context = request.selector, request.options, line.context
    return (
        (
            context.service_id in selector.service_ids
            or context.task_id in selector.task_ids
            or context.node_id in selector.node_ids
        )
        and (not options.streams or line.stream in options.streams)
        and (not options.HasField("since") or _moment(line.timestamp) >= _moment(options.since))
    )


def _moment(time: pb.Timestamp) -> tuple[int, int]:
    return time.seconds, time.nanos


def _last(lines: list[pb.LogMessage], tail: int) -> list[pb.LogMessage]:
    """Of each task all lines for 0, none for -1, and the last n for -(n + 1)."""
    if tail == 0:
        return lines
    left = dict.fromkeys((line.context.task_id for line in lines), -tail - 1)
    found = []
    for line in reversed(lines):
        if left[line.context.task_id]:
            left[line.context.task_id] -= 1
            found.append(line)
    return found[::-1]
