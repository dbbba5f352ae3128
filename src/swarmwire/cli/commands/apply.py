"""``swarmwire apply``: write an update, and follow its roll-out."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

import click

from swarmwire.cli.live.options import Where
from swarmwire.cli.live.options import where as where_options
from swarmwire.cli.planning import options
from swarmwire.cli.planning.usage import Command


@click.command("apply", cls=Command, short_help="Update a service, and follow the roll-out.")
@click.argument("service", metavar="SERVICE")
@click.argument("file", metavar="[FILE]", required=False)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--no-restart", is_flag=True, help="Write nothing if a task would restart.")
@click.option("--rollback", is_flag=True, help="Go back to the spec before; there is no FILE.")
@click.option(
    "--resume",
    is_flag=True,
    help="Write even if nothing differs: a paused roll-out goes on, a job runs again.",
)
@click.option("-d", "--detach", is_flag=True, help="Write, and do not follow the roll-out.")
@click.option(
    "--wait",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Follow the roll-out for so long at most.",
)
@options.base
@options.as_engine
@options.hide_env
@where_options
def command(
    where: Where,
    service: str,
    file: str | None,
    yes: bool,
    no_restart: bool,
    rollback: bool,
    resume: bool,
    detach: bool,
    wait: float | None,
    base: str | None,
    as_engine: bool,
    hide_env: bool,
) -> int:
    """Show the plan, ask, write it, and follow the roll-out task by task to its end.

    FILE is read as by plan. Fields that it leaves as inspect shows them stay as they are stored,
    also those that the Engine API cannot say: the manager is written to directly.

    If somebody else changes the service meanwhile, the change is repeated on top of that. If both
    changed the same field, both are shown and nothing is written.

    \b
    Exit codes:
      0    the roll-out converged, or there was nothing to write
      1    nothing was written: an error, a refusal, a conflict, or the answer was no
      3    nothing was written: it would restart tasks (--no-restart)
      4    written; the roll-out is paused after failures
      5    written; the manager rolled it back after failures
      6    written, or perhaps written: the message says which; how it ends is not known
      130  interrupted; the message says whether anything was written
    """  # noqa: D301 - \b is click's own mark
    from swarmwire.cli.planning.applying import ApplyRun, run_apply

    return run_apply(
        ApplyRun(
            service=service,
            file=file,
            where=where,
            yes=yes,
            no_restart=no_restart,
            rollback=rollback,
            resume=resume,
            detach=detach,
            wait=wait,
            base=base,
            as_engine=as_engine,
            hide_env=hide_env,
        )
    )
