"""``swarmwire embedded``: a whole swarm in the foreground, without Docker."""

from pathlib import Path

import click

from swarmwire.cli.swarm_options import EmbeddedOptions, embedded_options


@click.command(short_help="Run a whole swarm in memory, without Docker, on a manager's socket.")
@embedded_options
@click.option(
    "--socket",
    "place",
    type=click.Path(readable=False, path_type=Path),
    help="Where to listen; a new directory of its own if not given.",
)
def command(swarm: EmbeddedOptions, place: Path | None) -> int:
    """Run a whole swarm in memory: a manager that lives, and nodes that are simulated.

    It answers on a socket as a manager does, so that all commands work on it with --socket. The
    first line of the output is the setting that makes them find it. It ends with Ctrl-C.

    Exit codes: 0 ended by SIGTERM; 2 the socket cannot be made, or a file cannot be read; 130
    ended by Ctrl-C.
    """
    from swarmwire.cli.serving.embedded import run_embedded  # noqa: PLC0415 - slow

    return run_embedded(swarm, place)
