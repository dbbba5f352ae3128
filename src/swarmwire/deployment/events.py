"""What is told of a deployment while it is carried out, and why it ends before its time."""

from dataclasses import dataclass
from typing import Literal

from swarmwire.errors import SwarmwireError
from swarmwire.update import ManagerAway, ManagerBack, ServiceState

StepVerb = Literal["create", "change", "remove", "update", "roll back"]


@dataclass(frozen=True)
class DeploymentStep:
    """One object is written.

    Attributes:
        verb: what is done.
        kind: network, secret, config or service.
        name: its full name.
    """

    verb: StepVerb
    kind: str
    name: str


@dataclass(frozen=True)
class StepBegun:
    """A step is under way: until it is done, it is not known whether it was."""

    step: DeploymentStep


@dataclass(frozen=True)
class StepDone:
    """A step is done.

    Attributes:
        step: which.
        id: the id of the object.
        was_there: whether somebody had done just that already.
    """

    step: DeploymentStep
    id: str
    was_there: bool = False


@dataclass(frozen=True)
class StepLeft:
    """Something could not be removed yet, and stays.

    Attributes:
        step: what was to be done.
        reason: the manager's words.
    """

    step: DeploymentStep
    reason: str


@dataclass(frozen=True)
class DeploymentEnded:
    """How far the services are at the end.

    Attributes:
        states: the last state of each service that was followed, by name.
        reason: why it ends early; nothing if all is decided.
    """

    states: tuple[ServiceState, ...]
    reason: str = ""

    @property
    def failed(self) -> tuple[ServiceState, ...]:
        """The services whose roll-out failed, was paused, or went back."""
        return tuple(one for one in self.states if one.is_decided and one.state != "converged")


DeploymentEvent = (
    StepBegun | StepDone | StepLeft | ServiceState | ManagerAway | ManagerBack | DeploymentEnded
)


class ChangedSincePlan(SwarmwireError):
    """Somebody changed a service meanwhile, and the same deploy does more to it now.

    Attributes:
        service: its name.
        summary: what the deploy would do to it.
    """

    def __init__(self, service: str, summary: str) -> None:
        super().__init__(service, summary)
        self.service = service
        self.summary = summary

    def __str__(self) -> str:
        return (
            f"{self.service} was changed by somebody else since it was planned, and now the same"
            f" {self.summary}: plan again"
        )
