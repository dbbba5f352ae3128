"""Converting in spite of errors: each is noted, what it is about put right, and on it goes.

The engine stops at its first error. So the draft, a copy, is brought to a state that converts:
a field goes back to its default; if that does not help, what it is part of does.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from swarmwire import engine
from swarmwire.check._draft import Draft
from swarmwire.check._fields import Steps, parse_path, pattern_of, value_at
from swarmwire.check._subjects import Subject
from swarmwire.errors import ConvertError

_MOST: Final = 200
"""So many errors of one document are told; one with more is not looked into further."""


class EngineError(NamedTuple):
    """What the engine refuses, and where in the spec that was given."""

    steps: Steps
    error: ConvertError
    value: Any
    """What was there."""


class Conversion(NamedTuple):
    """What became of a draft; the message is None if it could not be put right."""

    message: Any
    errors: list[EngineError]


def converted(subject: Subject, draft: Draft, *, lossless: bool = False) -> Conversion:
    """Convert the draft, which is put right wherever the engine refuses it."""
    errors: list[EngineError] = []
    above = 0
    while len(errors) < _MOST:
        try:
            return Conversion(subject.write(draft.value, lossless), errors)
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
    return Conversion(None, errors)


def _is_same(one: EngineError, other: EngineError) -> bool:
    return one.steps == other.steps and one.error.reason == other.error.reason


def _put_right(draft: Draft, steps: Steps, above: int) -> bool:
    """Change what an error is about, or the part ``above`` it; whether there is anything left."""
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
