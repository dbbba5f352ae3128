"""The Swarm part of the Docker Engine API over any Control: for unmodified Docker clients.

    gateway = Gateway(partial(connect, secrets=True))
    async with gateway.running(), serving(gateway, [Listener("unix:///run/swarmwire.sock")]):
        ...

``Gateway`` knows no server; ``swarmwire.gateway.server`` puts it behind one (extra ``serve``).
"""

from swarmwire.gateway.gateway import DRY_RUN_HEADER, STALE_HEADER, Gateway
from swarmwire.gateway.message import Request, RequestRefused, Response
from swarmwire.gateway.permission import (
    EVERYTHING,
    FullPermission,
    Permission,
    ReadOnlyPermission,
)

__all__ = [
    "DRY_RUN_HEADER",
    "EVERYTHING",
    "STALE_HEADER",
    "FullPermission",
    "Gateway",
    "Permission",
    "ReadOnlyPermission",
    "Request",
    "RequestRefused",
    "Response",
]
