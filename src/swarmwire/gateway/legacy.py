"""What clients of old API versions are shown beside what newer ones are.

Source: moby daemon/server/router/swarm/cluster_routes.go, backFillLegacyNetwork; daemon/internal
/compat.
"""

from typing import Any, Final

import msgspec

from swarmwire.gateway.feed import html_escaped
from swarmwire.releases import Release

NETWORKS_BEFORE: Final = (1, 25)
_encoder = msgspec.json.Encoder(order="sorted")


def with_top_level_networks(data: bytes, version: tuple[int, ...], release: Release) -> bytes:
    """The JSON of a service, its networks repeated at the top of its specs for old clients.

    With what is added come sorted keys.
    """
    if version >= NETWORKS_BEFORE or not release.has("29.0"):
        return data
    found: dict[str, Any] = msgspec.json.decode(data)
    added = False
    for name in ("Spec", "PreviousSpec"):
        spec = found.get(name) or {}
        networks = spec.get("TaskTemplate", {}).get("Networks")
        if networks:
            spec["Networks"] = networks
            added = True
    return html_escaped(_encoder.encode(found)) if added else data
