"""``swarmwire to-grpc``: Engine API JSON to SwarmKit messages."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

import sys
from functools import partial

import click

from swarmwire.cli import options
from swarmwire.cli.line import is_terminal


@click.command("to-grpc", short_help="Engine API JSON to SwarmKit messages.")
@options.files
@click.option(
    "--kind",
    type=click.Choice(options.SPEC_KINDS),
    default="service",
    show_default=True,
    help="What the objects are.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["binary", "text", "json"]),
    default="binary",
    show_default=True,
    help="How the messages are written.",
)
@click.option(
    "--delimited",
    is_flag=True,
    help="Binary: write the length before each message, even if there is only one.",
)
@click.option("--indent", is_flag=True, help="JSON: write for people, on many lines.")
@options.lossless
@options.api_version(
    "Drop from services what the engine drops of a request in this version, 1.24 to 1.56."
)
@click.option("--name", help="Name a service that has none.", default="")
@options.output
@options.jobs
@options.keep_going
@options.quiet
def command(
    files: tuple[str, ...],
    kind: str,
    format_: str,
    delimited: bool,
    indent: bool,
    lossless: bool,
    api_version: str | None,
    name: str,
    output: str | None,
    jobs: int,
    keep_going: bool,
    quiet: bool,
) -> int:
    """Convert Engine API JSON to SwarmKit messages.

    Reads specs, or what `docker service inspect` prints, from each FILE or standard input (-):
    one object, a list of objects, or objects one after the other.

    A single message is written as it is. Of several, binary ones have their length as a varint
    before each, text ones are separated by a line "# ---", JSON ones have a line each.
    """
    if kind != "service" and (name or api_version):
        raise click.UsageError("--name and --api-version are for services")
    if delimited and format_ != "binary":
        raise click.UsageError("--delimited is for binary messages")
    if indent and format_ != "json":
        raise click.UsageError("--indent is for JSON")
    files = options.inputs(files)
    if format_ == "binary" and output is None and is_terminal(sys.stdout):
        raise click.UsageError("a terminal cannot show binary messages: use --format text, or -o")

    from swarmwire.cli import framing
    from swarmwire.cli.conversion import Plan, run
    from swarmwire.cli.json_stream import JSONSplitter
    from swarmwire.cli.work import Settings, to_messages

    settings = Settings(kind, format_, lossless, api_version or "", name, indent)
    frame: framing.Framing
    if format_ == "binary":
        frame = framing.Frames(always=delimited)
    else:
        frame = framing.TextBlocks() if format_ == "text" else framing.Lines()
    work = partial(to_messages, settings)
    return run(Plan(files, JSONSplitter, work, frame, output, jobs, keep_going, quiet))
