"""``swarmwire nodes``: the nodes of a live swarm."""

# What is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415

import click

from swarmwire.cli import options
from swarmwire.cli.options import Where


@click.command("nodes", short_help="List the nodes of a live swarm.")
@options.text_or_json
@options.raw
@options.where
def command(where: Where, format_: str, raw: bool) -> None:
    """List the nodes of a live swarm: their roles, states and engines, and who is the leader.

    --format json is what the engine answers to GET /nodes.
    """
    from swarmwire.cli.live.connection import ask
    from swarmwire.cli.live.lists import show_nodes
    from swarmwire.control import Control

    async def work(control: Control) -> None:
        await show_nodes(control, format_, raw=raw)

    ask(where, work)
