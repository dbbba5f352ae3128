"""Segments of a log, and where in them each record stands.

Source: etcd server/storage/wal (encoder.go, wal.go).
"""

from dataclasses import dataclass, field
from typing import Final

import google_crc32c

from swarmwire import pb

METADATA: Final = 1
ENTRY: Final = 2
STATE: Final = 3
CHECKSUM: Final = 4
MARKER: Final = 5


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands.

    Attributes:
        file: the segment, as seen from the swarm's folder.
        type: what kind of record it is.
        offset: where its frame begins, with the length word.
        crc: where in the file its stored checksum begins, after the tag.
        data: where its content begins.
        padding: where its padding begins.
        end: where the next frame begins.
        index: the entry's index, the marker's or the commit index of a hard state.
    """

    file: str
    type: int
    offset: int
    crc: int
    data: int
    padding: int
    end: int
    index: int = 0

    @property
    def type_byte(self) -> int:
        """Where the number of its type stands."""
        return self.offset + 9


@dataclass(slots=True)
class Segment:
    """One segment, in memory."""

    sequence: int
    first: int
    directory: str
    crc: int = 0
    data: bytearray = field(default_factory=bytearray)

    @property
    def name(self) -> str:
        """The file, as seen from the swarm's folder."""
        return f"{self.directory}/{self.sequence:016x}-{self.first:016x}.wal"

    def append(self, kind: int, content: bytes | None, index: int = 0) -> Place:
        """Add a record; None is content that is absent, as that of a checksum record."""
        self.crc = google_crc32c.extend(self.crc, content or b"")
        record = pb.walpb.Record(type=kind, crc=self.crc)
        head = len(record.SerializeToString())
        if content is not None:
            record.data = content
        raw = record.SerializeToString(deterministic=True)
        return self._frame(raw, kind, head, len(content or b""), index)

    def _frame(self, raw: bytes, kind: int, head: int, size: int, index: int) -> Place:
        fill = -len(raw) % 8
        word = len(raw) | ((0x80 | fill) << 56 if fill else 0)
        offset = len(self.data)
        self.data += word.to_bytes(8, "little") + raw + bytes(fill)
        padding = offset + 8 + len(raw)
        return Place(
            file=self.name,
            type=kind,
            offset=offset,
            crc=offset + 11,
            data=padding - size if size else offset + 8 + head,
            padding=padding,
            end=len(self.data),
            index=index,
        )
