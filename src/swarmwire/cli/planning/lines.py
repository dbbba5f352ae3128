"""What ``apply`` tells programs: an object on each line, of which the last one is the end."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import wraps
from typing import Any, Final, Protocol, TypeVar

import click
import msgspec

from swarmwire.cli.exits import CLOSED_PIPE, Stop
from swarmwire.cli.planning.codes import told
from swarmwire.deployment import DeploymentEnded, DeploymentEvent, StepBegun, StepDone, StepLeft
from swarmwire.errors import StackProblem
from swarmwire.update import (
    ChangedMeanwhile,
    FollowsNewer,
    ManagerAway,
    ManagerBack,
    RollbackStarted,
    RolloutEnded,
    RolloutEvent,
    RolloutProgress,
    SameChangeMeanwhile,
    ServiceState,
    TaskChanged,
    WriteEvent,
)

_Event = DeploymentEvent | RolloutEvent | WriteEvent

_NAMES: Final[Mapping[type, str]] = {
    StepBegun: "begun",
    StepDone: "done",
    StepLeft: "left",
    ServiceState: "service",
    DeploymentEnded: "rollout",
    ManagerAway: "manager-away",
    ManagerBack: "manager-back",
    ChangedMeanwhile: "changed-meanwhile",
    SameChangeMeanwhile: "same-change-meanwhile",
    TaskChanged: "task",
    RolloutProgress: "progress",
    RollbackStarted: "rollback",
    FollowsNewer: "follows-newer",
    RolloutEnded: "rollout",
}


class _Run(Protocol):
    @property
    def format(self) -> str: ...


_R = TypeVar("_R", bound=_Run)


def write_line(event: str, fields: Mapping[str, Any]) -> None:
    """Write one object, at once."""
    click.echo(msgspec.json.encode({"event": event, **fields}))
    sys.stdout.flush()


def write_event(event: _Event) -> None:
    """Write what happened."""
    write_line(_NAMES[type(event)], _fields(event))


def write_problem(problem: StackProblem) -> None:
    """Write one problem of the stack files."""
    write_line("problem", problem._asdict())


def _fields(event: _Event) -> dict[str, Any]:
    match event:
        case StepBegun(step) | StepDone(step) | StepLeft(step):
            rest = {name: entry for name, entry in asdict(event).items() if name != "step"}
            return {**asdict(step), **rest}
        case ManagerAway(error):
            return {"reason": told(error)}
        case ChangedMeanwhile(planned):
            return {"summary": planned.plan.summary}
    return asdict(event)


def ending(run: Callable[[_R], int]) -> Callable[[_R], int]:
    """Make the end of a run the last line for programs: the exit code, and why."""

    @wraps(run)
    def told_run(given: _R) -> int:
        if given.format != "json":
            return run(given)
        try:
            code = run(given)
        except Stop as err:
            if err.code == CLOSED_PIPE:
                raise
            # Only problems of files were told before.
            reason = err.message or "the stack files are refused"
            write_line("end", {"code": err.code, "reason": reason})
            raise
        write_line("end", {"code": code, "reason": ""})
        return code

    return told_run
