"""Where a log goes on after damage, and what proves it: checksums that its records store."""

import pytest

from swarmwire.raftstore import frame
from swarmwire.raftstore.frame import CHECKSUM, ENTRY, BytesLog, Window
from swarmwire.raftstore.wal import Resumption, resume
from tests.support.raft_folder.segment import Segment

ZEROS = bytes(4096)
MEBIBYTE = 1 << 20
LOOK_ALIKE = b"\x10" + bytes(7) + b"\x08\x02\x10\x00\x1a\x0aten bytes."
"""A frame that nothing proves, and that proves nothing."""


class Entries:
    """Entries of a log, the first of them at ``begin``; the checksum before each is known."""

    def __init__(self, *contents, begin=0):
        made = Segment(0, 0, "wal", crc=99)
        made.data += bytes(begin)
        self.before, self.places = [], []
        for each in contents:
            self.before.append(made.crc)
            self.places.append(made.append(ENTRY, each))
        self.before.append(made.crc)
        self.data = bytearray(made.data + ZEROS)

    def put(self, offset, new):
        self.data[offset : offset + len(new)] = new

    def insert(self, offset, new):
        self.data[offset:offset] = new

    def resume(self, number, crc=-1):
        """From where entry ``number`` was; ``crc`` may be unknown, or another."""
        crc = self.before[number] if crc == -1 else crc
        return resume(Window(BytesLog(bytes(self.data))), self.places[number].offset, crc)


@pytest.fixture
def three():
    return Entries(b"first", b"second", b"third")


def contents(found):
    return [each.data for each in found.records]


def test_it_does_not_go_on():
    assert resume(Window(BytesLog(ZEROS)), 0, 0) is None
    assert resume(Window(BytesLog(b"")), 0, 0) is None


class TestBehindTheRecord:
    """Its frame is whole, so the next one begins where it says."""

    def test_its_checksum_is_damaged_if_what_follows_fits_the_right_one(self, three):
        three.data[three.places[1].crc] ^= 1
        found = three.resume(1)
        assert contents(found) == [b"second"]
        assert found[1:] == (three.places[2].offset, three.before[2], True)

    def test_its_content_is_damaged_if_what_follows_fits_the_one_it_stores(self, three):
        three.put(three.places[1].data, b"S")
        assert three.resume(1) == Resumption((), three.places[2].offset, three.before[2], False)

    def test_also_if_nothing_before_it_is_known(self, three):
        three.put(three.places[1].data, b"S")
        found = three.resume(1, crc=None)
        assert found == Resumption((), three.places[2].offset, three.before[2], False)

    def test_a_record_whose_type_is_damaged_may_look_like_a_checksum(self, three):
        """No checksum covers types. What it held is known, and not what it was."""
        three.put(three.places[1].type_byte, bytes([CHECKSUM]))
        assert three.resume(1) == Resumption((), three.places[2].offset, three.before[2], False)

    def test_two_in_a_row_do_not_prove_each_other(self):
        """The second is proved by the third; that its own content is damaged its seal tells."""
        four = Entries(b"first", b"second", b"third", b"fourth")
        four.put(four.places[1].data, b"S")
        four.put(four.places[2].data, b"T")
        found = four.resume(1)
        assert contents(found) == [b"Third"]
        assert found[1:] == (four.places[3].offset, four.before[3], False)

    def test_a_record_without_content_proves_nothing(self):
        three = Entries(b"first", b"second", b"")
        three.put(three.places[1].data, b"S")
        found = three.resume(1)
        assert not isinstance(found, Resumption)

    def test_the_last_record_is_proved_by_nothing(self, three):
        three.put(three.places[2].data, b"T")
        assert three.resume(2) is None


class TestLengthWord:
    """Only the length is damaged: the record lies between it and the next one."""

    @pytest.mark.parametrize("content", [b"x" * size for size in range(1, 10)])
    def test_however_much_is_padded(self, content):
        three = Entries(b"first", content, b"third")
        three.put(three.places[1].offset, b"\x70")
        found = three.resume(1)
        assert contents(found) == [content]
        assert found[1:] == (three.places[2].offset, three.before[2], True)

    def test_what_it_holds_may_look_like_records(self):
        content = b"12345" + LOOK_ALIKE * 12
        three = Entries(b"first", content, b"third")
        assert three.places[1].data % 8 == 3
        three.put(three.places[1].offset, bytes(8))
        assert contents(three.resume(1)) == [content]

    def test_without_a_checksum_before_it_it_is_not_known(self, three):
        three.put(three.places[1].offset, b"\x70")
        found = three.resume(1, crc=None)
        assert found.data == b"third"

    def test_the_last_record_of_all_is_proved_by_itself(self, three):
        """What stands between the damage and it fits, and so does it."""
        three.put(three.places[1].offset, b"\x70")
        found = three.resume(1)
        assert found.offset == three.places[2].offset
        assert found.crc == three.before[2]

    def test_content_that_is_damaged_too_is_lost(self, three):
        three.put(three.places[1].offset, b"\x70")
        three.put(three.places[1].data, b"S")
        assert three.resume(1).data == b"third"


class TestFurtherOn:
    """Frames begin at multiples of eight: the first that its successor proves is one."""

    @pytest.mark.parametrize("size", [8, 504, 4096])
    def test_behind_noise(self, three, size):
        three.insert(three.places[1].offset, b"\x2a" * size)
        found = three.resume(1)
        assert contents(found) == [b"second"]
        assert found[1:] == (three.places[2].offset + size, three.before[2], False)

    def test_behind_zeros(self, three):
        three.insert(three.places[1].offset, bytes(3 * MEBIBYTE))
        found = three.resume(1)
        assert contents(found) == [b"second"]
        assert found.offset == three.places[2].offset + 3 * MEBIBYTE

    @pytest.mark.parametrize("short", range(0, 64, 8))
    def test_also_where_the_search_goes_on_in_the_next_piece(self, three, short):
        """It looks at a mebibyte at a time, and at the places where two of them meet."""
        size = MEBIBYTE - short
        three.insert(three.places[1].offset, b"\x2a" * size)
        assert contents(three.resume(1)) == [b"second"]

    @pytest.mark.parametrize("size", [1, 4, 7, 9])
    def test_not_in_between(self, three, size):
        three.insert(three.places[1].offset, b"\x2a" * size)
        assert three.resume(1) is None

    def test_what_is_before_it_need_not_be_known(self, three):
        three.insert(three.places[1].offset, b"\x2a" * 8)
        assert contents(three.resume(1, crc=None)) == [b"second"]

    def test_what_nothing_proves_is_given_as_it_is(self, three):
        three.put(three.places[1].offset, bytes(three.places[2].offset - three.places[1].offset))
        assert three.resume(1).data == b"third"

    def test_of_several_that_nothing_proves_the_first(self):
        five = Entries(b"first", b"second", b"third", b"fourth", b"fifth")
        for number in (1, 3):
            start, end = five.places[number].offset, five.places[number].end
            five.put(start, bytes(end - start))
        assert five.resume(1).data == b"third"

    def test_one_that_is_proved_counts_more_than_one_that_is_not(self):
        six = Entries(b"first", b"second", b"third", b"fourth", b"fifth", b"sixth")
        for number in (1, 3):
            start, end = six.places[number].offset, six.places[number].end
            six.put(start, bytes(end - start))
        found = six.resume(1)
        assert contents(found) == [b"fifth"]
        assert found[1:] == (six.places[5].offset, six.before[5], False)

    def test_a_record_without_content_proves_nothing(self):
        three = Entries(b"first", b"second", b"", b"")
        three.insert(three.places[1].offset, b"\x2a" * 8)
        assert not isinstance(three.resume(1), Resumption)

    def test_zeros_behind_it_prove_nothing_whatever_is_behind_them(self, three):
        three.put(three.places[1].offset, bytes(three.places[2].offset - three.places[1].offset))
        three.put(three.places[2].end + 8, b"\x08")
        assert three.resume(1).data == b"third"

    def test_a_record_that_is_cut_is_none(self, three):
        three.put(three.places[1].offset, bytes(three.places[2].offset - three.places[1].offset))
        del three.data[three.places[2].padding - 1 :]
        assert three.resume(1) is None

    def test_the_search_ends_some_time(self, three, monkeypatch):
        """Real logs have few places that look like records; a log made to be slow has many."""
        three.insert(three.places[1].offset, b"\x2a" * 8 + LOOK_ALIKE * 4 + bytes(MEBIBYTE))
        assert contents(three.resume(1)) == [b"second"]
        monkeypatch.setattr(frame, "_PATIENCE", MEBIBYTE)
        assert not isinstance(three.resume(1), Resumption)
