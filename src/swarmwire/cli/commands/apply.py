"""``swarmwire apply``: write an update, and follow its roll-out."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

from typing import TYPE_CHECKING

import click

from swarmwire.cli.options import Where, engine, formats
from swarmwire.cli.options import where_to_write as where_options
from swarmwire.cli.planning import options
from swarmwire.cli.planning.usage import ExitOneCommand

if TYPE_CHECKING:
    from swarmwire.cli.planning.stack.inputs import StackChoice
    from swarmwire.releases import Release


@click.command(
    "apply", cls=ExitOneCommand, short_help="Update a service or a stack, and follow it."
)
@click.argument("service", metavar="[SERVICE]", required=False)
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
@options.stack
@options.base
@options.as_engine
@options.hide_env
@formats("json", text="For people, or for programs: an object on each line.")
@engine("Judge as this release of the engine; without it, that of the swarm's leader.")
@where_options
def command(
    where: Where,
    service: str | None,
    file: str | None,
    yes: bool,
    no_restart: bool,
    rollback: bool,
    resume: bool,
    detach: bool,
    wait: float | None,
    choice: "StackChoice | None",
    base: str | None,
    as_engine: bool,
    hide_env: bool,
    release: "Release | None",
    format_: str,
) -> int:
    """Show the plan, ask, write it, and follow the roll-out task by task to its end.

    \b
    swarmwire apply SERVICE new.json
    swarmwire apply SERVICE --rollback
    swarmwire apply --stack NAME -c stack.yml
    swarmwire apply --stack NAME --rollback

    FILE is read as by plan. Fields that it leaves as inspect shows them stay as they are stored,
    also those that the Engine API cannot say: the manager is written to directly.

    If somebody else changes the service meanwhile, the change is repeated on top of that. If both
    changed the same field, both are shown and nothing is written.

    --stack deploys stack files without the docker command: networks, secrets and configs are made,
    then services, and all roll-outs are followed together. The first failure ends it; what was done
    stands, and the same command goes on from there. Services of which nothing differs are not
    written; jobs run again.

    With --format json, each line is an object, and its event says what it is: the plan, as plan
    --format json prints it; then whatever happens, as it happens; the last one is the end, with the
    exit code and the reason, also of an error.

    \b
    Of a stack:
      begun, done    a step: verb, kind, name; done has the id, and was_there if it was so already
      left           a step that could not be done yet, with the reason
      problem        why files are refused: file, line, column, path, reason, hint
      service        how far a service is: state, done, total, reason
    \b
    Of a service:
      task           a task has come into another state
      progress       how far the roll-out is
      rollback, follows-newer, changed-meanwhile, same-change-meanwhile
    \b
    Of both:
      rollout        how the roll-outs ended
      manager-away, manager-back

    \b
    Exit codes:
      0    the roll-out converged, or there was nothing to write
      1    nothing was written: an error, a refusal, a conflict, or the answer was no
      3    nothing was written: it would restart tasks (--no-restart)
      4    written; the roll-out is paused after failures, or tasks keep failing
      5    written; the manager rolled it back after failures
      6    written, in part or perhaps: the message says which; how it ends is not known
      130  interrupted; the message says whether anything was written (143 by SIGTERM)
    """  # noqa: D301 - \b is click's own mark
    from swarmwire.cli.planning.applying import ApplyRun, run_apply

    if detach and wait is not None:
        raise click.UsageError("--detach follows nothing: it goes without --wait")
    if choice is not None:
        from swarmwire.cli.planning.stack.applying import StackApplyRun, run_stack_apply

        if service or file:
            raise click.UsageError("wanted: --stack NAME -c FILE, and no SERVICE")
        return run_stack_apply(
            StackApplyRun(
                choice,
                where,
                yes,
                no_restart=no_restart,
                detach=detach,
                wait=wait,
                format=format_,
            )
        )
    if service is None:
        raise click.UsageError("wanted: SERVICE FILE, SERVICE --rollback, or --stack NAME -c FILE")
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
            release=release,
            format=format_,
        )
    )
