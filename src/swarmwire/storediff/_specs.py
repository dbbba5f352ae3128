"""Every difference between two specs other than services', each where it begins.

Generic over the messages, so that no field is passed over. Values are fit to be shown: bytes are
told by their number only, and what looks like a secret is hidden.
"""

from collections.abc import Hashable, Iterator
from typing import Any, Final, NamedTuple

from google.protobuf.descriptor import FieldDescriptor

from swarmwire import pb
from swarmwire.errors import MapKey
from swarmwire.plan._document import is_map, is_repeated
from swarmwire.plan._shown import LEAVES, Shower, masked
from swarmwire.plan._walk import Operation, Steps
from swarmwire.storediff._names import fields_of, key_of, steps_of, word_of

_ALWAYS_THERE: Final = frozenset(
    {
        "CAConfig",
        "DispatcherConfig",
        "EncryptionConfig",
        "OrchestrationConfig",
        "RaftConfig",
        "TaskDefaults",
        "AcceptancePolicy",
        "Annotations",
    }
)
"""Messages that Go cannot leave out: an absent one is an empty one. So is one without a path."""

_NAMED: Final = {
    "ExternalCA": "url",
    "IPAMConfig": "subnet",
    "IndexEntry": "key",
    "VolumeSecret": "key",
}
"""The field that makes two elements of a list the same thing with another value."""

_SHOWER: Final = Shower()


class Found(NamedTuple):
    """One difference; None is nothing at all."""

    operation: Operation
    steps: Steps
    here: Any
    there: Any


def spec_differences(here: pb.Message, there: pb.Message) -> Iterator[Found]:
    """Every difference between two specs of one kind, in the order of the messages' fields."""
    return _messages((), "", here, there)


def _messages(at: Steps, parent: str, here: Any, there: Any) -> Iterator[Found]:
    for field in fields_of(here.DESCRIPTOR):
        old, new = getattr(here, field.name), getattr(there, field.name)
        deeper = (*at, *steps_of(field, parent))
        if is_map(field):
            yield from _maps(deeper, old, new)
        elif is_repeated(field):
            yield from _lists(deeper, field, old, new)
        elif field.has_presence and deeper != at and not _is_always_there(field):
            held = here.HasField(field.name), there.HasField(field.name)
            if held == (True, True):
                yield from _values(deeper, field, old, new)
            elif held[0]:
                yield Found("removed", deeper, shown(field, old), None)
            elif held[1]:
                yield Found("added", deeper, None, shown(field, new))
        else:
            yield from _values(deeper, field, old, new)


def _is_always_there(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.name in _ALWAYS_THERE


def _values(at: Steps, field: FieldDescriptor, here: Any, there: Any) -> Iterator[Found]:
    if isinstance(here, pb.Message) and here.DESCRIPTOR.full_name not in LEAVES:
        yield from _messages(at, key_of(field), here, there)
    elif here != there:
        if here in ("", b""):
            yield Found("added", at, None, shown(field, there))
        elif there in ("", b""):
            yield Found("removed", at, shown(field, here), None)
        else:
            yield Found("changed", at, shown(field, here), shown(field, there))


def _maps(at: Steps, here: Any, there: Any) -> Iterator[Found]:
    for key in sorted({*here, *there}):
        inner = (*at, MapKey(key))
        if key not in there:
            yield Found("removed", inner, _SHOWER.entry(key, here[key]), None)
        elif key not in here:
            yield Found("added", inner, None, _SHOWER.entry(key, there[key]))
        elif here[key] != there[key]:
            shown_here, shown_there = (_SHOWER.entry(key, side[key]) for side in (here, there))
            yield Found("changed", inner, shown_here, shown_there)


def _lists(at: Steps, field: FieldDescriptor, here: Any, there: Any) -> Iterator[Found]:
    if list(here) == list(there):
        return
    partner = _partners([_name(item) for item in here], [_name(item) for item in there])
    for place, item in enumerate(there):
        if place not in partner:
            yield Found("added", (*at, place), None, _shown_item(field, item))
        elif isinstance(item, pb.Message):
            yield from _messages((*at, place), key_of(field), here[partner[place]], item)
    gone = set(range(len(here))) - set(partner.values())
    for place in sorted(gone):
        yield Found("removed", (*at, place), _shown_item(field, here[place]), None)
    order = [partner[place] for place in range(len(there)) if place in partner]
    if order != sorted(order):
        old, new = shown(field, here), shown(field, there)
        yield Found("reordered", at, old, new)


def _partners(here: list[Hashable], there: list[Hashable]) -> dict[int, int]:
    """For each place in ``there`` the place in ``here`` of what has the same name."""
    free: dict[Hashable, list[int]] = {}
    for place, name in reversed(list(enumerate(here))):
        free.setdefault(name, []).append(place)
    found = {}
    for place, name in enumerate(there):
        if free.get(name):
            found[place] = free[name].pop()
    return found


def _name(item: Any) -> Hashable:
    if not isinstance(item, pb.Message):
        return (item,)
    name = _NAMED.get(item.DESCRIPTOR.name)
    if name is None:
        return item.SerializeToString(deterministic=True)
    return (getattr(item, name),)


def shown(field: FieldDescriptor, value: Any) -> Any:
    """The value of a field, fit to be shown."""
    if is_map(field):
        return {key: _SHOWER.entry(key, value[key]) for key in sorted(value)}
    if is_repeated(field):
        return [_shown_item(field, item) for item in value]
    return _shown_item(field, value)


def _shown_item(field: FieldDescriptor, value: Any) -> Any:
    if isinstance(value, pb.Message):
        leaf = LEAVES.get(value.DESCRIPTOR.full_name)
        return _shown_message(field, value) if leaf is None else leaf(value)
    if field.enum_type is not None:
        return word_of(field.enum_type, value)
    if isinstance(value, bytes):
        return f"{len(value)} byte{'' if len(value) == 1 else 's'}"
    return masked(value) if isinstance(value, str) else value


def _shown_message(field: FieldDescriptor, message: pb.Message) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for inner, value in message.ListFields():
        steps = steps_of(inner, key_of(field))
        there = shown(inner, value)
        if steps:
            out[".".join(steps)] = there
        else:
            out |= there
    return out
