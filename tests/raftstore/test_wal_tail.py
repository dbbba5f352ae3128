"""The end of a segment in memory, where nothing sound follows: torn, cut, or damaged."""

import pytest

from tests.raftstore.in_memory import MemorySegment


@pytest.fixture
def four():
    """A checksum record and four entries."""
    return MemorySegment(b"first", b"second", b"third", b"fourth")


class TestTail:
    """Nothing sound follows."""

    def test_a_bit_of_the_last_record(self, four):
        four.flip(four[4].data)
        assert four.read()[4:] == [("tail", four[4].offset, len(four.data))]

    def test_a_bit_of_its_length(self, four):
        four.put(four[4].offset + 6, b"\x10")
        assert four.read()[4:] == [("broken", four[4].offset, len(four.data))]
        assert "bytes, which no record has" in four.damage().reason

    def test_a_length_behind_the_end_of_the_file_is_what_torn_writes_leave(self, four):
        four.put(four[4].offset + 2, b"\x10")
        assert four.read()[4:] == [("torn", four[4].offset, len(four.data))]

    def test_what_is_no_record_at_the_very_end_of_the_file(self, four):
        four.put(four[4].offset + 8, b"\xff" * 8)
        four.cut(four[4].end)
        four.data[-1] = 1
        assert four.read()[4:] == [("broken", four[4].offset, four[4].end)]

    def test_noise_behind_the_last_record(self, four):
        four.put(four[4].end, b"\x10" + bytes(7) + b"\xff" * 16)
        assert four.read()[5:] == [("broken", four[4].end, len(four.data))]


class TestTorn:
    """A write that was not finished: a sector of 512 bytes is still zero, and all behind it."""

    @pytest.fixture
    def long(self):
        """The last record begins in one sector, and ends in the fifth after it."""
        made = MemorySegment(b"first", b"x" * 2400)
        assert made[2].end % 512
        return made

    @pytest.mark.parametrize("sector", [1, 2, 3, 4])
    def test_any_sector_in_it(self, long, sector):
        start = (long[2].offset // 512 + sector) * 512
        long.zero(start, start + 512)
        assert long.read()[2:] == [("torn", long[2].offset, len(long.data))]

    def test_the_part_of_a_sector_in_which_it_ends(self, long):
        long.zero(long[2].end // 512 * 512, long[2].end)
        assert long.read()[2:] == [("torn", long[2].offset, len(long.data))]

    def test_a_byte_less_than_a_sector_is_damage(self, long):
        start = (long[2].offset // 512 + 2) * 512
        long.zero(start, start + 511)
        assert long.read()[2:] == [("tail", long[2].offset, len(long.data))]

    def test_a_sector_s_length_that_is_no_sector_is_damage(self, long):
        start = (long[2].offset // 512 + 2) * 512 + 8
        long.zero(start, start + 512)
        assert long.read()[2:] == [("tail", long[2].offset, len(long.data))]

    @pytest.mark.parametrize("behind", [0, 100, 4000])
    def test_with_anything_behind_it_it_was_finished(self, long, behind):
        start = (long[2].offset // 512 + 2) * 512
        long.zero(start, start + 512)
        long.put(long[2].end + behind, b"\x01")
        assert long.read()[2:] == [("tail", long[2].offset, len(long.data))]

    def test_zeros_behind_it_are_looked_at_to_their_end(self, long):
        start = (long[2].offset // 512 + 2) * 512
        long.zero(start, start + 512)
        long.data += bytes(1 << 18)
        assert long.read()[2:] == [("torn", long[2].offset, len(long.data))]
        long.data += b"\x01"
        assert long.read()[2:] == [("tail", long[2].offset, len(long.data))]

    def test_its_second_half_was_not_written(self, long):
        """Its content ends in the zeros, so it cannot be parsed as it stands."""
        long.put(long[2].offset + 8, b"\x08\x02\x10\x07\x1a\xff\xff")
        long.zero(long[2].offset + 600, long[2].end)
        assert long.read()[2:] == [("torn", long[2].offset, len(long.data))]


class TestCut:
    """The file ends inside a record."""

    @pytest.mark.parametrize("missing", [1, 2, 5])
    def test_in_its_content(self, four, missing):
        four.cut(four[4].padding - missing)
        assert four.read()[4:] == [("cut", four[4].offset, len(four.data))]
        assert "past the end of the file" in four.damage().reason

    def test_in_its_length_word(self, four):
        four.cut(four[4].offset + 3)
        four.data[-1] = 1
        assert four.read()[4:] == [("cut", four[4].offset, len(four.data))]
        assert "inside a length word" in four.damage().reason

    def test_in_zeros_it_may_be_a_write_that_was_not_finished(self):
        long = MemorySegment(b"first", b"x" * 2400)
        long.zero(long[2].offset + 600, long[2].end)
        long.cut(long[2].end - 8)
        assert long.read()[2:] == [("torn", long[2].offset, len(long.data))]
