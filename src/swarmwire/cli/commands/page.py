"""``swarmwire page``: a swarm to look at in a browser."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

import click

from swarmwire.cli import exits, options
from swarmwire.cli.options import Where
from swarmwire.cli.swarm_options import (
    EmbeddedOptions,
    embedded_instead,
    embedded_options,
    refuse_swarm_options,
)


@click.command("page", short_help="Show a swarm in a browser: live, embedded, or recovered.")
@click.argument("folder", required=False, metavar="[FOLDER]")
@click.option(
    "--listen",
    default="tcp://127.0.0.1:8642",
    show_default=True,
    metavar="ADDRESS",
    help="Where the page is, on this machine. Port 0 is one that is free.",
)
@click.option(
    "--host-name",
    "names",
    multiple=True,
    metavar="HOST[:PORT]",
    help="Another name under which browsers ask for it, as a proxy's; may be repeated.",
)
@embedded_instead
@embedded_options
@options.where
def command(
    where: Where,
    swarm: EmbeddedOptions,
    folder: str | None,
    listen: str,
    names: tuple[str, ...],
    embedded: bool,
) -> int:
    """Show a swarm in a browser, read-only: nodes and tasks, services, roll-outs, why tasks wait.

    Of a live manager it shows each change as it comes. FOLDER is a dead manager's folder, or a
    bundle that recover -o wrote: its unlock key is taken from the variable SWARMWIRE_UNLOCK_KEY.
    With --embedded it is a swarm in memory, and a second line tells the socket that other commands
    find it by; --nodes, --managers, --speed, --scenario, --state and --seed are as for embedded.

    The first line of the output is the address. Nobody but this machine gets there; whoever is on
    it may look. What may be a secret is not shown. It ends with Ctrl-C.

    Exit codes: 0 ended by SIGTERM; 2 the address cannot be bound, the folder cannot be read, or no
    manager can be reached; 130 ended by Ctrl-C.
    """
    if embedded and (folder is not None or where != Where()):
        raise click.UsageError("--embedded goes with no FOLDER, and with no manager")
    if not embedded:
        refuse_swarm_options()
    if folder is not None and where != Where():
        raise click.UsageError("FOLDER goes with no manager")
    try:
        from swarmwire.cli.serving import page
    except ModuleNotFoundError as err:
        raise exits.without_extra(err, "the page", "page") from err

    door = page.PageDoor(listen, names)
    if embedded:
        return page.run_embedded_page(door, swarm)
    return page.run_folder(door, folder) if folder is not None else page.run_live(door, where)
