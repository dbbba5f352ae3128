"""Where in the log the store stands: commit index, earlier entries, earlier times, what is gone."""

import pytest

from swarmwire import raftstore
from swarmwire.errors import StoreError
from tests.support.raft_folder import (
    BEGAN,
    RaftFolder,
    create,
    member,
    objects_of,
    secret,
)

SECOND = 1_000_000_000


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


class TestAt:
    """The state at an entry."""

    def test_every_index(self, folder):
        folder.write()
        for index in range(1, folder.index + 1):
            recovery = read(folder, at=index)
            assert objects_of(recovery.store) == folder.objects(index)
            assert recovery.position.index == index
            assert recovery.findings == []

    def test_before_the_snapshot_if_the_log_still_has_it(self, folder):
        index = folder.snapshot()
        folder.transaction(create(secret("after")))
        folder.write()
        recovery = read(folder, at=index - 3)
        assert objects_of(recovery.store) == folder.objects(index - 3)
        assert recovery.position.snapshot_index == 0

    def test_an_older_snapshot_helps(self, folder):
        early = folder.snapshot()
        folder.transaction(create(secret("between")))
        folder.transaction(create(secret("later")))
        folder.snapshot()
        folder.write()
        recovery = read(folder, at=early + 1)
        assert objects_of(recovery.store) == folder.objects(early + 1)
        assert recovery.position.snapshot_index == early

    def test_before_all_that_is_there(self, folder):
        folder.snapshot()
        folder.cut()
        folder.collect()
        folder.transaction(create(secret("after")))
        folder.write()
        with pytest.raises(StoreError, match=str(folder.segments[0].first)):
            read(folder, at=4)

    def test_behind_all_that_is_there(self, folder):
        folder.write()
        with pytest.raises(StoreError, match=f"no entry {folder.index + 1}.*ends at"):
            read(folder, at=folder.index + 1)

    def test_the_index_of_the_snapshot(self, folder):
        index = folder.snapshot()
        folder.transaction(create(secret("after")))
        folder.write()
        recovery = read(folder, at=index)
        assert objects_of(recovery.store) == folder.objects(index)
        assert recovery.position.index == recovery.position.snapshot_index == index


class TestUntil:
    """The state at a time, as far as the log tells time."""

    def test_every_second(self, folder):
        folder.write()
        for place in folder.places:
            if place.type == 2 and place.index != 9:  # a removal alone tells no time
                recovery = read(folder, until=BEGAN + place.index * SECOND)
                expected = folder.objects(place.index + (place.index == 8))
                assert objects_of(recovery.store) == expected

    def test_a_moment_earlier(self, folder):
        folder.write()
        index = folder.place(6).index
        recovery = read(folder, until=BEGAN + index * SECOND - 1)
        assert objects_of(recovery.store) == folder.objects(index - 1)

    def test_the_snapshot_is_not_used_if_it_is_younger(self, folder):
        folder.snapshot()
        folder.write()
        recovery = read(folder, until=BEGAN + 6 * SECOND)
        assert objects_of(recovery.store) == folder.objects(6)

    def test_later_than_everything(self, folder):
        folder.write()
        recovery = read(folder, until=BEGAN * 2)
        assert objects_of(recovery.store) == folder.objects()


def test_it_tells_how_old_it_is(folder):
    recovery = raftstore.read(folder.write())
    assert recovery.position.updated_at == BEGAN + folder.index * SECOND
    assert recovery.position.term == folder.term
    assert recovery.position.commit == folder.commit_index


class TestUncommitted:
    """Entries past the commit index."""

    def test_of_a_manager_that_is_alone_they_count(self, folder):
        folder.transaction(create(secret("late")), commit=False)
        recovery = raftstore.read(folder.write())
        assert objects_of(recovery.store) == folder.objects(folder.index)
        assert recovery.findings == []  # such a manager is always one behind when it is killed
        assert (recovery.position.commit, recovery.position.index) == (
            folder.commit_index,
            folder.index,
        )

    def test_of_a_manager_that_is_alone_they_are_left_out_if_not_wanted(self, folder):
        folder.transaction(create(secret("late")), commit=False)
        folder.write()
        recovery = read(folder, uncommitted=False)
        assert objects_of(recovery.store) == folder.objects()
        assert [each.index for each in recovery.uncommitted] == [folder.index]

    def test_of_one_of_three_they_do_not_count(self, three):
        for name in ("late", "later"):
            three.transaction(create(secret(name)), commit=False)
        recovery = raftstore.read(three.write())
        assert objects_of(recovery.store) == three.objects()
        assert recovery.position.index == three.commit_index
        assert recovery.position.last_index == three.index
        messages = [each.changes[0].message for each in recovery.uncommitted]
        assert names(messages) == ["late", "later"]
        (finding,) = recovery.findings
        assert (finding.kind, finding.loses) == ("past-commit", True)
        assert "--uncommitted" in finding.reason
        assert (finding.first, finding.last) == (three.index - 1, three.index)

    def test_who_leaves_them_out_knowingly_loses_nothing(self, three):
        three.transaction(create(secret("late")), commit=False)
        three.write()
        recovery = read(three, uncommitted=False)
        assert recovery.is_whole
        assert [each.kind for each in recovery.findings] == ["past-commit"]

    def test_of_one_of_three_they_count_if_wanted(self, three):
        three.transaction(create(secret("late")), commit=False)
        three.write()
        recovery = read(three, uncommitted=True)
        assert objects_of(recovery.store) == three.objects(three.index)
        assert recovery.uncommitted == []

    def test_two_are_not_one(self, tmp_path):
        folder = RaftFolder(tmp_path / "swarm")
        folder.add_member(member("manager-2"))
        folder.transaction(create(secret("late")), commit=False)
        assert not raftstore.read(folder.write()).store.secrets

    def test_who_became_alone_counts_as_one(self, three):
        three.remove_member(member("manager-2"))
        three.remove_member(member("manager-3"))
        three.transaction(create(secret("late")), commit=False)
        recovery = raftstore.read(three.write())
        assert objects_of(recovery.store) == three.objects(three.index)

    def test_who_is_about_to_be_alone_is_not_alone_yet(self, three):
        three.remove_member(member("manager-2"))
        three.remove_member(member("manager-3"), commit=False)
        three.transaction(create(secret("late")), commit=False)
        recovery = raftstore.read(three.write())
        assert objects_of(recovery.store) == three.objects()

    def test_the_snapshot_tells_the_voters_if_the_log_does_not(self, three):
        three.snapshot()
        three.cut()
        three.collect()
        three.transaction(create(secret("late")), commit=False)
        recovery = raftstore.read(three.write())
        assert objects_of(recovery.store) == three.objects()
        assert [each.index for each in recovery.uncommitted] == [three.index]

    def test_a_commit_index_that_lags_far_behind(self, three):
        committed = three.commit_index
        for number in range(20):
            three.transaction(create(secret(f"late-{number}")), commit=False)
        three.commit(committed + 7)
        recovery = raftstore.read(three.write())
        assert objects_of(recovery.store) == three.objects(committed + 7)
        assert len(recovery.uncommitted) == 13


class TestOverwritten:
    """Entries that another leader overwrote."""

    def test_they_are_gone(self, three):
        for name in ("x", "y", "z"):
            three.transaction(create(secret(name)), commit=False)
        three.rewind(three.index - 3)
        three.elect(commit=False)
        three.transaction(create(secret("instead")))
        recovery = raftstore.read(three.write())
        assert objects_of(recovery.store) == three.objects()
        assert names(recovery.store.secrets.values()) == ["committed", "instead"]
        assert recovery.position.last_index == three.index
        assert recovery.findings == []

    @pytest.mark.parametrize("uncommitted", [True, False, None])
    def test_also_those_behind_the_new_end(self, three, uncommitted):
        for name in ("x", "y", "z"):
            three.transaction(create(secret(name)), commit=False)
        three.rewind(three.index - 3)
        three.elect()
        three.write()
        recovery = read(three, uncommitted=uncommitted, deleted=True)
        assert objects_of(recovery.store) == three.objects()
        assert recovery.uncommitted == []
        assert recovery.deleted == []
        assert recovery.position.last_index == three.index

    def test_several_times_and_over_segments(self, three):
        for _ in range(4):
            for name in ("x", "y"):
                three.transaction(create(secret(name, b"never")), commit=False)
            three.cut()
            three.rewind(three.index - 2)
            three.elect(commit=False)
        three.transaction(create(secret("instead")))
        recovery = raftstore.read(three.write())
        assert objects_of(recovery.store) == three.objects()

    def test_members_that_were_never_committed(self, three):
        three.add_member(member("manager-4"), commit=False)
        three.rewind(three.index - 1)
        three.elect()
        recovery = raftstore.read(three.write())
        assert recovery.members.members == three.history.members(three.index)[0]
