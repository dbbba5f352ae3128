"""Events as an engine tells them: what a change of an object is called, and who is told.

Source: moby daemon/events.go and daemon/events.
"""

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import msgspec

from swarmwire import pb
from swarmwire.control import ObjectChange
from swarmwire.gateway.filters import Filters
from swarmwire.gateway.mirror import Mirror
from swarmwire.gateway.permission import Permission

_TOLD: Final = ("service", "node", "network", "secret", "config")
_KEPT: Final = 256
_WAITING: Final = 1024
"""How many events a client may be behind; then it has lost."""
_NAMED: Final = (
    *("daemon", "container", "plugin", "volume", "network"),
    *("node", "service", "secret", "config"),
)
"""Filters that restrict events of all types by id or name."""
_encoder = msgspec.json.Encoder(order="deterministic")


class SwarmEvent(NamedTuple):
    """One event.

    Attributes:
        kind: of which kind of object.
        action: create, update or remove.
        object: the object after it, or before it was removed.
        attributes: as they are told.
        nanoseconds: when, since 1970.
        data: the event as JSON, with a line break.
    """

    kind: str
    action: str
    object: Any
    attributes: dict[str, str]
    nanoseconds: int
    data: bytes

    def passes(self, filters: Filters) -> bool:
        """Whether filters let it through. Source: moby daemon/events/filter.go, Include."""
        name = self.attributes["name"]
        return (
            filters.exact("event", self.action)
            and filters.exact("type", self.kind)
            and filters.exact("scope", "swarm")
            and all(
                filters.prefix(key, self.object.id) or filters.prefix(key, name)
                for key in _NAMED
                if key in filters
            )
            and (filters.exact("image", self.object.id) or filters.exact("image", ""))
            and filters.labelled("label", self.attributes)
        )


class EventFeed:
    """Makes events of changes, keeps the last ones, and tells them to whoever listens."""

    def __init__(self, mirror: Mirror) -> None:
        self._kept: deque[SwarmEvent] = deque(maxlen=_KEPT)
        self._queues: set[asyncio.Queue[SwarmEvent | None]] = set()
        mirror.listen(self._changed)

    def kept(self, since: int | None, until: int | None) -> list[SwarmEvent]:
        """The last events between two times, in nanoseconds since 1970; none if both are None.

        An end before 1970 ends nothing, as in an engine.
        """
        if since is None and until is None:
            return []
        return [
            event
            for event in self._kept
            if (since is None or event.nanoseconds >= since)
            and (until is None or until <= 0 or event.nanoseconds <= until)
        ]

    @contextmanager
    def listening(self) -> Iterator["asyncio.Queue[SwarmEvent | None]"]:
        """Events from now on; None if the listener is too slow for them."""
        queue: asyncio.Queue[SwarmEvent | None] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)

    def _changed(self, change: ObjectChange) -> None:
        if change.kind not in _TOLD:
            return
        event = event_of(change)
        self._kept.append(event)
        for queue in list(self._queues):
            if queue.qsize() >= _WAITING:
                self._queues.discard(queue)
                queue.put_nowait(None)
            else:
                queue.put_nowait(event)


def sees_event(permission: Permission, event: SwarmEvent) -> bool:
    """Whether a client is told of an event."""
    return permission.may_read(event.kind) and permission.sees(event.kind, event.object)


def event_of(change: ObjectChange) -> SwarmEvent:
    """The event of a change."""
    one = change.object
    attributes = {"name": one.spec.annotations.name}
    if change.kind == "node":
        attributes["name"] = attributes["name"] or one.description.hostname
    if change.action == "update" and change.old is not None:
        if change.kind == "node":
            attributes |= _of_node(one, change.old)
        elif change.kind == "service":
            attributes |= _of_service(one, change.old)
    nanoseconds = _when(change)
    told = {
        "Type": change.kind,
        "Action": change.action,
        "Actor": {"ID": one.id, "Attributes": dict(sorted(attributes.items()))},
        "scope": "swarm",
        "time": nanoseconds // 10**9,
        "timeNano": nanoseconds,
    }
    data = html_escaped(msgspec.json.encode(told)) + b"\n"
    return SwarmEvent(change.kind, change.action, one, attributes, nanoseconds, data)


def _when(change: ObjectChange) -> int:
    if change.action == "remove":
        return time.time_ns()
    meta = change.object.meta
    stamp = meta.created_at if change.action == "create" else meta.updated_at
    return int(stamp.seconds) * 10**9 + int(stamp.nanos)


def _of_node(new: pb.Node, old: pb.Node) -> dict[str, str]:
    availability = pb.NodeSpec.Availability.Name
    found = _pair("availability", availability, old.spec.availability, new.spec.availability)
    found |= _pair("role", pb.NodeRole.Name, old.role, new.role)
    found |= _pair("state", pb.NodeStatus.State.Name, old.status.state, new.status.state)
    if new.HasField("manager_status") and old.HasField("manager_status"):
        before, after = old.manager_status, new.manager_status
        found |= _pair("leader", str, before.leader, after.leader)
        reachability = pb.RaftMemberStatus.Reachability.Name
        found |= _pair("reachability", reachability, before.reachability, after.reachability)
    return found


def _of_service(new: pb.Service, old: pb.Service) -> dict[str, str]:
    found: dict[str, str] = {}
    if new.spec.task.HasField("container") and old.spec.task.HasField("container"):
        images = (old.spec.task.container.image, new.spec.task.container.image)
        found |= _pair("image", str, *images, folds=False)
    if new.spec.HasField("replicated") and old.spec.HasField("replicated"):
        found |= _pair("replicas", str, old.spec.replicated.replicas, new.spec.replicated.replicas)
    if new.HasField("update_status"):
        name = pb.UpdateStatus.UpdateState.Name
        state = new.update_status.state
        if not old.HasField("update_status"):
            found["updatestate.new"] = name(state).lower()
        else:
            found |= _pair("updatestate", name, old.update_status.state, state)
    return found


def _pair(key: str, word: Any, old: Any, new: Any, *, folds: bool = True) -> dict[str, str]:
    if old == new:
        return {}
    before, after = word(old), word(new)
    if folds:
        before, after = before.lower(), after.lower()
    return {f"{key}.old": before, f"{key}.new": after}


def html_escaped(data: bytes) -> bytes:
    """As Go writes JSON unless it is told not to."""
    for letter in (b"<", b">", b"&"):
        data = data.replace(letter, b"\\u%04x" % letter[0])
    return data.replace("\u2028".encode(), b"\\u2028").replace("\u2029".encode(), b"\\u2029")
