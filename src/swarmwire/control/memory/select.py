"""Which changes somebody who watches is told. Source: SwarmKit watchapi."""

from collections.abc import Callable
from typing import Any

from swarmwire import pb
from swarmwire.control.errors import control_error
from swarmwire.control.selection import name_of

_WATCHED: dict[str, Callable[[Any, Any], bool]] = {
    "id": lambda one, value: bool(one.id == value),
    "id_prefix": lambda one, value: bool(one.id.startswith(value)),
    "name": lambda one, value: name_of(one) == value,
    "name_prefix": lambda one, value: name_of(one).startswith(value),
    "service_id": lambda one, value: bool(getattr(one, "service_id", value) == value),
    "node_id": lambda one, value: bool(getattr(one, "node_id", value) == value),
    "desired_state": lambda one, value: bool(getattr(one, "desired_state", value) == value),
    "role": lambda one, value: bool(getattr(one, "role", value) == value),
}


def events(
    message: pb.WatchMessage, request: pb.WatchRequest, *, replayed: bool = False
) -> pb.WatchMessage | None:
    """What somebody who watches is told of a change, if anything."""
    found = [event for event in message.events if _watched(event, request)]
    if not found:
        return None
    out = pb.WatchMessage(events=found)
    if message.HasField("version"):
        out.version.CopyFrom(message.version)
    for event in out.events:
        if replayed or not request.include_old_object:
            event.ClearField("old_object")
    return out


def refuse_unclear(request: pb.WatchRequest) -> None:
    """Refuse entries without a kind, or without an action that there is."""
    for entry in request.entries:
        if not entry.kind:
            raise control_error("InvalidArgument", "no kind of object specified")
        if not entry.action & 7:
            raise control_error("InvalidArgument", "unrecognized action")


def _watched(event: pb.WatchMessage.Event, request: pb.WatchRequest) -> bool:
    kind = event.object.WhichOneof("Object") or ""
    return any(
        entry.kind == kind
        and entry.action & event.action
        and all(_passes(getattr(event.object, kind), by) for by in entry.filters)
        for entry in request.entries
    )


def _passes(one: Any, by: pb.SelectBy) -> bool:
    which = by.WhichOneof("By") or ""
    check = _WATCHED.get(which)
    return check is None or check(one, getattr(by, which))
