"""The copy of a spec that check works on: of the right types, and put right until it converts.

The engine stops at its first error. So each is noted, and what it is about goes back to its
default; if that does not help, what that is part of does. An element that is taken out of a list
moves those behind it: the draft remembers which it was, so that every finding still names the place
in the spec that was given.
"""

from bisect import insort
from collections.abc import Callable
from typing import Any, Final

import msgspec

from swarmwire import engine
from swarmwire.check._objects import (
    Shape,
    Step,
    clear,
    fields_of,
    parse_path,
    pattern_of,
    shape_of,
    shapes_of,
    value_at,
)
from swarmwire.check._subjects import Subject
from swarmwire.engine.shapes import WITH_ADDRESSES
from swarmwire.errors import ConvertError, MapKey
from swarmwire.spec import Steps

_ABSENT: Any = object()
_UINT64: Final = 2**64 - 1
_MOST: Final = 200
"""So many errors of one document are told; one with more is not looked into further."""


class Misfit(msgspec.Struct, frozen=True):
    """A value that such a spec cannot hold."""

    steps: Steps
    reason: str
    kind: str


class Draft:
    """A spec on its way through the engine, and what was taken out of it.

    The value is the spec that was given until something has to be put right; then it is a copy.
    ``free_addresses`` tells that the engine takes addresses for texts, and checks none.
    """

    def __init__(self, value: Any, *, free_addresses: bool = False) -> None:
        self.value = value
        self.free_addresses = free_addresses
        self.misfits: list[Misfit] = []
        self._is_given = True
        self._removed: dict[Steps, list[int]] = {}

    def replace(self, value: Any) -> None:
        """Go on with another value, which is a copy."""
        self.value = value
        self._is_given = False

    def copy(self) -> None:
        """Make the value a copy, unless it is one already."""
        if self._is_given:
            self.replace(self.duplicate().value)

    def duplicate(self) -> "Draft":
        """Another draft, of a copy of the value."""
        return draft_of(self.value, free_addresses=self.free_addresses)

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


def draft_of(spec: Any, cls: type | None = None, *, free_addresses: bool = False) -> Draft:
    """A copy of ``spec`` in which each value has its type; the misfits are left out, and noted."""
    draft = Draft(None, free_addresses=free_addresses)
    draft.replace(_object(spec, cls or type(spec), (), draft))
    return draft


def _copy(value: Any, shape: Shape, steps: Steps, draft: Draft) -> Any:
    """A copy of ``value``; ``_ABSENT``, and a misfit, if it has no such shape."""
    if value is None and shape.optional:
        return None
    kind = _KINDS.get(shape.type)
    if kind is None:
        if isinstance(value, shape.type):
            return _object(value, shape.type, steps, draft)
        return _refuse(value, f"an object of type {shape.type.__name__}", steps, draft)
    types, word, copy = kind
    if not isinstance(value, types) or (isinstance(value, bool) and types is not bool):
        return _refuse(value, word, steps, draft)
    return copy(value, shape, steps, draft)


def _refuse(value: Any, wanted: str, steps: Steps, draft: Draft) -> Any:
    got = "null" if value is None else type(value).__name__
    return draft.refuse(steps, f"expected {wanted}, got {got}")


def _object(value: Any, cls: type, steps: Steps, draft: Draft) -> Any:
    out = cls()
    shapes = shapes_of(cls)
    for one in fields_of(cls).values():
        inner = getattr(value, one.attribute, _ABSENT)
        if inner is one.empty:
            continue
        at = (*steps, one.name)
        if inner is _ABSENT:
            draft.refuse(at, "is not set", "missing")
            continue
        copied = _copy(inner, shapes[one.name], at, draft)
        if copied is not _ABSENT:
            setattr(out, one.attribute, copied)
    unchecked = draft.free_addresses and cls.__name__ in WITH_ADDRESSES
    if hasattr(out, "__post_init__") and not unchecked:
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


def _text(value: str, _shape: Shape, steps: Steps, draft: Draft) -> Any:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return draft.refuse(steps, "a text with a lone surrogate cannot be stored")
    return str.__str__(value)


def _number(value: Any, shape: Shape, steps: Steps, draft: Draft) -> Any:
    assert shape.bounds is not None
    lowest, highest = shape.bounds.ge, shape.bounds.le
    if highest is None:
        highest = _UINT64
    if value < lowest or value > highest:
        return draft.refuse(steps, f"must be between {lowest} and {highest}", "range")
    return value


def _same(value: Any, _shape: Shape, _steps: Steps, _draft: Draft) -> Any:
    return value


def _list(value: Any, shape: Shape, steps: Steps, draft: Draft) -> Any:
    item_shape = shape_of(shape.inner)
    out = []
    for index, item in enumerate(value):
        at = (*steps, index)
        copied = _copy(item, item_shape, at, draft)
        if copied is _ABSENT:
            draft.drop(at)
        else:
            out.append(copied)
    return out


def _map(value: Any, shape: Shape, steps: Steps, draft: Draft) -> Any:
    value_shape = shape_of(shape.inner)
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


_Copier = Callable[[Any, Shape, Steps, Draft], Any]

_KINDS: Final[dict[type, tuple[type | tuple[type, ...], str, _Copier]]] = {
    str: (str, "a string", _text),
    bool: (bool, "true or false", _same),
    int: (int, "an integer", _number),
    float: ((int, float), "a number", _number),
    bytes: (bytes, "bytes", _same),
    list: ((list, tuple), "a list", _list),
    dict: (dict, "a map", _map),
}


class EngineError(msgspec.Struct, frozen=True):
    """What the engine refuses, and where in the spec that was given."""

    steps: Steps
    error: ConvertError
    value: Any
    """What was there."""


def converted(
    subject: Subject, draft: Draft, *, lossless: bool = False
) -> tuple[Any, list[EngineError]]:
    """Convert the draft, which is put right wherever the engine refuses it.

    Returns:
        The message, None if the draft could not be put right; and what the engine refused.
    """
    errors: list[EngineError] = []
    above = 0
    while len(errors) < _MOST:
        try:
            return subject.write(draft.value, lossless), errors
        except ConvertError as err:
            steps = parse_path(err.path)
            found = EngineError(draft.origin(steps), err, value_at(draft.value, steps))
            if errors and _is_same(errors[-1], found):
                above += 1
            else:
                errors.append(found)
                above = 0
            if not _put_right(draft, steps, above):
                break
    return None, errors


def _is_same(one: EngineError, other: EngineError) -> bool:
    return one.steps == other.steps and one.error.reason == other.error.reason


def _put_right(draft: Draft, steps: Steps, above: int) -> bool:
    """Change what an error is about, or the part ``above`` it; whether there is anything left."""
    draft.copy()
    repair = _REPAIRS.get(pattern_of(steps))
    if repair is not None and above == 0:
        repair(draft.value, steps)
        return True
    return any(draft.clear(steps[:length]) for length in range(len(steps) - above, 0, -1))


def _use_some_runtime(spec: engine.ServiceSpec, _steps: Steps) -> None:
    template = spec.task_template
    template.network_attachment_spec = None
    if template.plugin_spec is not None and template.container_spec is None:
        template.runtime = "plugin"
    if template.runtime == "plugin":
        # the one thing that is wrong with this runtime is the mode
        spec.mode.replicated = None
        return
    template.runtime = "container"
    template.container_spec = template.container_spec or _some_container()


def _some_container() -> engine.ContainerSpec:
    return engine.ContainerSpec(image="some-image")


def _add_container(spec: engine.ServiceSpec, _steps: Steps) -> None:
    spec.task_template.container_spec = _some_container()


def _add_plugin(spec: engine.ServiceSpec, _steps: Steps) -> None:
    spec.task_template.plugin_spec = engine.RuntimeSpec(name="some-plugin", remote="some-plugin")


def _forget_swap(spec: engine.ServiceSpec, _steps: Steps) -> None:
    assert spec.task_template.resources is not None
    spec.task_template.resources.swap_bytes = None


def _give(attribute: str, word: str) -> Callable[[Any, Steps], None]:
    """A repair that gives a required word."""

    def repair(spec: Any, steps: Steps) -> None:
        setattr(value_at(spec, steps[:-1]), attribute, word)

    return repair


_REPAIRS: Final[dict[str, Callable[[Any, Steps], None]]] = {
    "TaskTemplate.Runtime": _use_some_runtime,
    "TaskTemplate.ContainerSpec": _add_container,
    "TaskTemplate.PluginSpec": _add_plugin,
    "TaskTemplate.Resources.Limits.MemoryBytes": _forget_swap,
    "Role": _give("role", "worker"),
    "Availability": _give("availability", "active"),
    "CAConfig.ExternalCAs[].Protocol": _give("protocol", "cfssl"),
}
