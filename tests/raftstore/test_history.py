"""What the log tells beside the store: who the managers are, and what was removed."""

import pytest

from swarmwire import raftstore
from tests.support.raft_folder import (
    RaftFolder,
    create,
    member,
    objects_of,
    remove,
    secret,
    update,
)


def read(folder, **options):
    return raftstore.read(folder.root, raftstore.Options(**options))


def names(messages):
    return [each.spec.annotations.name for each in messages]


@pytest.fixture
def three(tmp_path):
    """A manager with two others."""
    folder = RaftFolder(tmp_path / "swarm")
    folder.add_member(member("manager-2"))
    folder.add_member(member("manager-3"))
    folder.transaction(create(secret("committed")))
    return folder


class TestMembers:
    """Who the managers are."""

    def test_they_join_and_leave(self, three):
        gone = member("manager-2")
        three.remove_member(gone)
        recovery = raftstore.read(three.write())
        members, removed = three.history.members(three.index)
        assert recovery.members.members == members
        assert recovery.members.removed == removed == [gone.raft_id]
        assert recovery.myself == three.myself

    def test_at_an_earlier_entry(self, three):
        three.remove_member(member("manager-2"))
        three.write()
        assert len(read(three, at=3).members.members) == 2

    def test_an_address_changes(self, three):
        moved = member("manager-2")
        moved.addr = "elsewhere:2377"
        three.add_member(moved)
        found = raftstore.read(three.write()).members.members
        assert found[moved.raft_id].addr == "elsewhere:2377"
        assert len(found) == 3

    def test_a_new_cluster_was_forced(self, three):
        """As docker swarm init --force-new-cluster leaves it: what was not committed is dropped."""
        three.transaction(create(secret("never")), commit=False)
        three.rewind(three.index - 1)
        three.term += 1
        for name in ("manager-2", "manager-3"):
            three.remove_member(member(name))
        three.elect()
        recovery = raftstore.read(three.write())
        assert objects_of(recovery.store) == three.objects()
        assert list(recovery.members.members) == [three.myself.raft_id]


class TestDeleted:
    """What the log still holds after it was removed."""

    def test_only_when_asked_for(self, folder):
        folder.write()
        assert raftstore.read(folder.root).deleted == []

    def test_it_is_as_it_last_was(self, tmp_path):
        folder = RaftFolder(tmp_path / "swarm")
        folder.transaction(create(secret("a", b"first")))
        folder.transaction(update(secret("a", b"second")))
        place = folder.transaction(remove(secret("a", b"second")))
        folder.transaction(create(secret("b")))
        folder.write()
        (found,) = read(folder, deleted=True).deleted
        assert (found.kind, found.index) == ("secret", place.index)
        assert found.message.spec.data == b"second"

    def test_what_was_made_again_is_not_gone(self, tmp_path):
        folder = RaftFolder(tmp_path / "swarm")
        folder.transaction(create(secret("a")))
        folder.transaction(remove(secret("a")))
        folder.transaction(create(secret("a")))
        folder.write()
        assert read(folder, deleted=True).deleted == []

    def test_the_newest_is_last(self, tmp_path):
        folder = RaftFolder(tmp_path / "swarm")
        for name in ("a", "b", "c"):
            folder.transaction(create(secret(name)))
        for name in ("b", "c", "a"):
            folder.transaction(remove(secret(name)))
        folder.write()
        found = read(folder, deleted=True).deleted
        assert names(each.message for each in found) == ["b", "c", "a"]

    def test_before_the_snapshot_too(self, folder):
        folder.snapshot()
        folder.transaction(create(secret("after")))
        folder.write()
        recovery = read(folder, deleted=True)
        assert recovery.position.snapshot_index
        deleted = [each.message for each in recovery.deleted if each.kind == "secret"]
        assert names(deleted) == ["doomed"]
        assert objects_of(recovery.store) == folder.objects()

    def test_not_what_is_removed_later_than_asked_for(self, folder):
        folder.write()
        found = read(folder, deleted=True, at=8).deleted
        assert [each for each in found if each.kind == "secret"] == []

    def test_what_a_lost_removal_removed_is_not_gone(self, folder):
        """Sealed under a key that no longer exists, before the snapshot: counted, not found."""
        folder.begin_rotation(b"u" * 32)
        folder.snapshot()
        folder.finish_rotation()
        folder.transaction(create(secret("b")))
        folder.transaction(remove(secret("b")))
        folder.write()
        key = raftstore.write_unlock_key(b"u" * 32)
        recovery = read(folder, deleted=True, unlock_keys=(key,))
        assert names(each.message for each in recovery.deleted) == ["b"]
        (finding,) = recovery.findings
        assert finding.kind == "unreadable-entry"
        assert recovery.is_whole
