"""``swarmwire watch``: the changes of a live swarm as they happen."""

# What is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415

import time

import click

from swarmwire.cli.live import options
from swarmwire.cli.live.options import Where

_KINDS = ("service", "node", "task", "secret", "config", "network", "swarm", "volume")


@click.command("watch", short_help="Stream the changes of a live swarm.")
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(_KINDS),
    multiple=True,
    help="Watch objects of this kind; may be repeated. Without it, of all kinds.",
)
@options.formats("lines", "json", text="For people, or for programs: an object on each line.")
@options.raw
@click.option(
    "--secrets",
    is_flag=True,
    help="Show the data of secrets, the swarm's keys and tokens, which are hidden otherwise.",
)
@options.where
def command(where: Where, kinds: tuple[str, ...], format_: str, raw: bool, secrets: bool) -> None:
    """Stream the changes of a live swarm, those of tasks included, until Ctrl-C.

    Goes on where it was after the manager was away. What happened meanwhile is shown, too; if the
    manager does not know it any more, objects are listed, compared with those known, and what is
    found so has "gap": true.

    In JSON an object has action (create, update, remove), kind, id, name, version, gap and object:
    the changed one as the engine's inspect prints it, or with --raw as SwarmKit's message.

    What happens to the connection is told on standard error.
    """
    from swarmwire.cli.line import one_line
    from swarmwire.cli.live.connection import finished, opened
    from swarmwire.cli.live.events import as_json, as_line
    from swarmwire.cli.live.follow import Follower
    from swarmwire.cli.live.known import Change
    from swarmwire.cli.live.output import write

    def emit(change: Change) -> None:
        if format_ == "json" or raw:
            write(as_json(change, raw=raw))
        else:
            write(as_line(change, time.time()))

    def tell(text: str) -> None:
        write(one_line(f"swarmwire: {text}"), error=True)

    follower = Follower(lambda: opened(where, secrets=secrets), set(kinds or _KINDS), emit, tell)
    finished(follower.run())
