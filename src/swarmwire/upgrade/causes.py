"""Why the same document means something else to another release, and what to write instead."""

import re
from typing import Final, NamedTuple

from swarmwire.engine.address import parse_address
from swarmwire.releases import Release
from swarmwire.releases.quirks import does


class Cause(NamedTuple):
    """A difference that comes of an upgrade, in words for people."""

    why: str
    fix: str
    """What to write now so that nothing restarts later; empty if nothing helps."""


_KEEP: Final = (
    "`swarmwire apply` with the same document keeps what is stored, so that nothing restarts;"
    " `docker service update` restarts the tasks once"
)
DROPPED_BEFORE: Final = Cause(
    "the older release silently drops this field, the newer one stores it",
    "leave the field out: it has had no effect so far",
)
_START_INTERVAL: Final = re.compile(r"\.Healthcheck\.StartInterval$")
_TMPFS_OPTIONS: Final = re.compile(r"\.TmpfsOptions\.Options$")
_NAME_SERVERS: Final = re.compile(r"\.DNSConfig\.Nameservers\[\d+\]$")


def cause_of(path: str, old: object, after: Release) -> Cause:
    """Why the field at ``path`` differs once the document is sent to ``after``."""
    if _START_INTERVAL.search(path):
        return Cause("from 25.0 on each health check is stored with a start interval", _KEEP)
    if _TMPFS_OPTIONS.search(path):
        return Cause("from 27.0 on each tmpfs mount is stored with options, `null` at least", _KEEP)
    if _NAME_SERVERS.search(path):
        return Cause("from 29 on name servers are stored in their shortest form", _shortest(old))
    if path.startswith("Networks") and not does(after, "top-level-networks"):
        fix = "move `Networks` to `TaskTemplate.Networks` before the upgrade"
        return Cause("from 29 on `Networks` at the top of a spec are not stored", fix)
    if old is None:
        return DROPPED_BEFORE
    return Cause("the two releases store it differently", "")


def _shortest(old: object) -> str:
    try:
        return f"write {parse_address(str(old))!r} now; that restarts the tasks once, before"
    except ValueError:
        return ""
