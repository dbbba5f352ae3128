"""``swarmwire tasks``: all tasks of a live swarm."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

import click

from swarmwire.cli import options
from swarmwire.cli.options import Where


@click.command("tasks", short_help="List all tasks of a live swarm.")
@click.option("--node", metavar="NODE", help="Only those on this node.")
@options.live
@click.option("--ghosts", is_flag=True, help="Only those that nobody looks after any more.")
@options.text_or_json
@options.raw
@options.where
def command(
    where: Where, node: str | None, live: bool, ghosts: bool, format_: str, raw: bool
) -> None:
    """List all tasks of a live swarm, and which of them still run an old spec.

    --format json is what the engine answers to GET /tasks. --raw lists tasks of every runtime;
    --ghosts does, too, and lists what `swarmwire task rm` removes but for the history of services.
    """
    from swarmwire.cli.live.connection import ask
    from swarmwire.cli.live.tasks import ShownTasks, show_tasks
    from swarmwire.control import KINDS, Control, resolve

    async def work(control: Control) -> None:
        filters = {}
        if node is not None:
            filters["node_ids"] = [(await resolve(control, KINDS["node"], node)).id]
        shown = ShownTasks(format_, raw=raw, live=live, ghosts=ghosts)
        await show_tasks(control, shown, **filters)

    ask(where, work)
