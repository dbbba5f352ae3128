"""``swarmwire to-grpc``: Engine API JSON to SwarmKit messages."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from swarmwire.cli import options
from swarmwire.cli.terminal import is_terminal

if TYPE_CHECKING:
    from swarmwire.releases import Release


@click.command("to-grpc", short_help="Engine API JSON to SwarmKit messages.")
@options.files
@options.kind(options.SPEC_KINDS, "What the objects are.", default="service", show_default=True)
@options.message_format("--format")
@click.option(
    "--delimited",
    is_flag=True,
    help="Binary: write the length before each message, even if there is only one.",
)
@click.option("--indent", is_flag=True, help="JSON: write for people, on many lines.")
@options.lossless
@options.api_version(
    "Drop from services what the engine drops of a request in this version, {oldest} to {newest}."
)
@options.engine("Convert as this release of the engine: {oldest} to {newest} (the default).")
@click.option("--name", help="Name a service that has none.", default="")
@options.output
@options.cores
@options.keep_going
@options.quiet
def command(
    files: tuple[str, ...],
    kind: str,
    message_format: str,
    delimited: bool,
    indent: bool,
    lossless: bool,
    api_version: str | None,
    release: "Release | None",
    name: str,
    output: str | None,
    cores: int,
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
    if delimited and message_format != "binary":
        raise click.UsageError("--delimited is for binary messages")
    if indent and message_format != "json":
        raise click.UsageError("--indent is for JSON")
    files = options.inputs(files)
    if message_format == "binary" and output is None and is_terminal(sys.stdout):
        raise click.UsageError(
            "a terminal cannot show binary messages: use --message-format text, or -o"
        )

    from swarmwire.cli import writing
    from swarmwire.cli.converting import Settings, to_messages
    from swarmwire.cli.pipeline import FileRun, run
    from swarmwire.cli.reading.json_stream import JSONSplitter

    settings = Settings(kind, message_format, lossless, api_version or "", name, indent, release)
    sheet: writing.Framing
    if message_format == "binary":
        sheet = writing.Frames(always=delimited)
    else:
        sheet = writing.TextBlocks() if message_format == "text" else writing.Lines()
    work = partial(to_messages, settings)
    return run(FileRun(files, JSONSplitter, work, sheet, output, cores, keep_going, quiet))
