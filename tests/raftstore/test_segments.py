"""Logs of several segments, with some missing or of somebody else."""

import pytest

from swarmwire import raftstore
from swarmwire.errors import CorruptLog
from swarmwire.raftstore.frame import BytesLog
from swarmwire.raftstore.journal import Journal, Segment
from tests.raftstore.in_memory import MemoryLog
from tests.support.raft_folder import RaftFolder, create, fill, member, objects_of, secret
from tests.support.raft_folder.damage import cut, flip, zero


@pytest.fixture
def folder(folder):
    """Four segments, each with two entries of its own, and no snapshot."""
    for name in ("a", "b", "c"):
        folder.cut()
        folder.transaction(create(secret(f"{name}-1")))
        folder.transaction(create(secret(f"{name}-2")))
    return folder


def kinds(recovery):
    return [each.kind for each in recovery.findings]


def entries_of(folder, number):
    name = folder.segments[number].name
    return tuple(place.index for place in folder.places if (place.file, place.type) == (name, 2))


def test_all_of_them_are_one_log(folder):
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.findings == []


@pytest.mark.parametrize("number", [1, 2])
def test_what_a_missing_one_held_is_lost_and_no_more(folder, number):
    lost = entries_of(folder, number)
    after = folder.segments[number + 1].name
    folder.drop_segment(number)
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects(without=lost)
    missing, entries = recovery.findings
    assert (missing.kind, missing.file) == ("missing-segment", after)
    assert (entries.kind, entries.first, entries.last) == ("lost-entries", lost[0], lost[-1])
    assert not recovery.is_whole


def test_a_hole_before_the_snapshot_does_not_matter(folder):
    folder.snapshot()
    folder.transaction(create(secret("after")))
    folder.drop_segment(1)
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.findings == []


def test_segments_that_a_snapshot_made_superfluous_are_not_missed(folder):
    folder.cut()
    folder.snapshot()
    folder.transaction(create(secret("after")))
    folder.collect()
    assert len(folder.segments) == 1
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.findings == []


def test_a_hole_behind_the_snapshot_is_filled_by_a_later_one(folder):
    early = folder.commit_index
    folder.snapshot()
    folder.cut()
    folder.transaction(create(secret("in the hole")))
    folder.cut()
    folder.transaction(create(secret("after")))
    folder.snapshot()
    folder.drop_segment(-2)
    recovery = raftstore.read(folder.write())
    assert recovery.position.snapshot_index > early
    assert objects_of(recovery.store) == folder.objects()


def test_without_the_first_one_and_a_snapshot_there_is_no_beginning(folder):
    first = folder.segments[1].first
    folder.drop_segment(0)
    root = folder.write()
    with pytest.raises(CorruptLog, match=f"begins at entry {first}") as caught:
        raftstore.read(root)
    assert "--partial" in str(caught.value)


def test_what_is_left_without_a_beginning_is_given_when_asked_for(folder):
    lost = entries_of(folder, 0)
    folder.drop_segment(0)
    recovery = raftstore.read(folder.write(), raftstore.Options(partial=True))
    assert objects_of(recovery.store) == folder.objects(without=lost)
    assert not recovery.is_whole
    assert recovery.findings[0].first == 1
    assert recovery.findings[0].last == lost[-1]


def test_the_last_one_is_missing_and_a_snapshot_tells_of_it(folder):
    folder.cut()
    folder.transaction(create(secret("in the last")))
    folder.snapshot()
    folder.transaction(create(secret("after")))
    folder.drop_segment(-1)
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects(recovery.position.snapshot_index)
    assert kinds(recovery) == ["missing-log"]
    assert not recovery.is_whole


def test_one_of_another_manager_is_not_mixed_in(folder, tmp_path):
    other = fill(RaftFolder(tmp_path / "other" / "swarm", name="manager-2"))
    for name in ("x", "y", "z"):
        other.cut()
        other.transaction(create(secret(f"{name}-1", b"of another swarm")))
        other.transaction(create(secret(f"{name}-2", b"of another swarm")))
    assert other.segments[2].name == folder.segments[2].name
    root = folder.write()
    foreign = (other.write() / other.segments[2].name).read_bytes()
    (root / folder.segments[2].name).write_bytes(foreign)
    recovery = raftstore.read(root)
    assert objects_of(recovery.store) == folder.objects(without=entries_of(folder, 2))
    assert not recovery.is_whole
    assert folder.segments[2].name in [each.file for each in recovery.findings]


class TestDamage:
    """A segment that is not the last has no torn tail, but may be damaged or cut."""

    def test_its_end_is_cut_off(self, folder):
        root = folder.write()
        place = folder.place(entries_of(folder, 1)[-1])
        cut(root / place.file, place.data + 10)
        recovery = raftstore.read(root)
        assert objects_of(recovery.store) == folder.objects(without=(place.index,))
        assert not recovery.is_whole
        assert (place.file, place.offset) in [
            (each.file, each.offset) for each in recovery.findings
        ]

    def test_its_end_is_zeros(self, folder):
        root = folder.write()
        place = folder.place(entries_of(folder, 1)[-1])
        zero(root / place.file, place.offset, (root / place.file).stat().st_size)
        recovery = raftstore.read(root)
        assert objects_of(recovery.store) == folder.objects(without=(place.index,))
        assert not recovery.is_whole

    def test_all_of_it_is_zeros(self, folder):
        root = folder.write()
        path = root / folder.segments[1].name
        zero(path, 0, path.stat().st_size)
        recovery = raftstore.read(root)
        assert objects_of(recovery.store) == folder.objects(without=entries_of(folder, 1))
        assert not recovery.is_whole

    def test_it_is_empty(self, folder):
        root = folder.write()
        cut(root / folder.segments[1].name, 0)
        recovery = raftstore.read(root)
        assert objects_of(recovery.store) == folder.objects(without=entries_of(folder, 1))
        assert not recovery.is_whole

    @pytest.mark.parametrize("what", [0, 1, 2])
    def test_its_first_records(self, folder, what):
        """Checksum, metadata, hard state: nothing of the store is in them."""
        root = folder.write()
        name = folder.segments[2].name
        place = [place for place in folder.places if place.file == name][what]
        flip(root / name, place.crc if not what else place.data, 0x04)
        recovery = raftstore.read(root)
        assert objects_of(recovery.store) == folder.objects()
        (finding,) = [each for each in recovery.findings if each.kind == "damaged-record"]
        assert finding.file == name
        assert finding.offset in {place.offset, place.end}

    def test_several_at_once(self, folder):
        root = folder.write()
        lost = tuple(entries_of(folder, number)[0] for number in (1, 2, 3))
        for index in lost:
            flip(root / folder.place(index).file, folder.place(index).data + 20)
        recovery = raftstore.read(root)
        assert objects_of(recovery.store) == folder.objects(without=lost)
        found = [each.first for each in recovery.findings if each.kind == "lost-entries"]
        assert found == list(lost)


def test_a_segment_that_was_begun_and_is_empty_still(folder):
    folder.cut()
    root = folder.write()
    cut(root / folder.segments[-1].name, 0)
    recovery = raftstore.read(root)
    assert objects_of(recovery.store) == folder.objects()


def test_two_that_are_missing(folder):
    lost = entries_of(folder, 1) + entries_of(folder, 2)
    folder.drop_segment(2)
    folder.drop_segment(1)
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects(without=lost)
    assert "segments 1 to 2" in recovery.findings[0].reason


def test_two_of_the_same_number(folder):
    root = folder.write()
    path = root / folder.segments[2].name
    path.with_name("0000000000000002-00000000000000ff.wal").write_bytes(path.read_bytes())
    recovery = raftstore.read(root)
    assert objects_of(recovery.store) == folder.objects()
    assert "missing-segment" in kinds(recovery)


# Segments are one log, as far as their numbers, managers and checksums fit.


@pytest.fixture
def log():
    """Three segments with two entries each."""
    log = MemoryLog()
    for contents in ((b"a", b"b"), (b"c", b"d"), (b"e", b"f")):
        if log.index:
            log.cut()
        log.entries(*contents)
        log.commit()
    return log


def test_they_follow_each_other(log):
    final, journal = log.read()
    assert final == [b"a", b"b", b"c", b"d", b"e", b"f"]
    assert journal.findings == []
    assert journal.myself == member("manager-1")


def test_one_may_begin(log):
    final, journal = log.read(after=2, segments=log.segments[1:])
    assert final == [b"c", b"d", b"e", b"f"]
    assert journal.findings == []


def test_one_is_missing(log):
    first, _, third = log.segments
    final, journal = log.read(segments=[first, third])
    assert final == [b"a", b"b", b"e", b"f"]
    missing, entries = journal.findings
    assert (missing.kind, missing.file, missing.loses) == ("missing-segment", third.name, False)
    assert missing.reason == "segment 1 before it is missing"
    assert (entries.kind, entries.first, entries.last) == ("lost-entries", 3, 4)


def test_several_are_missing(log):
    log.cut()
    log.entries(b"g")
    log.commit()
    first, *_, last = log.segments
    final, journal = log.read(segments=[first, last])
    assert final == [b"a", b"b", b"g"]
    assert journal.findings[0].reason == "segments 1 to 2 before it are missing"


def test_two_have_one_number(log):
    log.segments[2].sequence = 1
    _, journal = log.read()
    (finding,) = journal.findings
    assert (finding.kind, finding.loses) == ("missing-segment", True)
    assert "files of different logs are mixed" in finding.reason


def test_one_is_of_another_manager(log):
    other = MemoryLog("manager-2")
    other.entries(b"x")
    other.cut()
    other.entries(b"y", b"z")
    other.commit()
    first, _, third = log.segments
    final, journal = log.read(segments=[first, other.segments[1], third])
    assert final == [b"a", b"b", b"e", b"f"]
    another, entries = journal.findings
    assert another.reason == "the segment is of another manager, and is left out"
    assert another.loses
    assert (entries.first, entries.last) == (3, 4)


def test_one_is_of_another_time(log):
    """It and all that follows continue another log of this manager."""
    other = MemoryLog()
    for contents in ((b"x",), (b"y", b"z"), (b"v", b"w")):
        if other.index:
            other.cut()
        other.entries(*contents)
        other.commit()
    first, *_ = log.segments
    final, journal = log.read(segments=[first, *other.segments[1:]])
    assert final == [b"a", b"b"]
    assert [(each.kind, each.file) for each in journal.findings] == [
        ("anomaly", other.segments[1].name),
        ("anomaly", other.segments[2].name),
    ]
    assert all("of another time" in each.reason for each in journal.findings)


def test_behind_one_that_was_cut_the_checksum_cannot_fit(log):
    """The entries that the numbers say are missing are lost, and no more."""
    second = log.segments[1]
    place = log.place(4)
    del second.data[place.offset + 10 :]
    final, journal = log.read()
    assert final == [b"a", b"b", b"c", b"e", b"f"]
    lost = [each for each in journal.findings if each.kind == "lost-entries"]
    assert [(each.first, each.last) for each in lost] == [(4, 4)]


def test_behind_one_whose_last_record_is_damaged_nothing_has_to_fit(log):
    last = [each for each in log.places if each.file == log.segments[0].name][-1]
    log.flip(last)
    final, journal = log.read()
    assert final == [b"a", b"b", b"c", b"d", b"e", b"f"]
    assert [(each.kind, each.offset) for each in journal.findings] == [
        ("damaged-record", last.offset)
    ]


def test_behind_an_older_copy_of_one_too(log):
    """It ends earlier, in zeros, as it did when it was the last."""
    place = log.place(4)
    log.segments[1].data[place.offset :] = bytes(4096)
    final, journal = log.read()
    assert final == [b"a", b"b", b"c", b"e", b"f"]
    lost = [each for each in journal.findings if each.kind == "lost-entries"]
    assert [(each.first, each.last) for each in lost] == [(4, 4)]


def test_behind_one_that_is_empty_too(log):
    log.segments[1].data.clear()
    final, journal = log.read()
    assert final == [b"a", b"b", b"e", b"f"]
    lost = [each for each in journal.findings if each.kind == "lost-entries"]
    assert [(each.first, each.last) for each in lost] == [(3, 4)]


def test_damage_in_any_of_them_is_said(log):
    for place in (log.place(1), log.place(3), log.place(5)):
        log.flip(place)
    final, journal = log.read()
    assert final == [b"b", b"d", b"f"]
    damaged = [each for each in journal.findings if each.kind == "damaged-record"]
    assert [(each.file, each.first) for each in damaged] == [
        (segment.name, first) for segment, first in zip(log.segments, (1, 3, 5), strict=True)
    ]


def test_only_the_last_has_zeros_behind_its_records(log):
    """The others end where their last record ends, and nothing is to be said about it."""
    assert log.read()[1].findings == []
    last = log.segments[-1]
    segment = Segment(last.sequence, last.first, BytesLog(bytes(last.data)), is_last=True)
    journal = Journal(4, sealed=False)
    assert len(list(journal.committed([segment]))) == 2
    assert [each.kind for each in journal.findings] == ["torn-tail"]
