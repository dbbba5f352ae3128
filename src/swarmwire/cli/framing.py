"""How several objects are written one after the other. Pure: bytes in, bytes out.

``add`` gives what is to be written once another object is known, ``end`` what ends the output, and
``abandon`` what is still due when an error ends it early.
"""

from typing import Protocol

from swarmwire.cli.streams import TEXT_SEPARATOR


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
