"""What damage may have hidden, until something that follows tells that it did not."""

import pytest

from swarmwire import pb
from swarmwire.raftstore.damage import Doubts
from swarmwire.raftstore.entry import Entry
from swarmwire.raftstore.frame import ENTRY, MARKER, STATE, Record
from swarmwire.raftstore.wal import Damage

FILE = "a segment"
LARGEST_STATE = 56


@pytest.fixture
def found():
    return []


@pytest.fixture
def doubts(found):
    return Doubts(found)


def damage(extent="record", size=80):
    return Damage(extent, 800, 800 + size, "a reason")


def entry(index, term, content=b"x" * 100):
    return Entry(index, term, 0, content, file=FILE, offset=1000)


def overwritten(doubts, held, term, following, missing=0):
    return doubts.is_overwritten(held, term, missing=missing, following=following)


class TestDamage:
    """A damaged place, and what follows it."""

    def test_it_is_a_finding_at_once(self, doubts, found):
        doubts.meet(damage(), FILE, 7)
        (finding,) = found
        assert (finding.kind, finding.file, finding.offset) == ("damaged-record", FILE, 800)
        assert (finding.first, finding.loses) == (7, False)
        assert finding.reason.startswith("a reason; ")

    def test_with_nothing_behind_it_it_may_have_been_an_entry(self, doubts, found):
        doubts.meet(damage(), FILE, 7)
        doubts.conclude()
        (finding,) = found
        assert finding.loses
        assert finding.reason.endswith("; it may have been entry 7")
        assert (finding.kind, finding.offset, finding.first) == ("damaged-record", 800, 7)

    def test_an_entry_behind_it_says_that_it_was_none(self, doubts, found):
        """Or else that entry is behind a gap, which is a finding of its own."""
        doubts.meet(damage(), FILE, 7)
        doubts.meet_entry()
        doubts.conclude()
        assert [each.loses for each in found] == [False]

    def test_a_hard_state_behind_it_does_not(self, doubts, found):
        doubts.meet(damage(), FILE, 7)
        doubts.meet_state()
        doubts.conclude()
        assert [each.loses for each in found] == [True]

    @pytest.mark.parametrize("size", [LARGEST_STATE - 8, LARGEST_STATE])
    def test_no_entry_is_as_small_as_a_hard_state(self, doubts, found, size):
        doubts.meet(damage(size=size), FILE, 7)
        doubts.conclude()
        assert [each.loses for each in found] == [False]

    def test_anything_larger_may_be_one(self, doubts, found):
        doubts.meet(damage(size=LARGEST_STATE + 8), FILE, 7)
        doubts.conclude()
        assert [each.loses for each in found] == [True]

    def test_a_harmless_one_loses_nothing(self, doubts, found):
        doubts.meet(damage("harmless"), FILE, 7)
        doubts.conclude()
        assert [each.loses for each in found] == [False]

    @pytest.mark.parametrize("extent", ["harmless", "torn", "end"])
    def test_of_other_extents_it_hides_no_other_entry(self, doubts, found, extent):
        doubts.meet(damage(extent), FILE, 7)
        doubts.conclude()
        assert not overwritten(doubts, entry(6, 4), 5, entry(7, 5))

    @pytest.mark.parametrize("extent", ["tail", "broken", "torn", "cut", "end"])
    def test_with_nothing_sound_behind_it_it_loses_anyway(self, doubts, found, extent):
        doubts.meet(damage(extent), FILE, 7)
        assert [each.loses for each in found] == [True]

    def test_each_place_has_doubts_of_its_own(self, doubts, found):
        doubts.meet(damage(), FILE, 7)
        doubts.meet_entry()
        doubts.meet(damage("harmless"), FILE, 8)
        doubts.meet(damage(), FILE, 8)
        doubts.meet(damage(), FILE, 8)
        doubts.conclude()
        assert [each.loses for each in found] == [False, False, True, True]

    def test_conclusions_are_drawn_once(self, doubts, found):
        doubts.meet(damage(), FILE, 7)
        doubts.conclude()
        doubts.conclude()
        assert found[0].reason.count("may have been") == 1


class TestCommit:
    """Whether the last commit index may have stood in a damaged place."""

    def test_at_first_it_cannot(self, doubts):
        assert not doubts.commit

    @pytest.mark.parametrize("size", [24, 80])
    @pytest.mark.parametrize("extent", ["record", "tail", "broken", "torn", "cut", "end"])
    def test_behind_damage_it_may(self, doubts, extent, size):
        doubts.meet(damage(extent, size), FILE, 7)
        assert doubts.commit

    def test_not_if_all_could_be_read(self, doubts):
        doubts.meet(damage("harmless"), FILE, 7)
        assert not doubts.commit

    def test_the_next_hard_state_tells(self, doubts):
        doubts.meet(damage(), FILE, 7)
        doubts.meet_entry()
        assert doubts.commit
        doubts.meet_state()
        assert not doubts.commit


class TestUnproved:
    """A record that stands alone behind zeros."""

    def meet(self, doubts, kind, content):
        doubts.meet_unproved(Record(4000, 4080, kind, 5, content), FILE, 7)

    @pytest.mark.parametrize(
        ("kind", "content"),
        [
            (STATE, pb.raftpb.HardState(commit=7)),
            (STATE, pb.raftpb.HardState(commit=20)),
            (ENTRY, pb.raftpb.Entry(Index=7)),
        ],
    )
    def test_it_speaks_of_entries_that_are_not_there(self, doubts, found, kind, content):
        self.meet(doubts, kind, content.SerializeToString())
        (finding,) = found
        index = content.commit if kind == STATE else content.Index
        assert (finding.kind, finding.loses) == ("lost-entries", True)
        assert (finding.file, finding.offset) == (FILE, 4000)
        assert (finding.first, finding.last) == (7, index)
        assert f"speaks of entry {index}" in finding.reason

    @pytest.mark.parametrize(
        ("kind", "content"),
        [
            (STATE, pb.raftpb.HardState(commit=6).SerializeToString()),
            (ENTRY, pb.raftpb.Entry(Index=6).SerializeToString()),
            (MARKER, pb.walpb.Snapshot(index=20).SerializeToString()),
            (1, b""),
            (STATE, b"\xff"),
            (ENTRY, b"\xff"),
        ],
    )
    def test_else_it_is_a_leftover(self, doubts, found, kind, content):
        self.meet(doubts, kind, content)
        assert found == []


class TestOverwrites:
    """Whether what was damaged overwrote the entry before it, which was not committed.

    A leader begins its term with an entry that holds nothing.
    """

    @pytest.fixture
    def doubts(self, doubts):
        doubts.meet(damage(), FILE, 8)
        return doubts

    def test_the_first_entry_of_a_newer_term_that_is_seen_holds_something(self, doubts):
        assert overwritten(doubts, entry(7, 4), 5, entry(8, 5))

    @pytest.mark.parametrize(("size", "overwrites"), [(46, None), (47, True), (0, None)])
    def test_one_that_holds_nothing_is_the_beginning_itself_or_one_more(
        self, doubts, size, overwrites
    ):
        assert overwritten(doubts, entry(7, 4), 5, entry(8, 5, bytes(size))) is overwrites

    def test_a_hard_state_of_a_newer_term_that_commits_it(self, doubts):
        assert overwritten(doubts, entry(7, 4), 5, None)

    @pytest.mark.parametrize("term", [3, 4])
    def test_no_newer_term(self, doubts, term):
        assert not overwritten(doubts, entry(7, 4), term, entry(8, term))

    def test_nothing_that_is_not_committed(self, doubts):
        assert not overwritten(doubts, None, 5, entry(8, 5))

    def test_not_without_damage_right_before_it(self, doubts):
        doubts.meet_entry()
        assert not overwritten(doubts, entry(7, 4), 5, entry(8, 5))

    def test_a_hard_state_between_them_does_not_matter(self, doubts):
        doubts.meet_state()
        assert overwritten(doubts, entry(7, 4), 5, entry(8, 5))

    def test_an_entry_that_is_missing_explains_the_place(self, doubts):
        assert not overwritten(doubts, entry(7, 4), 5, entry(9, 5), missing=1)

    def test_it_does_not_explain_a_second_place(self, doubts):
        doubts.meet(damage(), FILE, 8)
        assert overwritten(doubts, entry(7, 4), 5, entry(9, 5), missing=1)
