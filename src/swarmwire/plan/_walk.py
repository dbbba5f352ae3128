"""Every difference between two messages, each where it begins, in the order of the document."""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from swarmwire import pb
from swarmwire.convert._time import duration_from_grpc
from swarmwire.errors import DecodeError, MapKey, render_path
from swarmwire.plan._document import Field, fields_of, is_map, is_repeated
from swarmwire.plan._lists import is_reordered, pairs
from swarmwire.plan._shown import LEAVES, Shower

Steps = tuple[str | int, ...]
Operation = Literal["added", "removed", "changed", "reordered"]

_SHOWER = Shower()
_ALWAYS_THERE = frozenset({"ServiceSpec.annotations", "ServiceSpec.task"})
"""Messages that Go cannot leave out: an absent one is an empty one."""


class Change(NamedTuple):
    """One difference.

    ``key`` names the field among those of all messages: ``ContainerSpec.env``. ``old`` and ``new``
    are fit to be shown; None is nothing at all.
    """

    operation: Operation
    key: str
    old_steps: Steps
    new_steps: Steps
    old: Any
    new: Any

    @property
    def path(self) -> str:
        """Where it is in the new spec; an element that is gone from its list, in the old one."""
        gone = len(self.old_steps) > len(self.new_steps)
        return render_path(self.old_steps if gone else self.new_steps)


class _Walk(NamedTuple):
    """Where a walk has come to in both specs, and how it shows what it finds."""

    show: Shower
    old: Steps = ()
    new: Steps = ()

    def under(self, *steps: str | int) -> "_Walk":
        return _Walk(self.show, (*self.old, *steps), (*self.new, *steps))

    def change(self, operation: Operation, field: Field, old: Any, new: Any) -> Change:
        return Change(operation, field.key, self.old, self.new, old, new)


def spec_changes(
    old: pb.ServiceSpec, new: pb.ServiceSpec, show: Shower = _SHOWER
) -> Iterator[Change]:
    """Every difference between two service specs."""
    return _messages(_Walk(show), old, new)


def task_changes(old: pb.TaskSpec, new: pb.TaskSpec, show: Shower = _SHOWER) -> Iterator[Change]:
    """Every difference between two task specs, with paths of the service spec."""
    return _messages(_Walk(show).under("TaskTemplate"), old, new)


def endpoint_changes(
    old: pb.EndpointSpec | None, new: pb.EndpointSpec | None, show: Shower = _SHOWER
) -> Iterator[Change]:
    """Every difference between two endpoint specs, with paths of the service spec."""
    before, after = pb.ServiceSpec(), pb.ServiceSpec()
    for endpoint, spec in ((old, before), (new, after)):
        if endpoint is not None:
            spec.endpoint.CopyFrom(endpoint)
    return spec_changes(before, after, show)


def _messages(walk: _Walk, old: pb.Message, new: pb.Message) -> Iterator[Change]:
    for field in fields_of(old.DESCRIPTOR):
        before, after = getattr(old, field.attribute), getattr(new, field.attribute)
        deeper = walk.under(*field.steps)
        if is_map(field.descriptor):
            yield from _maps(deeper, field, before, after)
        elif is_repeated(field.descriptor):
            yield from _lists(deeper, field, before, after)
        elif field.key == "ContainerSpec.pidsLimit":
            continue
        elif field.descriptor.has_presence and field.key not in _ALWAYS_THERE:
            there = old.HasField(field.attribute), new.HasField(field.attribute)
            yield from _optional(
                deeper, field, before if there[0] else None, after if there[1] else None
            )
        else:
            yield from _always(deeper, field, before, after)
        if field.key == "TaskSpec.resources":
            yield from _pids(walk, old, new)


def _optional(walk: _Walk, field: Field, old: Any, new: Any) -> Iterator[Change]:
    """The differences of a field that can be absent; then it is None."""
    if field.key == "UpdateConfig.delay":
        # as Go: the one duration that cannot be absent
        old, new = old or pb.Duration(), new or pb.Duration()
        if duration_from_grpc(old) == duration_from_grpc(new):
            return
    if field.key == "GenericRuntimeSpec.payload" and old is not None and new is not None:
        yield from _payloads(walk, field, old, new)
    elif old is None or new is None:
        yield from _presence(walk, field, old, new)
    else:
        yield from _always(walk, field, old, new)


def _presence(walk: _Walk, field: Field, old: Any, new: Any) -> Iterator[Change]:
    if old is not None:
        yield walk.change("removed", field, walk.show.field(field, old), None)
    elif new is not None:
        yield walk.change("added", field, None, walk.show.field(field, new))


def _always(walk: _Walk, field: Field, old: Any, new: Any) -> Iterator[Change]:
    """The differences of a field that both sides have."""
    if isinstance(old, pb.Message) and old.DESCRIPTOR.full_name not in LEAVES:
        yield from _messages(walk, old, new)
    elif old != new and (old == old or new == new):  # noqa: PLR0124 - no number is not itself
        empty = "" if isinstance(old, str) else None
        yield walk.change(
            "added" if old == empty else "removed" if new == empty else "changed",
            field,
            None if old == empty else walk.show.field(field, old),
            None if new == empty else walk.show.field(field, new),
        )


def _maps(walk: _Walk, field: Field, old: Any, new: Any) -> Iterator[Change]:
    for key in sorted({*old, *new}):
        deeper = walk.under(MapKey(key))
        before = walk.show.entry(key, old[key]) if key in old else None
        after = walk.show.entry(key, new[key]) if key in new else None
        if before is None:
            yield deeper.change("added", field, None, after)
        elif after is None:
            yield deeper.change("removed", field, before, None)
        elif old[key] != new[key]:
            yield deeper.change("changed", field, before, after)


def _lists(walk: _Walk, field: Field, old: Any, new: Any) -> Iterator[Change]:
    before, after = walk.show.items(field, old), walk.show.items(field, new)
    found = pairs(field.key, old, new)
    for pair in found:
        at_old = walk.old if pair.old is None else (*walk.old, pair.old)
        at_new = walk.new if pair.new is None else (*walk.new, pair.new)
        deeper = _Walk(walk.show, at_old, at_new)
        if pair.old is None:
            yield deeper.change("added", field, None, after[pair.new or 0])
        elif pair.new is None:
            yield deeper.change("removed", field, before[pair.old], None)
        elif isinstance(old[pair.old], pb.Message):
            yield from _messages(deeper, old[pair.old], new[pair.new])
        elif old[pair.old] != new[pair.new]:
            yield deeper.change("changed", field, before[pair.old], after[pair.new])
    if is_reordered(found):
        yield walk.change("reordered", field, before, after)


def _payloads(walk: _Walk, field: Field, old: pb.Any, new: pb.Any) -> Iterator[Change]:
    """The differences of two plugins, or of two payloads that hold something else."""
    if old == new:
        return
    try:
        plugins = [pb.parse(pb.PluginSpec, payload.value) for payload in (old, new)]
    except DecodeError:
        plugins = []
    changes = list(_messages(walk, *plugins)) if plugins else []
    if changes and old.type_url == new.type_url:
        yield from changes
    else:
        show = walk.show.field
        yield walk.change("changed", field, show(field, old), show(field, new))


def _pids(walk: _Walk, old: Any, new: Any) -> Iterator[Change]:
    """The one field that lies elsewhere in the API than in the messages."""
    before, after = old.container.pidsLimit, new.container.pidsLimit
    if before != after:
        field = next(
            field
            for field in fields_of(pb.ContainerSpec.DESCRIPTOR)
            if field.attribute == "pidsLimit"
        )
        at = walk.under("Resources", "Limits", "Pids")
        yield at.change("changed", field, before, after)
