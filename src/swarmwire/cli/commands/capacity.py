"""``swarmwire capacity``: what is reserved and free on the nodes of a live swarm."""

# What is slow to import waits for the command.
# ruff: noqa: PLC0415

import click

from swarmwire.cli import options
from swarmwire.cli.options import Where


@click.command("capacity", short_help="Tell what is reserved and free on each node.")
@click.option("--fits", metavar="SERVICE", help="How many more tasks of it each node takes.")
@options.formats("json", text="For people, or for programs.")
@options.where
def command(where: Where, fits: str | None, format_: str) -> None:
    """Tell what tasks have reserved on each node of a live swarm, and what is free.

    Tasks that are being stopped hold theirs until they have ended, as the scheduler counts. A
    SERVICE is an id, a name, or the beginning of an id.
    """
    from swarmwire.cli.live.capacity import show_capacity
    from swarmwire.cli.live.connection import ask
    from swarmwire.control import Control

    async def work(control: Control) -> None:
        await show_capacity(control, format_, fits=fits)

    ask(where, work)
