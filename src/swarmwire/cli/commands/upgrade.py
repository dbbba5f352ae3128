"""``swarmwire upgrade``: what an upgrade of the engine changes, and what it restarts later."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

from typing import TYPE_CHECKING

import click

from swarmwire.cli import options
from swarmwire.cli.options import Where
from swarmwire.cli.planning.options import hide_env
from swarmwire.cli.planning.usage import ExitOneCommand
from swarmwire.cli.recovery.options import unlock_key_files

if TYPE_CHECKING:
    from swarmwire.releases import Release


@click.command("upgrade", cls=ExitOneCommand, short_help="Tell what an engine's upgrade changes.")
@click.argument("paths", nargs=-1, metavar="[FILE|DIR|TAR]...")
@options.release_option(
    "--from", "before", "The engine before: {oldest} to {newest}; of a swarm, that of its leader."
)
@options.release_option(
    "--to", "after", "The engine afterwards: {oldest} to {newest} (the default)."
)
@click.option("--all", "everything", is_flag=True, help="Show unchanged services, too.")
@unlock_key_files
@hide_env
@options.formats("json", text="For people, or for programs.")
@options.where
def command(
    where: Where,
    paths: tuple[str, ...],
    before: "Release | None",
    after: "Release | None",
    everything: bool,
    unlock_key_files: tuple[str, ...],
    hide_env: bool,
    format_: str,
) -> int:
    """Tell what an upgrade of the engine changes, and which tasks restart later because of it.

    \b
    swarmwire upgrade --to 28.5                     all services of the live swarm
    swarmwire upgrade --from 20.10 --to 28.5 FILE   documents as they are sent, or inspect's output
    swarmwire upgrade --to 28.5 /var/lib/docker/swarm   a manager's folder, or a bundle of recover

    The upgrade itself restarts nothing: a manager compares tasks with a service only when that is
    written. So the same document, sent again, may restart everything. For each service it is told
    what changes then, why, and what to write now to avoid it; which fields start or stop to be
    honoured; what is refused. And at once: what inspect shows differently, and which clients are
    refused. A FILE may be a message of SwarmKit, too; - is standard input.

    \b
    Exit codes:
      0  no service changes
      2  something changes, no task restarts
      3  tasks restart once a document is sent again
      1  something is refused, or cannot be read or judged

    Colours appear on a terminal, unless NO_COLOR is set.
    """  # noqa: D301 - \b is click's own mark
    from swarmwire.cli.upgrading.run import UpgradeRun, run_upgrade

    return run_upgrade(
        UpgradeRun(
            paths=paths,
            before=before,
            after=after,
            where=where,
            unlock_key_files=unlock_key_files,
            hide_env=hide_env,
            everything=everything,
            format=format_,
        )
    )
