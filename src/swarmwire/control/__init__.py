"""SwarmKit's API of a live manager: every call, typed errors, nothing dangerous, no secrets.

    async with control.connect() as manager:
        answer = await manager.list_services(pb.ListServicesRequest())

``control.sync`` is the same for code that blocks, ``control.testing`` a manager in memory, and
``control.listener`` puts any of them on a socket, as a manager's own.
"""

from swarmwire.control.api import Control
from swarmwire.control.connection import connect, connect_remote, protected
from swarmwire.control.errors import (
    AccessDenied,
    AlreadyExists,
    AmbiguousReference,
    BadCertificate,
    CannotResume,
    ControlError,
    DangerousRequest,
    DeadlinePassed,
    FailedPrecondition,
    HungUp,
    InvalidArgument,
    Locked,
    NobodyListens,
    NoLeader,
    NoSuchObject,
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
from swarmwire.control.following import ChangeFollower
from swarmwire.control.guard import Guarded
from swarmwire.control.kinds import KINDS, ObjectKind, with_extra
from swarmwire.control.known import ObjectChange
from swarmwire.control.layer import Layer
from swarmwire.control.redact import REDACTED, Redacted
from swarmwire.control.resolution import resolve, resolve_any

__all__ = [
    "KINDS",
    "REDACTED",
    "AccessDenied",
    "AlreadyExists",
    "AmbiguousReference",
    "BadCertificate",
    "CannotResume",
    "ChangeFollower",
    "Control",
    "ControlError",
    "DangerousRequest",
    "DeadlinePassed",
    "FailedPrecondition",
    "Guarded",
    "HungUp",
    "InvalidArgument",
    "Layer",
    "Locked",
    "NoLeader",
    "NoSuchObject",
    "NobodyListens",
    "NotAManager",
    "NotFound",
    "NotLeader",
    "NotTLS",
    "ObjectChange",
    "ObjectKind",
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
    "resolve",
    "resolve_any",
    "with_extra",
]
