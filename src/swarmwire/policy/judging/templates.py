"""Templates that managers and nodes expand: what is plain, and what may take them for ever.

Go's templates loop, define and format; nobody bounds the time or the memory that it takes. A
manager expands those of a service before it answers, a node those of secrets and configs.
Source: SwarmKit template/expand.go; manager/controlapi/service.go, validateTaskSpec.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from swarmwire import pb
from swarmwire.policy.scope import Scope
from swarmwire.policy.violation import Violations, violation
from swarmwire.spec import Steps

_LEFT: Final = "{{"
_RIGHT: Final = "}}"
_MOST: Final = 100
_TOKEN: Final = re.compile(
    r"""\s+|"(?:[^"\\\n]|\\.)*"|`[^`]*`|\.(?:[A-Za-z_][A-Za-z0-9_]*)?|[A-Za-z]+|[0-9]+|[()|]"""
)
_COMMENT: Final = re.compile(r"/\*[^*]*\*/")
_PLAIN_WORDS: Final = frozenset(
    {
        *("if", "else", "end", "with", "index", "len", "true", "false", "nil"),
        *("eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not", "env", "secret", "config"),
    }
)
"""Words that give no more than what is there already, once. Not so ``join``, by way of ``with``."""
_TOLD: Final = frozenset(
    {
        *("range", "define", "template", "block", "print", "printf", "println", "join", "slice"),
        *("js", "html", "urlquery", "call", "$"),
    }
)
"""What is named in a refusal: anything else may be a part of a password."""


def judge_templates(container: pb.ContainerSpec, at: Steps, scope: Scope) -> Violations:
    """Every template of a container, with what stands beside it."""
    if scope.rules.opens("template.work"):
        return
    every: list[str] = []
    for text, steps in _texts(container):
        found = _actions(text)
        every += found
        if reason := _excess(found):
            yield violation("template.work", (*at, *steps), reason, "allow", "template.work")
    if len(every) > _MOST:
        yield violation("template.work", (*at, "Env"), _excess(every), "allow", "template.work")


def judge_file_template(kind: str, spec: pb.SecretSpec | pb.ConfigSpec, scope: Scope) -> Violations:
    """The data of a secret or a config, if nodes expand it."""
    rule = f"{kind}.template"
    if not spec.HasField("templating") or scope.rules.opens(rule):
        return
    found = _actions(spec.data.decode(errors="replace"))
    if reason := _excess(found):
        yield violation(rule, ("Data",), reason, "allow", rule)


def _texts(container: pb.ContainerSpec) -> Iterator[tuple[str, Steps]]:
    for index, variable in enumerate(container.env):
        yield variable, ("Env", index)
    yield container.hostname, ("Hostname",)
    for index, mount in enumerate(container.mounts):
        place = ("Mounts", index)
        options = mount.volume_options
        yield mount.source, (*place, "Source")
        yield mount.target, (*place, "Target")
        for value in options.labels.values():
            yield value, (*place, "VolumeOptions", "Labels")
        for value in options.driver_config.options.values():
            yield value, (*place, "VolumeOptions", "DriverConfig", "Options")


def _actions(text: str) -> list[str]:
    """What stands between each pair of delimiters; what is never closed is one, too."""
    return [part.partition(_RIGHT)[0] for part in text.split(_LEFT)[1:]]


def _excess(actions: Sequence[str]) -> str:
    """What is too much of them, or more than plain; nothing if they are few and all of it is."""
    if len(actions) > _MOST:
        return f"{len(actions)} templates, {_MOST} at most"
    for action in actions:
        word = _odd_word(action)
        if word:
            named = f": {word}" if word in _TOLD else ""
            return f"a template that is more than fields and conditions{named}"
    return ""


def _odd_word(action: str) -> str:
    """The first thing in an action that is not plain; nothing if all of it is."""
    inner = action[2:] if action[:1] == "-" and action[1:2].isspace() else action
    inner = inner[:-2] if inner[-1:] == "-" and inner[-2:-1].isspace() else inner
    if _COMMENT.fullmatch(inner.strip()):
        return ""
    place = 0
    while place < len(inner):
        found = _TOKEN.match(inner, place)
        if found is None:
            return inner[place]
        word = found[0]
        if word.isalpha() and word not in _PLAIN_WORDS:
            return word
        place = found.end()
    return ""
