"""What is recovered from real managers is what their engines said before they died."""

import json
import re
from hashlib import sha256

import pytest

from swarmwire import convert, engine, raftstore
from swarmwire.errors import StoreError, WrongKey
from tests.support.json_text import plain
from tests.support.raft_folder.samples import older_unlock_keys, tar_of, told, unlock_keys

ASKED_AFTER_RESTART = {"01-plain-2010", "05-mid-dek-rotation-2010"}
"""The API was asked later, of the same folder: managers touch nodes and networks as they start."""

LISTED = (
    "01-plain-2010",
    "02-rich-2010",
    "03-autolock-rotated-snap-2010",
    "05-mid-dek-rotation-2010",
    "06-leader-uncommitted-2010",
    "07-overwritten-entry-2010",
    "12-small-autolock-2010",
    "14-hot-copy-head",
)
GONE: dict[str, set[str]] = {
    "02-rich-2010": {"todelete", "s_doomed", "c_max"},
    "03-autolock-rotated-snap-2010": {"s_act_1", "s_act_2", "s_doomed"},
    "06-leader-uncommitted-2010": set(),
    "07-overwritten-entry-2010": set(),
    "12-small-autolock-2010": {"s_act_1", "s_doomed"},
    "14-hot-copy-head": {"s_act_1", "s_doomed"},
    "19-force-new-cluster-2010": set(),
}
PREDEFINED = "com.docker.swarm.predefined"


def said(sample, name, kind):
    """What the engine's API said, by id."""
    listed = json.loads((sample(name) / f"api/{kind}.json").read_text())
    return {each.get("ID") or each["Id"]: each for each in listed}


def shown(name, messages, from_grpc):
    """What the API of the sample's engine would say of stored objects, by id."""
    release = "29" if name.endswith("head") else "20.10"
    objects = {id_: from_grpc(each, release=release) for id_, each in messages.items()}
    return {id_: plain(engine.encode(each, release=release)) for id_, each in objects.items()}


def specs(objects):
    return {id_: each["Spec"] for id_, each in objects.items()}


@pytest.mark.parametrize("name", LISTED)
def test_services_are_as_the_engine_said(name, recovered, sample):
    ours = shown(name, recovered(name).store.services, convert.service_from_grpc)
    theirs = said(sample, name, "services")
    assert theirs
    if name == "01-plain-2010":
        assert specs(ours) == specs(theirs)
    else:
        assert ours == theirs


@pytest.mark.parametrize("name", LISTED)
def test_secrets_are_as_the_engine_said(name, recovered, sample):
    ours = shown(name, recovered(name).store.secrets, convert.secret_from_grpc)
    for each in ours.values():
        assert each["Spec"].pop("Data")
    assert ours == said(sample, name, "secrets")


@pytest.mark.parametrize("name", LISTED)
def test_configs_are_as_the_engine_said(name, recovered, sample):
    ours = shown(name, recovered(name).store.configs, convert.config_from_grpc)
    assert ours == said(sample, name, "configs")


@pytest.mark.parametrize("name", LISTED)
def test_nodes_are_as_the_engine_said(name, recovered, sample):
    ours = shown(name, recovered(name).store.nodes, convert.node_from_grpc)
    theirs = said(sample, name, "nodes")
    for each in theirs.values():
        each.pop("ManagerStatus")  # asked of the managers, not stored
    assert theirs
    if name in ASKED_AFTER_RESTART:
        assert specs(ours) == specs(theirs)
    else:
        assert ours == theirs


@pytest.mark.parametrize("name", LISTED)
def test_networks_are_as_the_engine_said(name, recovered, sample):
    stored = recovered(name).store.networks
    ours = shown(name, stored, convert.network_from_grpc)
    own = {id_ for id_, each in stored.items() if PREDEFINED in each.spec.annotations.labels}
    assert {stored[id_].spec.annotations.name for id_ in own} == {"host", "bridge"}
    theirs = said(sample, name, "networks")
    theirs = {id_: each for id_, each in theirs.items() if each["Scope"] == "swarm"}
    assert ours.keys() - own == theirs.keys()
    for id_, each in theirs.items():
        # The engine that asks is a node, too: it adds its own containers.
        same = each.keys() - {"Containers"}
        assert {key: ours[id_].get(key) for key in same} == {key: each[key] for key in same}


@pytest.mark.parametrize("name", LISTED)
def test_the_swarm_is_as_the_engine_said(name, recovered, sample):
    (stored,) = recovered(name).store.clusters.values()
    ours = plain(engine.encode(convert.swarm_from_grpc(stored)).decode())
    theirs = json.loads((sample(name) / "api/swarm.json").read_text())
    # The engine gives its own defaults for these where nothing is stored.
    same = theirs.keys() - {"DefaultAddrPool", "SubnetSize", "DataPathPort"}
    assert {"JoinTokens", "Spec", "TLSInfo", "Version"} <= same
    assert {key: ours.get(key) for key in same} == {key: theirs[key] for key in same}


@pytest.mark.parametrize("name", LISTED)
def test_the_unlock_key_in_the_store_is_the_engine_s(name, recovered, sample):
    (stored,) = recovered(name).store.clusters.values()
    said_key = json.loads((sample(name) / "api/unlockkey.json").read_text())["UnlockKey"]
    keys = {each.key for each in stored.unlock_keys}
    assert [raftstore.write_unlock_key(key) for key in keys] == ([said_key] if said_key else [])


@pytest.mark.parametrize("name", [name for name in LISTED if " sha256=" in told(name)])
def test_every_payload_is_the_one_that_was_put_in(name, recovered):
    pattern = re.compile(r"^   (\S{25}) (\S+) v\d+ .*len=(\d+) sha256=([0-9a-f]{64})", re.MULTILINE)
    listed = {found[1]: found.groups()[1:] for found in pattern.finditer(told(name))}
    store = recovered(name).store
    ours = {
        id_: (
            each.spec.annotations.name,
            str(len(each.spec.data)),
            sha256(each.spec.data).hexdigest(),
        )
        for id_, each in (store.secrets | store.configs).items()
    }
    assert ours == listed


def test_payloads_under_both_keys_of_a_rotation_are_read(recovered):
    name = "05-mid-dek-rotation-2010"
    secrets = recovered(name).store.secrets.values()
    assert len(secrets) == 427
    assert all(each.spec.data == each.spec.annotations.name.encode() for each in secrets)
    assert recovered(name).findings == []


@pytest.mark.parametrize("name", GONE)
def test_what_was_removed_or_never_committed_is_not_there(name, recovered):
    store = recovered(name).store
    kept = (*store.services.values(), *store.secrets.values(), *store.configs.values())
    names = {each.spec.annotations.name for each in kept}
    assert names
    assert not names & GONE[name]
    assert not [each for each in names if each.startswith("sec_uncommitted")]


# Where folders of real managers stand, and which keys open them.


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
    # sample 06: a secret that the other managers may have agreed on
    assert recovered(name).is_whole is (name != "06-leader-uncommitted-2010")


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
    assert (found.position.commit, found.position.index) == (144, 145)
    assert found.findings == []
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
