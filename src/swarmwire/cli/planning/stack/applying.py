"""The run of ``apply --stack``: plan, ask, write all of it, follow all of it together."""

import sys
from typing import Final, NamedTuple

import click

from swarmwire.cli import exits
from swarmwire.cli.exits import Stop
from swarmwire.cli.messages import say
from swarmwire.cli.options import Where
from swarmwire.cli.planning import codes, planning, usage
from swarmwire.cli.planning.lines import ending, write_event, write_line, write_problem
from swarmwire.cli.planning.stack.inputs import (
    StackChoice,
    loaded_stack,
    planned_stack,
    say_problem,
)
from swarmwire.cli.planning.stack.text import as_stack_text, stack_document
from swarmwire.cli.terminal import is_terminal, one_line, wants_color
from swarmwire.control.sync import BlockingControl
from swarmwire.deployment import (
    DeploymentEnded,
    DeploymentEvent,
    DeploymentPlan,
    DeploymentStep,
    StepBegun,
    StepDone,
    StepLeft,
    sync,
)
from swarmwire.deployment.events import StepVerb
from swarmwire.errors import SwarmwireError
from swarmwire.update import (
    AWAY,
    REAL_TIME,
    ManagerAway,
    ManagerBack,
    ServiceState,
    UncertainWrite,
    WatchLimits,
)
from swarmwire.update.waiting import StateWord

CLOCK = REAL_TIME

_DID: Final[dict[StepVerb, str]] = {
    "create": "created",
    "change": "changed",
    "remove": "removed",
    "update": "updated",
    "roll back": "rolled back",
}
_CODES: Final[dict[StateWord, int]] = {
    "paused": usage.PAUSED,
    "failed": usage.PAUSED,
    "rolled back": usage.ROLLED_BACK,
    "superseded": usage.NOT_FOLLOWED,
    "removed": usage.NOT_FOLLOWED,
}


class StackApplyRun(NamedTuple):
    """The options of ``apply --stack``."""

    choice: StackChoice
    where: Where = Where()
    yes: bool = False
    no_restart: bool = False
    detach: bool = False
    wait: float | None = None
    format: str = "text"


class WrittenSoFar:
    """What was done so far, for whoever has to know when it is cut short."""

    def __init__(self) -> None:
        self._done: list[DeploymentStep] = []
        self._begun: DeploymentStep | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written, and nothing may have been."""
        return not self._done and self._begun is None

    def note(self, event: DeploymentEvent) -> None:
        """Note what happened."""
        match event:
            case StepBegun(step):
                self._begun = step
            case StepDone(step):
                self._done.append(step)
                self._begun = None
            case StepLeft():
                self._begun = None

    def refused(self) -> None:
        """Note that the step under way was not done."""
        self._begun = None

    @property
    def text(self) -> str:
        """What stands."""
        if self.is_empty:
            return "nothing was written"
        done = [f"{_DID[step.verb]} {step.kind} {step.name}" for step in self._done]
        text = f"what stands: {', '.join(done) or 'nothing yet'}"
        if self._begun is not None:
            step = self._begun
            text += f"; not known whether {step.kind} {step.name} was {_DID[step.verb]}"
        return f"{text}; the manager goes on with it, and the same command goes on from there"


@ending
@codes.failing
def run_stack_apply(run: StackApplyRun) -> int:
    """Plan, ask, write and follow; the exit code.

    Raises:
        Stop: with the exit code and the reason.
        UsageError: arguments that do not go together.
    """
    record = WrittenSoFar()
    try:
        is_json = run.format == "json"
        loaded = loaded_stack(run.choice, write_problem if is_json else say_problem)
        with planning.connected(run.where, secrets=True) as control:
            plan = planned_stack(control, run.choice, loaded)
            places = sync.read_places(control, plan)
            if is_json:
                write_line("plan", stack_document(plan, places))
            else:
                click.echo(as_stack_text(plan, places, color=wants_color()), nl=False)
            _agree(plan, run)
            return _carry_out(control, plan, run, record)
    except (KeyboardInterrupt, SystemExit) as err:
        raise Stop(exits.code_of_end(err), f"interrupted; {record.text}") from err
    except BrokenPipeError as err:
        raise Stop(exits.CLOSED_PIPE, f"the output was closed; {record.text}") from err


def _agree(plan: DeploymentPlan, run: StackApplyRun) -> None:
    """Go on only with what was agreed to.

    Raises:
        Stop: the answer is no.
    """
    if plan.is_refused:
        raise Stop(usage.ERROR, "nothing written: it would be refused")
    if run.no_restart and plan.restarts:
        raise Stop(usage.RESTARTS, "nothing written (--no-restart): tasks would restart")
    if run.yes or not plan.changes:
        return
    if not is_terminal(sys.stdin):
        raise Stop(usage.ERROR, "nothing written: nobody to ask; --yes agrees beforehand")
    if not click.confirm(f"Apply this to the stack {plan.stack}?", err=True):
        raise Stop(usage.ERROR, "nothing written")


def _carry_out(
    control: BlockingControl, plan: DeploymentPlan, run: StackApplyRun, record: WrittenSoFar
) -> int:
    limits = WatchLimits(seconds=run.wait)
    ended = DeploymentEnded(())
    show = write_event if run.format == "json" else _show
    if run.format != "json":
        click.echo()
    events = sync.deploy(control, plan, follow=not run.detach, limits=limits, clock=CLOCK)
    try:
        for event in events:
            record.note(event)
            show(event)
            if isinstance(event, DeploymentEnded):
                ended = event
    except SwarmwireError as err:
        if not isinstance(err, (UncertainWrite, *AWAY)):
            record.refused()
        code = usage.ERROR if record.is_empty else usage.NOT_FOLLOWED
        raise Stop(code, f"stopped: {codes.told(err)}; {record.text}") from err
    finally:
        events.close()
    if run.detach and plan.changes:
        say("written; the roll-outs are not followed (--detach)")
    _refuse_failure(ended)
    if ended.states and run.format != "json":
        click.echo(f"stack {one_line(plan.stack)}: converged")
    return exits.CLEAN


def _refuse_failure(ended: DeploymentEnded) -> None:
    """Go on only if all roll-outs converged.

    Raises:
        Stop: with the code of what became of them.
    """
    failed = ended.failed
    if failed:
        others = [one for one in ended.states if not one.is_decided]
        text = "; ".join(_told(one) for one in (*failed, *others))
        more = "; the manager goes on with the others" if others else ""
        raise Stop(min(_CODES[one.state] for one in failed), f"{text}{more}")
    if ended.reason:
        still = "; ".join(_told(one) for one in ended.states if not one.is_decided)
        raise Stop(usage.NOT_FOLLOWED, f"written, and {ended.reason}: {still}")


def _show(event: DeploymentEvent) -> None:
    match event:
        case StepDone(step):
            was = " (it was so already)" if event.was_there else ""
            _print(f"{_DID[step.verb]} {step.kind} {step.name}{was}")
        case StepLeft(step, reason):
            _print(f"{step.kind} {step.name} stays: {reason}")
        case ServiceState():
            _print(_told(event))
        case ManagerAway(error):
            say(f"{codes.told(error)}; asking again")
        case ManagerBack():
            say("the manager answers again")


def _print(text: str) -> None:
    click.echo(f"  {one_line(text)}")


def _told(state: ServiceState) -> str:
    """How far a service is, in a sentence."""
    text = f"{state.name}: {state.done} of {state.total} tasks run as wanted"
    match state.state:
        case "under way":
            pass
        case "settling":
            text += "; watched for a while"
        case "removed" | "superseded":
            return f"{state.name}: {state.reason}"
        case word:
            text = f"{state.name}: {word}, {state.done} of {state.total} tasks run as wanted"
    return f"{text}: {state.reason}" if state.reason else text
