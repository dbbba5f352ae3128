"""Everything that is written: to standard output or a file, objects one after the other, tables.

A framing says how several objects follow each other: ``add`` gives what is to be written once
another object is known, ``end`` what ends the output, and ``skip`` what is still due when an object
was refused, or an error ends it early.
"""

import json
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any, Final, Protocol

import click
import msgspec

from swarmwire.cli import exits, terminal
from swarmwire.cli.exits import reason_of
from swarmwire.cli.reading.streams import TEXT_SEPARATOR
from swarmwire.errors import ConvertError

if TYPE_CHECKING:
    from pathlib import Path

    from swarmwire.cli.tables import Table

_INDENT = 4
_OBEYED: Final = r"[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
"""What JSON may hold as it is, and a terminal obeys."""


@contextmanager
def opened_output(output: str | None) -> Iterator[IO[bytes]]:
    """A stream for the output. A file is put in place when the block ends without an error.

    What is not a regular file (a pipe, ``/dev/null``) is written to directly.

    Raises:
        Stop: the file cannot be written.
    """
    if output is None or output == "-":
        if sys.stdout is None:
            raise exits.Stop(exits.UNREADABLE, "standard output is closed")
        try:
            yield sys.stdout.buffer
        except BrokenPipeError as err:
            raise exits.Stop(exits.CLOSED_PIPE) from err
        return
    from pathlib import Path  # noqa: PLC0415 - slow to import, and most write to the terminal

    target = Path(os.path.realpath(output))
    try:
        mode = _mode(target)
        if mode is not None and not stat.S_ISREG(mode):
            with target.open("wb") as stream:
                yield stream
            return
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            with part.open("xb") as stream:
                yield stream
            if mode is not None:
                part.chmod(stat.S_IMODE(mode))
            part.replace(target)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
    except OSError as err:
        raise exits.Stop(exits.UNREADABLE, f"{output}: {reason_of(err)}") from err


def _mode(target: "Path") -> int | None:
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None


class Framing(Protocol):
    """What all framings can do."""

    def add(self, data: bytes) -> bytes:
        """What to write for one more object."""

    def end(self) -> bytes:
        """What to write after the last object."""

    def skip(self) -> bytes:
        """What to write when there would have been one more object, but it was refused."""


class Lines:
    """Each object on a line of its own."""

    def add(self, data: bytes) -> bytes:
        """See ``Framing``."""
        return data + b"\n"

    def end(self) -> bytes:
        """See ``Framing``."""
        return b""

    skip = end


class TextBlocks(Lines):
    """Messages in text form, each of which ends its last line itself."""

    def __init__(self) -> None:
        self._separator = b""

    def add(self, data: bytes) -> bytes:
        """See ``Framing``."""
        block = self._separator + data
        self._separator = TEXT_SEPARATOR
        return block


class JSONList(Lines):
    """One list of all objects, as the engine writes it; ``indent`` moves each to the right."""

    def __init__(self, indent: str = "") -> None:
        self._newline = b"\n" + indent.encode() if indent else b""
        self._before = b"[" + self._newline

    def add(self, data: bytes) -> bytes:
        """See ``Framing``."""
        # A line break in JSON is never part of a string.
        item = self._before + data.replace(b"\n", self._newline)
        self._before = b"," + self._newline
        return item

    def end(self) -> bytes:
        """See ``Framing``."""
        if self._before[0] == ord("["):
            return b"[]\n"
        return (b"\n" if self._newline else b"") + b"]\n"


class Frames(Lines):
    """Messages in binary: a single one as it is, more than one each after its length."""

    def __init__(self, *, always: bool = False) -> None:
        self._first: bytes | None = None
        self._many = always

    def add(self, data: bytes) -> bytes:
        """See ``Framing``."""
        if self._many:
            return _framed(data)
        if self._first is None:
            self._first = data
            return b""
        return self.skip() + _framed(data)

    def end(self) -> bytes:
        """See ``Framing``."""
        return b"" if self._many or self._first is None else self._first

    def skip(self) -> bytes:
        """See ``Framing``."""
        first = None if self._many else self._first
        self._many = True
        return b"" if first is None else _framed(first)


def _framed(data: bytes) -> bytes:
    size = len(data)
    head = bytearray()
    while size > 0x7F:
        head.append(size & 0x7F | 0x80)
        size >>= 7
    head.append(size)
    return bytes(head) + data


def write(text: str | bytes, *, error: bool = False, line: bool = True) -> None:
    """Write at once, with a line break at the end if it is to be a line.

    Raises:
        Stop: the reader went away.
    """
    try:
        click.echo(text, nl=line, err=error)
    except BrokenPipeError as err:
        raise exits.Stop(exits.CLOSED_PIPE) from err


def raw_json(message: Any) -> bytes:
    """A message with all its fields, on one line.

    Raises:
        ConvertError: it holds something that has no JSON.
    """
    from google.protobuf import json_format  # noqa: PLC0415 - slow to import

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


def write_table(table: "Table") -> None:
    """Write a table: with colours and as wide as the terminal, or plain and as wide as need be."""
    if not terminal.is_terminal(sys.stdout):
        write(table.plain(), line=False)
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it

    width = terminal.width()
    console = Console(width=width, no_color=bool(os.environ.get("NO_COLOR")))
    console.print(table.rich(width))


def as_json(value: Any) -> str:
    """JSON of our own reports, for people and programs."""
    try:
        text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    except UnicodeEncodeError:  # names of files need not be UTF-8
        text = json.dumps(value, indent=2)
    return re.sub(_OBEYED, lambda found: json.dumps(found[0])[1:-1], text)
