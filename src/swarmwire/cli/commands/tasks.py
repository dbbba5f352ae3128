"""``swarmwire tasks``: all tasks of a live swarm."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

import click

from swarmwire.cli.live import options
from swarmwire.cli.live.options import Where


@click.command("tasks", short_help="List all tasks of a live swarm.")
@click.option("--node", metavar="NODE", help="Only those on this node.")
@click.option("--live", is_flag=True, help="Leave out tasks that are over.")
@click.option("--ghosts", is_flag=True, help="Only those that nobody looks after any more.")
@options.table_or_json
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
    from swarmwire.cli.live.kinds import KINDS
    from swarmwire.cli.live.resolution import resolve
    from swarmwire.cli.live.task_lists import Shown, show_tasks
    from swarmwire.control import Control

    async def work(control: Control) -> None:
        filters = {}
        if node is not None:
            filters["node_ids"] = [(await resolve(control, KINDS["node"], node)).id]
        shown = Shown(format_, raw=raw, live=live, ghosts=ghosts)
        await show_tasks(control, shown, **filters)

    ask(where, work)
