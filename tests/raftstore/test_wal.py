"""One segment in memory: sound records and damaged places, in the order in which they stand."""

import pytest

from swarmwire import raftstore
from swarmwire.raftstore.frame import BytesLog
from swarmwire.raftstore.wal import Damage, records
from tests.raftstore.in_memory import ZEROS, MemorySegment
from tests.support.raft_folder import objects_of
from tests.support.raft_folder.damage import flip
from tests.support.raft_folder.segment import CHECKSUM, ENTRY, Segment


@pytest.fixture
def four():
    """A checksum record and four entries."""
    return MemorySegment(b"first", b"second", b"third", b"fourth")


def test_undamaged_it_is_its_records(four):
    found = list(records(BytesLog(bytes(four.data))))
    assert [each.data for each in found] == [b"", b"first", b"second", b"third", b"fourth"]
    assert [(each.offset, each.end) for each in found] == [
        (place.offset, place.end) for place in four.places
    ]
    assert found[-1].crc == four.crc


def test_zeros_are_nothing():
    assert list(records(BytesLog(ZEROS))) == []


def test_without_zeros_behind_it_the_file_may_have_been_cut(four):
    four.cut(four[4].end)
    assert four.read()[5:] == [("end", four[4].end, four[4].end)]
    assert "right behind its last record" in four.damage().reason


def test_nothing_at_all_may_have_been_cut_too():
    assert [each.extent for each in records(BytesLog(b""))] == ["end"]


class TestHarmless:
    """All that was written can be read."""

    def test_its_checksum_is_damaged(self, four):
        four.flip(four[2].crc)
        assert four.read() == [
            b"",
            b"first",
            ("harmless", four[2].offset, four[2].end),
            b"second",
            b"third",
            b"fourth",
        ]

    def test_its_length_word_is_damaged(self, four):
        four.flip(four[2].offset)
        assert four.read() == [
            b"",
            b"first",
            ("harmless", four[2].offset, four[3].offset),
            b"second",
            b"third",
            b"fourth",
        ]

    def test_the_checksum_record_itself(self):
        """What follows continues the segment before, so nothing is amiss but this record."""
        four = MemorySegment(b"first", b"second", before=77)
        four.flip(four[0].crc)
        assert four.read(77) == [("harmless", 0, four[0].end), b"", b"first", b"second"]


class TestRecord:
    """One record is lost, and what follows is sound by the checksum that it stores."""

    def test_its_content_is_damaged(self, four):
        four.flip(four[2].data)
        assert four.read() == [
            b"",
            b"first",
            ("record", four[2].offset, four[2].end),
            b"third",
            b"fourth",
        ]
        assert "does not fit its checksum" in four.damage().reason

    def test_it_is_zeros(self, four):
        four.zero(four[2].offset, four[2].end)
        assert four.read()[2] == ("record", four[2].offset, four[3].offset)
        assert four.read()[3:] == [b"third", b"fourth"]
        assert four.damage().reason == "zeros where records should be"

    def test_it_is_no_record(self, four):
        four.put(four[2].offset + 8, b"\xff" * 8)
        assert four.read()[2] == ("record", four[2].offset, four[3].offset)
        assert four.read()[3:] == [b"third", b"fourth"]
        assert "cannot be parsed" in four.damage().reason

    def test_several(self, four):
        four.flip(four[1].data)
        four.flip(four[3].data)
        assert four.read() == [
            b"",
            ("record", four[1].offset, four[1].end),
            b"second",
            ("record", four[3].offset, four[3].end),
            b"fourth",
        ]


class TestForeign:
    """The segment continues another log than the one that was read before it."""

    def test_its_records_follow_all_the_same(self):
        four = MemorySegment(b"first", b"second", before=77)
        assert four.read(78) == [("foreign", 0, four[0].end), b"first", b"second"]
        assert "does not continue" in four.damage(78).reason

    @pytest.mark.parametrize("before", [77, 0, None])
    def test_what_fits_is_not(self, before):
        assert MemorySegment(b"first", b"second", before=77).read(before) == [
            b"",
            b"first",
            b"second",
        ]

    def test_a_checksum_record_further_on_is_damage_like_any(self):
        made = Segment(0, 0, "wal")
        for kind, content in ((CHECKSUM, None), (ENTRY, b"first"), (CHECKSUM, None), (ENTRY, b"x")):
            made.append(kind, content)
        data = bytearray(made.data)
        data[made.data.rindex(b"\x08\x04\x10") + 3] ^= 0x10
        found = list(records(BytesLog(bytes(data) + ZEROS)))
        assert [each.extent for each in found if isinstance(each, Damage)] == ["harmless"]

    def test_so_is_the_beginning_of_another_log_further_on(self):
        other = MemorySegment(b"third", before=77)
        four = MemorySegment(b"first", b"second")
        four.data[four[2].end :] = other.data
        assert four.read()[3:] == [
            ("record", four[2].end, four[2].end + other[0].end),
            b"third",
        ]

    def test_so_is_any_other_record_at_the_beginning(self):
        four = MemorySegment(b"first", b"second", before=77)
        four.data[four[0].type_byte] = ENTRY
        assert four.read() == [("record", 0, four[0].end), b"first", b"second"]

    def test_nothing_behind_it(self):
        four = MemorySegment(before=77)
        assert four.read(78) == [("foreign", 0, len(four.data))]


class TestBehindZeros:
    """Zeros end a log, unless something follows that is of it."""

    def test_what_nothing_proves_is_told_with_its_place(self, four):
        four.zero(four[3].offset, four[4].offset)
        assert four.read()[3:] == [("unproved", four[4].offset, four[4].end)]
        assert four.damage().record.data == b"fourth"

    def test_what_its_successor_proves_is_a_record(self, four):
        four.zero(four[2].offset, four[3].offset)
        assert four.read()[2:] == [("record", four[2].offset, four[3].offset), b"third", b"fourth"]

    def test_leftovers_of_torn_writes_are_nothing(self, four):
        four.put(four[4].end + 64, b"\x10" + bytes(7) + b"\xff" * 64)
        assert four.read() == [b"", b"first", b"second", b"third", b"fourth"]


# The end of a segment in memory, where nothing sound follows: torn, cut, or damaged.


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


# The length word's last byte counts the padding: one that is wrong costs its record at most.


@pytest.mark.parametrize("mask", [0x01, 0x02, 0x07, 0x80, 0x81, 0x82])
def test_the_record_behind_it_is_not_lost(folder, mask):
    root = folder.write()
    for place in folder.places[1:-2]:
        flip(root / place.file, place.offset + 7, mask)
        recovery = raftstore.read(root)
        without = folder.objects(without=(place.index,)) if place.type == 2 else folder.objects()
        assert objects_of(recovery.store) in (folder.objects(), without)
        assert objects_of(recovery.store) == folder.objects() or not recovery.is_whole
        flip(root / place.file, place.offset + 7, mask)
