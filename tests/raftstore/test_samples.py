"""What is recovered from real managers is what their engines said before they died."""

import json
import re
from hashlib import sha256

import pytest

from swarmwire import convert, engine, raftstore
from tests.dockerd.differences import network_as_20_10, plain, service_as_20_10
from tests.support.raft_folder.samples import told

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


def shown(messages, from_grpc, as_old=str):
    """What the API would say of stored objects, by id."""
    encoded = {id_: engine.encode(from_grpc(each)).decode() for id_, each in messages.items()}
    return {id_: plain(as_old(text)) for id_, text in encoded.items()}


def specs(objects):
    return {id_: each["Spec"] for id_, each in objects.items()}


@pytest.mark.parametrize("name", LISTED)
def test_services_are_as_the_engine_said(name, recovered, sample):
    as_old = str if name.endswith("head") else service_as_20_10
    ours = shown(recovered(name).store.services, convert.service_from_grpc, as_old)
    theirs = said(sample, name, "services")
    assert theirs
    if name == "01-plain-2010":
        assert specs(ours) == specs(theirs)
    else:
        assert ours == theirs


@pytest.mark.parametrize("name", LISTED)
def test_secrets_are_as_the_engine_said(name, recovered, sample):
    ours = shown(recovered(name).store.secrets, convert.secret_from_grpc)
    for each in ours.values():
        assert each["Spec"].pop("Data")
    assert ours == said(sample, name, "secrets")


@pytest.mark.parametrize("name", LISTED)
def test_configs_are_as_the_engine_said(name, recovered, sample):
    ours = shown(recovered(name).store.configs, convert.config_from_grpc)
    assert ours == said(sample, name, "configs")


@pytest.mark.parametrize("name", LISTED)
def test_nodes_are_as_the_engine_said(name, recovered, sample):
    ours = shown(recovered(name).store.nodes, convert.node_from_grpc)
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
    def as_listed(text):
        if name.endswith("head"):
            return text
        return network_as_20_10(text.replace('"EnableIPv4":true', '"EnableIPv4":false'), None)

    stored = recovered(name).store.networks
    ours = shown(stored, convert.network_from_grpc, as_listed)
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
