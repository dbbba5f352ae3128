"""Frames and records of a write-ahead log segment: how one begins, ends, and is checked. Pure.

Source: etcd server/storage/wal/decoder.go and encoder.go.
"""

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
_LENGTH: Final = (1 << 56) - 1
_DATA: Final = 0x1A
"""The tag of a record's data."""


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
    message = pb.walpb.Record()
    content: memoryview | None = None
    try:
        if len(data) < LARGE:
            message.ParseFromString(bytes(data))
        else:
            content = parse_around(message, memoryview(data), _DATA)
    except DecodeError:
        raise BadFrame("the record cannot be parsed", end) from None
    whole = message.data if content is None else bytes(content)
    return Record(offset, end, message.type, message.crc, whole)
