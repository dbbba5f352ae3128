"""A damaged record in the middle of a log: it is lost, and no more; what is lost is said."""

import pytest

from swarmwire import pb, raftstore
from tests.support.raft_folder import RaftFolder, create, objects_of, secret, update
from tests.support.raft_folder.damage import drop, flip, insert, put, zero

ENTRY = 2


def lost(recovery):
    """The indexes that are said to be lost."""
    ranges = [each for each in recovery.findings if each.kind == "lost-entries"]
    return [at for each in ranges for at in range(each.first, each.last + 1)]


def damaged(recovery):
    """Where records are said to be damaged."""
    records = [each for each in recovery.findings if each.kind == "damaged-record"]
    return [(each.file, each.offset) for each in records]


def loses_only(folder, recovery, *indexes):
    """These entries are lost, everything else is there, and that is what it says."""
    assert objects_of(recovery.store) == folder.objects(without=indexes)
    assert lost(recovery) == list(indexes)
    assert recovery.is_whole == (not indexes)
    last = max(set(range(1, folder.index + 1)) - set(indexes))
    assert recovery.position.last_index == recovery.position.index == last


def flipped(folder, place, offset, mask=0x10):
    flip(folder.root / place.file, offset, mask)
    return raftstore.read(folder.root)


class TestZeros:
    """Places of the disk that were never written, or are no more."""

    @pytest.mark.parametrize("sector", [0, 2, 5])
    def test_a_sector_of_a_long_entry(self, folder, sector):
        place = folder.transaction(create(secret("long", b"x" * 5_000)))
        folder.transaction(create(secret("after")))
        root = folder.write()
        start = (place.data // 512 + 1 + sector) * 512
        zero(root / place.file, start, start + 512)
        recovery = raftstore.read(root)
        loses_only(folder, recovery, place.index)
        assert damaged(recovery) == [(place.file, place.offset)]

    def test_several_records(self, folder):
        folder.write()
        entries = [place for place in folder.places if place.type == ENTRY]
        first, last = entries[4], entries[6]
        zero(folder.root / first.file, first.offset, last.end)
        recovery = raftstore.read(folder.root)
        loses_only(folder, recovery, first.index, first.index + 1, last.index)

    def test_the_beginning_of_a_record(self, folder):
        """Zeros are the end of a log, unless sound records follow."""
        folder.write()
        place = folder.place(6)
        zero(folder.root / place.file, place.offset, place.offset + 16)
        recovery = raftstore.read(folder.root)
        loses_only(folder, recovery, 6)
        assert damaged(recovery) == [(place.file, place.offset)]

    def test_the_beginning_of_the_file(self, folder):
        folder.write()
        zero(folder.root / folder.places[0].file, 0, folder.place(1).offset)
        recovery = raftstore.read(folder.root)
        found, whole = objects_of(recovery.store), folder.objects()
        assert found.items() <= whole.items()
        assert found
        assert damaged(recovery)[0] == (folder.places[0].file, 0)


class TestShifted:
    """Bytes that came in between, or are gone."""

    @pytest.mark.parametrize("size", [8, 64, 4096])
    def test_something_between_two_records(self, folder, size):
        folder.write()
        place = folder.place(6)
        insert(folder.root / place.file, place.offset, b"\x2a" * size)
        loses_only(folder, raftstore.read(folder.root))

    def test_a_record_is_gone(self, folder):
        folder.write()
        place = folder.place(6)
        drop(folder.root / place.file, place.offset, place.end)
        recovery = raftstore.read(folder.root)
        assert set(lost(recovery)) <= {6}
        assert objects_of(recovery.store) == folder.objects(without=(6,))
        assert not recovery.is_whole

    def test_a_part_of_a_record_is_gone(self, folder):
        place = folder.transaction(create(secret("long", b"x" * 5_000)))
        folder.transaction(create(secret("after")))
        root = folder.write()
        drop(root / place.file, place.data + 800, place.data + 1600)
        loses_only(folder, raftstore.read(root), place.index)

    def test_two_records_swapped(self, folder):
        root = folder.write()
        first, second = folder.place(5), folder.place(6)
        path = root / first.file
        data = path.read_bytes()
        put(path, first.offset, data[second.offset : second.end])
        middle = data[first.end : second.offset]
        put(path, first.offset + second.end - second.offset, middle)
        put(
            path,
            first.offset + second.end - second.offset + len(middle),
            data[first.offset : first.end],
        )
        recovery = raftstore.read(root)
        assert (
            objects_of(recovery.store).items()
            <= {
                **folder.objects(),
                **folder.objects(without=(5, 6)),
            }.items()
        )
        assert damaged(recovery)


def test_several_records_far_apart(folder):
    folder.write()
    for index in (4, 7, 9):
        flip(folder.root / folder.place(index).file, folder.place(index).data + 20)
    recovery = raftstore.read(folder.root)
    loses_only(folder, recovery, 4, 7, 9)
    assert damaged(recovery) == [
        (folder.place(index).file, folder.place(index).offset) for index in (4, 7, 9)
    ]


def test_several_records_in_a_row(folder):
    folder.write()
    at = folder.places.index(folder.place(6))
    for place in folder.places[at : at + 4]:
        flip(folder.root / place.file, place.data + 5)
    recovery = raftstore.read(folder.root)
    loses_only(folder, recovery, 6, 7)


def test_a_later_change_brings_back_what_a_lost_entry_held(tmp_path):
    """Entries hold whole objects, so nothing of an object is lost with an older entry of it."""
    folder = RaftFolder(tmp_path / "swarm")
    place = folder.transaction(create(secret("a", b"old")))
    folder.transaction(update(secret("a", b"new")))
    recovery = flipped(folder, place, folder.write() and place.data + 30)
    loses_only(folder, recovery, place.index)
    (found,) = recovery.store.secrets.values()
    assert found.spec.data == b"new"


def test_what_comes_back_by_a_lost_removal_is_said(tmp_path):
    folder = RaftFolder(tmp_path / "swarm")
    folder.transaction(create(secret("a")))
    place = folder.transaction(
        pb.StoreAction(action=pb.StoreActionKind.Value("STORE_ACTION_REMOVE"), secret=secret("a"))
    )
    folder.transaction(create(secret("b")))
    folder.write()
    recovery = flipped(folder, place, place.data + 30)
    loses_only(folder, recovery, place.index)
    assert secret("a").id in recovery.store.secrets
    assert not recovery.is_whole


def test_a_finding_says_file_offset_index_and_what_it_means(folder):
    folder.write()
    place = folder.place(6)
    recovery = flipped(folder, place, place.data + 20)
    record, entries = recovery.findings
    assert (record.file, record.offset) == (place.file, place.offset)
    assert "checksum" in record.reason
    assert (entries.first, entries.last, entries.loses) == (6, 6, True)
    assert "entry 6 is missing" in entries.reason


def test_damage_behind_the_index_that_was_asked_for_does_not_matter(folder):
    folder.write()
    place = folder.place(9)
    flip(folder.root / place.file, place.data + 20)
    recovery = raftstore.read(folder.root, raftstore.Options(at=8))
    assert objects_of(recovery.store) == folder.objects(8)
    assert recovery.is_whole


class TestLastRecord:
    """Damage of the last entry: nothing follows that could prove anything."""

    def test_a_bit(self, folder):
        folder.transaction(create(secret("late")), commit=False)
        root = folder.write()
        flip(root / folder.last.file, folder.last.data + 30)
        recovery = raftstore.read(root)
        assert objects_of(recovery.store) == folder.objects(folder.index - 1)
        (finding,) = recovery.findings
        assert (finding.kind, finding.offset) == ("damaged-record", folder.last.offset)
        assert not recovery.is_whole

    def test_a_bit_of_its_type(self, folder):
        folder.transaction(create(secret("late")), commit=False)
        root = folder.write()
        for mask in (0x01, 0x04, 0x08):
            flip(root / folder.last.file, folder.last.type_byte, mask)
            recovery = raftstore.read(root)
            assert objects_of(recovery.store) == folder.objects(folder.index - 1)
            assert [each.offset for each in recovery.findings] == [folder.last.offset]
            flip(root / folder.last.file, folder.last.type_byte, mask)
