"""Stores of real managers against each other."""

import pytest

from swarmwire.storediff import compare


def names(listed):
    return sorted((each.kind, each.name) for each in listed)


@pytest.mark.parametrize("number", ["01", "02", "03", "06", "07"])
def test_a_store_equals_itself(sample, number):
    found = compare(sample(number), sample(number), tasks=True)
    assert found.is_equal
    assert not found.both
    assert all(each.here == each.there == each.equal > 0 for each in found.counts)


def test_what_a_new_leader_wrote_is_only_there(sample):
    found = compare(sample("06"), sample("07"))
    assert names(found.only_there) == [("secret", "sec_after"), ("secret", "sec_after2")]
    assert not found.only_here
    assert not found.both


def test_what_was_never_committed_is_only_here(sample):
    found = compare(sample("06", uncommitted=True), sample("07"))
    ((kind, name),) = names(found.only_here)
    assert kind == "secret"
    assert name.startswith("sec_uncommitted")


def test_a_forced_new_cluster_asks_for_the_same(sample):
    found = compare(sample("06"), sample("19"))
    assert found.is_equal
    assert {each.kind: each.equal for each in found.counts} == {
        "node": 3,
        "service": 3,
        "network": 3,
        "cluster": 1,
        "secret": 1,
    }


def test_the_same_swarm_later(sample):
    found = compare(sample("02"), sample("03"))
    assert not found.only_here
    assert names(found.only_there) == [
        ("config", "c_act"),
        *sorted(("secret", f"s_act_{number}") for number in range(3, 13)),
    ]
    assert [
        (both.name, each.path, each.here, each.there)
        for both in found.both
        for each in both.differences
    ] == [
        ("zero", "TaskTemplate.ContainerSpec.Env[0]", None, "I=12"),
        ("default", "Raft.SnapshotInterval", 10000, 10),
        ("default", "EncryptionConfig.AutoLockManagers", False, True),
    ]
    assert not any(both.has_new_id for both in found.both)
    assert all(both.there_version > both.here_version for both in found.both)


def test_an_earlier_state_of_the_same_log(sample):
    earlier = compare(sample("02", at=12), sample("02"))
    assert not earlier.only_here
    assert ("secret", "s_bin") in names(earlier.only_there)
    assert ("secret", "s_text") not in names(earlier.only_there)


def test_another_swarm_has_the_same_names_only(sample):
    found = compare(sample("02"), sample("01"))
    assert {(each.kind, each.name) for each in found.both if each.has_new_id} == {
        ("cluster", "default"),
        ("network", "bridge"),
        ("network", "host"),
        ("network", "ingress"),
        ("node", "vm"),
        ("service", "web"),
    }
    assert ("secret", "s_max") in names(found.only_here)
