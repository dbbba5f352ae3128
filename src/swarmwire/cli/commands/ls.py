"""``swarmwire ls``: the services of a live swarm."""

# What is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415

import click

from swarmwire.cli.live import options
from swarmwire.cli.live.options import Where


@click.command("ls", short_help="List the services of a live swarm.")
@options.table_or_json
@options.raw
@options.where
def command(where: Where, format_: str, raw: bool) -> None:
    """List the services of a live swarm: how many of their tasks run, and how their update goes.

    --format json is what the engine answers to GET /services?status=true. --raw lists services of
    every runtime.
    """
    from swarmwire.cli.live import output
    from swarmwire.cli.live.connection import ask
    from swarmwire.cli.live.kinds import KINDS
    from swarmwire.cli.live.services import services_table, statuses, with_status
    from swarmwire.control import Control

    async def work(control: Control) -> None:
        # as the engine: those of plugins are not listed
        filters = {} if raw else {"runtimes": ["container"]}
        services = await KINDS["service"].listed(control, **filters)
        if raw:
            output.write_list(map(output.raw_json, services))
            return
        found = await statuses(control, services)
        if format_ == "json":
            output.write_list(output.engine_json(with_status(each, found)) for each in services)
        else:
            output.write_table(services_table(services, found))

    ask(where, work)
