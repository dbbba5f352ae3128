"""One segment of a write-ahead log: bytes in, sound records and damaged places out. Pure.

Source: etcd server/storage/wal; what it does with damage is stricter than what is done here.
"""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from swarmwire.raftstore.frame import CHECKSUM, BadFrame, Record, record_at
from swarmwire.raftstore.log import Log, Window
from swarmwire.raftstore.resync import Resumption, resume

__all__ = ["Damage", "Record", "records"]


Extent: TypeAlias = Literal[
    "harmless", "record", "foreign", "tail", "broken", "torn", "cut", "end", "unproved"
]

_SECTOR: Final = 512
_PIECE: Final = 1 << 16
_ZEROS: Final = bytes(_PIECE)


class Damage(NamedTuple):
    """A place that is not what was written.

    Attributes:
        extent: how far it goes. ``harmless``: everything in it could be read all the same;
            ``record``: sound records follow; ``foreign``: so too, but they continue another log;
            ``tail``: none follows; ``broken``: none follows, and
            what is there is no record; ``torn``: none follows, and it is as a write leaves it that
            was not finished; ``cut``: the file ends inside of it; ``end``: nothing is wrong but
            that the file has no zeros behind its last record; ``unproved``: behind the zeros is
            what looks like a record, and no checksum proves it.
        offset: where it begins.
        end: where the log goes on.
        reason: what is wrong with it.
        record: what is unproved.
    """

    extent: Extent
    offset: int
    end: int
    reason: str
    record: Record | None = None


def records(log: Log, crc: int | None = None) -> Iterator[Record | Damage]:
    """Each record of one segment, in order, and each place that is damaged.

    Args:
        log: the segment.
        crc: the checksum at the end of the segment before it; None if that one was not read.
    """
    window = Window(log)
    offset = 0
    while True:
        try:
            record = record_at(window, offset)
        except BadFrame as bad:
            damage = _broken(window, offset, bad)
        else:
            if record is not None and record.continues(crc):
                yield record
                offset, crc = record.end, record.crc
                continue
            damage = _end(window, offset) if record is None else _misfit(window, record)
        found = resume(window, offset, crc)
        if not isinstance(found, Resumption):
            if damage.reason:
                yield damage
            elif found is not None:
                yield Damage("unproved", found.offset, found.end, "nothing proves it", found)
            return
        yield _passed(damage, found)
        yield from found.records
        offset, crc = found.offset, found.crc


def _passed(damage: Damage, found: Resumption) -> Damage:
    """What to say of damage behind which the log goes on."""
    extent: Extent = "foreign" if damage.extent == "foreign" else "record"
    reason = "zeros where records should be" if damage.extent == "end" else damage.reason
    if found.harmless:
        return Damage("harmless", damage.offset, found.offset, reason)
    end = found.records[0].offset if found.records else found.offset
    return Damage(extent, damage.offset, end, reason)


def _end(window: Window, offset: int) -> Damage:
    reason = "the file ends right behind its last record" if offset == window.size else ""
    return Damage("end", offset, window.size, reason)


def _misfit(window: Window, record: Record) -> Damage:
    """What to say of a record that is whole and does not fit its checksum."""
    if record.type == CHECKSUM and not record.offset:
        reason = "the segment does not continue the one before it"
        return Damage("foreign", record.offset, window.size, reason)
    extent: Extent = "torn" if _is_torn(window, record.offset, record.end) else "tail"
    reason = "the record does not fit its checksum"
    return Damage(extent, record.offset, window.size, reason)


def _broken(window: Window, offset: int, bad: BadFrame) -> Damage:
    """What to say of something that is no record."""
    extent: Extent = "broken"
    if bad.end is not None:
        if bad.end > window.size and _is_written(window, window.size - 1, window.size):
            extent = "cut"
        elif _is_torn(window, offset, bad.end):
            extent = "torn"
    return Damage(extent, offset, window.size, str(bad))


def _is_torn(window: Window, offset: int, end: int) -> bool:
    """Whether a sector of the disk in this place was never written, nor anything behind it."""
    at = offset
    while at < end:
        following = min((at // _SECTOR + 1) * _SECTOR, end)
        if not _is_written(window, at, following):
            return not _is_written(window, end, window.size)
        at = following
    return False


def _is_written(window: Window, start: int, end: int) -> bool:
    """Whether there is anything but zeros."""
    for at in range(start, end, _PIECE):
        piece = window.get(at, min(_PIECE, end - at))
        if piece != _ZEROS[: len(piece)]:
            return True
    return False
