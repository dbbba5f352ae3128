"""The objects that the page shows, and how they change."""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from swarmwire import pb
from swarmwire.control.known import ObjectChange
from swarmwire.page.history import TaskHistory
from swarmwire.plan import release_of
from swarmwire.releases import NEWEST, Release
from swarmwire.scheduling import Cluster
from swarmwire.stack.body.building import NAMESPACE

SHOWN: Final = ("node", "service", "task", "network", "secret", "config", "volume")
"""The kinds of objects that the page looks at; of secrets and configs their names alone."""


class ObservedSwarm:
    """A swarm as it is known now.

    Args:
        now: tells the time in the swarm, in nanoseconds since 1970.
        missing: what is known to be missing, a sentence each; of what was recovered.
        origin: where it was read, in a few words.
        sees: whether whoever looks may see an object of a kind, as ``sees`` of a gateway's
            ``Permission`` says; what is hidden is as if it were not there.
        shows: what may be shown of an object that is seen; all of it.

    Attributes:
        version: grows with each change.
        history: the lives of its tasks.
    """

    def __init__(
        self,
        *,
        now: Callable[[], int] = time.time_ns,
        missing: Sequence[str] = (),
        origin: str = "a live manager",
        sees: Callable[[str, Any], bool] = lambda _kind, _object: True,
        shows: Callable[[Any], Any] = lambda one: one,
    ) -> None:
        self._sees = sees
        self._shows = shows
        self.now = now
        self.missing = tuple(missing)
        self.origin = origin
        self.version = 0
        self.history = TaskHistory()
        self._kinds: dict[str, dict[str, Any]] = {kind: {} for kind in SHOWN}
        self._of_service: dict[str, dict[str, pb.Task]] = {}
        self._listeners: set[Callable[[], None]] = set()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` after each change; what is returned ends that."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def learn(self, kind: str, objects: Iterable[Any]) -> None:
        """Take in all objects of a kind."""
        found = {one.id: self._kept(kind, one) for one in objects if self._sees(kind, one)}
        self._kinds[kind] = found
        if kind == "task":
            self._of_service = {}
            for task in found.values():
                self._of_service.setdefault(task.service_id, {})[task.id] = task
                self.history.learn(task, self.now())
        self.touch()

    def apply(self, change: ObjectChange) -> None:
        """Take in one change."""
        one = change.object
        is_gone = change.action == "remove" or not self._sees(change.kind, one)
        if is_gone and one.id not in self._kinds[change.kind]:
            return
        if is_gone:
            self._kinds[change.kind].pop(one.id, None)
        else:
            self._kinds[change.kind][one.id] = self._kept(change.kind, one)
        if change.kind == "task":
            self._task(one, is_gone=is_gone)
        self.touch()

    def _kept(self, kind: str, one: Any) -> Any:
        return self._shows(_without_payload(kind, one))

    def touch(self) -> None:
        """Something is otherwise: whoever listens is told."""
        self.version += 1
        for listener in tuple(self._listeners):
            listener()

    def get(self, kind: str, id_: str) -> Any:
        """The object of an ID; None if there is none."""
        return self._kinds[kind].get(id_)

    def found(self, kind: str, reference: str) -> Any:
        """The object of an ID or a name; None if there is none."""
        by_id = self.get(kind, reference)
        if by_id is not None:
            return by_id
        named = (one for one in self._kinds[kind].values() if named_as(one) == reference)
        return next(named, None)

    @property
    def nodes(self) -> list[pb.Node]:
        """All nodes, by the names of their hosts."""
        found = self._kinds["node"].values()
        return sorted(found, key=lambda node: (natural(node.description.hostname), node.id))

    @property
    def services(self) -> list[pb.Service]:
        """All services, by name."""
        return sorted(self._kinds["service"].values(), key=lambda one: one.spec.annotations.name)

    @property
    def tasks(self) -> list[pb.Task]:
        """All tasks."""
        return list(self._kinds["task"].values())

    @property
    def networks(self) -> tuple[pb.Network, ...]:
        """All networks."""
        return tuple(self._kinds["network"].values())

    def many(self, kind: str) -> tuple[Any, ...]:
        """All objects of a kind, in no order."""
        return tuple(self._kinds[kind].values())

    def tasks_of(self, service_id: str) -> tuple[pb.Task, ...]:
        """All tasks of a service."""
        return tuple(self._of_service.get(service_id, {}).values())

    @property
    def release(self) -> Release:
        """The release of the engine that leads the swarm; the newest if that is not told."""
        return release_of(self.nodes) or NEWEST

    def cluster(self) -> Cluster:
        """All that decides where tasks can run."""
        kinds = self._kinds
        return Cluster(
            nodes=tuple(kinds["node"].values()),
            tasks=tuple(kinds["task"].values()),
            services=tuple(kinds["service"].values()),
            volumes=tuple(kinds["volume"].values()),
        )

    def _task(self, task: pb.Task, *, is_gone: bool) -> None:
        tasks = self._of_service.setdefault(task.service_id, {})
        if is_gone:
            tasks.pop(task.id, None)
            self.history.drop(task, self.now())
        else:
            tasks[task.id] = task
            self.history.put(task, self.now())
        if not tasks:
            del self._of_service[task.service_id]


def named_as(one: Any) -> str:
    """What users call an object; its ID if it has no name."""
    if isinstance(one, pb.Node):
        return one.description.hostname or str(one.id)
    return str(one.spec.annotations.name or one.id)


def stack_of(service: pb.Service | None) -> str:
    """The stack that a service belongs to; nothing if to none."""
    labels: Any = {} if service is None else service.spec.annotations.labels
    return str(labels[NAMESPACE]) if NAMESPACE in labels else ""


def natural(name: str) -> tuple[tuple[str, int], ...]:
    """A key by which ``node-2`` stands before ``node-10``."""
    pieces = re.findall(r"(\D*)(\d{0,18})", name)
    return tuple((text, int(digits or -1)) for text, digits in pieces)


def _without_payload(kind: str, one: Any) -> Any:
    if kind in ("secret", "config") and one.spec.data:
        kept = type(one)()
        kept.CopyFrom(one)
        kept.spec.ClearField("data")
        return kept
    return one
