"""``swarmwire check``: everything that an engine would refuse, drop or change."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

import os
import sys
from functools import partial

import click

from swarmwire.cli import options
from swarmwire.cli.line import is_terminal


@click.command("check", short_help="Tell what an engine refuses, drops or changes.")
@options.files
@click.option(
    "--kind",
    type=click.Choice(options.SPEC_KINDS),
    default="service",
    show_default=True,
    help="What the objects are.",
)
@options.api_version("Judge as an engine asked in this version, 1.24 to 1.56 (the default).")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "sarif"]),
    default="table",
    show_default=True,
    help="For people, for programs, or for code scanning.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "lost", "changed", "hint", "never"]),
    default="changed",
    show_default=True,
    help="Exit with 1 if there is a finding of this severity or worse.",
)
@options.output
@options.jobs
@options.keep_going
def command(
    files: tuple[str, ...],
    kind: str,
    api_version: str | None,
    format_: str,
    fail_on: str,
    output: str | None,
    jobs: int,
    keep_going: bool,
) -> int:
    """Tell everything that an engine would refuse, drop or change, without one.

    Reads specs, or what `docker service inspect` prints, from each FILE or standard input (-):
    one object, a list of objects, or objects one after the other.

    Severities, the worst first: error (refused), lost (accepted and not stored), changed (stored
    as something else), hint (worth a look).

    Colours appear on a terminal, unless NO_COLOR is set.
    """
    files = options.inputs(files)

    from swarmwire.cli import render
    from swarmwire.cli.checking import Plan, run
    from swarmwire.cli.examine import examine
    from swarmwire.cli.work import Settings

    renderer: render.Renderer
    if format_ == "table":
        on_terminal = output is None and is_terminal(sys.stdout)
        renderer = render.Table(color=on_terminal and not os.environ.get("NO_COLOR"))
    elif format_ == "json":
        renderer = render.JSONReport()
    else:
        from importlib.metadata import version

        renderer = render.SARIF(version("swarmwire"))
    work = partial(examine, Settings(kind, api_version=api_version or ""))
    return run(Plan(files, work, renderer, fail_on, output, jobs, keep_going))
