"""Bytes to read from: the seam between the pure readers and the files. Pure."""

from dataclasses import dataclass, field
from typing import Final, Protocol

_CHUNK: Final = 1 << 16
_PATIENCE: Final = 1 << 30
"""Bytes to look at in search of where the log goes on, however often it is damaged. An honest log
needs a few times its size; one that was made to waste time would have no end."""


class Log(Protocol):
    """Bytes that can be read anywhere."""

    @property
    def name(self) -> str:
        """What to call it in findings: the file, as seen from the swarm's folder."""

    @property
    def size(self) -> int:
        """How many bytes there are."""

    def read_into(self, buffer: memoryview, offset: int) -> int:
        """Fill ``buffer`` with the bytes from ``offset`` on; return how many there were."""


@dataclass(frozen=True, slots=True)
class BytesLog:
    """Bytes in memory."""

    data: bytes = field(repr=False)
    name: str = ""

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self.data)

    def read_into(self, buffer: memoryview, offset: int) -> int:
        """Fill ``buffer`` with the bytes from ``offset`` on."""
        found = self.data[offset : offset + len(buffer)]
        buffer[: len(found)] = found
        return len(found)


class Window:
    """A log, read in large pieces for those who ask for small ones in order.

    There is one buffer for all of them, since to get new memory from the system for each large
    record takes about as long as to decrypt it.
    """

    __slots__ = ("_buffer", "_end", "_start", "log", "patience", "size")

    def __init__(self, log: Log) -> None:
        self.log = log
        self.patience = _PATIENCE
        self.size = log.size
        self._buffer = memoryview(bytearray(_CHUNK))
        self._start = self._end = 0

    def get(self, offset: int, length: int) -> memoryview:
        """The bytes from ``offset`` on, until the next call; fewer only at the end of the log."""
        if offset < self._start or offset + length > self._end:
            length = max(0, min(length, self.size - offset))
            if length > len(self._buffer):
                self._buffer = memoryview(bytearray(length))
            self._start = offset
            wanted = self._buffer if length < _CHUNK else self._buffer[:length]
            self._end = offset + self.log.read_into(wanted, offset)
        at = offset - self._start
        return self._buffer[at : min(at + length, self._end - self._start)]
