"""What a manager stores: objects by kind and id, one counter of versions, a log of changes."""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from swarmwire import pb
from swarmwire.control.errors import control_error
from swarmwire.errors import InvalidSpec

CREATE, UPDATE, REMOVE = (
    pb.WatchActionKind.Value("WATCH_ACTION_CREATE"),
    pb.WatchActionKind.Value("WATCH_ACTION_UPDATE"),
    pb.WatchActionKind.Value("WATCH_ACTION_REMOVE"),
)
MANAGER = pb.NodeRole.Value("MANAGER")
RUNNING, COMPLETE = pb.TaskState.Value("RUNNING"), pb.TaskState.Value("COMPLETE")

KINDS: dict[str, type[pb.Message]] = {
    "cluster": pb.Cluster,
    "config": pb.Config,
    "extension": pb.Extension,
    "network": pb.Network,
    "node": pb.Node,
    "resource": pb.Resource,
    "secret": pb.Secret,
    "service": pb.Service,
    "task": pb.Task,
    "volume": pb.Volume,
}

_ID_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_FIRST_VERSION = 10


def new_id() -> str:
    """An id as SwarmKit makes them."""
    return "".join(secrets.choice(_ID_LETTERS) for _ in range(25))


def kind_of(stored: pb.Message) -> str:
    """The kind of an object: ``service``."""
    return next(kind for kind, message in KINDS.items() if type(stored) is message)


def as_answer(validate: Callable[[], None]) -> None:
    """Turn what a rule says into what a manager answers."""
    try:
        validate()
    except InvalidSpec as err:
        raise control_error(err.code, err.reason) from err


@dataclass
class Watcher:
    """Who is told of changes, in the loop that waits for them."""

    queue: "asyncio.Queue[Any]" = field(default_factory=asyncio.Queue)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)

    def tell(self, news: Any) -> None:
        """Hand something over, from whatever thread."""
        self.loop.call_soon_threadsafe(self.queue.put_nowait, news)


class Feed:
    """Tells everybody who listens."""

    def __init__(self) -> None:
        self._watchers: list[Watcher] = []

    def tell(self, news: Any) -> None:
        """Hand something to each listener."""
        for watcher in self._watchers:
            watcher.tell(news)

    @contextmanager
    def listening(self) -> Iterator["asyncio.Queue[Any]"]:
        """What is told from now on."""
        watcher = Watcher()
        self._watchers.append(watcher)
        try:
            yield watcher.queue
        finally:
            self._watchers.remove(watcher)


class Store:
    """The objects. Whatever is handed out is the stored one: copy it before it leaves."""

    def __init__(self) -> None:
        self.version = _FIRST_VERSION
        self.oldest = _FIRST_VERSION
        self.log: list[pb.WatchMessage] = []
        self.feed = Feed()
        self._objects: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}

    def all(self, kind: str) -> list[Any]:
        """Every object of a kind, by id."""
        return [one for _, one in sorted(self._objects[kind].items())]

    def get(self, kind: str, id_: str) -> Any | None:
        """The object, or None."""
        return self._objects[kind].get(id_)

    def put(self, *changed: Any, versioned: bool = True) -> None:
        """Store new and changed objects in one go. They are kept, so hand over copies."""
        events = [self._stored(one) for one in changed]
        self._commit(events, versioned=versioned)

    def remove(self, *removed: Any) -> None:
        """Take objects away in one go."""
        events = []
        for one in removed:
            kind = kind_of(one)
            del self._objects[kind][one.id]
            events.append(_event(REMOVE, kind, one))
        self._commit(events, versioned=True)

    def since(self, version: int) -> list[pb.WatchMessage]:
        """The changes after a version."""
        if version > self.version:
            raise control_error("Unknown", "versions are out of order")
        if version < self.oldest:
            raise control_error("Unknown", "requested index is unavailable due to compaction")
        return [message for message in self.log if message.version.index > version]

    def compact(self) -> None:
        """Forget the changes so far, as managers do from time to time."""
        self.log.clear()
        self.oldest = self.version

    def _stored(self, one: Any) -> pb.WatchMessage.Event:
        kind = kind_of(one)
        one.id = one.id or new_id()
        old = self._objects[kind].get(one.id)
        _set_now(one.meta.updated_at)
        created = one.meta.updated_at if old is None else old.meta.created_at
        one.meta.created_at.CopyFrom(created)
        one.meta.version.index = self.version
        self._objects[kind][one.id] = one
        event = _event(CREATE if old is None else UPDATE, kind, one)
        if old is not None:
            getattr(event.old_object, kind).CopyFrom(old)
        return event

    def _commit(self, events: list[pb.WatchMessage.Event], *, versioned: bool) -> None:
        self.version += 1
        message = pb.WatchMessage(events=events, version=pb.Version(index=self.version))
        self.log.append(message)
        live = pb.WatchMessage(events=events)
        if versioned:
            live.version.index = self.version
        self.feed.tell(live)


def _event(action: Any, kind: str, one: Any) -> pb.WatchMessage.Event:
    event = pb.WatchMessage.Event(action=action)
    getattr(event.object, kind).CopyFrom(one)
    return event


def _set_now(stamp: pb.Timestamp) -> None:
    stamp.seconds, stamp.nanos = divmod(time.time_ns(), 1_000_000_000)
