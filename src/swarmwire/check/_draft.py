"""The copy of a spec that check works on: it is of the right types, and may lose what is wrong.

An element that is taken out of a list moves those behind it. The draft remembers which it was, so
that every finding still names the place in the spec that was given.
"""

from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from msgspec import inspect

from swarmwire.check._fields import Shape, Step, Steps, clear, fields_of, shape_of, value_at
from swarmwire.errors import MapKey

_ABSENT: Any = object()
_UINT64 = 2**64 - 1


class Misfit(NamedTuple):
    """A value that such a spec cannot hold."""

    steps: Steps
    reason: str
    kind: str


@dataclass
class Draft:
    """A copy of a spec, with what was taken out of it."""

    value: Any
    misfits: list[Misfit] = field(default_factory=list)
    _removed: dict[Steps, list[int]] = field(default_factory=dict)

    def clear(self, steps: Steps) -> bool:
        """Put a field back to its default, or take out an element; whether there is one."""
        if isinstance(value_at(self.value, steps[:-1]), list):
            origin = self.origin(steps)
            self._note(origin[:-1], origin[-1])
        return clear(self.value, steps)

    def origin(self, steps: Steps) -> Steps:
        """The steps to the same place in the spec that was given."""
        if not self._removed:
            return steps
        given: list[Step] = []
        for step in steps:
            given.append(self.given(tuple(given), step) if isinstance(step, int) else step)
        return tuple(given)

    def given(self, parent: Steps, index: int) -> int:
        """Which element of the list that was given stands at ``index`` of the copy's."""
        for gone in self._removed.get(parent, ()):
            index += gone <= index
        return index

    def _note(self, parent: Steps, index: Step) -> None:
        insort(self._removed.setdefault(parent, []), int(index))

    def refuse(self, steps: Steps, reason: str, kind: str = "type") -> Any:
        """Note a value that does not fit; what stands for it is nothing."""
        self.misfits.append(Misfit(steps, reason, kind))
        return _ABSENT

    def drop(self, steps: Steps) -> None:
        """Note that the element of a list is not in the copy."""
        self._note(steps[:-1], steps[-1])


def draft_of(spec: Any, cls: type | None = None) -> Draft:
    """A copy of ``spec`` in which each value has its type; the misfits are left out, and noted."""
    draft = Draft(None)
    draft.value = _object(spec, cls or type(spec), (), draft)
    return draft


def _copy(value: Any, shape: Shape, steps: Steps, draft: Draft) -> Any:
    """A copy of ``value``; ``_ABSENT``, and a misfit, if it has no such shape."""
    if value is None and shape.optional:
        return None
    wanted = shape.type
    if isinstance(wanted, inspect.StructType):
        if isinstance(value, wanted.cls):
            return _object(value, wanted.cls, steps, draft)
        return _refuse(value, f"an object of type {wanted.cls.__name__}", steps, draft)
    types, word, copy = _KINDS[type(wanted)]
    if not isinstance(value, types) or (isinstance(value, bool) and types is not bool):
        return _refuse(value, word, steps, draft)
    return copy(value, wanted, steps, draft)


def _refuse(value: Any, wanted: str, steps: Steps, draft: Draft) -> Any:
    got = "null" if value is None else type(value).__name__
    return draft.refuse(steps, f"expected {wanted}, got {got}")


def _object(value: Any, cls: type, steps: Steps, draft: Draft) -> Any:
    out = cls()
    for one in fields_of(cls).values():
        inner = getattr(value, one.attribute, _ABSENT)
        if inner is one.empty:
            continue
        at = (*steps, one.name)
        if inner is _ABSENT:
            draft.refuse(at, "is not set", "missing")
            continue
        copied = _copy(inner, one.shape, at, draft)
        if copied is not _ABSENT:
            setattr(out, one.attribute, copied)
    if hasattr(out, "__post_init__"):
        _bring_into_form(out, steps, draft)
    return out


def _bring_into_form(out: Any, steps: Steps, draft: Draft) -> None:
    """What the type does with its values when it is built; those that it refuses are taken out."""
    for one in fields_of(type(out)).values():
        value = getattr(out, one.attribute)
        parts: list[tuple[Steps, Any]] = [((), value)]
        if isinstance(value, list):
            parts = [((index,), [item]) for index, item in enumerate(value)]
        elif isinstance(value, dict):
            parts = [((MapKey(key),), {key: item}) for key, item in value.items()]
        for inner, part in reversed(parts):
            try:
                type(out)(**{one.attribute: part})
            except ValueError as err:
                at = (*steps, one.name, *inner)
                if isinstance(value, list):
                    at = (*at[:-1], draft.given(at[:-1], int(at[-1])))
                    draft.drop(at)
                draft.refuse(at, str(err))
                clear(out, (one.name, *inner))
    out.__post_init__()


def _text(value: str, _shape: inspect.Type, steps: Steps, draft: Draft) -> Any:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return draft.refuse(steps, "a text with a lone surrogate cannot be stored")
    return str.__str__(value)


def _number(value: Any, shape: Any, steps: Steps, draft: Draft) -> Any:
    highest = _UINT64 if shape.le is None else shape.le
    if value < shape.ge or value > highest:
        return draft.refuse(steps, f"must be between {shape.ge} and {highest}", "range")
    return value


def _same(value: Any, _shape: inspect.Type, _steps: Steps, _draft: Draft) -> Any:
    return value


def _list(value: Any, shape: Any, steps: Steps, draft: Draft) -> Any:
    item_shape = shape_of(shape.item_type)
    out = []
    for index, item in enumerate(value):
        at = (*steps, index)
        copied = _copy(item, item_shape, at, draft)
        if copied is _ABSENT:
            draft.drop(at)
        else:
            out.append(copied)
    return out


def _map(value: Any, shape: Any, steps: Steps, draft: Draft) -> Any:
    value_shape = shape_of(shape.value_type)
    out = {}
    for key, item in value.items():
        if not isinstance(key, str):
            _refuse(key, "strings as keys", steps, draft)
            continue
        copied_key = _text(key, shape, steps, draft)
        if copied_key is _ABSENT:
            continue
        copied = _copy(item, value_shape, (*steps, MapKey(key)), draft)
        if copied is not _ABSENT:
            out[copied_key] = copied
    return out


_Copier = Callable[[Any, Any, Steps, Draft], Any]

_KINDS: dict[type[inspect.Type], tuple[type | tuple[type, ...], str, _Copier]] = {
    inspect.StrType: (str, "a string", _text),
    inspect.BoolType: (bool, "true or false", _same),
    inspect.IntType: (int, "an integer", _number),
    inspect.FloatType: ((int, float), "a number", _number),
    inspect.BytesType: (bytes, "bytes", _same),
    inspect.ListType: ((list, tuple), "a list", _list),
    inspect.DictType: (dict, "a map", _map),
}
