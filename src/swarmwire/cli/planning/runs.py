"""The run of ``plan``: which kind is asked for, and its exit code."""

from pathlib import Path
from typing import NamedTuple

import click

from swarmwire.cli.exits import Stop
from swarmwire.cli.live.options import Where
from swarmwire.cli.planning import codes, inputs, manager, planning, report, usage
from swarmwire.cli.planning.conflict import as_conflict
from swarmwire.cli.planning.stack.plans import of_stack
from swarmwire.cli.planning.stack.text import as_stack_text, stack_document
from swarmwire.cli.planning.text import View
from swarmwire.cli.planning.write import Conflict


class PlanRun(NamedTuple):
    """The arguments and options of ``plan``."""

    service: str | None
    file: str | None
    where: Where = Where()
    is_service: bool = False
    rollback: bool = False
    stack: str | None = None
    compose_files: tuple[str, ...] = ()
    base: str | None = None
    as_engine: bool = False
    hide_env: bool = False
    format: str = "text"


@codes.failing
def run_plan(run: PlanRun) -> int:
    """Plan and print; the exit code.

    Raises:
        Stop: with code 1 and the reason.
        UsageError: arguments that do not go together.
    """
    try:
        return _run(run)
    except Conflict as err:
        click.echo(as_conflict(err, color=report.wants_color()), nl=False)
        raise Stop(usage.ERROR, "no plan: the service has changed since --base") from err


def _run(run: PlanRun) -> int:
    if run.stack is not None:
        return _stack(run)
    if run.compose_files:
        raise click.UsageError("--compose-file goes with --stack NAME")
    if run.service is None or (run.file is None) != run.rollback:
        wanted = "SERVICE --rollback" if run.rollback else "SERVICE NEW, or OLD NEW"
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
        view, warnings = planning.of_files(first, file, hide_env=run.hide_env)
        report.warn(warnings)
        return view
    # no service has such a name, so it is a path with a mistake in it
    if not is_file and not run.is_service and ("/" in first or "." in first):
        raise Stop(usage.ERROR, f"{first}: no such file, and no name that a service can have")
    wanted = None if file is None else inputs.read(file, first)
    base = None if run.base is None else inputs.read(run.base, first)
    with manager.connected(run.where) as control:
        now = manager.snapshot(control, manager.find(control, first))
    if wanted is None:
        return planning.of_rollback(now, hide_env=run.hide_env).view
    report.warn(f"{file}: {text}" for text in wanted.warnings)
    draft = planning.of_live(now, wanted, base=base, as_engine=run.as_engine, hide_env=run.hide_env)
    return draft.view


def _stack(run: PlanRun) -> int:
    if run.service or run.file or run.rollback or run.is_service or not run.compose_files:
        raise click.UsageError("wanted: --stack NAME -c FILE, and no SERVICE")
    plan = of_stack(run.where, run.stack or "", run.compose_files, hide_env=run.hide_env)
    if run.format == "json":
        click.echo(report.as_json(stack_document(plan)))
    else:
        click.echo(as_stack_text(plan, color=report.wants_color()), nl=False)
    return plan.code
