"""How answers are written: JSON as the engine writes it, messages as JSON, tables."""

import os
import shutil
import sys
from collections.abc import Iterable
from typing import Any

import click
import msgspec
from google.protobuf import json_format

from swarmwire import engine
from swarmwire.cli import exits
from swarmwire.cli.line import is_terminal
from swarmwire.cli.live.tables import Table
from swarmwire.errors import ConvertError

_INDENT = 4


def write(text: str | bytes, *, error: bool = False, line: bool = True) -> None:
    """Write at once, with a line break at the end if it is to be a line.

    Raises:
        Stop: the reader went away.
    """
    try:
        click.echo(text, nl=line, err=error)
    except BrokenPipeError as err:
        raise exits.Stop(exits.CLOSED_PIPE) from err


def engine_json(value: engine.EngineObject) -> bytes:
    """An object as the engine writes it."""
    return engine.encode(value)


def raw_json(message: Any) -> bytes:
    """A message with all its fields, on one line.

    Raises:
        ConvertError: it holds something that has no JSON.
    """
    try:
        text = json_format.MessageToJson(message, preserving_proto_field_name=True, indent=None)
    except (TypeError, json_format.Error) as err:
        raise ConvertError("unsupported", "holds a payload that has no JSON") from err
    return text.encode()


def write_list(items: Iterable[bytes], *, indent: bool = False) -> None:
    """Write JSON objects as one list: on one line as an engine does, or on many."""
    text = b"[" + b",".join(items) + b"]"
    if indent:
        text = msgspec.json.format(text, indent=_INDENT)
    write(text)


def on_terminal() -> bool:
    """Whether people look at standard output."""
    return is_terminal(sys.stdout)


def write_table(table: Table) -> None:
    """Write a table: with colours and as wide as the terminal, or plain and as wide as need be."""
    if not on_terminal():
        write(table.plain(), line=False)
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it

    width = shutil.get_terminal_size().columns
    console = Console(width=width, no_color=bool(os.environ.get("NO_COLOR")))
    console.print(table.rich())
