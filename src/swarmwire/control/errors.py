"""What can go wrong between us and a manager.

SwarmwireError
├── ControlError        .status .message    the manager answered, and said no
│   ├── InvalidArgument  NotFound  AlreadyExists  PermissionDenied  FailedPrecondition
│   ├── Unimplemented  Unauthenticated  TooLarge  Unavailable
│   ├── OutOfDate         somebody else changed the object meanwhile
│   ├── NoLeader          too few managers are there to decide anything
│   ├── NotLeader         a manager was asked that is not, or no longer, the leader
│   └── CannotResume      changes since then are no longer, or not yet, known
├── TransportError      .address            no manager could be reached
│   ├── NotAManager       there is no socket: not a manager, a worker, or no swarm
│   ├── Locked            the swarm wants its unlock key first
│   ├── AccessDenied      this user may not open the socket, or read a file
│   ├── NobodyListens     there is a socket, or an address, and no process behind it
│   ├── HungUp            a manager was there a moment ago, and ended the connection
│   ├── NotTLS            something listens that is no manager
│   ├── BadCertificate    a certificate is expired, of another swarm, or not one
│   └── DeadlinePassed    no answer in time
├── NoSuchObject        nothing has that id or name, or an id that begins so
├── AmbiguousReference  several objects are meant
├── DangerousRequest    .rule .reason       not sent: a manager would crash on it
└── RedactedValue       .path               not sent: it holds what was hidden from you

``str(error)`` says what to do where there is something to do.
"""

from swarmwire.errors import SwarmwireError


class ControlError(SwarmwireError):
    """The manager answered, and said no.

    Attributes:
        status: the name of the gRPC status, as Go writes it: ``InvalidArgument``.
        message: the manager's own words.
    """

    advice = ""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message

    def __str__(self) -> str:
        return f"{self.message}; {self.advice}" if self.advice else self.message


class InvalidArgument(ControlError):
    """The request, or the spec in it, is wrong."""


class NotFound(ControlError):
    """There is no such object."""


class AlreadyExists(ControlError):
    """The name is taken."""


class PermissionDenied(ControlError):
    """The certificate that was shown, if any, does not allow this."""

    advice = (
        "a manager takes only certificates of managers of its own swarm:"
        " use the certificate directory of a node that is a manager now"
    )


class FailedPrecondition(ControlError):
    """The object is in use, or in a state that does not allow this."""


class Unimplemented(ControlError):
    """The manager does not know this method, or does not do this."""


class Unauthenticated(ControlError):
    """The manager does not accept who we say we are."""


class TooLarge(ControlError):
    """The request is larger than a manager takes, or stores."""


class Unavailable(ControlError):
    """The manager is there, but cannot answer now."""

    advice = "the manager is starting, stopping or out of reach of its leader: try again"


class OutOfDate(ControlError):
    """Somebody else changed the object meanwhile: the version sent is not the stored one."""

    advice = "the object was changed meanwhile: read it again, and repeat the change on that"


class NoLeader(ControlError):
    """Too few managers are there to elect a leader; nothing can be read or changed."""

    advice = "start the other managers, or run: docker swarm init --force-new-cluster"


class NotLeader(ControlError):
    """A manager was asked that is not, or no longer, the leader."""

    advice = "read the object to see whether the change was made, then send it to the leader"


class CannotResume(ControlError):
    """The changes since that version are no longer, or not yet, known to this manager."""

    advice = "list all objects again, and watch from there"


class TransportError(SwarmwireError):
    """The manager could not be reached.

    Attributes:
        address: the socket or address that was tried; nothing if there was none to try.
        uncertain: whether a change was on its way, so that it may have been made.
    """

    def __init__(self, address: str, reason: str, *, uncertain: bool = False) -> None:
        super().__init__(address, reason)
        self.address = address
        self.reason = reason
        self.uncertain = uncertain

    def __str__(self) -> str:
        text = f"{self.address}: {self.reason}" if self.address else self.reason
        if self.uncertain:
            text += "; the change may have been made: read the object before you repeat it"
        return text


class NotAManager(TransportError):
    """There is no socket of a manager."""


class Locked(TransportError):
    """The swarm is locked: its keys are encrypted, and nobody has given the unlock key yet."""


class AccessDenied(TransportError):
    """This user may not open the socket, or read a file."""


class NobodyListens(TransportError):
    """There is a socket, or an address, and no process behind it."""


class HungUp(TransportError):
    """A manager was there a moment ago, and ended the connection: it is stopping, or was killed."""


class NotTLS(TransportError):
    """Something listens that does not speak TLS, so that it is no manager."""


class BadCertificate(TransportError):
    """A certificate is expired, belongs to another swarm, or is none."""


class DeadlinePassed(TransportError):
    """No answer came in time."""


class NoSuchObject(SwarmwireError):
    """There is no such object; ``str`` of it is what the engine says."""


class AmbiguousReference(SwarmwireError):
    """There are several such objects; ``str`` of it is what the engine says."""


class DangerousRequest(SwarmwireError):
    """A request that is known to crash or wedge a manager. It was not sent.

    Attributes:
        rule: a name for programs: ``secret-without-spec``.
        reason: what would happen.
        mended: the first version of the engine that bears it, or None.
    """

    def __init__(self, rule: str, reason: str, mended: str | None = None) -> None:
        super().__init__(rule, reason, mended)
        self.rule = rule
        self.reason = reason
        self.mended = mended

    def __str__(self) -> str:
        since = f"mended in {self.mended}" if self.mended else "mended in no version yet"
        return f"not sent: {self.reason} ({since}; --allow-known-crash sends it)"


class RedactedValue(SwarmwireError):
    """A request holds a placeholder in the place of a secret. It was not sent.

    Attributes:
        path: the field, in the message's own names.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return (
            f"not sent: {self.path} was hidden when it was read, and would be overwritten;"
            " connect with secrets=True to read it and send it back"
        )


_BY_STATUS: dict[str, type[ControlError]] = {
    "AlreadyExists": AlreadyExists,
    "Canceled": Unavailable,
    "FailedPrecondition": FailedPrecondition,
    "InvalidArgument": InvalidArgument,
    "NotFound": NotFound,
    "PermissionDenied": PermissionDenied,
    "Unauthenticated": Unauthenticated,
    "Unavailable": Unavailable,
    "Unimplemented": Unimplemented,
}

# Managers give these no status of their own.
_VAGUE = ("Unknown", "InvalidArgument", "ResourceExhausted")
_BY_MESSAGE: tuple[tuple[str, type[ControlError]], ...] = (
    ("update out of sequence", OutOfDate),
    ("name conflicts with an existing object", AlreadyExists),
    ("raft message is too large", TooLarge),
    ("received message larger than max", TooLarge),
    ("The swarm does not have a leader", NoLeader),
    ("no elected cluster leader", NoLeader),
    ("node lost leader status", NotLeader),
    ("node is stopped", Unavailable),
    ("node is not yet part of a raft cluster", Unavailable),
    ("context canceled", Unavailable),
    ("versions are out of order", CannotResume),
    ("requested index is unavailable due to compaction", CannotResume),
)


def control_error(status: str, message: str) -> ControlError:
    """The error for what a manager answered."""
    for words, error in _BY_MESSAGE:
        if words in message and status in _VAGUE:
            return error(status, message)
    return _BY_STATUS.get(status, ControlError)(status, message)
