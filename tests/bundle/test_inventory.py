"""What a store holds, as data for lists: words, times, places; never a payload or a key."""

import msgspec
import pytest

from swarmwire import pb
from swarmwire.bundle import inventory_of, rfc3339
from swarmwire.raftstore import Members, Position, Recovery
from tests.bundle.building import AUTH, full_store, store_of
from tests.support.raft_folder.objects import network, node, service, task


def listed(store):
    position = Position(
        *(), index=9, term=2, commit=9, last_index=9, snapshot_index=0, first_index=1, updated_at=1
    )
    myself = pb.RaftMember(raft_id=0xABC, node_id=node("worker-1").id, addr="10.0.0.1:2377")
    return inventory_of(Recovery(store, position, myself, Members(), findings=[]))


def test_objects_are_listed_by_name_with_the_engines_words():
    found = listed(full_store())
    assert [each.name for each in found.services] == ["plain", "web"]
    assert [(each.hostname, each.role, each.availability) for each in found.nodes] == [
        ("worker-1", "worker", "drain"),
        ("worker-2", "worker", "active"),
    ]
    assert {each.name: each.flags for each in found.networks} == {
        "front": [],
        "host": ["predefined"],
        "ingress": ["ingress"],
    }
    assert [(each.name, each.size) for each in (*found.secrets, *found.configs)] == [
        ("password", 7),
        ("settings", 14),
    ]
    assert (found.node.raft_id, found.node.hostname) == ("abc", "worker-1")
    assert found.cluster.autolock


def test_no_payload_key_or_credential_is_in_it():
    text = msgspec.json.encode(listed(full_store()))
    for private in (b"hunter2", b"colour", AUTH.encode(), b"SWMTKN", b"PRIVATE KEY"):
        assert private not in text


def test_a_number_that_has_no_word_is_shown_as_it_is():
    odd = node("odd")
    odd.status.state = 77
    states = [task("web", slot) for slot in (1, 2, 3)]
    for each, state in zip(states, ("RUNNING", "RUNNING", "ORPHANED"), strict=True):
        each.status.state = pb.TaskState.Value(state)
    found = listed(store_of(odd, service("web"), *states))
    assert found.nodes[0].state == "77"
    assert found.tasks == {"running": 2, "orphaned": 1}


def test_addresses_are_those_that_were_given_or_else_those_asked_for():
    given, asked = network("given"), network("asked")
    for each in (given, asked):
        each.spec.ipam.configs.add(subnet="10.1.0.0/24")
    given.ipam.configs.add(subnet="10.2.0.0/24")
    found = listed(store_of(given, asked))
    assert {each.name: each.subnets for each in found.networks} == {
        "asked": ["10.1.0.0/24"],
        "given": ["10.2.0.0/24"],
    }


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (None, None),
        (0, None),
        (1_500_000_000, "1970-01-01T00:00:01.5Z"),
        (1_795_338_682_119_999_850, "2026-11-22T09:11:22.11999985Z"),
        (2**63 * 10**9, None),
        (253_402_300_799 * 10**9, "9999-12-31T23:59:59Z"),
        (253_402_300_800 * 10**9, None),
        (-62_167_219_201 * 10**9, None),
    ],
)
def test_a_time_that_no_calendar_has_is_unknown(nanoseconds, text):
    assert rfc3339(nanoseconds) == text
