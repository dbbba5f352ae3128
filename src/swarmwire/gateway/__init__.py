"""The Swarm part of the Docker Engine API over any Control: for unmodified Docker clients.

    gateway = Gateway(partial(connect, secrets=True))
    async with gateway.running(), serving(gateway, [Listener("unix:///run/swarmwire.sock")]):
        ...

With a policy, ``swarmwire.gateway.policed`` says who callers are, and ``auditing`` records what is
decided; a write with ``DRY_RUN_HEADER`` is answered with its plan (``planned``).

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
