"""The run of ``logs``: lines of tasks as they come, with the names of those who wrote them."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from swarmwire import pb
from swarmwire.cli.tables import short
from swarmwire.cli.times import to_the_nanosecond
from swarmwire.cli.writing import write
from swarmwire.control import KINDS, Control, NoSuchObject, NotFound, resolve
from swarmwire.control.kinds import task_name

STDOUT: Final = pb.LogStream.Value("LOG_STREAM_STDOUT")
STDERR: Final = pb.LogStream.Value("LOG_STREAM_STDERR")


class WantedLines(NamedTuple):
    """Which lines, and how they are shown."""

    follow: bool = False
    tail: int | None = None
    since: pb.Timestamp | None = None
    timestamps: bool = False
    streams: frozenset[int] = frozenset({STDOUT, STDERR})
    prefix: bool = True

    @property
    def cuts_itself(self) -> bool:
        """Whether the last lines have to be found here.

        Nodes count the lines of both streams. While lines are followed it is left at that: nothing
        tells where the old ones end.
        """
        return self.tail is not None and len(self.streams) == 1 and not self.follow


async def show_logs(control: Control, names: Sequence[str], wanted: WantedLines) -> None:
    """Write the lines of services and tasks.

    Raises:
        NoSuchObject: a name is of neither.
        ControlError: a part of the logs could not be had.
    """
    selector = await _selector(control, names)
    request = pb.SubscribeLogsRequest(selector=selector, options=_options(wanted))
    writer = _Writer(control, wanted)
    kept: dict[str, deque[pb.LogMessage]] = {}
    try:
        async for answer in control.subscribe_logs(request):
            for message in answer.messages:
                if message.stream not in wanted.streams:
                    continue
                if wanted.cuts_itself:
                    last: deque[pb.LogMessage] = deque(maxlen=wanted.tail)
                    kept.setdefault(message.context.task_id, last).append(message)
                else:
                    await writer.write(message)
    finally:
        for lines in kept.values():
            await writer.write_all(lines)


def _options(wanted: WantedLines) -> pb.LogSubscriptionOptions:
    """The options; agents crash without, and know only of a tail below zero."""
    options = pb.LogSubscriptionOptions(
        follow=wanted.follow, streams=["LOG_STREAM_STDOUT", "LOG_STREAM_STDERR"]
    )
    if wanted.tail is not None and not wanted.cuts_itself:
        options.tail = -wanted.tail - 1
    if wanted.since is not None:
        options.since.CopyFrom(wanted.since)
    return options


async def _selector(control: Control, names: Sequence[str]) -> pb.LogSelector:
    """Services and tasks; never nodes, which managers crash on."""
    selector = pb.LogSelector()
    for name in names:
        try:
            selector.service_ids.append((await resolve(control, KINDS["service"], name)).id)
        except NoSuchObject:
            selector.task_ids.append((await _task(control, name)).id)
    return selector


async def _task(control: Control, name: str) -> Any:
    try:
        return await resolve(control, KINDS["task"], name)
    except NoSuchObject as err:
        raise NoSuchObject(f"no service and no task is called {name}") from err


class _Writer:
    """Writes lines, and looks up the names of tasks and hosts when it first meets them."""

    def __init__(self, control: Control, wanted: WantedLines) -> None:
        self._control = control
        self._wanted = wanted
        self._prefixes: dict[tuple[str, str], str] = {}

    async def write_all(self, messages: Iterable[pb.LogMessage]) -> None:
        for message in messages:
            await self.write(message)

    async def write(self, message: pb.LogMessage) -> None:
        begin = await self._prefix(message.context) if self._wanted.prefix else ""
        if self._wanted.timestamps:
            begin += f"{to_the_nanosecond(message.timestamp)} "
        data = begin.encode() + message.data
        write(data, line=not data.endswith(b"\n"), error=message.stream == STDERR)

    async def _prefix(self, context: pb.LogContext) -> str:
        key = context.task_id, context.node_id
        if key not in self._prefixes:
            name, host = await self._names(context)
            self._prefixes[key] = f"{name}.{short(context.task_id)}@{host} | "
        return self._prefixes[key]

    async def _names(self, context: pb.LogContext) -> tuple[str, str]:
        name, host = short(context.service_id), short(context.node_id)
        try:
            name = task_name(await KINDS["task"].read(self._control, context.task_id)) or name
            node = await KINDS["node"].read(self._control, context.node_id)
            host = node.description.hostname or host
        except NotFound:
            pass  # its record is gone; its lines are not
        return name, host
