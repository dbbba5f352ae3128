"""Which fields of an object a change changed, by their paths. Pure; no value is shown."""

from collections.abc import Iterator
from typing import Any, Final

from google.protobuf.message import Message

from swarmwire.control import ObjectChange
from swarmwire.spec import field_differences, is_repeated

_UNLISTED: Final = (
    "Data",
    "root_ca.ca_key",
    "network_bootstrap_keys",
    "unlock_keys",
)
"""What lists leave out and changes have: it is no news if it was not there before."""


def changed_paths(change: ObjectChange) -> tuple[str, ...] | None:
    """The paths; None if it is not known how the object was before, or it is no update.

    Those in its spec are the Engine API's (``Labels.tier``), the others SwarmKit's own
    (``status.timestamp``). The version and the times of each object are left out.
    """
    old, new = change.old, change.object
    if change.action != "update" or old is None:
        return None
    found = _paths(old, new)
    return tuple(path for path, was_there in found if was_there or path not in _UNLISTED)


def _paths(old: Any, new: Any) -> Iterator[tuple[str, bool]]:
    """Each path, and whether there was something before."""
    for field in new.DESCRIPTOR.fields:
        if field.name == "spec":
            for each in field_differences(old.spec, new.spec):
                yield each.path, bool(each.old)
        elif field.name != "meta":
            yield from _field_paths(field, old, new)


def _message_paths(old: Message, new: Message) -> Iterator[tuple[str, bool]]:
    for field in new.DESCRIPTOR.fields:
        yield from _field_paths(field, old, new)


def _field_paths(field: Any, old: Message, new: Message) -> Iterator[tuple[str, bool]]:
    before, after = getattr(old, field.name), getattr(new, field.name)
    if is_repeated(field):
        if before != after:
            yield field.name, bool(before)
        return
    was_there = old.HasField(field.name) if field.has_presence else bool(before)
    is_there = new.HasField(field.name) if field.has_presence else bool(after)
    if before == after and was_there == is_there:
        return
    inside = []
    if isinstance(after, Message) and after.DESCRIPTOR.file.package.startswith("docker"):
        inside = [(f"{field.name}.{path}", had) for path, had in _message_paths(before, after)]
    yield from inside or [(field.name, was_there)]
