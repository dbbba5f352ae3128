"""What a client may do: the seam between the gateway and whatever policy stands behind it."""

from collections.abc import Sequence
from typing import Any, Final, Protocol

from swarmwire import pb
from swarmwire.policy import PolicyViolation, WriteEffect


class Permission(Protocol):
    """What one client may do. One object per client, hashable: what it hides is cached by it.

    Kinds are ``service``, ``task``, ``node``, ``network``, ``secret``, ``config``, ``volume`` and
    ``swarm``; for reading also ``info``, ``events``, ``logs``, ``distribution`` and ``unlock-key``.
    """

    def judge_write(
        self, operation: str, kind: str, new: pb.Message | None, old: pb.Message | None, /
    ) -> Sequence[PolicyViolation]:
        """Why a write is refused; nothing if it may be sent.

        Args:
            operation: ``service.create``, ``service.update``, ``service.rollback``,
                ``service.remove``, and so for the other kinds; ``swarm.update`` and
                ``swarm.rotate``.
            kind: the kind of the object.
            new: the very spec that a manager is going to be sent, its networks by id; of a
                roll-back the previous spec. None if the object is removed.
            old: the stored object as it is now. None if there is none yet.
        """
        ...

    def judge_image(self, image: str, /) -> Sequence[PolicyViolation]:
        """Why registries may not be asked about an image; nothing if they may.

        Args:
            image: its reference, as the client wrote it.
        """
        ...

    @property
    def judges_effects(self) -> bool:
        """Whether it wants to know what a write does to running tasks."""
        ...

    def judge_effect(self, effect: WriteEffect, /) -> Sequence[PolicyViolation]:
        """Why a write that ``judge_write`` allows is refused for what it does."""
        ...

    def sees(self, kind: str, message: Any, /) -> bool:
        """Whether an object exists for the client. Depends on nothing but the two."""
        ...

    def hide(self, kind: str, shown: Any, /) -> Any:
        """An object of the Engine API (the client's own copy) without what it is not to see.

        ``kind`` is as above, ``info`` with the dict that ``/info`` answers.
        """
        ...

    def may_read(self, kind: str, /) -> bool:
        """Whether the client may read objects of a kind at all; if not, there are none for it."""
        ...


class FullPermission:
    """All of it: for the owner of the swarm."""

    def judge_write(
        self,
        operation: str,  # noqa: ARG002 - of the protocol
        kind: str,  # noqa: ARG002
        new: pb.Message | None,  # noqa: ARG002
        old: pb.Message | None,  # noqa: ARG002
        /,
    ) -> Sequence[PolicyViolation]:
        """Nothing is refused."""
        return ()

    def judge_image(self, image: str, /) -> Sequence[PolicyViolation]:  # noqa: ARG002
        """Nothing is refused."""
        return ()

    @property
    def judges_effects(self) -> bool:
        """It does not."""
        return False

    def judge_effect(self, effect: WriteEffect, /) -> Sequence[PolicyViolation]:  # noqa: ARG002
        """Nothing is refused."""
        return ()

    def sees(self, kind: str, message: Any, /) -> bool:  # noqa: ARG002
        """Everything."""
        return True

    def hide(self, kind: str, shown: Any, /) -> Any:  # noqa: ARG002
        """Nothing."""
        return shown

    def may_read(self, kind: str, /) -> bool:  # noqa: ARG002
        """Everything."""
        return True


class ReadOnlyPermission(FullPermission):
    """All may be read but the keys to the swarm; nothing may be written."""

    def judge_write(
        self,
        operation: str,
        kind: str,  # noqa: ARG002 - of the protocol
        new: pb.Message | None,  # noqa: ARG002
        old: pb.Message | None,  # noqa: ARG002
        /,
    ) -> Sequence[PolicyViolation]:
        """Everything is refused."""
        return (PolicyViolation("read-only", "", f"{operation}: this gateway only reads"),)

    def hide(self, kind: str, shown: Any, /) -> Any:
        """The tokens by which nodes join."""
        if kind == "swarm":
            shown.join_tokens.worker = shown.join_tokens.manager = ""
        return shown

    def may_read(self, kind: str, /) -> bool:
        """All but the unlock key."""
        return kind != "unlock-key"


EVERYTHING: Final = FullPermission()
"""What a client may do if nobody says otherwise."""
