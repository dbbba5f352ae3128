"""The findings on their way: gathered once each, rendered, put in order."""

from typing import Any, Final

from swarmwire.check._fields import Steps, document_order, value_at
from swarmwire.check._finding import SEVERITIES, Finding, Severity, Source
from swarmwire.check._shown import shown, without_secrets
from swarmwire.errors import render_path

_UNKNOWN: Final[Any] = object()


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
