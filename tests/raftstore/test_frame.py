"""One frame of a segment: eight bytes of length, a record, zeros up to a multiple of eight."""

import google_crc32c
import pytest

from swarmwire.raftstore.frame import CHECKSUM, ENTRY, BadFrame, Record, record_at
from swarmwire.raftstore.log import BytesLog, Window
from swarmwire.raftstore.wire import LARGE
from tests.support.raft_folder.segment import Segment

# Type 2, checksum 7, three bytes of data: nine bytes, so seven more fill the frame.
CONTENT = b"\x08\x02\x10\x07\x1a\x03abc"
MOST = 64 << 20
FRAME = b"\x09\0\0\0\0\0\0\x87" + CONTENT + bytes(7)


def at(offset, data):
    return record_at(Window(BytesLog(data)), offset)


def refused(data, offset=0):
    with pytest.raises(BadFrame) as caught:
        at(offset, data)
    return caught.value


def test_a_frame_is_a_record():
    assert at(0, FRAME) == Record(0, 24, 2, 7, b"abc")


@pytest.mark.parametrize("offset", [8, 24, 800])
def test_it_may_be_anywhere(offset):
    found = at(offset, bytes(offset) + FRAME + FRAME)
    assert found == Record(offset, offset + 24, 2, 7, b"abc")


def test_it_needs_no_padding():
    raw = b"\x08\x02\x10\x07\x1a\x02ab"
    assert at(0, b"\x08" + bytes(7) + raw) == Record(0, 16, 2, 7, b"ab")


@pytest.mark.parametrize("count", [0x00, 0x80, 0x81, 0x86, 0xFF])
def test_the_bits_that_count_the_padding_are_not_needed(count):
    assert at(0, FRAME[:7] + bytes([count]) + FRAME[8:]).end == 24


def test_what_the_padding_is_does_not_matter():
    assert at(0, FRAME[:-7] + b"padding") == at(0, FRAME)


@pytest.mark.parametrize("data", [bytes(8), bytes(24), b""])
def test_zeros_are_the_end_and_so_is_nothing(data):
    assert at(0, data) is None


def test_also_behind_a_record():
    assert at(24, FRAME + bytes(8)) is None
    assert at(24, FRAME) is None


@pytest.mark.parametrize("size", range(1, 8))
def test_the_file_ends_in_a_length_word(size):
    bad = refused(FRAME[:size])
    assert str(bad) == "the file ends inside a length word"
    assert bad.end > size


@pytest.mark.parametrize("size", range(8, 24))
def test_the_file_ends_in_a_record(size):
    bad = refused(FRAME[:size])
    assert "past the end of the file" in str(bad)
    assert bad.end == 24


def test_no_record_is_so_long():
    longest = refused(MOST.to_bytes(8, "little"))
    assert longest.end == MOST + 8
    longer = refused((MOST + 1).to_bytes(8, "little"))
    assert longer.end is None
    assert str(MOST + 1) in str(longer)
    highest = refused((1 << 55).to_bytes(8, "little"))
    assert highest.end is None


@pytest.mark.parametrize("raw", [b"\x1a\x09abcdef", b"\xff" * 8])
def test_what_protobuf_cannot_parse_is_no_record(raw):
    bad = refused(len(raw).to_bytes(8, "little") + raw)
    assert "cannot be parsed" in str(bad)
    assert bad.end == 16


@pytest.mark.parametrize("size", [0, 1, LARGE - 20, LARGE, LARGE + 1, 5 * LARGE])
def test_of_any_size(size):
    segment = Segment(0, 0, "wal")
    data = (b"0123456" * LARGE)[:size]
    first, second = segment.append(ENTRY, data), segment.append(ENTRY, b"second")
    found = at(first.offset, bytes(segment.data))
    assert found.data == data
    assert found.continues(0)
    assert found.end == second.offset


def test_it_does_not_show_its_content():
    assert repr(at(0, FRAME)) == "Record(offset=0, end=24, type=2, crc=7)"


class TestContinues:
    """Whether a record is sound, by the checksum of all that is before it."""

    def record(self, before, data=b"abc", kind=ENTRY):
        return Record(0, 24, kind, google_crc32c.extend(before, data), data)

    @pytest.mark.parametrize("before", [0, 1, 0xFFFFFFFF])
    def test_it_stores_the_checksum_of_that_and_of_itself(self, before):
        assert self.record(before).continues(before)
        assert not self.record(before).continues(before ^ 1)
        assert not self.record(before)._replace(data=b"abd").continues(before)

    def test_without_that_nothing_can_be_said(self):
        assert not self.record(0).continues(None)

    def test_the_type_is_not_in_it(self):
        assert self.record(5)._replace(type=1).continues(5)

    def test_a_checksum_record_repeats_it(self):
        record = Record(0, 16, CHECKSUM, 5, b"")
        assert record.continues(5)
        assert not record.continues(6)

    @pytest.mark.parametrize("before", [None, 0])
    def test_the_first_one_that_is_read_may_say_anything(self, before):
        assert Record(0, 16, CHECKSUM, 5, b"").continues(before)

    @pytest.mark.parametrize("before", [None, 0, 5])
    def test_a_checksum_record_holds_nothing_else(self, before):
        record = Record(0, 16, CHECKSUM, google_crc32c.extend(before or 0, b"abc"), b"abc")
        assert not record.continues(before)
