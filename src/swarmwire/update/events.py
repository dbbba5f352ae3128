"""What is told of an update while it is written and rolled out."""

from dataclasses import dataclass, field
from typing import Literal

from swarmwire.errors import SwarmwireError
from swarmwire.update.planned import LiveUpdate

RolloutOutcome = Literal[
    "converged", "paused", "rolled back", "failed", "superseded", "removed", "lost", "timed out"
]
RolloutState = Literal[
    "under way", "settling", "converged", "paused", "rolled back", "failed", "superseded"
]


@dataclass(frozen=True)
class ManagerAway:
    """The manager does not answer; it is asked again.

    Attributes:
        error: what was heard.
        is_written: whether the change is known to be stored.
    """

    error: SwarmwireError
    is_written: bool = True


@dataclass(frozen=True)
class ManagerBack:
    """The manager answers again."""


@dataclass(frozen=True)
class ChangedMeanwhile:
    """Somebody else changed the service; the change goes on top of that.

    Attributes:
        planned: the same change, planned anew.
    """

    planned: LiveUpdate = field(repr=False)


@dataclass(frozen=True)
class SameChangeMeanwhile:
    """Somebody else has made the same change, so that there is nothing to write."""


WriteEvent = ManagerAway | ManagerBack | ChangedMeanwhile | SameChangeMeanwhile


@dataclass(frozen=True)
class TaskChanged:
    """A task has come into another state.

    Attributes:
        task: its ID.
        slot: its number; 0 for global services.
        node: the ID of its node; ``""`` if it has none yet.
        host: the name of that node.
        state: ``running``, ``failed`` …; ``removed`` if it is gone while it still ran.
        error: what the manager or the worker says of it.
    """

    task: str
    slot: int
    node: str
    host: str
    state: str
    error: str = ""


@dataclass(frozen=True)
class RolloutProgress:
    """How far it is.

    Attributes:
        state: ``settling``: all run, and it is awaited whether they keep running; ``superseded``:
            another update came after.
        done: tasks that run as the service wants them now, or have ended as they should.
        total: tasks that are wanted.
        text: what the manager says of the roll-out, or why tasks wait.
    """

    state: RolloutState
    done: int
    total: int
    text: str = ""


@dataclass(frozen=True)
class RollbackStarted:
    """The manager goes back to the spec before, after failures.

    Attributes:
        reason: the manager's words.
    """

    reason: str


@dataclass(frozen=True)
class FollowsNewer:
    """Another update came after this one and holds the change too: from now on that is followed."""


@dataclass(frozen=True)
class RolloutEnded:
    """How it ended.

    Attributes:
        outcome: ``converged``: all tasks ran as wanted, and kept running; ``failed``: tasks fail
            again and again, or a job did; ``superseded``: another update took the change back;
            ``removed``: somebody removed the service; ``lost``: the manager stayed away;
            ``timed out``: it was not followed any longer. The last two leave the end open.
        done: tasks that ran as wanted at the end.
        total: tasks that were wanted.
        reason: why, in the manager's words where it has some.
        error: what the first task of this update that failed said.
    """

    outcome: RolloutOutcome
    done: int = 0
    total: int = 0
    reason: str = ""
    error: str = ""


RolloutEvent = (
    TaskChanged
    | RolloutProgress
    | RollbackStarted
    | FollowsNewer
    | ManagerAway
    | ManagerBack
    | RolloutEnded
)
