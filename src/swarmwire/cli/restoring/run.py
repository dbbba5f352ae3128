"""The run of ``restore``: read the bundle, show the steps, ask, carry them out, wait."""

import asyncio
import stat
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from swarmwire.bundle import Bundle
from swarmwire.bundle import restore as restoring
from swarmwire.bundle.restore import NotInBundle, Outcome, RestoreOptions, RestorePlan, SameSwarm
from swarmwire.cli import exits, writing
from swarmwire.cli.exits import Stop
from swarmwire.cli.live.connection import opened
from swarmwire.cli.messages import say, warn
from swarmwire.cli.options import Where
from swarmwire.cli.planning.codes import told as told_error
from swarmwire.cli.recovery.folder import load_bundle
from swarmwire.cli.restoring import text
from swarmwire.cli.restoring.journal import FolderJournal
from swarmwire.cli.terminal import is_terminal, one_line
from swarmwire.cli.writing import as_json
from swarmwire.control import Control, TransportError
from swarmwire.errors import StoreError, SwarmwireError
from swarmwire.update import ManagerAway, ManagerBack, ServiceState, WatchLimits, wait_for

_Result = TypeVar("_Result")
PATIENCE = 60.0
"""Seconds for a manager to come back."""
_LONG = 0.5
"""Seconds of a pause that nothing but a manager's absence takes."""
_AGAIN = "the same command goes on from there"
_WRITES = ("create", "label")
_LIMITS = WatchLimits()


class RestoreRun(NamedTuple):
    """The argument and options of ``restore``."""

    folder: str
    where: Where = Where()
    yes: bool = False
    dry_run: bool = False
    deleted: bool = False
    wait: float | None = None
    format: str = "table"
    options: RestoreOptions = RestoreOptions()


def run_restore(run: RestoreRun) -> int:
    """Do all of it; the exit code.

    Raises:
        Stop: with the exit code and the reason.
        UsageError: nobody can be asked, or something was selected that is not there.
    """
    if not run.yes and not run.dry_run and (run.format == "json" or not is_terminal(sys.stdin)):
        raise click.UsageError(
            "no terminal to ask on: --yes agrees beforehand, --dry-run only shows the steps"
        )
    bundle = _loaded(run.folder)
    if run.deleted:
        bundle = _removed(run.folder, bundle)
    return _Restore(run, bundle).run()


def _removed(folder: str, bundle: Bundle) -> Bundle:
    if bundle.deleted is None:
        reason = "nothing in it had been removed; recover --deleted looks for such objects"
        raise Stop(exits.UNREADABLE, f"{folder}: {reason}")
    return bundle.deleted


def _loaded(folder: str) -> Bundle:
    try:
        bundle = load_bundle(folder)
    except StoreError as err:
        raise Stop(exits.UNREADABLE, f"{folder}: {err}") from err
    mode = stat.S_IMODE(Path(folder).stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        say(f"others can look into {folder} (mode {mode:04o}): chmod 700 it")
    for name in bundle.edited:
        say(f"{name} was edited since the bundle was written, and is followed")
    return bundle


class _Restore:
    """One run against one manager."""

    def __init__(self, run: RestoreRun, bundle: Bundle) -> None:
        self._run = run
        self._bundle = bundle
        self._journal = FolderJournal(Path(run.folder), say)
        self._outcomes: list[Outcome] = []
        self._is_writing = False
        self._is_done = False
        self._is_patient = False

    def run(self) -> int:
        plan = self._finished(self._preview)
        self._show(plan)
        if self._run.dry_run:
            return exits.CLEAN if plan.is_whole else exits.REFUSED
        if not any(step.action in _WRITES for step in plan.steps):
            self._say("nothing to create")
        elif not self._run.yes and not _is_agreed(plan):
            raise Stop(exits.REFUSED, "nothing was restored")
        self._is_writing = True
        report = self._finished(self._restore)
        self._is_done = True
        self._say(f"{text.summary(report.outcomes)} in swarm {plan.cluster_id}")
        standings = self._waited()
        if self._run.format == "json":
            found = text.document(report.plan, report.outcomes)
            if self._run.wait is not None:
                found["services"] = [text.waited(each) for each in standings]
            writing.write(as_json(found))
        return self._code(report, standings)

    def _code(self, report: restoring.RestoreReport, standings: list[ServiceState]) -> int:
        short = [one for one in report.outcomes if one.result in restoring.SHORT_OF]
        late = [text.late(each) for each in standings if each.state != "converged"]
        parts = []
        if short:
            names = text.some([f"{one.step.kind} {one.step.name}" for one in short])
            parts.append(f"not restored: {names}")
        if late:
            parts.append(f"not running as wanted: {text.some(late)}")
        if parts:
            raise Stop(exits.REFUSED, "; ".join(parts))
        return exits.CLEAN

    def _show(self, plan: RestorePlan) -> None:
        warn(text.warnings(plan))
        if self._run.format == "json":
            if self._run.dry_run:
                writing.write(as_json(text.document(plan)))
            return
        if plan.steps:
            writing.write_table(text.plan_table(plan))
        needs = text.needs_table(plan)
        if needs is not None:
            writing.write("\nImages and volumes that nodes must have (no bundle holds them)")
            writing.write_table(needs)
            writing.write("")
        for line in text.details(plan.steps):
            writing.write(one_line(line))
        for line in text.hints(plan):
            writing.write(line)
        writing.write(f"swarm {plan.cluster_id}: {text.counted(plan)}")

    async def _preview(self, control: Control) -> RestorePlan:
        return await restoring.preview(
            control, self._bundle, self._run.options, journal=self._journal
        )

    async def _restore(self, control: Control) -> restoring.RestoreReport:
        clock = restoring.Clock(time.monotonic, self._pause, PATIENCE)
        return await restoring.restore(
            control,
            self._bundle,
            self._run.options,
            clock=clock,
            journal=self._journal,
            happened=self._happened,
        )

    async def _pause(self, seconds: float) -> None:
        """Wait for the manager; the first time that it lasts, say so."""
        if seconds >= _LONG:
            self._told_away()
        await asyncio.sleep(seconds)

    def _told_away(self) -> None:
        if not self._is_patient:
            self._is_patient = True
            say(f"the manager is away: waiting for it, {PATIENCE:.0f} seconds at most")

    def _happened(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        if outcome.result != "present":
            self._say(text.told(outcome))

    def _waited(self) -> list[ServiceState]:
        seconds = self._run.wait
        services = {
            one.id: one.step.name
            for one in self._outcomes
            if one.step.kind == "service" and one.result in ("created", "present")
        }
        if seconds is None or not services:
            return []
        return self._finished(lambda control: self._wait(control, services, seconds))

    async def _wait(
        self, control: Control, names: Mapping[str, str], seconds: float
    ) -> list[ServiceState]:
        """Where the services stand, names by id, once all are decided or the time is up."""
        states = {id_: ServiceState(id_, name, "under way") for id_, name in names.items()}
        limits = _LIMITS._replace(seconds=seconds)
        async for event in wait_for(control, list(names), limits=limits):
            if isinstance(event, ManagerAway):
                self._told_away()
            elif not isinstance(event, ManagerBack):
                states[event.service] = replace(event, name=names[event.service])
                self._say(text.standing(states[event.service]))
        return list(states.values())

    def _say(self, line: str) -> None:
        if self._run.format != "json":
            writing.write(one_line(line))

    def _finished(self, work: Callable[[Control], Coroutine[Any, Any, _Result]]) -> _Result:
        """Connect, do the work, hang up.

        Raises:
            Stop: no manager can be reached, it says no, or it is told to end.
        """
        try:
            return asyncio.run(self._connected(work))
        except (KeyboardInterrupt, SystemExit) as err:
            raise Stop(exits.code_of_end(err), f"interrupted; {self._stage()}") from err
        except Stop as err:
            if err.code != exits.CLOSED_PIPE:
                raise
            raise Stop(err.code, f"the output was closed; {self._stage()}") from err
        except NotInBundle as err:
            raise click.UsageError(f"--only {err}") from err
        except SameSwarm as err:
            raise Stop(exits.REFUSED, f"{err} (--same-swarm restores nevertheless)") from err
        except SwarmwireError as err:
            lost = isinstance(err, TransportError) and not self._outcomes
            code = exits.UNREADABLE if lost else exits.REFUSED
            raise Stop(code, f"{told_error(err)}; {self._stage()}") from err

    async def _connected(self, work: Callable[[Control], Coroutine[Any, Any, _Result]]) -> _Result:
        async with opened(self._run.where, secrets=True) as control:
            return await work(control)

    def _stage(self) -> str:
        """How far the run has come."""
        if not self._is_writing:
            return "nothing was restored"
        if self._is_done:
            return f"{text.summary(self._outcomes)}; only the waiting was cut short"
        return f"{text.summary(self._outcomes)} so far; {_AGAIN}"


def _is_agreed(plan: RestorePlan) -> bool:
    """The answer to the question.

    Raises:
        Stop: there is none.
    """
    try:
        return click.confirm(_question(plan), err=True)
    except click.Abort as err:
        click.echo(err=True)  # the question ended without a line break
        raise Stop(exits.INTERRUPTED, "interrupted; nothing was restored") from err


def _question(plan: RestorePlan) -> str:
    number = sum(step.action in _WRITES for step in plan.steps)
    steps = "this step" if number == 1 else f"these {number} steps"
    return f"Carry out {steps} in swarm {plan.cluster_id}?"
