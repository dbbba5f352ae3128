"""Two changes of one spec joined: what both sides made of a common base. Pure.

A field that one side alone changed has that side's value. Entries of maps, and elements of lists
that have a name, count each for itself; other lists count as one value. What both sides changed,
and not to the same, is a conflict.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from swarmwire import pb
from swarmwire.errors import MapKey, render_path
from swarmwire.expected import expect
from swarmwire.spec import (
    Part,
    SpecField,
    Steps,
    copied,
    document_of,
    identity_of,
    is_by_place,
    is_map,
    is_repeated,
)


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
    expect(pb.ServiceSpec, base, ours, theirs)
    out = pb.ServiceSpec()
    out.CopyFrom(theirs)
    work = _Merge(prefer_ours=prefer_ours)
    work.message((), document_of(out.DESCRIPTOR), (base, ours, theirs), out)
    return Merged(out, tuple(dict.fromkeys(work.conflicts)))


_Three = tuple[Any, Any, Any]
"""A value of the base, of our side and of theirs; None is an absent one."""

_Elements = tuple[dict[Hashable, Any], dict[Hashable, Any], dict[Hashable, Any]]
"""The elements of a list of the base, of our side and of theirs, by what they are."""


class _Merge:
    def __init__(self, *, prefer_ours: bool) -> None:
        self._prefer_ours = prefer_ours
        self.conflicts: list[str] = []

    def message(self, steps: Steps, part: Part, three: _Three, out: Any) -> None:
        """Fill ``out``, a copy of their message, with what we changed."""
        base, ours, theirs = three
        for field in part.fields:
            name = field.attribute
            deeper = field.under(steps)
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
                self._optional(deeper, field, (there[0], there[1], there[2]), out)
            elif self._takes_ours(deeper, values):
                setattr(out, name, values[1])

    def _takes_ours(self, steps: Steps, three: _Three) -> bool:
        base, ours, theirs = three
        if ours in (theirs, base):
            return False
        if theirs == base or self._prefer_ours:
            return True
        self.conflicts.append(render_path(steps))
        return False

    def _optional(self, steps: Steps, field: SpecField, three: _Three, out: Any) -> None:
        base, ours, theirs = three
        if field.part is not None and ours is not None and theirs is not None:
            empty = type(ours)() if base is None else base
            whole = getattr(out, field.attribute)
            self.message(steps, field.part, (empty, ours, theirs), whole)
        elif self._takes_ours(steps, three):
            out.ClearField(field.attribute)
            if ours is not None:
                _set(out, field.attribute, ours)

    def _map(self, steps: Steps, three: _Three, out: Any) -> None:
        base, ours, theirs = three
        for key in sorted({*base, *ours, *theirs}):
            values = (_entry(base, key), _entry(ours, key), _entry(theirs, key))
            if self._takes_ours((*steps, MapKey(key)), values):
                out.pop(key, None)
                if values[1] is not None:
                    out[key] = values[1]

    def _list(self, steps: Steps, field: SpecField, three: _Three, out: Any) -> None:
        base, ours, theirs = three
        if list(ours) in (list(theirs), list(base)):
            return
        if list(theirs) == list(base):
            _replace(getattr(out, field.attribute), list(ours))
            return
        sides = _elements_of(field.key, three)
        order = None if sides is None else _joined_order(*(list(side) for side in sides))
        if sides is None or order is None:
            if self._takes_ours(steps, (list(base), list(ours), list(theirs))):
                _replace(getattr(out, field.attribute), list(ours))
            return
        _replace(getattr(out, field.attribute), self._elements(steps, field, sides, order))

    def _elements(
        self, steps: Steps, field: SpecField, sides: _Elements, order: list[Hashable]
    ) -> list[Any]:
        elements = []
        for identity in order:
            base, ours, theirs = (side.get(identity) for side in sides)
            found = self._element((*steps, _label(identity)), field.part, (base, ours, theirs))
            if found is not None:
                elements.append(found)
        return elements

    def _element(self, steps: Steps, part: Part | None, three: _Three) -> Any:
        base, ours, theirs = three
        if part is not None and None not in (base, ours, theirs):
            out = copied(theirs)
            self.message(steps, part, three, out)
            return out
        return ours if self._takes_ours(steps, three) else theirs


def _label(identity: Any) -> MapKey:
    """How an element of a list is named in a path."""
    if isinstance(identity, tuple):
        return MapKey("/".join(str(part) for part in identity))
    return MapKey(str(identity) if not isinstance(identity, bytes) else "…")


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


def _elements_of(key: str, lists: Sequence[Sequence[Any]]) -> _Elements | None:
    """The elements of each list by what they are; None if the list has to be taken as a whole."""
    if is_by_place(key):
        return None
    found: list[dict[Hashable, Any]] = []
    for elements in lists:
        by_identity = {identity_of(key, element): element for element in elements}
        if len(by_identity) != len(elements):
            return None
        found.append(by_identity)
    return found[0], found[1], found[2]


def _joined_order(
    base: list[Hashable], ours: list[Hashable], theirs: list[Hashable]
) -> list[Hashable] | None:
    """All elements in one order; None if both sides changed the order, and not to the same."""
    if _keeps_order(base, ours):
        return _inserted(theirs, ours)
    if _keeps_order(base, theirs) or _keeps_order(ours, theirs):
        return _inserted(ours, theirs)
    return None


def _keeps_order(base: list[Hashable], other: list[Hashable]) -> bool:
    return [each for each in base if each in other] == [each for each in other if each in base]


def _inserted(order: list[Hashable], more: list[Hashable]) -> list[Hashable]:
    """``order`` with what only ``more`` has, each behind the one that it follows there."""
    out = list(order)
    at = 0
    for identity in more:
        if identity in out:
            at = out.index(identity) + 1
        else:
            out.insert(at, identity)
            at += 1
    return out
