"""``swarmwire plan``: what an update changes, and which tasks it restarts."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

import click

from swarmwire.cli.live.options import Where
from swarmwire.cli.live.options import where as where_options
from swarmwire.cli.planning import options
from swarmwire.cli.planning.usage import Command


@click.command("plan", cls=Command, short_help="Tell what an update changes and restarts.")
@click.argument("service", metavar="[SERVICE|OLD]", required=False)
@click.argument("file", metavar="[NEW]", required=False)
@click.option(
    "--service",
    "is_service",
    is_flag=True,
    help="Take the first argument for a service, even if there is a file of that name.",
)
@click.option("--rollback", is_flag=True, help="Plan the service's rollback; there is no NEW.")
@click.option("--stack", metavar="NAME", help="Plan docker stack deploy of this stack.")
@click.option(
    "-c",
    "--compose-file",
    "compose_files",
    metavar="FILE",
    multiple=True,
    help="With --stack: the stack file; more override it.",
)
@options.base
@options.as_engine
@options.hide_env
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or for programs.",
)
@where_options
def command(
    where: Where,
    service: str | None,
    file: str | None,
    is_service: bool,
    rollback: bool,
    stack: str | None,
    compose_files: tuple[str, ...],
    base: str | None,
    as_engine: bool,
    hide_env: bool,
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

    --stack asks the docker command for the services that it would deploy (nothing is deployed).

    \b
    Exit codes:
      0  nothing changes
      2  something changes, no task restarts
      3  tasks restart (or could: see the verdict)
      1  an error, or the manager would refuse it

    Colours appear on a terminal, unless NO_COLOR is set.
    """  # noqa: D301 - \b is click's own mark
    from swarmwire.cli.planning.runs import PlanRun, run_plan

    return run_plan(
        PlanRun(
            service=service,
            file=file,
            where=where,
            is_service=is_service,
            rollback=rollback,
            stack=stack,
            compose_files=compose_files,
            base=base,
            as_engine=as_engine,
            hide_env=hide_env,
            format=format_,
        )
    )
