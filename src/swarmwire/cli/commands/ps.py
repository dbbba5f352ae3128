"""``swarmwire ps``: the tasks of services of a live swarm."""

# What is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415

import click

from swarmwire.cli import options
from swarmwire.cli.options import Where


@click.command("ps", short_help="List the tasks of services of a live swarm.")
@click.argument("services", nargs=-1, required=True, metavar="SERVICE...")
@options.live
@options.text_or_json
@options.raw
@options.where
def command(where: Where, services: tuple[str, ...], live: bool, format_: str, raw: bool) -> None:
    """List the tasks of services, and which of them still run an old spec.

    The column SPEC says "old" of a task that the running update has yet to replace, by SwarmKit's
    own rule. A SERVICE is an id, a name, or the beginning of an id.
    """
    from swarmwire.cli.live.connection import ask
    from swarmwire.cli.live.tasks import ShownTasks, show_tasks
    from swarmwire.control import KINDS, Control, resolve

    async def work(control: Control) -> None:
        ids = [(await resolve(control, KINDS["service"], name)).id for name in services]
        await show_tasks(control, ShownTasks(format_, raw=raw, live=live), service_ids=ids)

    ask(where, work)
