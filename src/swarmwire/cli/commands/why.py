"""``swarmwire why``: why tasks of a live swarm wait."""

# What is slow to import waits for the command.
# ruff: noqa: PLC0415

import click

from swarmwire.cli import options
from swarmwire.cli.options import Where


@click.command("why", short_help="Explain why tasks wait, and what would help.")
@click.argument("reference", metavar="[SERVICE|TASK]", required=False)
@options.formats("json", text="For people, or for programs.")
@options.where
def command(where: Where, reference: str | None, format_: str) -> None:
    """Explain why tasks of a service wait, or why one task does: node by node, and what would help.

    The manager's own text stands beside it. Tasks that are alike are explained once. A SERVICE or
    TASK is an id, a name, or the beginning of an id; without one, all that wait are explained.
    """
    from swarmwire.cli.live.connection import ask
    from swarmwire.cli.live.why import show_why
    from swarmwire.control import Control

    async def work(control: Control) -> None:
        await show_why(control, reference, format_)

    ask(where, work)
