"""What a manager stores: objects by kind and id, one counter of versions, a log of changes.

Source: SwarmKit manager/state/store, memory.go.
"""

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeVar

from swarmwire import pb
from swarmwire.control.errors import control_error
from swarmwire.errors import InvalidSpec
from swarmwire.rules.go_text import lower

CREATE: Final = pb.WatchMessage.Event(action="WATCH_ACTION_CREATE").action
UPDATE: Final = pb.WatchMessage.Event(action="WATCH_ACTION_UPDATE").action
REMOVE: Final = pb.WatchMessage.Event(action="WATCH_ACTION_REMOVE").action
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

_SPECIFIED: Final = frozenset({"config", "network", "secret", "service", "volume"})
"""Kinds whose objects have a name of their owner's in their spec."""

_Key = TypeVar("_Key")

_KIND_OF: Final = {message: kind for kind, message in KINDS.items()}
_ID_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_FIRST_VERSION = 10
_KEPT = 10_000


def new_id(choice: Callable[[str], str] = secrets.choice) -> str:
    """An id as SwarmKit makes them; ``choice`` picks one letter of a text."""
    return "".join([choice(_ID_LETTERS) for _ in range(25)])


def kind_of(stored: pb.Message) -> str:
    """The kind of an object: ``service``."""
    return _KIND_OF[type(stored)]


def as_answer(validate: Callable[[], None]) -> None:
    """Turn what a rule says into what a manager answers."""
    try:
        validate()
    except InvalidSpec as err:
        raise control_error(err.code, err.reason) from err


class StoreChange(NamedTuple):
    """One object of a transaction.

    Attributes:
        action: ``CREATE``, ``UPDATE`` or ``REMOVE``.
        kind: the kind of the object: ``service``.
        new: the object as it is stored now, or as it was when it was removed.
        old: the object before an update, or None.
    """

    action: pb.WatchActionKind
    kind: str
    new: Any
    old: Any | None


class Committed(NamedTuple):
    """One transaction.

    Attributes:
        version: that of the store after it.
        changes: what it changed, in the order of the changes.
        versioned: whether those who watch are told the version.
    """

    version: int
    changes: Sequence[StoreChange]
    versioned: bool = True

    def message(self, *, live: bool) -> pb.WatchMessage:
        """The transaction as those are told who watch, or who resume."""
        out = pb.WatchMessage(events=[_event(change) for change in self.changes])
        if self.versioned or not live:
            out.version.index = self.version
        return out


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

    @property
    def is_heard(self) -> bool:
        """Whether anybody listens."""
        return bool(self._watchers)

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


class MemoryStore:
    """The objects. Whatever is handed out is the stored one: copy it before it leaves.

    Attributes:
        version: the version of the last transaction.
        oldest: changes after this version are still known.
        feed: tells those who watch.
        listeners: are called with each transaction, before the next one can be made.
    """

    def __init__(
        self,
        *,
        now: Callable[[], int] = time.time_ns,
        ids: Callable[[], str] = new_id,
    ) -> None:
        """Start empty. ``now`` tells nanoseconds since 1970, ``ids`` makes the id of an object."""
        self.version = _FIRST_VERSION
        self.oldest = _FIRST_VERSION
        self.feed = Feed()
        self.listeners: list[Callable[[Committed], None]] = []
        self.now = now
        self.new_id = ids
        self._log: deque[Committed] = deque()
        self._objects: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        self._tasks_of: dict[str, dict[str, pb.Task]] = {}
        self._tasks_on: dict[str, dict[str, pb.Task]] = {}
        self._tasks_in: dict[tuple[str, int | str], dict[str, pb.Task]] = {}
        self._named: dict[tuple[str, str], dict[str, Any]] = {}
        self._publishing: dict[int, dict[str, pb.Service]] = {}

    def all(self, kind: str) -> list[Any]:
        """Every object of a kind, by id."""
        return [one for _, one in sorted(self._objects[kind].items())]

    def unordered(self, kind: str) -> Iterable[Any]:
        """Every object of a kind, in the order in which they were made."""
        return self._objects[kind].values()

    def get(self, kind: str, id_: str) -> Any | None:
        """The object, or None."""
        return self._objects[kind].get(id_)

    def tasks_of(self, service_id: str) -> list[pb.Task]:
        """The tasks of a service, in the order in which they were made."""
        return list(self._tasks_of.get(service_id, {}).values())

    def tasks_in(self, service_id: str, place: int | str) -> list[pb.Task]:
        """The tasks of one slot of a service, or of one node of a global one."""
        return list(self._tasks_in.get((service_id, place), {}).values())

    def tasks_on(self, node_id: str) -> list[pb.Task]:
        """The tasks that are given to a node."""
        return list(self._tasks_on.get(node_id, {}).values())

    def named(self, kind: str, name: str) -> list[Any]:
        """The services, networks and so on of a name, in whatever case."""
        return list(self._named.get((kind, lower(name)), {}).values())

    def publishing(self, port: int) -> list[pb.Service]:
        """The services that publish a port, in their spec or as it was given to them."""
        return list(self._publishing.get(port, {}).values())

    def put(self, *changed: Any, versioned: bool = True) -> None:
        """Store new and changed objects in one go. They are kept, so hand over copies."""
        self.commit(changed, versioned=versioned)

    def remove(self, *removed: Any) -> None:
        """Take objects away in one go."""
        self.commit((), removed)

    def commit(
        self, changed: Iterable[Any], removed: Iterable[Any] = (), *, versioned: bool = True
    ) -> None:
        """Store and remove objects in one transaction. What is stored is kept: hand over copies."""
        stamp = pb.Timestamp()
        stamp.seconds, stamp.nanos = divmod(self.now(), 1_000_000_000)
        changes = [self._stored(one, stamp) for one in changed]
        changes += [self._removed(one) for one in removed]
        self.version += 1
        done = Committed(self.version, changes, versioned)
        self._log.append(done)
        if len(self._log) > _KEPT:
            self.oldest = self._log.popleft().version
        if self.feed.is_heard:
            self.feed.tell(done.message(live=True))
        for listener in self.listeners:
            listener(done)

    def load(self, version: int, objects: Iterable[Any]) -> None:
        """Take over what was kept elsewhere, without telling anybody."""
        for one in objects:
            self._index(kind_of(one), one, self._objects[kind_of(one)].get(one.id))
        self.version = self.oldest = version
        self._log.clear()

    def since(self, version: int) -> list[pb.WatchMessage]:
        """The changes after a version."""
        if version > self.version:
            raise control_error("Unknown", "versions are out of order")
        if version < self.oldest:
            raise control_error("Unknown", "requested index is unavailable due to compaction")
        return [done.message(live=False) for done in self._log if done.version > version]

    def compact(self) -> None:
        """Forget the changes so far, as managers do from time to time."""
        self._log.clear()
        self.oldest = self.version

    def _stored(self, one: Any, stamp: pb.Timestamp) -> StoreChange:
        kind = kind_of(one)
        one.id = one.id or self.new_id()
        old = self._objects[kind].get(one.id)
        meta = one.meta
        meta.updated_at.CopyFrom(stamp)
        meta.created_at.CopyFrom(stamp if old is None else old.meta.created_at)
        meta.version.index = self.version
        self._index(kind, one, old)
        return StoreChange(CREATE if old is None else UPDATE, kind, one, old)

    def _removed(self, one: Any) -> StoreChange:
        kind = kind_of(one)
        stored = self._objects[kind].pop(one.id)
        if kind == "task":
            _forget(self._tasks_of, stored.service_id, stored.id)
            _forget(self._tasks_on, stored.node_id, stored.id)
            _forget(self._tasks_in, _place_of(stored), stored.id)
        elif kind in _SPECIFIED:
            self._forget_specified(kind, stored)
        return StoreChange(REMOVE, kind, one, None)

    def _index(self, kind: str, one: Any, old: Any | None) -> None:
        self._objects[kind][one.id] = one
        if kind == "task":
            if old is not None and old.node_id != one.node_id:
                _forget(self._tasks_on, old.node_id, old.id)
                _forget(self._tasks_in, _place_of(old), old.id)
            self._tasks_in.setdefault(_place_of(one), {})[one.id] = one
            self._tasks_of.setdefault(one.service_id, {})[one.id] = one
            if one.node_id:
                self._tasks_on.setdefault(one.node_id, {})[one.id] = one
        elif kind in _SPECIFIED:
            if old is not None:
                self._forget_specified(kind, old)
            self._named.setdefault((kind, lower(one.spec.annotations.name)), {})[one.id] = one
            for port in _ports(kind, one):
                self._publishing.setdefault(port, {})[one.id] = one

    def _forget_specified(self, kind: str, old: Any) -> None:
        _forget(self._named, (kind, lower(old.spec.annotations.name)), old.id)
        for port in _ports(kind, old):
            _forget(self._publishing, port, old.id)


def _place_of(task: pb.Task) -> tuple[str, int | str]:
    return task.service_id, task.slot or task.node_id


def _ports(kind: str, one: Any) -> set[int]:
    if kind != "service":
        return set()
    return {port.published_port for port in (*one.spec.endpoint.ports, *one.endpoint.ports)}


def _forget(index: dict[_Key, dict[str, Any]], key: _Key, id_: str) -> None:
    found = index.get(key, {})
    found.pop(id_, None)
    if not found:
        index.pop(key, None)


def _event(change: StoreChange) -> pb.WatchMessage.Event:
    event = pb.WatchMessage.Event(action=change.action)
    getattr(event.object, change.kind).CopyFrom(change.new)
    if change.old is not None:
        getattr(event.old_object, change.kind).CopyFrom(change.old)
    return event
