"""The run of ``apply``: plan, ask, write, follow; and what is said when it is cut short."""

import sys
from typing import Final, NamedTuple

import click

from swarmwire.cli import exits
from swarmwire.cli.exits import Stop
from swarmwire.cli.messages import say, warn
from swarmwire.cli.options import Where
from swarmwire.cli.planning import codes, planning, report, usage
from swarmwire.cli.planning.lines import ending, write_event, write_line
from swarmwire.cli.planning.screen import screen
from swarmwire.cli.planning.text import View, as_conflict
from swarmwire.cli.terminal import is_terminal, wants_color
from swarmwire.control.sync import BlockingControl
from swarmwire.plan import is_job
from swarmwire.releases import Release
from swarmwire.update import (
    REAL_TIME,
    ChangedMeanwhile,
    LiveUpdate,
    ManagerAway,
    RolloutEnded,
    RolloutOutcome,
    SameChangeMeanwhile,
    UpdateConflict,
    WatchLimits,
    WriteEvent,
    WrittenUpdate,
)
from swarmwire.update.sync import BlockingWriter, finished, follow, snapshot

CLOCK = REAL_TIME


class ApplyRun(NamedTuple):
    """The arguments and options of ``apply``."""

    service: str
    file: str | None
    where: Where = Where()
    yes: bool = False
    no_restart: bool = False
    rollback: bool = False
    resume: bool = False
    detach: bool = False
    wait: float | None = None
    base: str | None = None
    as_engine: bool = False
    hide_env: bool = False
    release: Release | None = None
    format: str = "text"


class Stage:
    """How far the run has come, in the words that follow why it ended."""

    def __init__(self) -> None:
        self.text = "; nothing was written"


@ending
@codes.failing
def run_apply(run: ApplyRun) -> int:
    """Plan, ask, write and follow; the exit code.

    Raises:
        Stop: with the exit code and the reason.
        UsageError: arguments that do not go together.
    """
    if (run.file is None) != run.rollback:
        raise click.UsageError("wanted: SERVICE FILE, or SERVICE --rollback")
    wanted = planning.wanted_files(
        run.file, run.base, as_engine=run.as_engine, hide_env=run.hide_env, release=run.release
    )
    stage = Stage()
    try:
        with planning.connected(run.where, secrets=True) as control:
            return Apply(control, run, stage).run(wanted)
    except (KeyboardInterrupt, SystemExit) as err:
        raise Stop(exits.code_of_end(err), f"interrupted{stage.text}") from err
    except BrokenPipeError as err:
        raise Stop(exits.CLOSED_PIPE, f"the output was closed{stage.text}") from err
    except UpdateConflict as err:
        click.echo(as_conflict(err, color=wants_color()), nl=False, err=run.format == "json")
        reason = "nothing written: somebody else changed the same meanwhile"
        raise Stop(usage.ERROR, reason) from err


class Apply:
    """One run against one manager."""

    def __init__(self, control: BlockingControl, run: ApplyRun, stage: Stage) -> None:
        self._control = control
        self._run = run
        self._stage = stage
        self._agreed = 0

    def run(self, wanted: planning.WantedFiles) -> int:
        """Do all of it; the exit code."""
        run = self._run
        planned = self._planned(wanted)
        view = self._view(planned)
        self._show(view)
        if not view.plan.differences and not view.is_sent_anyway:
            return exits.CLEAN
        self._agree(view)
        written = self._write(planned)
        if run.detach:
            say("written; the roll-out is not followed (--detach)")
            return exits.CLEAN
        return self._follow(written)

    def _show(self, view: View) -> None:
        if self._run.format == "json":
            write_line("plan", report.document(view))
        else:
            report.show(view, "text")

    def _planned(self, wanted: planning.WantedFiles) -> LiveUpdate:
        planned, warnings = planning.of_live(snapshot(self._control, self._run.service), wanted)
        warn(warnings)
        return planned

    def _view(self, planned: LiveUpdate) -> View:
        places = planning.places_of(self._control, planned)
        anyway = self._run.resume or planned.rollback
        return planning.view_of(planned, places, is_sent_anyway=anyway)

    def _agree(self, view: View) -> None:
        """Go on only with what was agreed to.

        Raises:
            Stop: the answer is no.
        """
        plan = view.plan
        if plan.effect == "refused":
            raise Stop(usage.ERROR, "nothing written: the manager would refuse it")
        if self._run.no_restart and plan.effect == "restarts":
            raise Stop(usage.RESTARTS, f"nothing written (--no-restart): it {plan.summary}")
        code = codes.code_of(view)
        if self._run.yes or code <= self._agreed:
            return
        if not is_terminal(sys.stdin):
            raise Stop(usage.ERROR, "nothing written: nobody to ask; --yes agrees beforehand")
        if not click.confirm(f"Apply this to {plan.service}?", err=True):
            raise Stop(usage.ERROR, "nothing written")
        self._agreed = code

    def _write(self, planned: LiveUpdate) -> WrittenUpdate:
        writer = BlockingWriter(self._control, clock=CLOCK, happened=self._say)
        try:
            written = writer.write(planned, self._agree_again)
        except (KeyboardInterrupt, SystemExit):
            if writer.is_under_way:
                self._stage.text = (
                    " while writing; it is not known whether the change was made:"
                    " plan it again to see"
                )
            raise
        self._stage.text = (
            "; the update is written, and the manager goes on with the roll-out"
            " (apply --rollback undoes it)"
        )
        return written

    def _agree_again(self, planned: LiveUpdate) -> None:
        """The change goes on top of another one: is it still what was agreed to?"""
        view = planning.view_of(planned)
        if not self._run.yes and codes.code_of(view) > self._agreed:
            self._show(view)
        self._agree(view)

    def _follow(self, written: WrittenUpdate) -> int:
        limits = WatchLimits(seconds=self._run.wait)
        events = follow(self._control, written, limits=limits, clock=CLOCK)
        if self._run.format == "json":
            end = finished(events, write_event)
        else:
            with screen() as shown:
                end = finished(events, shown.show)
        text = f"{written.planned.live.name}: {_told(end, is_a_job=is_job(written.service.spec))}"
        code = _CODES[end.outcome]
        if code:
            raise Stop(code, text)
        if self._run.format != "json":
            click.echo(text)
        return exits.CLEAN

    def _say(self, event: WriteEvent) -> None:
        if self._run.format == "json":
            write_event(event)
        else:
            _say(event)


def _say(event: WriteEvent) -> None:
    match event:
        case ManagerAway(error):
            say(f"{codes.told(error)}; looking whether the change was made")
        case ChangedMeanwhile():
            say("somebody else changed the service meanwhile; the change goes on top of that")
        case SameChangeMeanwhile():
            say("somebody else has made the same change meanwhile")


_CODES: Final[dict[RolloutOutcome, int]] = {
    "converged": exits.CLEAN,
    "paused": usage.PAUSED,
    "failed": usage.PAUSED,
    "rolled back": usage.ROLLED_BACK,
    "superseded": usage.NOT_FOLLOWED,
    "removed": usage.NOT_FOLLOWED,
    "lost": usage.NOT_FOLLOWED,
    "timed out": usage.NOT_FOLLOWED,
}


def _told(end: RolloutEnded, *, is_a_job: bool) -> str:
    """How it ended, in a sentence."""
    counts = f"{end.done} of {end.total} tasks"
    because = _because(end)
    match end.outcome:
        case "failed" if is_a_job:
            return f"the job failed, {counts} are complete{because}"
        case "converged" | "paused" | "failed":
            return f"{end.outcome}, {counts} run as wanted{because}"
        case "rolled back":
            return f"rolled back by the manager{because}"
        case "superseded":
            return "written, and another update took this change back meanwhile"
        case "lost":
            return f"written, and how it ends is not known: {end.reason}"
        case "timed out":
            error = f": {end.error}" if end.error else ""
            return f"written, and {end.reason}; the roll-out goes on{error}"
        case "removed":
            return f"written, and {end.reason}"


def _because(end: RolloutEnded) -> str:
    """Why, in the manager's words, and in those of the task that failed first."""
    words = [end.reason] if end.reason else []
    if end.error and end.error not in end.reason:
        words.append(end.error)
    return f": {'; '.join(words)}" if words else ""
