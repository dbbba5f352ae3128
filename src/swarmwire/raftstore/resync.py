"""After a damaged record: where the log goes on, by the checksums that its records store. Pure.

Each record stores the checksum of everything up to itself. So what follows a damaged record can be
proved sound from the checksum that the damaged record, or one after it, stored.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import google_crc32c

from swarmwire.raftstore.frame import CHECKSUM, HEAD, BadFrame, Record, parse, record_at
from swarmwire.raftstore.log import Window

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
