"""Every difference between two specs of one kind, each where it begins, in the document's order.

It goes by the descriptors of the messages, so that no field is passed over. What the schema does
not know is no difference: a manager drops it.
"""

from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple, TypeVar

from swarmwire import pb
from swarmwire.convert.time import duration_from_grpc
from swarmwire.errors import DecodeError, MapKey, render_path
from swarmwire.spec.document import Part, SpecField, Steps, document_of
from swarmwire.spec.elements import is_reordered, pairs
from swarmwire.spec.messages import is_map, is_repeated, without_unknown_fields
from swarmwire.spec.shown import HIDDEN, Display

Operation = Literal["added", "removed", "changed", "reordered"]

_Message = TypeVar("_Message", bound=pb.Message)

_DISPLAY: Final = Display()


class FieldDifference(NamedTuple):
    """One difference between two specs.

    Attributes:
        operation: ``added``, ``removed``, ``changed``; ``reordered``: the elements that both lists
            have stand in another order.
        key: names the field among those of all messages: ``ContainerSpec.env``.
        old_steps: the way to it in the old spec.
        new_steps: the way to it in the new one.
        old: the value before, fit to be shown; None if there was none.
        new: the value after; None if there is none.
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

    @property
    def is_hidden(self) -> bool:
        """Whether a part of the values is not shown, because it may be a secret."""
        return HIDDEN in repr((self.old, self.new))


def field_differences(
    old: _Message, new: _Message, *, display: Display = _DISPLAY, at: Steps = ()
) -> Iterator[FieldDifference]:
    """Every difference between two messages of one type. Changes neither.

    Args:
        old: the message before.
        new: the message after.
        display: makes the values fit to be shown.
        at: the path of the message, where it is a part of a spec.
    """
    walk = _Walk(display, at, at)
    part = document_of(old.DESCRIPTOR)
    return _messages(walk, part, without_unknown_fields(old), without_unknown_fields(new))


class _Walk(NamedTuple):
    """Where a walk has come to in both specs, and how values are shown."""

    display: Display
    old: Steps
    new: Steps

    def into(self, field: SpecField) -> "_Walk":
        return _Walk(self.display, field.under(self.old), field.under(self.new))

    def under(self, step: str | int) -> "_Walk":
        return _Walk(self.display, (*self.old, step), (*self.new, step))

    def found(self, operation: Operation, field: SpecField, old: Any, new: Any) -> FieldDifference:
        return FieldDifference(operation, field.key, self.old, self.new, old, new)


def _messages(walk: _Walk, part: Part, old: Any, new: Any) -> Iterator[FieldDifference]:
    if old == new:
        return
    for field in part.fields:
        if not field.is_outside:
            yield from _fields(walk.into(field), field, old, new)
        if field.key == "TaskSpec.resources":
            yield from _pids(walk, part, old, new)


def _fields(walk: _Walk, field: SpecField, old: Any, new: Any) -> Iterator[FieldDifference]:
    before, after = getattr(old, field.attribute), getattr(new, field.attribute)
    if is_map(field.descriptor):
        yield from _maps(walk, field, before, after)
    elif is_repeated(field.descriptor):
        yield from _lists(walk, field, before, after)
    elif field.descriptor.has_presence and not field.is_always_there:
        there = old.HasField(field.attribute), new.HasField(field.attribute)
        yield from _optional(walk, field, before if there[0] else None, after if there[1] else None)
    else:
        yield from _always(walk, field, before, after)


def _optional(walk: _Walk, field: SpecField, old: Any, new: Any) -> Iterator[FieldDifference]:
    """The differences of a field that can be absent; then it is None."""
    if field.key == "UpdateConfig.delay":
        # as Go: the one duration that cannot be absent
        old, new = old or pb.Duration(), new or pb.Duration()
        if duration_from_grpc(old) == duration_from_grpc(new):
            return
    if field.key == "GenericRuntimeSpec.payload" and old is not None and new is not None:
        yield from _payloads(walk, field, old, new)
    elif old is not None and new is not None:
        yield from _always(walk, field, old, new)
    elif old is not None:
        yield walk.found("removed", field, walk.display.field(field, old), None)
    elif new is not None:
        yield walk.found("added", field, None, walk.display.field(field, new))


def _always(walk: _Walk, field: SpecField, old: Any, new: Any) -> Iterator[FieldDifference]:
    """The differences of a field that both sides have."""
    if field.part is not None:
        yield from _messages(walk, field.part, old, new)
    elif old != new and (old == old or new == new):  # noqa: PLR0124 - no number is not itself
        was, becomes = old not in ("", b""), new not in ("", b"")
        yield walk.found(
            "added" if not was else "changed" if becomes else "removed",
            field,
            walk.display.field(field, old) if was else None,
            walk.display.field(field, new) if becomes else None,
        )


def _maps(walk: _Walk, field: SpecField, old: Any, new: Any) -> Iterator[FieldDifference]:
    for key in sorted({*old, *new}):
        name = str(key)
        deeper = walk.under(MapKey(name))
        before = walk.display.entry(field, name, old[key]) if key in old else None
        after = walk.display.entry(field, name, new[key]) if key in new else None
        if key not in old:
            yield deeper.found("added", field, None, after)
        elif key not in new:
            yield deeper.found("removed", field, before, None)
        elif old[key] != new[key]:
            yield deeper.found("changed", field, before, after)


def _lists(walk: _Walk, field: SpecField, old: Any, new: Any) -> Iterator[FieldDifference]:
    if old == new:
        return
    before, after = walk.display.items(field, old), walk.display.items(field, new)
    matched = pairs(field.key, old, new)
    for pair in matched:
        at_old = walk.old if pair.old is None else (*walk.old, pair.old)
        at_new = walk.new if pair.new is None else (*walk.new, pair.new)
        deeper = _Walk(walk.display, at_old, at_new)
        if pair.old is None:
            yield deeper.found("added", field, None, after[pair.new or 0])
        elif pair.new is None:
            yield deeper.found("removed", field, before[pair.old], None)
        elif field.part is not None:
            yield from _messages(deeper, field.part, old[pair.old], new[pair.new])
        elif old[pair.old] != new[pair.new]:
            yield deeper.found("changed", field, before[pair.old], after[pair.new])
    if is_reordered(matched):
        yield walk.found("reordered", field, before, after)


def _payloads(walk: _Walk, field: SpecField, old: pb.Any, new: pb.Any) -> Iterator[FieldDifference]:
    """The differences of two plugins, or of two payloads that hold something else."""
    if old == new:
        return
    found: list[FieldDifference] = []
    if old.type_url == new.type_url:
        try:
            plugins = [pb.parse(pb.PluginSpec, payload.value) for payload in (old, new)]
        except DecodeError:
            plugins = []
        if plugins:
            part = document_of(pb.PluginSpec.DESCRIPTOR)
            found = list(_messages(walk, part, *map(without_unknown_fields, plugins)))
    show = walk.display.field
    yield from found or [walk.found("changed", field, show(field, old), show(field, new))]


def _pids(walk: _Walk, part: Part, old: Any, new: Any) -> Iterator[FieldDifference]:
    """The one field that lies elsewhere in the API than in the messages: of a task, not in it."""
    containers = part.field("container")
    before, after = old.container.pidsLimit, new.container.pidsLimit
    if before != after and containers.part is not None:
        field = containers.part.field("pidsLimit")
        at = walk.into(containers).into(field)
        yield at.found("changed", field, before, after)
