"""Every error on the way as the HTTP status and the text that an engine answers.

Source: moby daemon/server/httpstatus/status.go, and errdefs; google.golang.org/grpc/status.
"""

from typing import Final

from swarmwire.control import (
    AmbiguousReference,
    ControlError,
    DangerousRequest,
    DeadlinePassed,
    NoSuchObject,
    RedactedValue,
    TransportError,
)
from swarmwire.errors import ConvertError, DecodeError, FieldError, InvalidSpec, SwarmwireError
from swarmwire.gateway.message import RequestRefused
from swarmwire.policy import AuditFailed

_BY_CODE: Final = {
    "InvalidArgument": 400,
    "OutOfRange": 400,
    "FailedPrecondition": 400,
    "Unauthenticated": 401,
    "PermissionDenied": 403,
    "NotFound": 404,
    "AlreadyExists": 409,
    "Unimplemented": 501,
    "Unavailable": 503,
}
"""The status of each gRPC code; 500 of all others."""


def refusal_of(err: SwarmwireError) -> RequestRefused:
    """What the client is told of an error."""
    match err:
        case RequestRefused():
            return err
        case ControlError():
            text = f"rpc error: code = {err.status} desc = {err.message}"
            return RequestRefused(_BY_CODE.get(err.status, 500), text)
        case DeadlinePassed():
            text = "rpc error: code = DeadlineExceeded desc = context deadline exceeded"
            return RequestRefused(500, text)
        case TransportError():
            uncertain = "; the change may have been made" if err.uncertain else ""
            return RequestRefused(503, f"the manager cannot be reached: {err.reason}{uncertain}")
        case NoSuchObject() | AuditFailed():
            return RequestRefused(404 if isinstance(err, NoSuchObject) else 503, str(err))
        case AmbiguousReference():
            return RequestRefused(400, str(err))
        case DangerousRequest():
            return RequestRefused(400, f"not sent to the manager: {err.reason}")
        case RedactedValue():
            return RequestRefused(400, f"not sent to the manager: {err.path} was hidden")
        case ConvertError() | DecodeError() | InvalidSpec():
            return RequestRefused(400, _with_field(err))
    return RequestRefused(500, "an error without a text")


def _with_field(err: FieldError) -> str:
    """The engine's text; the field where that tells of types that hold it."""
    is_misread = isinstance(err, DecodeError) and "cannot unmarshal" in err.reason
    return f"{err.reason}, in field {err.path}" if is_misread and err.path else err.reason
