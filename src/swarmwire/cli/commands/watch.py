"""``swarmwire watch``: the changes of a live swarm as they happen."""

# What is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click

from swarmwire.cli import options
from swarmwire.cli.options import Where

_KINDS = ("service", "node", "task", "secret", "config", "network", "swarm", "volume")


@click.command("watch", short_help="Stream the changes of a live swarm.")
@options.kind(
    _KINDS,
    "What the objects are; may be repeated. Without it, objects of all kinds.",
    multiple=True,
)
@options.formats("json", text="For people, or for programs: an object on each line.")
@options.raw
@click.option(
    "--secrets",
    is_flag=True,
    help="Show the data of secrets, the swarm's keys and tokens, which are hidden otherwise.",
)
@options.where
def command(where: Where, kind: tuple[str, ...], format_: str, raw: bool, secrets: bool) -> None:
    """Stream the changes of a live swarm, those of tasks included, until Ctrl-C.

    Goes on where it was after the manager was away. What happened meanwhile is shown, too; if the
    manager does not know it any more, objects are listed, compared with those known, and what is
    found so has "gap": true.

    \b
    In JSON, each line is an object with
      action     create, update or remove
      kind, id, name
      log_index  where the change stands in the manager's log, null if it does not say; not the
                 version of the object (version is the same number, by its name before)
      changed    the paths of the fields that an update changed, null if not known
      gap        whether it was found by comparing lists
      object     the object as the engine's inspect prints it; with --raw, SwarmKit's message

    What happens to the connection is told on standard error.
    """  # noqa: D301 - \b is click's own mark
    from swarmwire.cli.live.connection import finished, opened, release_at
    from swarmwire.cli.live.events import as_json, as_line
    from swarmwire.cli.messages import say
    from swarmwire.cli.writing import write
    from swarmwire.control import ChangeFollower, Control, ObjectChange
    from swarmwire.releases import NEWEST

    release = NEWEST

    @asynccontextmanager
    async def connected() -> AsyncIterator[Control]:
        nonlocal release
        async with opened(where, secrets=secrets) as manager:
            release = await release_at(manager)
            yield manager

    def emit(change: ObjectChange) -> None:
        if format_ == "json" or raw:
            write(as_json(change, raw=raw, release=release))
        else:
            write(as_line(change, time.time(), release))

    wanted = set(kind or _KINDS)
    follower = ChangeFollower(connected, wanted, emit, say)
    finished(follower.run())
