"""``swarmwire plan``: what an update changes, and which tasks it restarts."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

from typing import TYPE_CHECKING

import click

from swarmwire.cli.options import Renamed, Where, engine, formats
from swarmwire.cli.options import where as where_options
from swarmwire.cli.planning import options
from swarmwire.cli.planning.usage import ExitOneCommand

if TYPE_CHECKING:
    from swarmwire.cli.planning.stack.inputs import StackChoice
    from swarmwire.releases import Release


@click.command("plan", cls=ExitOneCommand, short_help="Tell what an update changes and restarts.")
@click.argument("service", metavar="[SERVICE|OLD]", required=False)
@click.argument("file", metavar="[NEW]", required=False)
@click.option(
    "--by-name",
    "--service",
    "is_service",
    cls=Renamed,
    is_flag=True,
    help="Take the first argument for a service, even if there is a file of that name.",
)
@click.option(
    "--rollback", is_flag=True, help="Plan going back to the spec before; there is no NEW."
)
@options.stack
@click.option(
    "--all", "everything", is_flag=True, help="With --stack: show unchanged services, too."
)
@options.base
@options.as_engine
@options.hide_env
@engine("Judge as this release of the engine; without it, live managers are asked for theirs.")
@formats("json", text="For people, or for programs.")
@where_options
def command(
    where: Where,
    service: str | None,
    file: str | None,
    is_service: bool,
    rollback: bool,
    choice: "StackChoice | None",
    everything: bool,
    base: str | None,
    as_engine: bool,
    hide_env: bool,
    release: "Release | None",
    format_: str,
) -> int:
    """Tell what an update changes and which tasks it restarts, and why. Nothing is changed.

    \b
    swarmwire plan SERVICE new.json         the live service, by its manager's socket
    swarmwire plan old.json new.json        two files; no manager is asked
    swarmwire plan --stack NAME -c stack.yml

    Files hold a spec or what `docker service inspect` prints, or a message of SwarmKit in binary,
    text or JSON; - is standard input. The first argument is a file if there is one of that name.

    What a JSON file leaves as inspect shows it counts as unchanged, though the JSON cannot say all
    and spells out defaults: apply writes the change, not the file. See --as-engine.

    Of a live service it is told, too, where new tasks find a place, and which wait for one.

    --stack plans what apply --stack, or docker stack deploy, does with stack files: services,
    networks, secrets and configs. It does not need the docker command. The variables that the files
    use are those of the environment.

    \b
    Exit codes:
      0  nothing changes
      2  something changes, no task restarts
      3  tasks restart (or could: see the verdict)
      1  an error, or the manager would refuse it

    Colours appear on a terminal, unless NO_COLOR is set.
    """  # noqa: D301 - \b is click's own mark
    from swarmwire.cli.planning.runs import PlanRun, run_plan

    if choice is not None:
        from swarmwire.cli.planning.stack.planned import StackPlanRun, run_stack_plan

        if service or file:
            raise click.UsageError("wanted: --stack NAME -c FILE, and no SERVICE")
        return run_stack_plan(StackPlanRun(choice, where, format_, everything))
    if everything:
        raise click.UsageError("--all goes with --stack NAME")
    return run_plan(
        PlanRun(
            service=service,
            file=file,
            where=where,
            is_service=is_service,
            rollback=rollback,
            base=base,
            as_engine=as_engine,
            hide_env=hide_env,
            release=release,
            format=format_,
        )
    )
