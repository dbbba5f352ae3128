"""Entries past the commit index: a manager that is alone commits them, others may drop them."""

import pytest

from swarmwire.raftstore.reading import Start
from swarmwire.raftstore.recovery import Members
from tests.raftstore.in_memory import follow, secrets
from tests.support.raft_folder import RaftFolder, create, member, secret


@pytest.fixture
def folder(tmp_path):
    """A manager that is alone, in plain text; nothing of it is written."""
    return RaftFolder(tmp_path, layout="")


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
        (finding,) = found.findings
        assert (finding.kind, finding.loses) == ("past-commit", False)
        assert (finding.first, finding.last) == (3, 3)
        assert "lies entry 3: applied, as a manager that is alone" in finding.reason

    def test_of_several_managers_nobody_knows(self, two):
        found = follow(hold(two, "late", "later"))
        assert secrets(found) == []
        assert [each.index for each in found.uncommitted] == [4, 5]
        (finding,) = found.findings
        assert (finding.kind, finding.loses) == ("past-commit", False)
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

    def test_one_that_cannot_be_read_is_said_and_loses_nothing(self, two):
        two.entry(b"\xff")
        found = follow(hold(two, "late"))
        assert [each.index for each in found.uncommitted] == [5]
        assert [(each.kind, each.loses) for each in found.findings] == [
            ("unreadable-entry", False),
            ("past-commit", False),
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
        return Start(members=members, index=folder.index, term=1)

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
