"""Everything wrong with a spec at once: refused, lost, changed, or worth a look. Pure."""

from swarmwire.check._check import check
from swarmwire.check._finding import SEVERITIES, Finding, Severity, Source, summary, worst
from swarmwire.check._network import INVALID_NETWORK_CONFIG, NetworkRefusal, network_refusals

__all__ = [
    "INVALID_NETWORK_CONFIG",
    "SEVERITIES",
    "Finding",
    "NetworkRefusal",
    "Severity",
    "Source",
    "check",
    "network_refusals",
    "summary",
    "worst",
]
