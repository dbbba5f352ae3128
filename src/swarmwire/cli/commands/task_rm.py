"""``swarmwire task rm``: remove the records of tasks that nobody looks after any more."""

# What is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415

import click

from swarmwire.cli import options
from swarmwire.cli.options import Where


@click.group("task", short_help="Remove ghost tasks: swarmwire task rm.")
def command() -> None:
    """Act on single tasks of a live swarm."""


@command.command("rm", short_help="Remove the records of ghost tasks.")
@click.argument("tasks", nargs=-1, required=True, metavar="TASK...")
@click.option("--yes", is_flag=True, help="Do it. Without this option nothing is changed.")
@options.where_to_write
def remove(where: Where, tasks: tuple[str, ...], yes: bool) -> int:
    """Tell what would come of removing the records of tasks; with --yes, remove them.

    A TASK is an id, a name such as web.1.<id>, or the beginning of an id.

    Only ghosts can go, tasks that neither a service nor a node looks after any more, and the
    history of services. If one of the tasks is still looked after, nothing is removed, and the exit
    code is 1. `swarmwire tasks --ghosts` finds ghosts.
    """
    from functools import partial

    from swarmwire.cli.live.connection import ask
    from swarmwire.cli.live.tasks import remove_tasks

    return ask(where, partial(remove_tasks, references=tasks, really=yes))
