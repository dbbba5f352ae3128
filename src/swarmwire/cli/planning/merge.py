"""Two changes of one spec joined: what both sides made of a common base. Pure.

A field that one side alone changed has that side's value. Entries of maps, and elements of lists
that have a name, count each for itself; other lists count as one value. What both sides changed,
and not to the same, is a conflict.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from swarmwire import pb
from swarmwire.cli.planning.merge_lists import Joined, identities, joined_order
from swarmwire.errors import MapKey, render_path
from swarmwire.plan._document import Field, fields_of, is_map, is_repeated
from swarmwire.plan._shown import LEAVES

_Message = TypeVar("_Message", bound=pb.Message)
_Steps = tuple[str | int, ...]


class Merged(NamedTuple):
    """The joined spec, and the paths at which both sides want something else."""

    spec: pb.ServiceSpec
    conflicts: tuple[str, ...]


def merge(
    base: pb.ServiceSpec,
    ours: pb.ServiceSpec,
    theirs: pb.ServiceSpec,
    *,
    prefer_ours: bool = False,
) -> Merged:
    """What both sides made of ``base``. At a conflict it holds their value, or if asked ours."""
    out = pb.ServiceSpec()
    out.CopyFrom(theirs)
    work = _Merge(prefer_ours=prefer_ours)
    work.message((), (base, ours, theirs), out)
    return Merged(out, tuple(dict.fromkeys(work.conflicts)))


_Three = tuple[Any, Any, Any]
"""A value of the base, of our side and of theirs; None is an absent one."""


class _Merge:
    def __init__(self, *, prefer_ours: bool) -> None:
        self._prefer_ours = prefer_ours
        self.conflicts: list[str] = []

    def message(self, steps: _Steps, three: _Three, out: Any) -> None:
        """Fill ``out``, a copy of their message, with what we changed."""
        base, ours, theirs = three
        for field in fields_of(base.DESCRIPTOR):
            name = field.attribute
            deeper = (*steps, *field.steps)
            values = (getattr(base, name), getattr(ours, name), getattr(theirs, name))
            if is_map(field.descriptor):
                self._map(deeper, values, getattr(out, name))
            elif is_repeated(field.descriptor):
                self._list(deeper, field, values, out)
            elif field.descriptor.has_presence:
                there = tuple(
                    value if side.HasField(name) else None
                    for side, value in zip(three, values, strict=True)
                )
                self._optional(deeper, name, (there[0], there[1], there[2]), out)
            elif self._takes_ours(deeper, values):
                setattr(out, name, values[1])

    def _takes_ours(self, steps: _Steps, three: _Three) -> bool:
        base, ours, theirs = three
        if ours in (theirs, base):
            return False
        if theirs == base or self._prefer_ours:
            return True
        self.conflicts.append(render_path(steps))
        return False

    def _optional(self, steps: _Steps, name: str, three: _Three, out: Any) -> None:
        base, ours, theirs = three
        if isinstance(ours, pb.Message) and theirs is not None and not _is_leaf(ours):
            empty = type(ours)() if base is None else base
            self.message(steps, (empty, ours, theirs), getattr(out, name))
        elif self._takes_ours(steps, three):
            out.ClearField(name)
            if ours is not None:
                _set(out, name, ours)

    def _map(self, steps: _Steps, three: _Three, out: Any) -> None:
        base, ours, theirs = three
        for key in sorted({*base, *ours, *theirs}):
            values = (_entry(base, key), _entry(ours, key), _entry(theirs, key))
            if self._takes_ours((*steps, MapKey(key)), values):
                out.pop(key, None)
                if values[1] is not None:
                    out[key] = values[1]

    def _list(self, steps: _Steps, field: Field, three: _Three, out: Any) -> None:
        base, ours, theirs = three
        if list(ours) in (list(theirs), list(base)):
            return
        if list(theirs) == list(base):
            _replace(getattr(out, field.attribute), list(ours))
            return
        sides = identities(field.key, three)
        order = None if sides is None else joined_order(*(list(side) for side in sides))
        if sides is None or order is None:
            if self._takes_ours(steps, (list(base), list(ours), list(theirs))):
                _replace(getattr(out, field.attribute), list(ours))
            return
        _replace(getattr(out, field.attribute), self._elements(steps, sides, order))

    def _elements(self, steps: _Steps, sides: Joined, order: list[Any]) -> list[Any]:
        elements = []
        for identity in order:
            base, ours, theirs = (side.get(identity) for side in sides)
            found = self._element((*steps, _label(identity)), (base, ours, theirs))
            if found is not None:
                elements.append(found)
        return elements

    def _element(self, steps: _Steps, three: _Three) -> Any:
        base, ours, theirs = three
        if isinstance(base, pb.Message) and ours is not None and theirs is not None:
            out = copied(theirs)
            self.message(steps, three, out)
            return out
        return ours if self._takes_ours(steps, three) else theirs


def copied(message: _Message) -> _Message:
    """Another message of the same content."""
    out = type(message)()
    out.CopyFrom(message)
    return out


def _label(identity: Any) -> MapKey:
    """How an element of a list is named in a path."""
    if isinstance(identity, tuple):
        return MapKey("/".join(str(part) for part in identity))
    return MapKey(str(identity) if not isinstance(identity, bytes) else "…")


def _is_leaf(message: pb.Message) -> bool:
    return message.DESCRIPTOR.full_name in LEAVES


def _entry(entries: Mapping[str, str], key: str) -> str | None:
    return entries[key] if key in entries else None  # noqa: SIM401 - protobuf's maps have no get


def _set(out: Any, name: str, value: Any) -> None:
    if isinstance(value, pb.Message):
        part = getattr(out, name)
        part.SetInParent()
        part.CopyFrom(value)
    else:
        setattr(out, name, value)


def _replace(out: Any, elements: list[Any]) -> None:
    held = [copied(item) if isinstance(item, pb.Message) else item for item in elements]
    del out[:]
    out.extend(held)
