"""Bytes to read from: the seam between the pure readers and the files. Pure."""

from dataclasses import dataclass
from typing import Final, Protocol

_CHUNK: Final = 1 << 18


class Log(Protocol):
    """Bytes that can be read anywhere.

    Attributes:
        name: what to call them in findings: the file, as seen from the swarm's folder.
        size: how many there are.
    """

    @property
    def name(self) -> str:
        """What to call it in findings."""

    @property
    def size(self) -> int:
        """How many bytes there are."""

    def read(self, offset: int, length: int) -> bytes:
        """The bytes from ``offset`` on; fewer than ``length`` only at the end."""


@dataclass(frozen=True, slots=True)
class BytesLog:
    """Bytes in memory."""

    data: bytes
    name: str = ""

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self.data)

    def read(self, offset: int, length: int) -> bytes:
        """The bytes from ``offset`` on."""
        return self.data[offset : offset + length]


class Window:
    """A log, read in large pieces for those who ask for small ones in order."""

    __slots__ = ("_data", "_start", "log", "size")

    def __init__(self, log: Log) -> None:
        self.log = log
        self.size = log.size
        self._start = 0
        self._data = b""

    def get(self, offset: int, length: int) -> bytes:
        """The bytes from ``offset`` on; fewer than ``length`` only at the end."""
        at = offset - self._start
        if at < 0 or at + length > len(self._data):
            self._start, at = offset, 0
            self._data = self.log.read(offset, max(length, _CHUNK))
        return self._data[at : at + length]
