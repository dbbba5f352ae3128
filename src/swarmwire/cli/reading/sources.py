"""Open the inputs one after the other, and read them a chunk at a time."""

import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import IO

from swarmwire.cli.exits import Unreadable, reason_of
from swarmwire.cli.reading.forms import HEAD, text_form
from swarmwire.cli.reading.streams import Element, Splitter

CHUNK = 1 << 18
STANDARD_INPUT = "<stdin>"


def elements(
    files: tuple[str, ...],
    splitter: Callable[[str], Splitter],
    *,
    before_read: Callable[[int], None],
    unreadable: Callable[[str], None],
) -> Iterator[Element]:
    """The objects of all files, in order, as they are read.

    ``before_read`` is called before each read, which may wait, with the size of the last chunk.
    ``unreadable`` is told of each file that cannot be read (any further); if it returns, the next
    file is read.
    """
    for file in files:
        name = STANDARD_INPUT if file == "-" else file
        try:
            yield from _elements(file, splitter(name), before_read)
        except _CannotRead as err:
            unreadable(f"{name}: {reason_of(err.cause)}")
        except Unreadable as err:
            unreadable(f"{name}: {err}")


class _CannotRead(Exception):
    """The system's refusal of an input, apart from those of the output."""

    def __init__(self, cause: OSError) -> None:
        self.cause = cause


def _elements(
    file: str, splitter: Splitter, before_read: Callable[[int], None]
) -> Iterator[Element]:
    with _opened(file) as stream:
        head = b""
        count = 0
        try:
            for chunk in _chunks(stream, before_read):
                head = head or chunk
                for element in splitter.feed(chunk):
                    count += 1
                    yield element
            yield from splitter.finish()
        except Unreadable as err:
            what = "" if count else text_form(_topped_up(head, stream))
            if not what:
                raise
            raise Unreadable(f"is {what}") from err


def _chunks(stream: IO[bytes], before_read: Callable[[int], None]) -> Iterator[bytes]:
    size = 0
    while True:
        before_read(size)
        chunk = _read(stream, CHUNK)
        if not chunk:
            return
        size = len(chunk)
        yield chunk


def _topped_up(head: bytes, stream: IO[bytes]) -> bytes:
    """The beginning of a file, as long as is needed to tell what it is."""
    while len(head) < HEAD and (chunk := _read(stream, HEAD)):
        head += chunk
    return head[:HEAD]


def _read(stream: IO[bytes], size: int) -> bytes:
    try:
        chunk: bytes = stream.read1(size)  # type: ignore[attr-defined]
    except OSError as err:
        raise _CannotRead(err) from err
    return chunk


def _opened(file: str) -> "nullcontext[IO[bytes]] | IO[bytes]":
    try:
        if file == "-":
            return nullcontext(sys.stdin.buffer)
        return open(file, "rb")  # noqa: PTH123 - closed by the caller; any name will do
    except OSError as err:
        raise _CannotRead(err) from err
