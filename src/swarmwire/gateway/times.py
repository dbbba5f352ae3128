"""Times as logs show them."""

from datetime import UTC, datetime, timedelta
from typing import Final

from swarmwire import pb

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def fixed_time(stamp: pb.Timestamp) -> str:
    """RFC 3339 with nine digits, in UTC. Source: moby, rfc3339NanoFixed."""
    whole = _EPOCH + timedelta(seconds=stamp.seconds)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{stamp.nanos:09}Z"
