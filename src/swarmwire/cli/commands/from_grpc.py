"""``swarmwire from-grpc``: SwarmKit messages to the engine's JSON."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

from functools import partial

import click

from swarmwire.cli import options


@click.command("from-grpc", short_help="SwarmKit messages to the engine's JSON.")
@options.files
@click.option(
    "--kind",
    type=click.Choice(options.OBJECT_KINDS),
    default="service",
    show_default=True,
    help="What the messages are.",
)
@click.option(
    "--input-format",
    type=click.Choice(["binary", "text", "json"]),
    default="binary",
    show_default=True,
    help="How the messages are written.",
)
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
@options.output
@options.jobs
@options.keep_going
@options.quiet
def command(
    files: tuple[str, ...],
    kind: str,
    input_format: str,
    delimited: bool,
    layout: str,
    indent: bool,
    lossless: bool,
    output: str | None,
    jobs: int,
    keep_going: bool,
    quiet: bool,
) -> int:
    """Convert SwarmKit messages to JSON exactly as the engine writes it.

    Each FILE, or standard input (-), holds one binary message, or many with --delimited; text
    messages separated by lines "# ---"; or messages as JSON in any number.

    Strings that are not UTF-8 are repaired, and reported on standard error.
    """
    if delimited and input_format != "binary":
        raise click.UsageError("--delimited is for binary messages")
    files = options.inputs(files)

    from swarmwire.cli import framing, streams
    from swarmwire.cli.conversion import Plan, run
    from swarmwire.cli.json_stream import JSONSplitter
    from swarmwire.cli.work import Settings, from_messages

    settings = Settings(kind, input_format, lossless, indent=indent)
    frame: framing.Framing = framing.Lines()
    if layout == "array":
        frame = framing.JSONList("    " if indent else "")
    splitters = {
        "binary": streams.FrameSplitter if delimited else streams.WholeSplitter,
        "text": streams.TextSplitter,
        "json": JSONSplitter,
    }
    work = partial(from_messages, settings)
    return run(Plan(files, splitters[input_format], work, frame, output, jobs, keep_going, quiet))
