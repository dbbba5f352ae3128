"""``swarmwire check``: everything that an engine would refuse, drop or change."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from swarmwire.cli import exits, options, terminal

if TYPE_CHECKING:
    from swarmwire.releases import Release


@click.command("check", short_help="Tell what an engine refuses, drops or changes.")
@options.files
@options.compose_files(
    "A stack file; more override it. Names FILEs of one stack, in place of FILE."
)
@options.env_files
@click.option("--stack", metavar="NAME", help="The stack's name, which begins all other names.")
@options.kind(options.SPEC_KINDS, "What the objects are.", default="service", show_default=True)
@options.api_version(
    "Judge as an engine asked in this version, {oldest} to {newest} (the default)."
)
@options.engine("Judge as this release of the engine: {oldest} to {newest} (the default).")
@options.formats("json", "sarif", text="For people, for programs, or for code scanning.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "lost", "changed", "hint", "never"]),
    default="changed",
    show_default=True,
    help="Exit with 1 if there is a finding of this severity or worse.",
)
@click.option("--allow-empty", is_flag=True, help="Let a list without objects pass.")
@options.output
@options.cores
@options.keep_going
def command(
    files: tuple[str, ...],
    compose_files: tuple[str, ...],
    env_files: tuple[str, ...],
    stack: str | None,
    kind: str,
    api_version: str | None,
    release: "Release | None",
    format_: str,
    fail_on: str,
    allow_empty: bool,
    output: str | None,
    cores: int,
    keep_going: bool,
) -> int:
    """Tell everything that an engine would refuse, drop or change, without one.

    Reads specs, or what `docker service inspect` prints, from each FILE or standard input (-):
    one object, a list of objects, or objects one after the other. Or stack files, each FILE a stack
    of its own: then also what docker stack deploy refuses, ignores or silently drops.

    Severities, the worst first: error (refused), lost (accepted and not stored), changed (stored
    as something else), hint (worth a look).

    Colours appear on a terminal, unless NO_COLOR is set.
    """
    if files and compose_files:
        raise click.UsageError("give the files of one stack with -c, or FILEs, not both")
    files = options.inputs(files or compose_files[:1])
    options.inputs(compose_files or files)

    from swarmwire.cli.checking import examine, report
    from swarmwire.cli.checking.splitting import CheckSplitter, StackSplitter
    from swarmwire.cli.checking.stacks import StackSettings
    from swarmwire.cli.converting import Settings
    from swarmwire.cli.pipeline import FileRun, run
    from swarmwire.cli.reading.stack_files import environment_with

    renderer: report.Renderer
    if format_ == "text":
        on_terminal = output is None and terminal.is_terminal(sys.stdout)
        columns = terminal.width() if on_terminal else sys.maxsize
        renderer = report.TextReport(color=on_terminal and terminal.wants_color(), columns=columns)
    elif format_ == "json":
        renderer = report.JSONReport()
    else:
        from importlib.metadata import version

        renderer = report.SARIFReport(version("swarmwire"))
    sheet = report.ReportSheet(renderer)
    splitter = StackSplitter if compose_files else partial(CheckSplitter, allow_empty=allow_empty)
    settings = Settings(kind, api_version=api_version or "", release=release)
    stacks = StackSettings(
        environment_with(env_files),
        stack,
        compose_files[1:],
        is_given=bool(compose_files),
        api_version=settings.api_version,
        release=release,
    )
    work = partial(examine.examine, settings, stacks)
    code = run(FileRun(files, splitter, work, sheet, output, cores, keep_going))
    is_bad = fail_on != "never" and sheet.counts.reach(fail_on)
    return max(code, exits.REFUSED if is_bad else exits.CLEAN)
