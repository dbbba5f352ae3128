"""One segment of a write-ahead log: bytes in, sound records and damaged places out. Pure.

Each record stores the checksum of everything up to itself. So what follows a damaged record can be
proved sound from the checksum that the damaged record, or one after it, stored.

Source: etcd server/storage/wal; what it does with damage is stricter than what is done here.
"""

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

import google_crc32c

from swarmwire.raftstore.frame import (
    CHECKSUM,
    HEAD,
    BadFrame,
    Log,
    Record,
    Window,
    parse,
    record_at,
)

Extent: TypeAlias = Literal[
    "harmless", "record", "foreign", "tail", "broken", "torn", "cut", "end", "unproved"
]

_SECTOR: Final = 512
_PIECE: Final = 1 << 16
_CHUNK: Final = 1 << 20
_RECORD: Final = re.compile(rb"\x08[\x01-\x05]\x10")
"""How every record begins: its type, and the tag of its checksum."""
_BEGINNING: Final = 3
_ZEROS: Final = bytes(_CHUNK)
_NEAR: Final = 16
"""How many candidates may be what comes right behind a record whose length word is damaged."""
_FIRST: Final = 1 << 14
"""Bytes to look through first: most damage is small."""
_LOOK: Final = 4096
"""What a look at few bytes costs, in bytes of the window's patience."""


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


class Resumption(NamedTuple):
    """How the log goes on.

    Attributes:
        records: sound records found in the damaged place; those that no checksum proves, and whose
            own successor does, are among them.
        offset: where to go on reading.
        crc: the checksum of all that is before that place.
        harmless: whether nothing is lost: only a checksum or a length word was damaged.
    """

    records: tuple[Record, ...]
    offset: int
    crc: int
    harmless: bool


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


def resume(window: Window, offset: int, crc: int | None) -> Resumption | Record | None:
    """Where the log goes on after the damage at ``offset``.

    Args:
        window: the segment.
        offset: where a frame should begin, and does not or does not fit its checksum.
        crc: the checksum of all that is before; None if unknown.

    Returns:
        How it goes on; None if it does not; a record if there is what looks like one, and nothing
        proves it.
    """
    search = _Search(window)
    try:
        return _behind_record(search, offset, crc) or _further_on(search, offset, crc)
    except _OutOfPatience:
        return None


class _OutOfPatience(Exception):
    """The log is not damaged by chance: it was made to be searched for ever."""


class _Search:
    """A window whose patience wanes with what is looked at."""

    def __init__(self, window: Window) -> None:
        self.size = window.size
        self._window = window

    def get(self, offset: int, length: int) -> memoryview:
        """The bytes from ``offset`` on, until the next call; fewer only at the end of the log."""
        self.spend(length)
        return self._window.get(offset, length)

    def fill(self, buffer: memoryview, offset: int) -> int:
        """The same, into a buffer; return how many there were."""
        self.spend(len(buffer))
        return self._window.log.read_into(buffer, offset)

    def spend(self, length: int) -> None:
        """Count bytes that are looked at.

        Raises:
            _OutOfPatience: there were too many.
        """
        self._window.patience -= length + _LOOK
        if self._window.patience < 0:
            raise _OutOfPatience


def _behind_record(search: _Search, offset: int, crc: int | None) -> Resumption | None:
    """For a record that is whole but does not fit: is it its content or its checksum?"""
    try:
        record = record_at(search, offset)
        after = record and record_at(search, record.end)
    except BadFrame:
        return None
    if record is None or after is None:
        return None
    if crc is not None:
        computed = google_crc32c.extend(crc, record.data)
        if after.continues(computed):
            is_of_its_type = record.type != CHECKSUM or not record.data
            sound = (record,) if is_of_its_type else ()
            return Resumption(sound, record.end, computed, harmless=is_of_its_type)
    if after.data and after.continues(record.crc):
        return Resumption((), record.end, record.crc, harmless=False)
    return None


def _further_on(search: _Search, offset: int, crc: int | None) -> Resumption | Record | None:
    unproved: Record | None = None
    may_be_whole = crc is not None and _RECORD.match(search.get(offset + HEAD, _BEGINNING))
    for number, candidate in enumerate(_candidates(search, offset + HEAD)):
        if may_be_whole and number < _NEAR:
            lost = _with_other_length(search, offset, candidate, crc)
            if lost is not None:
                return Resumption((lost,), candidate.offset, lost.crc, harmless=True)
        if _is_proved(search, candidate):
            return Resumption((candidate,), candidate.end, candidate.crc, harmless=False)
        unproved = unproved or candidate
    return unproved


def _candidates(search: _Search, start: int) -> Iterator[Record]:
    """Every place from ``start`` on where a record could begin."""
    at = start + HEAD
    buffer = bytearray(_FIRST)
    while at < search.size:
        many = search.fill(memoryview(buffer), at)
        if buffer != _ZEROS[: len(buffer)]:  # they are what is preallocated, up to 64 MB
            for found in _RECORD.finditer(buffer, 0, many):
                record = _candidate(search, at + found.start() - HEAD)
                if record is not None:
                    yield record
        if many < len(buffer):
            return
        at += many - _BEGINNING + 1
        buffer = buffer if len(buffer) == _CHUNK else bytearray(_CHUNK)


def _candidate(search: _Search, offset: int) -> Record | None:
    if offset % HEAD:
        return None
    try:
        record = record_at(search, offset)
    except BadFrame:
        return None
    return record if record is not None and record.end % HEAD == 0 else None


def _is_proved(search: _Search, record: Record) -> bool:
    """Whether the record after it fits the checksum that it stores."""
    if bytes(search.get(record.end + HEAD, 1)) != b"\x08":
        return False
    try:
        after = record_at(search, record.end)
    except BadFrame:
        return False
    return after is not None and bool(after.data) and after.continues(record.crc)


def _with_other_length(
    search: _Search, offset: int, candidate: Record, crc: int | None
) -> Record | None:
    """The record between ``offset`` and the candidate, if only its length word is damaged."""
    size = candidate.offset - offset - HEAD
    if crc is None or not 0 < size <= _CHUNK * 4:
        return None
    search.spend(HEAD * size)
    data = bytes(search.get(offset + HEAD, size))
    for padding in range(HEAD):
        try:
            record = parse(data[: size - padding], offset, candidate.offset)
        except BadFrame:
            continue
        if record.data and record.continues(crc) and candidate.continues(record.crc):
            return record
    return None
