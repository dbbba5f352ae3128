"""What becomes of each object of a stack: the parts of a deployment's plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from swarmwire import pb
from swarmwire.plan import ServiceCreation
from swarmwire.update import LiveService, LiveUpdate

PartKind = Literal["network", "secret", "config"]
"""The kinds of objects that services use, in the order in which they are made."""

PartAction = Literal["created", "changed", "kept", "removed", "left", "refused"]
"""``left``: it belongs to the stack, the files do not name it, and it stays."""


@dataclass(frozen=True)
class PlannedPart:
    """What becomes of a network, secret or config.

    Attributes:
        kind: what it is.
        name: its full name.
        action: what becomes of it.
        reason: why it is refused, or what else is to be told.
        spec: what is sent; None if nothing is.
        stored: what is there; None if nothing is.
    """

    kind: PartKind
    name: str
    action: PartAction
    reason: str = ""
    spec: Any = field(default=None, repr=False)
    stored: Any = field(default=None, repr=False)


@dataclass(frozen=True)
class ServiceUpdate:
    """What becomes of a service that is there and stays.

    Attributes:
        planned: the update.
        is_sent: whether it is written: also if nothing differs, for a job, which runs again, and
            for a roll-out that has stopped.
        is_under_way: whether its tasks do not run as wanted yet, so that it is to be followed
            whether or not it is written.
        notes: what else is to be told, in sentences.
    """

    planned: LiveUpdate = field(repr=False)
    is_sent: bool
    is_under_way: bool = False
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the service."""
        return self.planned.live.name


@dataclass(frozen=True)
class NewService:
    """What becomes of a service that is not there yet.

    Attributes:
        planned: what its creation does.
        spec: what is sent.
        notes: what else is to be told, in sentences.
    """

    planned: ServiceCreation
    spec: pb.ServiceSpec = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the service."""
        return self.planned.service


@dataclass(frozen=True)
class OtherService:
    """A service of the stack that the files do not name.

    Attributes:
        live: the service.
        is_removed: whether it is removed; else it stays.
    """

    live: LiveService = field(repr=False)
    is_removed: bool

    @property
    def name(self) -> str:
        """The name of the service."""
        return self.live.name


@dataclass(frozen=True)
class DeploymentPlan:
    """What a deploy of a stack would do.

    Attributes:
        stack: the name of the stack.
        parts: its networks, secrets and configs, in this order.
        updates: services that are there, by name.
        creations: services that are new, by name.
        others: services that the files do not name.
        refused: why the stack as a whole is refused.
        notes: what else is to be told, in sentences.
        rollback: whether it is a rollback of the stack.
        hosts: the host names of the nodes by ID.
    """

    stack: str
    parts: tuple[PlannedPart, ...] = ()
    updates: tuple[ServiceUpdate, ...] = ()
    creations: tuple[NewService, ...] = ()
    others: tuple[OtherService, ...] = ()
    refused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    rollback: bool = False
    hosts: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def is_refused(self) -> bool:
        """Whether anything of it is refused."""
        return bool(
            self.refused
            or any(part.action == "refused" for part in self.parts)
            or any(one.planned.plan.effect == "refused" for one in self.updates)
            or any(one.planned.effect == "refused" for one in self.creations)
        )

    @property
    def changes(self) -> bool:
        """Whether anything is written."""
        return bool(
            any(part.action in ("created", "changed", "removed") for part in self.parts)
            or any(one.is_sent for one in self.updates)
            or self.creations
            or any(one.is_removed for one in self.others)
        )

    @property
    def restarts(self) -> bool:
        """Whether tasks restart, or could."""
        return any(one.is_sent and one.planned.plan.effect == "restarts" for one in self.updates)
