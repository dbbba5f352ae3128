"""Segments are one log, as far as their numbers, managers and checksums fit."""

import pytest

from swarmwire.raftstore.journal import Journal, Segment
from swarmwire.raftstore.log import BytesLog
from tests.raftstore.in_memory import MemoryLog
from tests.support.raft_folder import member


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
