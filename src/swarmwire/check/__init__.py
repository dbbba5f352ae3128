"""Everything wrong with a spec at once: refused, lost, changed, or worth a look. Pure."""

from swarmwire.check._check import check
from swarmwire.check._finding import SEVERITIES, Finding, Severity, Source, summary, worst

__all__ = ["SEVERITIES", "Finding", "Severity", "Source", "check", "summary", "worst"]
