"""Where folders of real managers stand, and which keys open them."""

import json

import pytest

from swarmwire import raftstore
from swarmwire.errors import StoreError, WrongKey
from tests.support.raft_folder.samples import older_unlock_keys, tar_of, unlock_keys

POSITIONS = {
    # last entry applied, term, commit, last entry, snapshot
    "01-plain-2010": (19, 2, 19, 19, 0),
    "02-rich-2010": (85, 2, 85, 85, 0),
    "03-autolock-rotated-snap-2010": (157, 3, 157, 157, 151),
    "05-mid-dek-rotation-2010": (2939, 2, 2939, 2939, 0),
    "06-leader-uncommitted-2010": (27, 2, 27, 28, 0),
    "07-overwritten-entry-2010": (36, 3, 36, 36, 0),
    "12-small-autolock-2010": (94, 2, 94, 94, 93),
    "14-hot-copy-head": (145, 3, 144, 145, 139),
    "19-force-new-cluster-2010": (36, 4, 36, 36, 0),
}


@pytest.mark.parametrize("name", POSITIONS)
def test_it_stands_where_the_manager_stood(name, recovered):
    at = recovered(name).position
    found = (at.index, at.term, at.commit, at.last_index, at.snapshot_index)
    assert found == POSITIONS[name]
    assert recovered(name).is_whole


@pytest.mark.parametrize("name", POSITIONS)
def test_the_unpacked_folder_gives_the_same(name, recovered, sample):
    options = raftstore.Options(unlock_keys=unlock_keys(name))
    for path in (sample(name) / "swarm", sample(name)):
        found = raftstore.read(path, options)
        assert dict_of(found.store) == dict_of(recovered(name).store)
        assert (found.position, found.findings) == (
            recovered(name).position,
            recovered(name).findings,
        )


def dict_of(store):
    return {(kind, each.id): each for kind, each in store}


@pytest.mark.parametrize("name", POSITIONS)
def test_nothing_in_the_folder_is_touched(name, sample):
    root = sample(name) / "swarm"

    def state():
        paths = sorted(root.rglob("*"))
        stats = [(path, path.lstat()) for path in paths]
        return [(path, each.st_mtime_ns, each.st_size, each.st_blocks) for path, each in stats]

    before = state()
    raftstore.read(root, raftstore.Options(unlock_keys=unlock_keys(name), deleted=True))
    assert state() == before


@pytest.mark.parametrize("name", [name for name in POSITIONS if unlock_keys(name)])
class TestLocked:
    """Of a locked manager nothing is read without its unlock key."""

    def test_no_key(self, name):
        with pytest.raises(WrongKey, match="takes the unlock key"):
            raftstore.read(tar_of(name))

    def test_another_key(self, name, sample):
        (right,) = unlock_keys(name)
        wrong = right[:20] + ("A" if right[20] != "A" else "B") + right[21:]
        with pytest.raises(WrongKey, match="does not open the node's key") as caught:
            raftstore.read(sample(name) / "swarm", raftstore.Options(unlock_keys=(wrong,)))
        assert wrong not in str(caught.value)

    def test_one_of_several_keys_is_enough(self, name, sample, recovered):
        keys = (raftstore.write_unlock_key(bytes(32)), *unlock_keys(name))
        found = raftstore.read(sample(name) / "swarm", raftstore.Options(unlock_keys=keys))
        assert dict_of(found.store) == dict_of(recovered(name).store)

    def test_the_last_letter_says_less_than_the_others(self, name, sample, recovered):
        (right,) = unlock_keys(name)
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        at = letters.index(right[-1])
        same = right[:-1] + letters[at // 4 * 4 + (at + 1) % 4]
        assert same != right
        found = raftstore.read(sample(name) / "swarm", raftstore.Options(unlock_keys=(same,)))
        assert dict_of(found.store) == dict_of(recovered(name).store)


@pytest.mark.parametrize("name", ["03-autolock-rotated-snap-2010", "12-small-autolock-2010"])
def test_an_unlock_key_from_before_its_rotation_does_not_open(name, sample):
    older = older_unlock_keys(name)
    assert older
    for each in older:
        with pytest.raises(WrongKey, match="rotated since"):
            raftstore.read(sample(name) / "swarm", raftstore.Options(unlock_keys=(each,)))


class TestUncommitted:
    """Sample 06: entry 28 was written by the leader of three, and acknowledged by nobody."""

    name = "06-leader-uncommitted-2010"

    def test_it_is_told_apart(self, recovered):
        found = recovered(self.name)
        (transaction,) = found.uncommitted
        assert (transaction.index, transaction.term) == (28, 2)
        (change,) = transaction.changes
        assert (change.action, change.kind) == ("create", "secret")
        assert change.message.spec.data == b"unc"
        (finding,) = found.findings
        assert (finding.kind, finding.first, finding.last) == ("past-commit", 28, 28)

    def test_it_is_included_when_asked_for(self):
        options = raftstore.Options(uncommitted=True)
        found = raftstore.read(tar_of(self.name), options)
        assert found.position.index == 28
        assert found.uncommitted == []
        payloads = {each.spec.data for each in found.store.secrets.values()}
        assert payloads == {b"committed-before", b"unc"}

    @pytest.mark.parametrize("later", ["07-overwritten-entry-2010", "19-force-new-cluster-2010"])
    def test_it_is_gone_once_another_leader_overwrote_it(self, later):
        options = raftstore.Options(uncommitted=True, deleted=True)
        found = raftstore.read(tar_of(later), options)
        assert b"unc" not in {each.spec.data for each in found.store.secrets.values()}
        assert found.uncommitted == []
        assert [each for each in found.deleted if each.kind == "secret"] == []


def test_the_one_manager_of_a_hot_copy_commits_its_last_entry(recovered):
    """Sample 14: the last entry is one past the commit index, which is normal since raft 3.6."""
    found = recovered("14-hot-copy-head")
    (finding,) = found.findings
    assert (finding.kind, finding.first, finding.last) == ("past-commit", 145, 145)
    assert found.uncommitted == []
    options = raftstore.Options(uncommitted=False, unlock_keys=unlock_keys("14-hot-copy-head"))
    without = raftstore.read(tar_of("14-hot-copy-head"), options)
    assert without.position.index == 144
    assert [each.index for each in without.uncommitted] == [145]


def test_members_are_those_of_the_swarm(recovered):
    three = recovered("06-leader-uncommitted-2010").members
    assert sorted(each.addr for each in three.members.values()) == [
        "10.98.0.1:2377",
        "10.98.0.2:2377",
        "10.98.0.3:2377",
    ]
    alone = recovered("19-force-new-cluster-2010").members
    assert [each.addr for each in alone.members.values()] == ["10.98.0.1:2377"]
    assert sorted(alone.removed) == sorted(three.members.keys() - alone.members.keys())


@pytest.mark.parametrize("name", [name for name in POSITIONS if name[:2] != "19"])
def test_it_says_who_wrote_the_log(name, recovered, sample):
    (state,) = [
        each
        for each in json.loads((sample(name) / "swarm/state.json").read_text())
        if each["node_id"] == recovered(name).myself.node_id
    ]
    assert recovered(name).myself.addr == state["addr"]
    assert recovered(name).myself.raft_id in recovered(name).members.members


@pytest.mark.parametrize(
    ("name", "doomed"),
    [("02-rich-2010", {"s_doomed"}), ("12-small-autolock-2010", {"s_act_1"})],
)
def test_what_was_removed_is_found_when_asked_for(name, doomed):
    options = raftstore.Options(unlock_keys=unlock_keys(name), deleted=True)
    found = raftstore.read(tar_of(name), options)
    deleted = {each.message.spec.annotations.name: each for each in found.deleted}
    assert doomed <= deleted.keys()
    for each in doomed:
        assert deleted[each].index is not None
        assert deleted[each].message.spec.data
    assert not deleted.keys() & {
        each.spec.annotations.name for each in found.store.secrets.values()
    }


def test_entries_under_a_dropped_key_are_not_needed_and_are_counted():
    """Sample 03: entries up to 119 are under a key that no longer exists anywhere.

    The first one adds the manager itself, and so removed nothing.
    """
    name = "03-autolock-rotated-snap-2010"
    options = raftstore.Options(unlock_keys=unlock_keys(name), deleted=True)
    found = raftstore.read(tar_of(name), options)
    (finding,) = found.findings
    assert finding.kind == "unreadable-entry"
    assert finding.reason.startswith("118 entries")
    assert found.is_whole
    assert {"s_act_1", "s_act_2"} <= {each.message.spec.annotations.name for each in found.deleted}


@pytest.mark.parametrize("running", [True, False])
def test_a_demoted_manager_is_a_worker(running, sample):
    name = "18-demoted-worker-2010"
    for path in (tar_of(name), sample(name) / "swarm"):
        with pytest.raises(StoreError, match=r"this node is a worker.* no raft data") as caught:
            raftstore.read(path, raftstore.Options(running=running))
        assert not isinstance(caught.value, WrongKey)
