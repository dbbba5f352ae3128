"""What to do about an error, where something can be said."""

from typing import Final

from swarmwire import engine
from swarmwire.check._objects import pattern_of, value_at
from swarmwire.engine.address import go_quoted
from swarmwire.errors import FieldError, Kind
from swarmwire.spec import Steps, words_of

_RUNTIMES: Final = ("container", "plugin")
_CONTAINER: Final = "TaskTemplate.ContainerSpec"

_ADVICE: Final[dict[tuple[str, Kind], str]] = {
    ("Mode", "conflict"): "keep one of Replicated, Global, ReplicatedJob and GlobalJob",
    ("UpdateConfig", "conflict"): "leave UpdateConfig out: the tasks of a job are not updated",
    ("TaskTemplate.Runtime", "conflict"): "leave Mode.Replicated out: a plugin is global",
    (_CONTAINER, "missing"): "add a ContainerSpec, or set the Runtime that was meant",
    ("TaskTemplate.PluginSpec", "missing"): "add a PluginSpec, or set the Runtime that was meant",
    (
        "TaskTemplate.Resources.Limits.MemoryBytes",
        "missing",
    ): "set a memory limit, or leave SwapBytes out",
    (f"{_CONTAINER}.Privileges.CredentialSpec", "missing"): (
        "set one of Config, File and Registry, or leave CredentialSpec out"
    ),
    (f"{_CONTAINER}.Privileges.CredentialSpec", "conflict"): (
        "keep one of Config, File and Registry"
    ),
    (f"{_CONTAINER}.Configs[]", "missing"): "set File",
    (f"{_CONTAINER}.Configs[]", "conflict"): "keep one of File and Runtime",
    (f"{_CONTAINER}.Mounts[].Target", "conflict"): "mount it somewhere else",
    ("EndpointSpec.Ports[]", "conflict"): (
        "publish each port once; with Mode dnsrr, only with PublishMode host"
    ),
}


def advice(error: FieldError, spec: object, steps: Steps, value: object) -> str:
    """What to do about ``error``, which is about ``value`` at ``steps``; ``""`` if unknown."""
    if value is None and steps and isinstance(steps[-1], int):
        return "take the element out"
    known = _ADVICE.get((pattern_of(steps), error.kind))
    if known is not None:
        return known
    if error.kind in ("unknown", "unsupported"):
        return did_you_mean(value, words_at(spec, steps))
    if error.kind in ("missing", "crash") and steps:
        return f"set {steps[-1]}" if isinstance(steps[-1], str) else "take the element out"
    return ""


def words_at(spec: object, steps: Steps) -> tuple[str, ...]:
    """The words that the field at ``steps`` takes; none if it takes any."""
    if not steps:
        return ()
    owner, name = type(value_at(spec, steps[:-1])), str(steps[-1])
    return _RUNTIMES if (owner, name) == (engine.TaskSpec, "Runtime") else words_of(owner, name)


def did_you_mean(word: object, words: tuple[str, ...]) -> str:
    """The advice for a word that is not among ``words``."""
    if not words:
        return ""
    # takes long to import, and most specs need no advice
    from difflib import get_close_matches  # noqa: PLC0415

    near = get_close_matches(str(word).lower(), words, 1)
    if near:
        return f"did you mean {go_quoted(near[0])}?"
    return f"use {' or '.join(go_quoted(one) for one in words)}"
