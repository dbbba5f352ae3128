"""One segment in memory: sound records and damaged places, in the order in which they stand."""

import pytest

from swarmwire.raftstore.log import BytesLog
from swarmwire.raftstore.wal import Damage, records
from tests.raftstore.in_memory import ZEROS, MemorySegment
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
