"""Cut streams of bytes into objects, in constant memory. Pure: bytes in, elements out.

Every splitter is fed with chunks as they come, and gives each object as soon as it is whole:

- ``json_stream.JSONSplitter``: lists, one object per line or after the other, or a mixture;
- ``FrameSplitter``: messages, each after its length as a varint;
- ``TextSplitter``: messages as text, separated by a line ``# ---``;
- ``WholeSplitter``: all of the input is one object.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol

from swarmwire.cli.exits import Unreadable

TEXT_SEPARATOR: Final = b"# ---\n"
"""Stands between messages in text form; to protobuf it is a comment."""


class Element(NamedTuple):
    """One object of the input, as it was written."""

    file: str
    number: int
    """Its place among the objects of the file, from 1."""
    in_list: bool
    line: int
    """Where it begins, from 1."""
    column: int
    raw: bytes

    @property
    def label(self) -> str:
        """How messages name it: the file, and in a list or after another object its number."""
        alone = self.number == 1 and not self.in_list
        return self.file if alone else f"{self.file}: object {self.number}"


class Splitter(Protocol):
    """What all splitters can do."""

    def feed(self, data: bytes) -> Iterator[Element]:
        """The objects that are whole now that ``data`` has come. To be exhausted before the next.

        Raises:
            Unreadable: what follows cannot be cut into objects.
        """

    def finish(self) -> Iterator[Element]:
        """The objects that the end of the input makes whole.

        Raises:
            Unreadable: the input breaks off, or is empty where it may not be.
        """


class FrameSplitter:
    """Cuts a stream of messages, each after its length as a varint."""

    _LARGEST = (1 << 31) - 1

    def __init__(self, file: str) -> None:
        self._file = file
        self._buffer = bytearray()
        self._number = self._offset = 0

    def feed(self, data: bytes) -> Iterator[Element]:
        """See ``Splitter``."""
        self._buffer += data
        at = 0
        while (head := self._length(at)) is not None:
            size, start = head
            if start + size > len(self._buffer):
                break
            self._number += 1
            raw = bytes(self._buffer[start : start + size])
            yield Element(self._file, self._number, True, 1, 1, raw)
            at = start + size
        del self._buffer[:at]
        self._offset += at

    def finish(self) -> Iterator[Element]:
        """See ``Splitter``."""
        if self._buffer:
            raise Unreadable(
                f"breaks off within message {self._number + 1}, at offset {self._offset};"
                " is it a stream of messages with their lengths?"
            )
        return iter(())

    def _length(self, at: int) -> tuple[int, int] | None:
        size = 0
        for count, byte in enumerate(self._buffer[at : at + 6]):
            size |= (byte & 0x7F) << (7 * count)
            if size > self._LARGEST:
                break
            if byte < 0x80:
                return size, at + count + 1
        if len(self._buffer) - at < 5 and size <= self._LARGEST:
            return None
        raise Unreadable(
            f"message {self._number + 1} has an impossible length, at offset {self._offset + at};"
            " is it a stream of messages with their lengths?"
        )


class TextSplitter:
    """Cuts messages in text form at the lines that separate them."""

    _SEPARATOR = re.compile(rb"^# ---\r?\n", re.MULTILINE)

    def __init__(self, file: str) -> None:
        self._file = file
        self._buffer = bytearray()
        self._number = 0
        self._line = 1

    def feed(self, data: bytes) -> Iterator[Element]:
        """See ``Splitter``."""
        searched = max(0, self._buffer.rfind(b"\n") + 1)
        self._buffer += data
        at = 0
        while (found := self._SEPARATOR.search(self._buffer, max(at, searched))) is not None:
            yield self._element(bytes(self._buffer[at : found.start()]))
            at = found.end()
            self._line += 1
        del self._buffer[:at]

    def finish(self) -> Iterator[Element]:
        """See ``Splitter``."""
        if not self._number and not self._buffer.strip():
            raise Unreadable("is empty")
        yield self._element(bytes(self._buffer))

    def _element(self, raw: bytes) -> Element:
        self._number += 1
        element = Element(self._file, self._number, False, self._line, 1, raw)
        self._line += raw.count(b"\n")
        return element


class WholeSplitter:
    """All of the input is one object."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._chunks: list[bytes] = []

    def feed(self, data: bytes) -> Iterator[Element]:
        """See ``Splitter``."""
        self._chunks.append(data)
        return iter(())

    def finish(self) -> Iterator[Element]:
        """See ``Splitter``."""
        raw = b"".join(self._chunks)
        if not raw:
            raise Unreadable("is empty")
        yield Element(self._file, 1, False, 1, 1, raw)
