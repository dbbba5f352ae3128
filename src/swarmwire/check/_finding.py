"""Findings: what they are, how they are gathered, and what of a value they may show.

Findings end up in the logs of build servers. So the values of the environment, of commands, of
maps (labels and options hold passwords, too) and of all bytes stay hidden.
"""

import re
from collections.abc import Iterable
from typing import Any, Final, Literal

import msgspec

from swarmwire.check._objects import document_order, fields_of, is_struct, value_at
from swarmwire.engine.address import go_quoted
from swarmwire.errors import MapKey, render_path
from swarmwire.spec import HIDDEN, Steps, size_of

_LONGEST = 60
_SECRET = frozenset(
    {"Args", "CACert", "Command", "Data", "Profile", "SigningCACert", "SigningCAKey", "Test"}
)
_ENVIRONMENT = frozenset({"Env", "env"})
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_MAP_ENTRY = rf"(expanding map entry {_QUOTED}=){_QUOTED}"
_TEMPLATE = '"expansion"'
_UNKNOWN: Final[Any] = object()

Severity = Literal["error", "lost", "changed", "hint"]
"""Refused; accepted and not stored; stored as something else; worth a look."""
Source = Literal[
    "docker-command", "json", "api-version", "engine", "manager", "worker", "scheduler"
]
"""Whose word it is."""

SEVERITIES: Final[tuple[Severity, ...]] = ("error", "lost", "changed", "hint")
"""From the worst to the mildest."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing about a spec that its writer should know.

    Attributes:
        severity: ``error``: refused, at once or later and for ever; ``lost``: accepted and not
            stored; ``changed``: stored as something else; ``hint``: stored, and worth a look.
        path: where, in the JSON names of the Engine API, or of a stack file in its options;
            ``""`` is the whole document.
        rule: what is wrong, in the words of who says so where they have some.
        source: who says so.
        code: the kind of finding, for programs: ``unknown-key``, ``manager-InvalidArgument``.
        value: the value, shortened; what may be secret is hidden.
        fix: what to do about it; ``""`` where nothing can be said.
        file: the stack file, as it was named; ``""`` for a spec.
        line: the line in it, from 1 on; 0 if it is about no line.
        column: the column in it, in characters, from 1 on; 0 as above.
    """

    severity: Severity
    path: str
    rule: str
    source: Source
    code: str
    value: str = ""
    fix: str = ""
    file: str = ""
    line: int = 0
    column: int = 0


def summary(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many findings there are of each severity, the worst first, zeros included."""
    counts = dict.fromkeys(SEVERITIES, 0)
    for finding in findings:
        counts[finding.severity] += 1
    return counts


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The worst severity among the findings; None if there are none."""
    return min((finding.severity for finding in findings), key=SEVERITIES.index, default=None)


class Report:
    """Gathers the findings about ``spec``, which is at ``prefix`` in what was given."""

    def __init__(self, spec: Any, prefix: Steps = ()) -> None:
        self._spec = spec
        self._prefix = prefix
        self._findings: dict[tuple[str, ...], Finding] = {}
        self._refused: set[Steps] = set()

    def add(  # noqa: PLR0913 - a finding has so many parts
        self,
        severity: Severity,
        steps: Steps,
        rule: str,
        *,
        source: Source,
        code: str,
        fix: str = "",
        value: Any = _UNKNOWN,
    ) -> None:
        """Add a finding about the value at ``steps``, unless it is there already."""
        if value is _UNKNOWN:
            value = value_at(self._spec, steps)
        self.add_finished(
            Finding(
                severity=severity,
                path=render_path((*self._prefix, *steps)),
                rule=without_secrets(rule, self._spec, steps),
                source=source,
                code=code,
                value=shown(value, steps),
                fix=fix,
            )
        )

    def add_finished(self, finding: Finding) -> None:
        """Add a finding whose path is complete, unless it is there already."""
        key = (finding.severity, finding.path, finding.rule)
        self._findings.setdefault(key, finding)

    def refuse(self, steps: Steps, rule: str, code: str, *, fix: str = "", **value: Any) -> None:
        """Add an error of the engine; what others say of the same place is not asked any more."""
        if not self.is_refused(steps):
            self.add("error", steps, rule, source="engine", code=code, fix=fix, **value)
            self._refused.add(steps)

    def is_refused(self, steps: Steps) -> bool:
        """Whether the engine refuses the value at ``steps``, or one that it is part of."""
        return any(steps[:length] in self._refused for length in range(len(steps) + 1))

    def is_beside_refused(self, steps: Steps) -> bool:
        """Whether the engine refuses a field of a list's element that ``steps`` lead through.

        Then nobody knows what the element was meant to be.
        """
        elements = {steps[: place + 1] for place, step in enumerate(steps) if isinstance(step, int)}
        return any(refused[:-1] in elements for refused in self._refused)

    def in_order(self, root: type) -> list[Finding]:
        """Errors first; then, as among them, in the order of a document of type ``root``."""
        return sorted(
            self._findings.values(),
            key=lambda finding: (
                finding.severity != "error",
                document_order(finding.path, root),
                SEVERITIES.index(finding.severity),
            ),
        )


def shown(value: Any, steps: Steps) -> str:
    """The value at ``steps`` in a few words."""
    if is_struct(value):
        names = [
            field.name
            for field in fields_of(type(value)).values()
            if getattr(value, field.attribute, field.empty) != field.empty
        ]
        return _shortened("{" + ", ".join(names) + "}")
    if isinstance(value, dict):
        return _shortened("{" + ", ".join(key for key in value if isinstance(key, str)) + "}")
    if isinstance(value, bytes):
        return size_of(value)
    if isinstance(value, list):
        return f"{len(value)} item{'' if len(value) == 1 else 's'}"
    if not isinstance(value, str | int | float):
        return ""
    if _ENVIRONMENT.intersection(steps):
        name, equals, _ = str(value).partition("=")
        return _shortened(f"{name}={HIDDEN}") if equals else HIDDEN
    if is_secret(steps):
        return HIDDEN
    if isinstance(value, bool):
        return str(value).lower()
    return _shortened(go_quoted(value) if isinstance(value, str) else str(value))


def is_secret(steps: Steps) -> bool:
    """Whether what is at ``steps`` may be a secret."""
    return any(
        isinstance(step, MapKey) or step in _SECRET or step in _ENVIRONMENT for step in steps
    )


def without_secrets(reason: str, spec: object, steps: Steps) -> str:
    """The text of an error without the value that it is about, if that may be a secret."""
    reason = re.sub(_MAP_ENTRY, rf'\1"{HIDDEN}"', reason)
    if not _ENVIRONMENT.intersection(steps):
        return reason
    entry = str(value_at(spec, steps) or "")
    name = entry.partition("=")[0] + "=" if "=" in entry else ""
    hidden = f"{name}{HIDDEN}"
    reason = reason.replace(go_quoted(entry), f"\0{hidden}\0")
    if entry and reason.endswith(entry):
        reason = reason.removesuffix(entry) + hidden
    masked = re.sub(
        _QUOTED, lambda found: found[0] if found[0] == _TEMPLATE else f'"{HIDDEN}"', reason
    )
    return masked.replace("\0", '"')


def _shortened(text: str) -> str:
    printable = "".join(c if c.isprintable() else "?" for c in text[: _LONGEST + 1])
    return printable if len(text) <= _LONGEST else printable[: _LONGEST - 1] + "…"
