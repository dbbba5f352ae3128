"""What one step of a part reads and changes: the store as it is, with the step's own changes."""

from collections.abc import Iterable
from typing import Any, Final

from swarmwire import pb
from swarmwire.control.memory import MemoryStore

_Open = dict[tuple[str, str], Any]
_NOTHING: Final[dict[str, Any]] = {}
_MOST_CHANGES: Final = 200
"""Of one transaction: a manager makes several of a larger one."""


class Batch:
    """The changes of one step, in one or several transactions. The store is left alone.

    What was read belongs to the store: copy it (``copied``) before it is changed.
    """

    def __init__(self, store: MemoryStore) -> None:
        self.transactions: list[_Open] = []
        self._store = store
        self._open: _Open = {}
        self._open_kinds: set[str] = set()
        """The kinds in it, so that a read of another kind need not look through all of it."""
        self._closed: dict[str, dict[str, Any]] = {}
        """What the transactions that are over leave, by kind and ID; None: it is gone."""
        self._touched: dict[tuple[str, str], dict[str, None]] = {}
        """Tasks that were stored, by their service or node."""

    def new_id(self) -> str:
        """An id for a new object."""
        return self._store.new_id()

    def get(self, kind: str, id_: str) -> Any | None:
        """The object, or None."""
        if (kind, id_) in self._open:
            return self._open[kind, id_]
        closed = self._closed.get(kind, _NOTHING)
        return closed[id_] if id_ in closed else self._store.get(kind, id_)

    def task(self, id_: str) -> pb.Task | None:
        """The task, or None."""
        found: pb.Task | None = self.get("task", id_)
        return found

    def service(self, id_: str) -> pb.Service | None:
        """The service, or None."""
        found: pb.Service | None = self.get("service", id_)
        return found

    def node(self, id_: str) -> pb.Node | None:
        """The node, or None."""
        found: pb.Node | None = self.get("node", id_)
        return found

    def cluster(self) -> pb.Cluster:
        """The cluster."""
        found: pb.Cluster = next(iter(self.all("cluster")))
        return found

    def all(self, kind: str) -> list[Any]:
        """Every object of a kind."""
        return self._merged(kind, self._store.unordered(kind))

    def tasks_of(self, service_id: str) -> list[pb.Task]:
        """The tasks of a service, in the order in which they were made."""
        return self._tasks("service", service_id, self._store.tasks_of(service_id))

    def tasks_in(self, service_id: str, place: int | str) -> list[pb.Task]:
        """The tasks of one slot of a service, or of one node of a global one, before this step."""
        return self._store.tasks_in(service_id, place)

    def tasks_on(self, node_id: str) -> list[pb.Task]:
        """The tasks that are given to a node."""
        return self._tasks("node", node_id, self._store.tasks_on(node_id))

    def put(self, kind: str, changed: Any) -> None:
        """Store a new object, or a changed copy of a stored one."""
        if kind == "task":
            self._touched.setdefault(("service", changed.service_id), {})[changed.id] = None
            self._touched.setdefault(("node", changed.node_id), {})[changed.id] = None
        self._open[kind, changed.id] = changed
        self._open_kinds.add(kind)

    def remove(self, kind: str, id_: str) -> None:
        """Take an object away, if it is there."""
        if self.get(kind, id_) is not None:
            self._open[kind, id_] = None
            self._open_kinds.add(kind)

    def cut(self) -> None:
        """End a transaction; what follows belongs to the next one."""
        if self._open:
            self.transactions.append(self._open)
            for (kind, id_), one in self._open.items():
                self._closed.setdefault(kind, {})[id_] = one
            self.abort()

    def abort(self) -> None:
        """Forget the changes since the last ``cut``."""
        self._open = {}
        self._open_kinds = set()

    def commit(self, store: MemoryStore) -> None:
        """Make the changes in a store: the loop's business, once the step is over.

        Source: SwarmKit manager/state/store/memory.go, Batch.
        """
        self.cut()
        for transaction in self.transactions:
            changes = list(transaction.items())
            for first in range(0, len(changes), _MOST_CHANGES):
                _commit(store, changes[first : first + _MOST_CHANGES])

    def _tasks(self, by: str, id_: str, stored: Iterable[pb.Task]) -> list[pb.Task]:
        """Stored tasks of a service or a node as they are now, and new ones."""
        if not self._open and "task" not in self._closed:
            return list(stored)
        ids = dict.fromkeys([task.id for task in stored]) | self._touched.get((by, id_), {})
        found = [self.task(each) for each in ids]
        field = f"{by}_id"
        return [task for task in found if task is not None and getattr(task, field) == id_]

    def _merged(self, kind: str, stored: Iterable[Any]) -> list[Any]:
        """Stored objects with what was changed of them, and new ones."""
        changed = dict(self._closed.get(kind, _NOTHING))
        if kind in self._open_kinds:
            changed.update({id_: one for (known, id_), one in self._open.items() if known == kind})
        if not changed:
            return list(stored)
        found = [changed.pop(one.id, one) for one in stored]
        return [one for one in (*found, *changed.values()) if one is not None]


def _commit(store: MemoryStore, changes: Iterable[tuple[tuple[str, str], Any | None]]) -> None:
    put, removed = [], []
    for (kind, id_), one in changes:
        if one is not None:
            put.append(one)
        elif (stored := store.get(kind, id_)) is not None:
            removed.append(stored)
    if put or removed:
        store.commit(put, removed)
