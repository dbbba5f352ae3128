"""SwarmKit's API of a live manager: every call, typed errors, nothing dangerous, no secrets.

    async with control.connect() as manager:
        answer = await manager.list_services(pb.ListServicesRequest())

``control.sync`` is the same for code that blocks, ``control.testing`` a manager in memory.
"""

from swarmwire.control.api import Control
from swarmwire.control.connection import connect, connect_remote, protected
from swarmwire.control.errors import (
    AccessDenied,
    AlreadyExists,
    BadCertificate,
    CannotResume,
    ControlError,
    DangerousRequest,
    DeadlinePassed,
    FailedPrecondition,
    InvalidArgument,
    Locked,
    NobodyListens,
    NoLeader,
    NotAManager,
    NotFound,
    NotLeader,
    NotTLS,
    OutOfDate,
    PermissionDenied,
    RedactedValue,
    TooLarge,
    TransportError,
    Unauthenticated,
    Unavailable,
    Unimplemented,
)
from swarmwire.control.guard import Guarded
from swarmwire.control.layer import Layer
from swarmwire.control.redact import REDACTED, Redacted

__all__ = [
    "REDACTED",
    "AccessDenied",
    "AlreadyExists",
    "BadCertificate",
    "CannotResume",
    "Control",
    "ControlError",
    "DangerousRequest",
    "DeadlinePassed",
    "FailedPrecondition",
    "Guarded",
    "InvalidArgument",
    "Layer",
    "Locked",
    "NoLeader",
    "NobodyListens",
    "NotAManager",
    "NotFound",
    "NotLeader",
    "NotTLS",
    "OutOfDate",
    "PermissionDenied",
    "Redacted",
    "RedactedValue",
    "TooLarge",
    "TransportError",
    "Unauthenticated",
    "Unavailable",
    "Unimplemented",
    "connect",
    "connect_remote",
    "protected",
]
