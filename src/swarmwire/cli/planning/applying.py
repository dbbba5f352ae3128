"""The run of ``apply``: plan, ask, write, follow; and what is said when it is cut short."""

import sys
from typing import NamedTuple

import click

from swarmwire import pb
from swarmwire.cli import exits
from swarmwire.cli.exits import Stop
from swarmwire.cli.line import is_terminal
from swarmwire.cli.live.options import Where
from swarmwire.cli.planning import codes, inputs, manager, planning, report, usage
from swarmwire.cli.planning.conflict import as_conflict
from swarmwire.cli.planning.follow import Follower
from swarmwire.cli.planning.manager import Snapshot
from swarmwire.cli.planning.screen import screen
from swarmwire.cli.planning.text import View
from swarmwire.cli.planning.write import Change, Conflict, Writer, Written
from swarmwire.control.sync import BlockingControl


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


class Stage:
    """How far the run has come, in the words for somebody who pressed Ctrl-C."""

    def __init__(self) -> None:
        self.text = "interrupted; nothing was written"


@codes.failing
def run_apply(run: ApplyRun) -> int:
    """Plan, ask, write and follow; the exit code.

    Raises:
        Stop: with the exit code and the reason.
        UsageError: arguments that do not go together.
    """
    if (run.file is None) != run.rollback:
        raise click.UsageError("wanted: SERVICE FILE, or SERVICE --rollback")
    wanted = None if run.file is None else inputs.read(run.file, run.service)
    stage = Stage()
    try:
        with manager.connected(run.where, secrets=True) as control:
            return Apply(control, run, stage).run(wanted)
    except KeyboardInterrupt as err:
        raise Stop(exits.INTERRUPTED, stage.text) from err
    except Conflict as err:
        click.echo(as_conflict(err, color=report.wants_color()), nl=False)
        reason = "nothing written: somebody else changed the same meanwhile"
        raise Stop(usage.ERROR, reason) from err


class Apply:
    """One run against one manager."""

    def __init__(self, control: BlockingControl, run: ApplyRun, stage: Stage) -> None:
        self._control = control
        self._run = run
        self._stage = stage
        self._agreed = 0

    def run(self, wanted: inputs.Input | None) -> int:
        """Do all of it; the exit code."""
        run = self._run
        now = manager.snapshot(self._control, manager.find(self._control, run.service))
        if wanted is None:
            draft = planning.of_rollback(now, hide_env=run.hide_env)
        else:
            report.warn(f"{run.file}: {text}" for text in wanted.warnings)
            base = None if run.base is None else inputs.read(run.base, run.service)
            draft = planning.of_live(
                now, wanted, base=base, as_engine=run.as_engine, hide_env=run.hide_env
            )
        view = draft.view._replace(is_sent_anyway=run.resume or run.rollback)
        report.show(view, "text")
        if not view.plan.differences and not view.is_sent_anyway:
            return exits.CLEAN
        self._agree(view)
        change = Change(now.service.spec, draft.spec, run.rollback)
        written = self._write(now, change)
        if run.detach:
            report.say("written; the roll-out is not followed (--detach)")
            return exits.CLEAN
        return self._follow(written, now)

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

    def _write(self, now: Snapshot, change: Change) -> Written:
        writer = Writer(self._control, self._agree_again, report.say)
        try:
            written = writer.write(now.service, change)
        except KeyboardInterrupt:
            if writer.is_under_way:
                self._stage.text = (
                    "interrupted while writing; it is not known whether the change was made:"
                    " plan it again to see"
                )
            raise
        self._stage.text = (
            "interrupted; the update is written, and the manager goes on with the roll-out"
            " (apply --rollback undoes it)"
        )
        return written

    def _agree_again(self, service: pb.Service, change: Change) -> None:
        """The change goes on top of another one: is it still what was agreed to?"""
        now = manager.snapshot(self._control, service)
        view = planning.of_spec(now, change.wanted, hide_env=self._run.hide_env)
        if not self._run.yes and codes.code_of(view) > self._agreed:
            report.show(view, "text")
        self._agree(view)

    def _follow(self, written: Written, now: Snapshot) -> int:
        with screen() as shown:
            follower = Follower(self._control, shown, timeout=self._run.wait)
            end = follower.follow(written, now.tasks)
        name = written.service.spec.annotations.name
        if end.code:
            raise Stop(end.code, f"{name}: {end.text}")
        click.echo(f"{name}: {end.text}")
        return exits.CLEAN
