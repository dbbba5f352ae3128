"""What a write breaks: the rule, the path, the words, and what in a policy would open it."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from swarmwire.errors import render_path
from swarmwire.spec import Steps


class Opening(NamedTuple):
    """What in a policy would open a rule.

    Attributes:
        key: ``allow``, ``images``, ``mounts.bind``, ``max.replicas`` of the set of rules;
            ``use.networks``, ``stacks``, ``write`` of the client.
        value: what to put there: a text, a number, or true.
    """

    key: str
    value: str | int

    def __str__(self) -> str:
        one = toml_value(self.value)
        is_list = isinstance(self.value, str) and self.key != "mounts.tmpfs"
        return f"{self.key} = [{one}]" if is_list else f"{self.key} = {one}"


def toml_value(value: str | float) -> str:
    """A value as TOML writes it."""
    # TOML's basic strings are those of JSON, but for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


class PolicyViolation(NamedTuple):
    """One rule that a write breaks.

    Attributes:
        rule: the id of the rule: ``mount.bind``.
        path: where, as the Engine API has it; nothing if it is about the request as a whole.
        text: what is wrong, for people. Never holds the value of a variable, an option or data.
        opening: what would open it; None if nothing does.
    """

    rule: str
    path: str
    text: str
    opening: Opening | None = None

    def __str__(self) -> str:
        return (
            f"{self.path}: {self.text} ({self.rule})" if self.path else f"{self.text} ({self.rule})"
        )


Violations = Iterator[PolicyViolation]


def violation(
    rule: str, steps: Steps, text: str, key: str = "", value: str | int = ""
) -> PolicyViolation:
    """A violation at a path; ``key`` and ``value`` say what would open it, if anything does."""
    return PolicyViolation(rule, render_path(steps), text, Opening(key, value) if key else None)


def refusal_text(client: str, violations: Iterable[PolicyViolation]) -> str:
    """The message of a refusal, as clients print it: every violation, with path and rule."""
    return f"policy {client}: {'; '.join(map(str, violations))}"
