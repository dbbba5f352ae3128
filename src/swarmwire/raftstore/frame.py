"""A segment of a write-ahead log: bytes read piece by piece, frames and records in them. Pure.

Source: etcd server/storage/wal/decoder.go and encoder.go.
"""

from dataclasses import dataclass, field
from struct import Struct
from typing import Final, NamedTuple, Protocol

import google_crc32c
from google.protobuf.message import DecodeError

from swarmwire import pb
from swarmwire.raftstore.wire import LARGE, parse_around

METADATA: Final = 1
ENTRY: Final = 2
STATE: Final = 3
CHECKSUM: Final = 4
MARKER: Final = 5

HEAD: Final = 8
"""Bytes of the length word in front of each record; frames begin at multiples of it."""

LONGEST: Final = 64 << 20
"""No record is longer: a manager refuses transactions of more than 1.5 MiB."""

_head = Struct("<Q").unpack_from
_parsed = pb.walpb.Record.FromString
_LENGTH: Final = (1 << 56) - 1
_DATA: Final = 0x1A
"""The tag of a record's data."""

_CHUNK: Final = 1 << 16
_PATIENCE: Final = 1 << 30
"""Bytes to look at in search of where the log goes on, however often it is damaged. An honest log
needs a few times its size; one that was made to waste time would have no end."""


class Record(NamedTuple):
    """One record.

    Attributes:
        offset: where its frame begins.
        end: where the next frame begins.
        type: metadata, entry, state, checksum or marker.
        crc: the checksum of everything up to and with this record, as it is stored.
        data: the content.
    """

    offset: int
    end: int
    type: int
    crc: int
    data: bytes

    def __repr__(self) -> str:
        return f"Record(offset={self.offset}, end={self.end}, type={self.type}, crc={self.crc})"

    def continues(self, crc: int | None) -> bool:
        """Whether the record is sound, given the checksum of all that is before it.

        A checksum record begins a segment; after None it may say what it wants.
        """
        if self.type == CHECKSUM:
            return not self.data and (not crc or crc == self.crc)
        return crc is not None and google_crc32c.extend(crc, self.data) == self.crc


class Readable(Protocol):
    """A window, or what looks through one."""

    @property
    def size(self) -> int:
        """How many bytes there are."""

    def get(self, offset: int, length: int, /) -> memoryview:
        """The bytes from ``offset`` on, until the next call; fewer only at the end."""


class BadFrame(Exception):
    """What is at this offset is no frame. ``str()`` says why.

    Attributes:
        end: where it would end; None if that cannot be known. Behind the end of the file if the
            file ends before it.
    """

    def __init__(self, reason: str, end: int | None = None) -> None:
        super().__init__(reason)
        self.end = end


def record_at(window: Readable, offset: int) -> Record | None:
    """The record whose frame begins at ``offset``; None where the log ends: zeros, or no more.

    Raises:
        BadFrame: there is something, and it is no frame.
    """
    head = window.get(offset, HEAD)
    if not head:
        return None
    if len(head) < HEAD:
        raise BadFrame("the file ends inside a length word", window.size + 1)
    (word,) = _head(head)
    if word == 0:
        return None
    size = word & _LENGTH
    padding = -size % HEAD  # what the bits for it say, if none flipped
    if size > LONGEST:
        raise BadFrame(f"a length word says {size} bytes, which no record has")
    end = offset + HEAD + size + padding
    if end > window.size:
        raise BadFrame(f"a record of {size} bytes runs past the end of the file", end)
    return parse(window.get(offset + HEAD, size), offset, end)


def parse(data: bytes | memoryview, offset: int, end: int) -> Record:
    """The record that these bytes are.

    Raises:
        BadFrame: they are none.
    """
    try:
        if len(data) < LARGE:
            message = _parsed(bytes(data))
            return Record(offset, end, message.type, message.crc, message.data)
        message = pb.walpb.Record()
        content = parse_around(message, memoryview(data), _DATA)
    except DecodeError:
        raise BadFrame("the record cannot be parsed", end) from None
    whole = message.data if content is None else bytes(content)
    return Record(offset, end, message.type, message.crc, whole)


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
        end = offset + length
        if offset < self._start or end > self._end:
            length = max(0, min(length, self.size - offset))
            if length > len(self._buffer):
                self._buffer = memoryview(bytearray(length))
            self._start = offset
            wanted = self._buffer if length < _CHUNK else self._buffer[:length]
            self._end = offset + self.log.read_into(wanted, offset)
            end = min(offset + length, self._end)
        return self._buffer[offset - self._start : end - self._start]
