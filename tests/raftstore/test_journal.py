"""A log in memory: which entries are final, and what lies past the commit index."""

import pytest

from swarmwire.raftstore.frame import BytesLog
from swarmwire.raftstore.journal import Journal, Segment
from swarmwire.raftstore.wire import LARGE
from tests.raftstore.in_memory import ZEROS, MemoryLog, held


@pytest.fixture
def log():
    return MemoryLog()


def kinds(journal):
    return [each.kind for each in journal.findings]


class TestCommitted:
    """Final is what a hard state commits."""

    def test_nothing_is_there(self, log):
        final, journal = log.read()
        assert final == held(journal) == journal.findings == []
        assert (journal.first, journal.last, journal.commit, journal.term) == (0, 0, 0, 0)

    def test_entries_up_to_the_commit_index(self, log):
        log.entries(b"a", b"b", b"c")
        log.commit(2)
        final, journal = log.read()
        assert final == [b"a", b"b"]
        assert held(journal) == [b"c"]
        assert (journal.first, journal.last, journal.commit, journal.term) == (1, 3, 2, 1)
        assert journal.findings == []

    def test_without_a_hard_state_none(self, log):
        log.entries(b"a")
        assert log.read()[0] == []
        assert held(log.read()[1]) == [b"a"]

    def test_they_are_given_as_soon_as_they_are(self, log):
        log.entries(b"a")
        log.commit()
        log.entries(b"b")
        log.commit()
        segment = Segment(0, 0, BytesLog(bytes(log.segments[0].data) + ZEROS))
        journal = Journal(0, sealed=False)
        entries = journal.committed([segment])
        assert next(entries).data == b"a"
        assert (journal.commit, journal.last) == (1, 1)
        assert [each.data for each in entries] == [b"b"]

    def test_a_commit_index_may_come_before_its_entries(self, log):
        log.entries(b"a")
        log.commit(3)
        log.entries(b"b", b"c", b"d")
        final, journal = log.read()
        assert final == [b"a", b"b", b"c"]
        assert held(journal) == [b"d"]

    def test_it_never_goes_back(self, log):
        log.entries(b"a", b"b", b"c")
        log.commit(2)
        log.term = 3
        log.commit(1)
        final, journal = log.read()
        assert final == [b"a", b"b"]
        assert (journal.commit, journal.term) == (2, 3)

    def test_entries_know_where_they_stand(self, log):
        (place,) = log.entries(b"a")
        log.commit()
        journal = Journal(0, sealed=False)
        segment = Segment(0, 0, BytesLog(bytes(log.segments[0].data) + ZEROS, "a segment"))
        (entry,) = journal.committed([segment])
        assert (entry.index, entry.term, entry.type) == (1, 1, 0)
        assert (entry.file, entry.offset) == ("a segment", place.offset)

    @pytest.mark.parametrize("size", [LARGE - 40, LARGE, 3 * LARGE])
    def test_large_ones_are_the_same(self, log, size):
        log.entries(b"x" * size)
        log.commit()
        assert log.read()[0] == [b"x" * size]


class TestAfter:
    """Only what is behind a snapshot counts."""

    def test_what_it_holds_is_passed_over(self, log):
        log.entries(b"a", b"b", b"c")
        log.commit()
        final, journal = log.read(after=2)
        assert final == [b"c"]
        assert (journal.first, journal.last) == (3, 3)
        assert journal.findings == []

    def test_nothing_is_behind_it(self, log):
        log.entries(b"a", b"b")
        log.commit()
        final, journal = log.read(after=2)
        assert final == journal.findings == []
        assert (journal.first, journal.last) == (0, 0)

    def test_a_gap_behind_it(self, log):
        log.index = 4
        log.entries(b"e")
        log.commit()
        final, journal = log.read(after=2)
        assert final == [b"e"]
        (finding,) = journal.findings
        assert (finding.kind, finding.first, finding.last) == ("lost-entries", 3, 4)

    def test_damage_before_anything_of_it_is_before_its_first_entry(self, log):
        log.flip(log.marker(2, 1, [5]))
        log.index = 2
        log.entries(b"c")
        log.commit()
        final, journal = log.read(after=2)
        assert final == [b"c"]
        assert [each.first for each in journal.findings] == [3]

    def test_markers_tell_of_snapshots(self, log):
        log.marker(0, 0)
        log.entries(b"a", b"b")
        log.marker(2, 1, [5])
        log.commit()
        assert log.read()[1].markers == {0: 0, 2: 1}


class TestOverwritten:
    """The last entry of an index counts, and nothing of what stood behind the one before."""

    def test_it_and_what_was_behind_it_are_gone(self, log):
        log.entries(b"a", b"x", b"y", b"z")
        log.rewind(1)
        log.term = 2
        log.entries(b"b")
        log.commit()
        final, journal = log.read()
        assert final == [b"a", b"b"]
        assert (journal.last, held(journal), journal.findings) == (2, [], [])

    def test_the_first_one(self, log):
        log.entries(b"x")
        log.rewind(0)
        log.entries(b"a")
        log.commit()
        assert log.read()[0] == [b"a"]

    def test_not_if_it_was_committed(self, log):
        log.entries(b"a", b"b")
        log.commit()
        log.rewind(1)
        (place,) = log.entries(b"x")
        log.entries(b"c")
        log.commit()
        final, journal = log.read()
        assert final == [b"a", b"b", b"c"]
        (finding,) = journal.findings
        assert (finding.kind, finding.offset) == ("damaged-record", place.offset)
        assert finding.first == 3
        assert "although it was committed" in finding.reason

    def test_by_a_leader_whose_first_entry_is_damaged(self, log):
        """The entry behind it holds something, so the damaged one was the beginning of its term."""
        (x,) = log.entries(b"a", b"x")[1:]
        log.rewind(1)
        log.term = 2
        log.flip(log.entry(b"n" * 80))
        log.entries(b"c" * 50)
        log.commit()
        final, journal = log.read()
        assert final == [b"a", b"c" * 50]
        damaged, overwritten = journal.findings
        assert damaged.kind == "damaged-record"
        assert (overwritten.kind, overwritten.first, overwritten.last) == ("lost-entries", 2, 2)
        assert overwritten.offset == x.offset

    def test_by_one_of_which_only_the_hard_state_is_left(self, log):
        log.entries(b"a", b"x")
        log.rewind(1)
        log.term = 2
        log.flip(log.entry(b"n" * 80))
        log.commit()
        final, journal = log.read()
        assert final == [b"a"]
        assert [each.loses for each in journal.findings] == [True, True]

    def test_a_hard_state_that_commits_nothing_of_it_drops_nothing(self, log):
        log.entries(b"a", b"x")
        log.flip(log.entry(b"n" * 80))
        log.term = 2
        log.commit(1)
        final, journal = log.read()
        assert final == [b"a"]
        assert held(journal) == [b"x"]


class TestDamage:
    """A record that is lost, and what it takes to say so."""

    def test_an_entry(self, log):
        (place,) = log.entries(b"a", b"b", b"c")[1:2]
        log.commit()
        log.flip(place)
        final, journal = log.read()
        assert final == [b"a", b"c"]
        assert kinds(journal) == ["damaged-record", "lost-entries"]
        assert [each.first for each in journal.findings] == [2, 2]
        assert journal.findings[1].last == 2

    def test_an_entry_behind_it_that_is_the_next_says_that_it_was_none(self, log):
        log.entries(b"a")
        log.commit()
        marker = log.marker(1, 1, range(20))
        log.flip(marker, marker.data + 6)
        final, journal = log.read()
        assert [each.loses for each in journal.findings] == [True]
        log.entries(b"b")
        log.commit()
        final, journal = log.read()
        assert final == [b"a", b"b"]
        assert [(each.offset, each.loses) for each in journal.findings] == [(marker.offset, False)]

    def test_a_hard_state_makes_the_commit_index_doubtful(self, log):
        log.entries(b"a")
        log.flip(log.commit())
        log.entries(b"b")
        assert log.read()[1].is_commit_doubtful
        log.commit()
        assert not log.read()[1].is_commit_doubtful

    def test_the_checksum_after_it_is_known(self, log):
        places = log.entries(b"a", b"b", b"c", b"d", b"e")
        log.commit()
        log.flip(places[1])
        log.flip(places[3])
        final, journal = log.read()
        assert final == [b"a", b"c", b"e"]
        assert len(journal.findings) == 4

    def test_what_stands_alone_behind_zeros_tells_of_lost_entries(self, log):
        places = log.entries(b"a", b"b", b"c")
        data = log.segments[0].data
        data[places[1].offset : places[2].offset] = bytes(places[2].offset - places[1].offset)
        final, journal = log.read()
        assert final == []
        assert held(journal) == [b"a"]
        (finding,) = journal.findings
        assert (finding.kind, finding.first, finding.last) == ("lost-entries", 2, 3)
        assert "behind the zeros" in finding.reason
