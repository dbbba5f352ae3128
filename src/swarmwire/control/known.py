"""What is known of a swarm's objects, and what a stream of changes adds to it. Pure.

A stream that is taken up again repeats what was seen already, because most of its messages do not
say where they stand. What is known tells the new from the repeated.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from swarmwire import pb
from swarmwire.control.kinds import KINDS

_WORDS = {kind.stream: word for word, kind in KINDS.items()}
_ACTIONS = {
    pb.WatchActionKind.Value(f"WATCH_ACTION_{word.upper()}"): word
    for word in ("create", "update", "remove")
}
EVERY_ACTION: Final = sum(_ACTIONS)
"""The bits of all actions, as Watch is asked for them."""
_BLANKED = ("secret", "swarm")
"""Lists leave out of these what changes have, so that only their versions can be compared."""


class ObjectChange(NamedTuple):
    """One change of one object.

    Attributes:
        action: create, update or remove.
        kind: as users call it.
        object: the object after it; before it, if it was removed.
        old: the object before it, if that is known.
        log_index: where the change stands in the manager's log (raft), as ``resume_from`` of a
            ``WatchRequest`` takes it; 0 if the manager does not say. It is not the version of the
            object, which is in ``object.meta.version``.
        gap: whether the change itself was missed, and found by comparing lists. There may have
            been others in between.
    """

    action: str
    kind: str
    object: Any
    old: Any = None
    log_index: int = 0
    gap: bool = False

    @property
    def version(self) -> int:
        """``log_index``, by its name before."""
        return self.log_index


_Key = tuple[str, str]


class KnownObjects:
    """Objects by kind and id.

    Attributes:
        version: the place in the manager's log up to which everything was seen.
    """

    def __init__(self) -> None:
        self.version = 0
        self._objects: dict[_Key, Any] = {}
        self._gone: dict[_Key, int] = {}

    def learn(self, kind: str, objects: Iterable[Any]) -> None:
        """Take in all objects of a kind, before any change of theirs."""
        for one in objects:
            self._objects[kind, one.id] = one

    def changes(self, message: pb.WatchMessage) -> Iterator[ObjectChange]:
        """What is new in a message of the stream."""
        for event in message.events:
            kind = _WORDS.get(event.object.WhichOneof("Object") or "")
            action = _ACTIONS.get(event.action)
            if kind is None or action is None:
                continue
            one = getattr(event.object, KINDS[kind].stream)
            change = self._change(action, kind, one, message.version.index)
            if change is not None:
                yield change
        if message.version.index:
            self.version = max(self.version, message.version.index)
            # nothing from before this message will be repeated
            self._gone.clear()

    def compared(self, kind: str, objects: Iterable[Any]) -> Iterator[ObjectChange]:
        """What a list of all objects of a kind tells that no message did."""
        listed = {one.id: one for one in objects}
        for key, old in list(self._objects.items()):
            if key[0] == kind and key[1] not in listed:
                del self._objects[key]
                yield ObjectChange("remove", kind, old, old, gap=True)
        for one in listed.values():
            old = self._objects.get((kind, one.id))
            if old is None or _index(one) > _index(old):
                self._objects[kind, one.id] = one
                yield ObjectChange("update" if old else "create", kind, one, old, gap=True)

    def _change(self, action: str, kind: str, one: Any, version: int) -> ObjectChange | None:
        key, index = (kind, one.id), _index(one)
        # The index of an object is that of the entry before the one which changed it.
        self.version = max(self.version, index)
        old = self._objects.get(key)
        if action == "remove":
            self._objects.pop(key, None)
            if self._gone.get(key, -1) >= index:
                return None
            self._gone[key] = index
            return ObjectChange(action, kind, one, old, version)
        if self._is_repeated(key, one, old):
            return None
        self._objects[key] = one
        return ObjectChange(action, kind, one, old, version)

    def _is_repeated(self, key: _Key, one: Any, old: Any) -> bool:
        index = _index(one)
        if old is None:
            return self._gone.get(key, -1) >= index
        if index != _index(old):
            return index < _index(old)
        # Two changes of one transaction have the same index.
        return key[0] in _BLANKED or one == old


def highest(objects: Iterable[Any]) -> int:
    """The highest index of all objects; 0 if there are none."""
    return max(map(_index, objects), default=0)


def _index(one: Any) -> int:
    return int(one.meta.version.index)
