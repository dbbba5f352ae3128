"""Requests that crash a manager, and the versions of which that is true. Pure data.

Versions, not releases: some were mended in the middle of one.

Source: SwarmKit as vendored in the tags of moby; each was seen on a real manager, or read.
"""

import re
from typing import Final, NamedTuple


class Crash(NamedTuple):
    """One kind of request that some managers do not survive.

    Attributes:
        name: for programs.
        first: the first version that it crashes; empty if that is the oldest.
        mended: the first version that bears it; empty if there is none yet.
    """

    name: str
    first: str = ""
    mended: str = ""


CRASHES: Final = (
    Crash("secret-without-spec"),
    Crash("config-without-spec"),
    Crash("unknown-ingress-protocol"),
    Crash("sctp-on-ingress", mended="18.03.0"),
    Crash("placement-taken-away", "18.03.0", "29.7.0"),
    Crash("logs-without-options"),
    Crash("logs-of-nodes"),
    Crash("ingress-as-deprecated-network"),
    Crash("nodes-by-engine-label", mended="29.7.0"),
)

BY_NAME: Final = {crash.name: crash for crash in CRASHES}

_VERSION: Final = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?(-(?:rc|beta|alpha|dev))?")


def crashes(version: str, name: str) -> bool:
    """Whether a manager of a version crashes from a request; so of a version that is not known.

    Args:
        version: as an engine tells it: ``20.10.24+dfsg1``.
        name: the name in ``CRASHES``.
    """
    crash, found = BY_NAME[name], _VERSION.match(version)
    if found is None:
        return True
    number = _number(found)
    is_too_old = bool(crash.first) and number < _numbered(crash.first)
    is_mended = bool(crash.mended) and (
        number > _numbered(crash.mended)
        or (number == _numbered(crash.mended) and found[4] is None)  # not one on the way to it
    )
    return not is_too_old and not is_mended


def _number(found: re.Match[str]) -> tuple[int, ...]:
    return tuple(int(part or 0) for part in found.group(1, 2, 3))


def _numbered(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
