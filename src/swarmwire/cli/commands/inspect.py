"""``swarmwire inspect``: objects of a live swarm, in full."""

# What is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415

import click

from swarmwire.cli.live import options
from swarmwire.cli.live.options import Where

_KINDS = ("service", "node", "task", "secret", "config", "network", "swarm", "volume")


@click.command("inspect", short_help="Show objects of a live swarm in full.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--kind", type=click.Choice(_KINDS), help="What NAMEs are; without it, anything.")
@options.raw
@click.option(
    "--secrets",
    is_flag=True,
    help="Show join tokens, and with --raw registry credentials, which are hidden otherwise.",
)
@options.where
def command(
    where: Where, names: tuple[str, ...], kind: str | None, raw: bool, secrets: bool
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

    from swarmwire.cli.live import output
    from swarmwire.cli.live.connection import ask
    from swarmwire.cli.live.kinds import KINDS
    from swarmwire.cli.live.resolution import resolve, resolve_any
    from swarmwire.control import Control

    async def one(control: Control, name: str) -> bytes:
        if kind is not None:
            known, message = KINDS[kind], await resolve(control, KINDS[kind], name)
        else:
            known, message = await resolve_any(control, name)
        return output.raw_json(message) if raw else output.engine_json(known.show(message))

    async def work(control: Control) -> list[bytes]:
        return [await one(control, name) for name in names]

    output.write_list(ask(where, work, secrets=secrets), indent=output.on_terminal())
