"""One pass over a log in memory: how far it goes, and what it says at its end."""

import pytest

from swarmwire import pb
from swarmwire.raftstore.entry import EntryReader
from swarmwire.raftstore.journal import Journal
from swarmwire.raftstore.keys import KeyRing
from swarmwire.raftstore.replay import History, ReplayPass, note_history
from swarmwire.raftstore.snapshot import Limits, PassStart
from swarmwire.raftstore.store import Members, Store, name_of
from tests.raftstore.in_memory import follow, secrets, segments_of
from tests.support.raft_folder import BEGAN, RaftFolder, create, key, member, remove, secret, task

SECOND = 1_000_000_000


@pytest.fixture
def folder(tmp_path):
    """A manager that is alone, in plain text; nothing of it is written."""
    return RaftFolder(tmp_path, layout="")


def kinds(reading):
    return [each.kind for each in reading.findings]


class TestLimits:
    """Where it ends."""

    @pytest.fixture
    def folder(self, folder):
        """Entries 3, 4 and 5 create a secret each; they are of the times 3, 4 and 5."""
        for name in ("a", "b", "c"):
            folder.transaction(create(secret(name)))
        return folder

    def test_none(self, folder):
        assert secrets(follow(folder)) == ["a", "b", "c"]

    @pytest.mark.parametrize("at", range(1, 7))
    def test_an_index(self, folder, at):
        found = follow(folder, at=at)
        assert secrets(found) == ["a", "b", "c"][: max(at - 2, 0)]
        assert found.replay.index == min(at, 5)
        assert found.findings == []

    @pytest.mark.parametrize("second", range(3, 7))
    def test_a_time(self, folder, second):
        found = follow(folder, until=BEGAN + second * SECOND)
        assert secrets(found) == ["a", "b", "c"][: max(second - 2, 0)]
        assert follow(folder, until=BEGAN + second * SECOND - 1).replay.index == min(second - 1, 5)

    def test_behind_a_time_nothing_older_is_applied(self, folder):
        """Clocks go back sometimes; an index is an index."""
        a = secret("old")
        a.meta.updated_at.FromNanoseconds(BEGAN)
        content = pb.InternalRaftRequest(id=6, action=[create(a)]).SerializeToString()
        folder.entry(content)
        folder.commit()
        assert secrets(follow(folder)) == ["a", "b", "c", "old"]
        assert secrets(follow(folder, until=BEGAN + 4 * SECOND)) == ["a", "b"]

    def test_what_tells_no_time_is_applied(self, folder):
        folder.transaction(remove(secret("b")))
        assert secrets(follow(folder, until=BEGAN + 5 * SECOND)) == ["a", "c"]

    @pytest.mark.parametrize("limit", [{"at": 4}, {"until": BEGAN + 4 * SECOND}])
    def test_what_is_past_the_commit_index_is_behind_it_too(self, folder, limit):
        folder.transaction(create(secret("late")), commit=False)
        found = follow(folder, **limit)
        assert secrets(found) == ["a", "b"]
        assert found.findings == []

    def test_history_goes_as_far(self, folder):
        folder.transaction(remove(secret("a")))
        for at, deleted in ((5, []), (6, ["a"])):
            journal = Journal(0, sealed=False)
            reading = ReplayPass(PassStart(), journal, EntryReader(None), Limits(at=at))
            reading.history = History()
            reading.follow(segments_of(folder))
            found = reading.history.deleted(reading.replay.store)
            assert [name_of(each.message) for each in found] == deleted


class TestFindings:
    """What is said at the end."""

    def test_of_a_sound_log_nothing(self, folder):
        folder.transaction(create(secret("a")))
        assert follow(folder).findings == []

    def test_the_commit_index_is_behind_the_last_entry(self, folder):
        folder.commit(5)
        (finding,) = follow(folder).findings
        assert (finding.kind, finding.loses) == ("lost-entries", True)
        assert (finding.first, finding.last) == (3, 5)
        assert "up to 5" in finding.reason
        assert "ends at 2" in finding.reason

    def test_behind_a_snapshot_it_may_be_the_snapshot_s(self, folder):
        folder.commit(5)
        assert follow(folder, PassStart(index=5, term=1)).findings == []
        assert kinds(follow(folder, PassStart(index=4, term=1))) == ["lost-entries"]

    @pytest.mark.parametrize(("index", "found"), [(2, []), (3, ["missing-snapshot"])])
    def test_a_marker_of_a_snapshot_that_is_not_here(self, folder, index, found):
        folder.marker(index, 2)
        reading = follow(folder)
        assert kinds(reading) == found
        assert [(each.first, each.last, each.loses) for each in reading.findings] == [
            (3, 3, True)
        ] * len(found)

    def test_changes_that_do_not_fit(self, folder):
        folder.transaction(create(secret("a")), create(secret("a")))
        (finding,) = follow(folder).findings
        assert (finding.kind, finding.loses) == ("anomaly", False)
        assert finding.reason.startswith("1 changes created what was there")

    def test_after_a_loss_nothing_is_said_of_them(self, folder):
        folder.transaction(create(secret("a")))
        folder.rewind(folder.index)
        folder.index += 1
        folder.transaction(create(secret("a")))
        assert follow(folder).findings == []

    def test_other_oddities_each(self, folder):
        folder.transaction(create(secret("a")))
        folder.transaction(pb.StoreAction(action=7, secret=secret("a")), pb.StoreAction(action=1))
        raw = pb.InternalRaftRequest(id=1, action=[create(secret("caf@"))]).SerializeToString()
        folder.entry(raw.replace(b"caf@", b"caf\xe9"))
        folder.commit()
        found = follow(folder).findings
        assert [(each.kind, each.loses) for each in found] == [
            ("anomaly", False),
            ("anomaly", False),
            ("anomaly", True),
        ]
        assert "action 7 of a secret" in found[0].reason
        assert found[1].reason.startswith("1 strings held bytes that are not UTF-8")
        assert found[2].reason.startswith("1 changes were to objects of unknown kinds")

    def test_entries_that_cannot_be_read_are_counted_in_rows(self, folder):
        places = [folder.entry(content) for content in (b"\xff", b"\xff", b"", b"\xff")]
        folder.commit()
        found = follow(folder)
        assert [(each.first, each.last, each.offset) for each in found.findings] == [
            (3, 4, places[0].offset),
            (6, 6, places[3].offset),
        ]
        assert found.findings[0].reason.startswith("entries 3 to 4 cannot be read: ")
        assert found.findings[1].reason.startswith("entry 6 cannot be read: ")
        assert all(each.loses and each.file == places[0].file for each in found.findings)
        assert found.replay.index == 6

    def test_a_change_of_managers_in_another_form(self, folder):
        folder.entry(b"", kind=2)
        folder.commit()
        found = follow(folder)
        assert kinds(found) == ["unreadable-entry"]
        assert (found.replay.index, found.replay.term) == (3, folder.term)


class TestPosition:
    """Where the store stands."""

    def test_of_a_log(self, folder):
        folder.transaction(create(secret("a")))
        folder.transaction(create(task("web")))
        found = follow(folder, at=3).position()
        assert (found.index, found.term, found.commit, found.last_index) == (3, 2, 4, 4)
        assert (found.snapshot_index, found.first_index) == (0, 1)
        assert found.updated_at == BEGAN + 3 * SECOND

    def test_of_a_snapshot_with_nothing_behind_it(self, folder):
        found = follow(folder, PassStart(index=2, term=7)).position()
        assert (found.index, found.term, found.last_index) == (2, 7, 2)
        assert (found.snapshot_index, found.first_index) == (2, 0)
        assert found.updated_at is None


class TestNoteHistory:
    """What the log holds up to an index, though a snapshot has its outcome."""

    def deleted(self, folder, until, reader=None):
        history = History()
        reader = reader or EntryReader(None)
        unreadable = note_history(segments_of(folder), until, reader, history, sealed=False)
        found = history.deleted(Store())
        return [(name_of(each.message), each.index) for each in found], unreadable

    def test_what_was_removed(self, folder):
        folder.transaction(create(secret("a")))
        folder.transaction(remove(secret("a")))
        folder.transaction(create(secret("b")))
        assert self.deleted(folder, 4) == ([("a", 4)], 0)
        assert self.deleted(folder, 5) == ([("a", 4), ("b", None)], 0)

    def test_what_no_key_opens_is_counted(self, folder):
        folder.transaction(create(secret("a")))
        reader = EntryReader(KeyRing([key("lost")]))
        assert self.deleted(folder, 3, reader) == ([], 2)


# Entries past the commit index: a manager that is alone commits them, others may drop them.


@pytest.fixture
def two(folder):
    """One of two managers."""
    folder.add_member(member("manager-2"))
    return folder


def hold(folder, *names):
    for name in names:
        folder.transaction(create(secret(name)), commit=False)
    return folder


class TestHeld:
    """What becomes of them."""

    def test_a_manager_that_is_alone_commits_them(self, folder):
        found = follow(hold(folder, "late"))
        assert secrets(found) == ["late"]
        assert found.replay.index == 3
        assert found.findings == []

    def test_of_several_managers_nobody_knows(self, two):
        found = follow(hold(two, "late", "later"))
        assert secrets(found) == []
        assert [each.index for each in found.uncommitted] == [4, 5]
        (finding,) = found.findings
        assert (finding.kind, finding.loses) == ("past-commit", True)
        assert (finding.first, finding.last) == (4, 5)
        assert "lie entries 4 to 5: left out" in finding.reason

    def test_wanted(self, two):
        found = follow(hold(two, "late"), uncommitted=True)
        assert secrets(found) == ["late"]
        assert found.uncommitted == []
        assert "applied, as was asked for" in found.findings[0].reason

    def test_not_wanted(self, folder):
        found = follow(hold(folder, "late"), uncommitted=False)
        assert secrets(found) == []
        assert [each.index for each in found.uncommitted] == [3]

    def test_one_that_cannot_be_read_is_said_and_loses_no_more(self, two):
        two.entry(b"\xff")
        found = follow(hold(two, "late"))
        assert [each.index for each in found.uncommitted] == [5]
        assert [(each.kind, each.loses) for each in found.findings] == [
            ("unreadable-entry", False),
            ("past-commit", True),
        ]

    def test_damage_may_have_hidden_that_they_were_committed(self, two):
        place = hold(two, "late").commit()
        two.segments[0].data[place.data] ^= 0x10
        found = follow(two)
        assert secrets(found) == []
        (finding,) = found.findings
        assert finding.loses
        assert "may be in a damaged place" in finding.reason
        assert not follow(two, uncommitted=True).findings[0].loses

    def test_the_changes_of_managers_among_them(self, two):
        two.add_member(member("manager-3"), commit=False)
        found = follow(two)
        assert [(each.index, each.changes) for each in found.uncommitted] == [(4, ())]
        assert len(found.replay.members.members) == 2


class TestAlone:
    """Whether the manager needs nobody else to commit what it holds."""

    def is_alone(self, folder, start=None):
        return secrets(follow(hold(folder, "late"), start)) == ["late"]

    def start(self, folder, *managers):
        members = Members({each.raft_id: each for each in managers})
        return PassStart(members=members, index=folder.index, term=1)

    def test_itself_only(self, folder):
        assert self.is_alone(folder)

    def test_one_of_two(self, two):
        assert not self.is_alone(two)

    def test_by_the_snapshot(self, folder):
        assert self.is_alone(folder, self.start(folder, folder.myself))

    def test_not_by_the_snapshot(self, folder):
        other = member("manager-2")
        assert not self.is_alone(folder, self.start(folder, folder.myself, other))

    def test_the_only_one_is_somebody_else(self, folder):
        assert not self.is_alone(folder, self.start(folder, member("manager-2")))

    def test_who_it_is_was_lost(self, folder):
        metadata = folder.places[1]
        folder.segments[0].data[metadata.data] ^= 0x10
        assert self.is_alone(folder, self.start(folder, folder.myself))
        assert follow(folder).journal.myself is None

    def test_what_was_before_is_missing(self, tmp_path):
        """Nobody knows who else there is."""
        folder = RaftFolder(tmp_path, layout="", begin=False)
        folder.index = 9
        folder.add_member(folder.myself)
        assert not self.is_alone(folder)

    @pytest.mark.parametrize(("managers", "alone"), [(1, True), (2, False)])
    def test_nothing_is_committed_yet(self, tmp_path, managers, alone):
        folder = RaftFolder(tmp_path, layout="", begin=False)
        for number in range(managers):
            folder.add_member(member(f"manager-{number + 1}"), commit=False)
        assert self.is_alone(folder) is alone
