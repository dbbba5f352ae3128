"""Everything wrong with a spec at once: refused, lost, changed, or worth a look. Pure.

The package is itself the function: ``check(spec)`` and ``check.check(spec)`` are the same.
"""

from importlib import import_module
from types import ModuleType
from typing import Any

from swarmwire.check._check import check
from swarmwire.check._finding import SEVERITIES, Finding, Severity, Source, summary, worst

__all__ = ["SEVERITIES", "Finding", "Severity", "Source", "check", "summary", "worst"]


class _Callable(ModuleType):
    """A module that is called as the function of its name."""

    def __call__(self, spec: object, **options: Any) -> list[Finding]:
        return check(spec, **options)


import_module(__name__).__class__ = _Callable
