"""What check answers: findings, their order, and what they amount to."""

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

Severity = Literal["error", "lost", "changed", "hint"]
Source = Literal["json", "api-version", "engine", "manager", "worker", "scheduler"]

SEVERITIES: Final[tuple[Severity, ...]] = ("error", "lost", "changed", "hint")
"""From the worst to the mildest."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing about a spec that its writer should know.

    Attributes:
        severity: ``error``: refused, at once or later and for ever; ``lost``: accepted and not
            stored; ``changed``: stored as something else; ``hint``: stored, and worth a look.
        path: where, in the JSON names of the Engine API; ``""`` is the whole document.
        rule: what is wrong, in the words of who says so where they have some.
        source: who says so.
        code: the kind of finding, for programs: ``unknown-key``, ``manager-InvalidArgument``.
        value: the value, shortened; what may be secret is hidden.
        fix: what to do about it; ``""`` where nothing can be said.
    """

    severity: Severity
    path: str
    rule: str
    source: Source
    code: str
    value: str = ""
    fix: str = ""


def summary(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many findings there are of each severity, the worst first, zeros included."""
    counts = dict.fromkeys(SEVERITIES, 0)
    for finding in findings:
        counts[finding.severity] += 1
    return counts


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The worst severity among the findings; None if there are none."""
    return min((finding.severity for finding in findings), key=SEVERITIES.index, default=None)
