"""One frame of a segment: eight bytes of length, a record, zeros up to a multiple of eight."""

import google_crc32c
import pytest
from google.protobuf.message import DecodeError

from swarmwire import pb
from swarmwire.raftstore.frame import CHECKSUM, ENTRY, BadFrame, BytesLog, Record, Window, record_at
from swarmwire.raftstore.wire import LARGE, parse_around
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


# One large field of a message, given apart: the same as protobuf's own reading, not copied.


DATA = 0x1A
"""The tag of a record's data, which is its field 3."""


def parsed(raw):
    message = pb.walpb.Record()
    field = parse_around(message, memoryview(raw), DATA)
    return message, None if field is None else bytes(field)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        pytest.param(b"\x08\x02\x10\x07\x1a\x03abc", b"abc", id="behind two numbers"),
        pytest.param(b"\x1a\x03abc\x08\x02\x10\x07", b"abc", id="before them"),
        pytest.param(b"\x08\x02\x1a\x03abc\x10\x07", b"abc", id="between them"),
        pytest.param(b"\x08\x82\x00\x10\x87\x80\x00\x1a\x00", b"", id="numbers of several bytes"),
        pytest.param(b"\x08\x02\x10\x07\x1a\x83\x80\x80\x80\x00abc", b"abc", id="a long length"),
        pytest.param(
            b"\x08\x02\x10\x07\x1a\xc8\x01" + b"x" * 200, b"x" * 200, id="a length of two bytes"
        ),
    ],
)
def test_the_field_is_apart_and_the_message_has_the_rest(raw, field):
    message, found = parsed(raw)
    assert found == field
    assert (message.type, message.crc, message.data) == (2, 7, b"")


def test_it_is_a_view_of_what_was_given():
    raw = bytearray(b"\x08\x02\x1a\x03abc")
    field = parse_around(pb.walpb.Record(), memoryview(raw), DATA)
    raw[4] = ord("z")
    assert bytes(field) == b"zbc"


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(b"\x22\x03\x1a\x01x", id="bytes"),
        pytest.param(b"\x25\x00\x1a\x01x", id="four bytes"),
        pytest.param(b"\x21\x00\x1a\x01x\x1a\x01x\x00", id="eight bytes"),
        pytest.param(b"\x9a\x06\x03\x1a\x01x", id="a tag of two bytes"),
    ],
)
def test_behind_other_fields_it_is_left_to_protobuf(before):
    """What they hold may look like it."""
    raw = before + b"\x08\x02\x10\x07\x1a\x03abc"
    message, found = parsed(raw)
    assert found is None
    assert (message.type, message.crc, message.data) == (2, 7, b"abc")


@pytest.mark.parametrize("raw", [b"", b"\x08\x02", b"\x08\x02\x10\x07"])
def test_it_may_be_absent(raw):
    message, found = parsed(raw)
    assert found is None
    assert message == pb.walpb.Record.FromString(raw)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"\x08", id="a number is missing"),
        pytest.param(b"\x08\xff", id="a number does not end"),
        pytest.param(b"\x1a", id="the length is missing"),
        pytest.param(b"\x1a\x83", id="the length does not end"),
        pytest.param(b"\x1a\x04abc", id="the field is longer than the message"),
        pytest.param(b"\x1a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", id="an endless length"),
        pytest.param(b"\x1a\x03abc\x08", id="what follows does not end"),
    ],
)
def test_what_is_no_message_is_refused(raw):
    with pytest.raises(DecodeError):
        parsed(raw)


# Bytes that can be read anywhere, and the window through which readers look at them.


CHUNK = 1 << 16


class Counted:
    """A log that remembers what was asked of it."""

    def __init__(self, data):
        self.log = BytesLog(data, "a log")
        self.name = self.log.name
        self.size = self.log.size
        self.asked = []

    def read_into(self, buffer, offset):
        self.asked.append((offset, len(buffer)))
        return self.log.read_into(buffer, offset)


def test_bytes_are_a_log():
    log = BytesLog(b"abcdef", "six bytes")
    buffer = bytearray(4)
    assert (log.name, log.size) == ("six bytes", 6)
    assert log.read_into(memoryview(buffer), 0) == 4
    assert bytes(buffer) == b"abcd"
    assert log.read_into(memoryview(buffer), 4) == 2
    assert bytes(buffer) == b"efcd"
    assert log.read_into(memoryview(buffer), 6) == 0


def test_it_does_not_show_them():
    assert "abc" not in repr(BytesLog(b"abc"))


@pytest.mark.parametrize(
    ("offset", "length", "found"),
    [(0, 6, b"abcdef"), (2, 3, b"cde"), (4, 5, b"ef"), (6, 1, b""), (9, 2, b""), (3, 0, b"")],
)
def test_a_window_gives_what_is_there(offset, length, found):
    assert bytes(Window(BytesLog(b"abcdef")).get(offset, length)) == found


def test_forth_and_back():
    window = Window(BytesLog(bytes(range(256)) * 1024))
    for offset in (5, 0, CHUNK, 3, 3 * CHUNK - 2, 2 * CHUNK + 1, 255):
        assert bytes(window.get(offset, 4)) == bytes((offset + each) % 256 for each in range(4))


def test_the_log_is_asked_for_large_pieces_once():
    log = Counted(bytes(2 * CHUNK))
    window = Window(log)
    for offset in range(0, 2 * CHUNK, 8):
        assert len(window.get(offset, 8)) == 8
    assert log.asked == [(0, CHUNK), (CHUNK, CHUNK)]


def test_what_reaches_behind_a_piece_is_asked_for_anew():
    log = Counted(bytes(range(256)) * 1024)
    window = Window(log)
    window.get(0, 8)
    assert bytes(window.get(CHUNK - 4, 8)) == bytes([252, 253, 254, 255, 0, 1, 2, 3])
    assert [offset for offset, _ in log.asked] == [0, CHUNK - 4]


def test_a_piece_may_be_larger_than_the_window():
    data = bytes(range(256)) * 1024
    log = Counted(data)
    window = Window(log)
    assert bytes(window.get(10, 3 * CHUNK)) == data[10 : 10 + 3 * CHUNK]
    assert log.asked == [(10, 3 * CHUNK)]
    assert bytes(window.get(11, CHUNK)) == data[11 : 11 + CHUNK]
    assert log.asked == [(10, 3 * CHUNK)]


def test_a_piece_is_never_larger_than_the_log():
    log = Counted(bytes(100))
    assert len(Window(log).get(40, 1 << 50)) == 60
