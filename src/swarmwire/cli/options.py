"""Options that several commands share."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from swarmwire.cli.line import is_terminal

_Command = TypeVar("_Command", bound=Callable[..., Any])

SPEC_KINDS = ("service", "node", "secret", "config", "network", "swarm", "volume")
OBJECT_KINDS = (
    "service",
    "service-spec",
    "task",
    "node",
    "secret",
    "config",
    "network",
    "swarm",
    "volume",
)

VERSIONS = tuple(f"1.{minor}" for minor in range(24, 57))
"""The versions of the Engine API that an engine takes. Here once more, to be at hand at once."""


def _version(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """The version without a leading ``v``; refuses what no engine takes."""
    if value is None:
        return None
    text = value.removeprefix("v")
    if text not in VERSIONS:
        raise click.BadParameter(f"{value!r} is not a version from {VERSIONS[0]} to {VERSIONS[-1]}")
    return text


def api_version(text: str) -> Callable[[_Command], _Command]:
    """The option ``--api-version``, with ``text`` for its help."""
    return click.option("--api-version", metavar="VERSION", callback=_version, help=text)


files = click.argument(
    "files", nargs=-1, metavar="[FILE]...", type=click.Path(allow_dash=True, path_type=str)
)
output = click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(allow_dash=True, path_type=str),
    help="Write to FILE instead of standard output. It appears when all is done, or not at all.",
)
lossless = click.option(
    "--lossless",
    is_flag=True,
    help="Keep what SwarmKit's messages can hold and the engine forgets.",
)
jobs = click.option(
    "--jobs",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    metavar="N",
    help="Work on N objects at a time, each on a core of its own; 0 takes all cores.",
)
keep_going = click.option(
    "--keep-going", is_flag=True, help="Go on after an object or a file that is refused."
)
quiet = click.option("-q", "--quiet", is_flag=True, help="Print no warnings.")


def inputs(files: tuple[str, ...]) -> tuple[str, ...]:
    """The files to read; without any, standard input.

    Raises:
        UsageError: standard input is a terminal, or is named twice.
    """
    if files.count("-") > 1:
        raise click.UsageError("standard input (-) can be read only once")
    if sys.stdin is None and (not files or "-" in files):
        raise click.UsageError("nothing to read: standard input is closed")
    if not files and is_terminal(sys.stdin):
        raise click.UsageError("nothing to read: name a FILE, or - for what you type")
    return files or ("-",)
