"""``swarmwire inspect``: objects of a live swarm, in full."""

# What is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

import sys
from typing import TYPE_CHECKING

import click

from swarmwire.cli import options
from swarmwire.cli.options import Where

if TYPE_CHECKING:
    from swarmwire.releases import Release

_KINDS = ("service", "node", "task", "secret", "config", "network", "swarm", "volume")


@click.command("inspect", short_help="Show objects of a live swarm in full.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--kind", type=click.Choice(_KINDS), help="What NAMEs are; without it, anything.")
@options.engine(
    "Show as this release of the engine; that of the swarm's leader unless it is given."
)
@options.raw
@click.option(
    "--secrets",
    is_flag=True,
    help="Show join tokens, and with --raw registry credentials, which are hidden otherwise.",
)
@options.where
def command(
    where: Where,
    names: tuple[str, ...],
    kind: str | None,
    release: "Release | None",
    raw: bool,
    secrets: bool,
) -> None:
    """Show objects of a live swarm in full, as JSON that the engine's inspect prints.

    A NAME is an id, a name (of a node: its host's), or the beginning of an id. --kind swarm needs
    none.

    Prints a list: on one line as the engine writes it, or on many on a terminal.
    """
    if kind == "swarm" and not names:
        names = ("default",)
    if not names:
        raise click.UsageError("nothing to show: give a NAME, or --kind swarm")

    from swarmwire import pb
    from swarmwire.cli import kinds, terminal, writing
    from swarmwire.cli.live.connection import ask, release_at
    from swarmwire.control import KINDS, Control, resolve, resolve_any, with_extra

    async def one(control: Control, name: str, engine: "Release") -> bytes:
        if kind is not None:
            found, message = kind, await resolve(control, KINDS[kind], name)
        else:
            known, message = await resolve_any(control, name)
            found = known.word
        if raw:
            return writing.raw_json(message)
        if isinstance(message, pb.Network):
            message = await with_extra(control, message)
        return kinds.shown(found, message, engine)

    async def work(control: Control) -> list[bytes]:
        engine = release or await release_at(control)
        return [await one(control, name, engine) for name in names]

    indent = terminal.is_terminal(sys.stdout)
    writing.write_list(ask(where, work, secrets=secrets), indent=indent)
