"""What can go wrong with an update, besides what the manager says.

SwarmwireError
├── UpdateConflict    .paths            the change and another one touch the same; nothing written
├── NotWritten        .reason           nothing was written
├── UncertainWrite    .reason           it is not known whether the change was written
└── …                                   see control/errors.py
"""

from swarmwire import pb
from swarmwire.errors import SwarmwireError


class UpdateConflict(SwarmwireError):
    """The change, and another one that came first, touch the same. Nothing was written.

    Attributes:
        paths: the fields that both changed; empty for a rollback, which is to one spec alone.
        base: the spec that the change was made from.
        ours: what the change makes of it.
        theirs: what the other one made of it.
    """

    def __init__(
        self,
        paths: tuple[str, ...],
        base: pb.ServiceSpec,
        ours: pb.ServiceSpec,
        theirs: pb.ServiceSpec,
    ) -> None:
        # the specs may hold secrets, and must not show in a repr or a traceback
        super().__init__(paths)
        self.paths = paths
        self.base = base
        self.ours = ours
        self.theirs = theirs

    def __str__(self) -> str:
        if not self.paths:
            return "the service has another spec than the one that was planned for"
        return f"somebody else changed the same: {', '.join(self.paths)}"


class NotWritten(SwarmwireError):
    """The change was not written, and could be tried again.

    Attributes:
        reason: why.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"nothing written: {self.reason}"


class UncertainWrite(SwarmwireError):
    """A request was sent, its answer was lost, and the manager could not be asked since.

    Attributes:
        reason: what was heard last.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"it is not known whether the change was written: {self.reason}"
