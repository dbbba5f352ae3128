"""``swarmwire from-grpc``: SwarmKit messages to the engine's JSON."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

from functools import partial
from typing import TYPE_CHECKING

import click

from swarmwire.cli import options

if TYPE_CHECKING:
    from swarmwire.releases import Release


@click.command("from-grpc", short_help="SwarmKit messages to the engine's JSON.")
@options.files
@options.kind(
    options.OBJECT_KINDS,
    "What the objects are; without it, services or their specs, which are told apart.",
)
@options.message_format("--input-format")
@click.option(
    "--delimited", is_flag=True, help="Binary: read messages that each follow their length."
)
@click.option("--array", "layout", flag_value="array", help="Write one list of all objects.")
@click.option(
    "--ndjson",
    "layout",
    flag_value="ndjson",
    default=True,
    help="Write each object on a line of its own. This is what happens anyway.",
)
@click.option("--indent", is_flag=True, help="Write for people, on many lines.")
@options.lossless
@options.engine("Show as this release of the engine: {oldest} to {newest} (the default).")
@options.output
@options.cores
@options.keep_going
@options.quiet
def command(
    files: tuple[str, ...],
    kind: str | None,
    message_format: str,
    delimited: bool,
    layout: str,
    indent: bool,
    lossless: bool,
    release: "Release | None",
    output: str | None,
    cores: int,
    keep_going: bool,
    quiet: bool,
) -> int:
    """Convert SwarmKit messages to JSON exactly as the engine writes it.

    Each FILE, or standard input (-), holds one binary message, or many with --delimited; text
    messages separated by lines "# ---"; or messages as JSON in any number.

    Strings that are not UTF-8 are repaired, and reported on standard error.
    """
    if delimited and message_format != "binary":
        raise click.UsageError("--delimited is for binary messages")
    files = options.inputs(files)

    from swarmwire.cli import writing
    from swarmwire.cli.converting import Settings, from_messages
    from swarmwire.cli.pipeline import FileRun, run
    from swarmwire.cli.reading import streams
    from swarmwire.cli.reading.json_stream import JSONSplitter

    settings = Settings(kind or "", message_format, lossless, indent=indent, release=release)
    sheet: writing.Framing = writing.Lines()
    if layout == "array":
        sheet = writing.JSONList("    " if indent else "")
    splitters = {
        "binary": streams.FrameSplitter if delimited else streams.WholeSplitter,
        "text": streams.TextSplitter,
        "json": JSONSplitter,
    }
    work = partial(from_messages, settings)
    splitter = splitters[message_format]
    return run(FileRun(files, splitter, work, sheet, output, cores, keep_going, quiet))
