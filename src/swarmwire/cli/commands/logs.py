"""``swarmwire logs``: what tasks of a live swarm write."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

import time

import click

from swarmwire.cli import options
from swarmwire.cli.options import Where


@click.command("logs", short_help="Show what services or tasks of a live swarm write.")
@click.argument("names", nargs=-1, required=True, metavar="SERVICE|TASK...")
@click.option("-f", "--follow", is_flag=True, help="Go on with what they write from now on.")
@click.option(
    "--tail", type=click.IntRange(0), metavar="N", help="Only the last N lines of each task."
)
@click.option(
    "--since",
    metavar="TIME",
    help="Only what is younger: 10m, 1h30m, 2026-11-22T09:15:21Z, or seconds since 1970.",
)
@click.option("--timestamps", is_flag=True, help="Begin each line with the time.")
@click.option("--stdout", is_flag=True, help="Only what they write to standard output.")
@click.option("--stderr", is_flag=True, help="Only what they write to standard error.")
@click.option("--no-prefix", is_flag=True, help="Do not say which task wrote a line.")
@options.where
def command(
    where: Where,
    names: tuple[str, ...],
    follow: bool,
    tail: int | None,
    since: str | None,
    timestamps: bool,
    stdout: bool,
    stderr: bool,
    no_prefix: bool,
) -> None:
    """Show what services or tasks of a live swarm write, each line with the task that wrote it.

    What they write to standard error comes out on standard error.
    """
    from functools import partial

    from swarmwire.cli.live.connection import ask
    from swarmwire.cli.live.logs import WantedLines, show_logs
    from swarmwire.cli.times import parse_since

    both = stdout == stderr
    try:
        start = parse_since(since, time.time()) if since else None
    except ValueError as err:
        raise click.BadParameter(str(err), param_hint="--since") from err
    wanted = WantedLines(
        follow=follow,
        tail=tail,
        since=start,
        timestamps=timestamps,
        streams=frozenset([1, 2] if both else [1] if stdout else [2]),
        prefix=not no_prefix,
    )
    ask(where, partial(show_logs, names=names, wanted=wanted))
