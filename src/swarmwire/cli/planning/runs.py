"""The run of ``plan``: which kind is asked for, and its exit code."""

from pathlib import Path
from typing import NamedTuple

import click

from swarmwire.cli.exits import Stop
from swarmwire.cli.messages import warn
from swarmwire.cli.options import Where
from swarmwire.cli.planning import codes, planning, report, usage
from swarmwire.cli.planning.text import View, as_conflict
from swarmwire.cli.terminal import wants_color
from swarmwire.releases import Release
from swarmwire.update import UpdateConflict
from swarmwire.update.sync import snapshot


class PlanRun(NamedTuple):
    """The arguments and options of ``plan``."""

    service: str | None
    file: str | None
    where: Where = Where()
    is_service: bool = False
    rollback: bool = False
    base: str | None = None
    as_engine: bool = False
    hide_env: bool = False
    format: str = "text"
    release: Release | None = None


@codes.failing
def run_plan(run: PlanRun) -> int:
    """Plan and print; the exit code.

    Raises:
        Stop: with code 1 and the reason.
        UsageError: arguments that do not go together.
    """
    try:
        return _run(run)
    except UpdateConflict as err:
        click.echo(as_conflict(err, color=wants_color()), nl=False)
        raise Stop(usage.ERROR, "no plan: the service has changed since --base") from err


def _run(run: PlanRun) -> int:
    if run.service is None or (run.file is None) != run.rollback:
        wanted = (
            "SERVICE --rollback"
            if run.rollback
            else "SERVICE NEW, OLD NEW, or --stack NAME -c FILE"
        )
        raise click.UsageError(f"wanted: {wanted}")
    view = _of_two(run, run.service, run.file)
    report.show(view, run.format)
    return codes.code_of(view)


def _of_two(run: PlanRun, first: str, file: str | None) -> View:
    is_file = not run.is_service and not run.rollback and (first == "-" or Path(first).is_file())
    if is_file and file is not None:
        if run.as_engine or run.base or run.where != Where():
            reason = f"{first} is a file; --base, --as-engine and --socket are for services"
            raise click.UsageError(reason)
        view, warnings = planning.of_files(first, file, hide_env=run.hide_env, release=run.release)
        warn(warnings)
        return view
    # no service has such a name, so it is a path with a mistake in it
    if not is_file and not run.is_service and ("/" in first or "." in first):
        raise Stop(usage.ERROR, f"{first}: no such file, and no name that a service can have")
    wanted = planning.wanted_files(
        file, run.base, as_engine=run.as_engine, hide_env=run.hide_env, release=run.release
    )
    with planning.connected(run.where) as control:
        planned, warnings = planning.of_live(snapshot(control, first), wanted)
        places = planning.places_of(control, planned)
    warn(warnings)
    return planning.view_of(planned, places)
