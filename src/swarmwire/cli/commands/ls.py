"""``swarmwire ls``: the services of a live swarm."""

# What is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415

import click

from swarmwire.cli import options
from swarmwire.cli.options import Where


@click.command("ls", short_help="List the services of a live swarm.")
@options.text_or_json
@options.raw
@options.where
def command(where: Where, format_: str, raw: bool) -> None:
    """List the services of a live swarm: how many of their tasks run, and how their update goes.

    --format json is what the engine answers to GET /services?status=true. --raw lists services of
    every runtime.
    """
    from swarmwire.cli.live.connection import ask
    from swarmwire.cli.live.lists import show_services
    from swarmwire.control import Control

    async def work(control: Control) -> None:
        await show_services(control, format_, raw=raw)

    ask(where, work)
