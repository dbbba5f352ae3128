"""What a store is to those who use it: maps of messages, and what people call them."""

import pytest

from swarmwire import pb
from swarmwire.raftstore import KINDS, Store, name_of
from swarmwire.raftstore.store import written_at
from tests.support.raft_folder import network, node, secret, service, task


@pytest.fixture
def store():
    found = Store()
    for each in (secret("password", b"hunter2"), secret("other")):
        found.secrets[each.id] = each
    web = service("web")
    found.services[web.id] = web
    return found


def test_it_is_its_objects_in_the_order_of_a_snapshot(store):
    assert [kind for kind, _ in store] == ["service", "secret", "secret"]
    assert [name_of(message) for _, message in store] == ["web", "password", "other"]
    assert len(store) == 3
    assert len(Store()) == 0


def test_each_kind_has_a_map(store):
    for kind in KINDS:
        assert store.of(kind) is getattr(store, f"{kind}s")


def test_it_shows_how_many_there_are_and_not_what(store):
    assert repr(store) == "Store(services=1, secrets=2)"
    assert repr(Store()) == "Store()"


def test_objects_have_their_name_in_their_spec():
    for each in (secret("a"), service("a"), network("a"), pb.Cluster(), pb.Volume(), pb.Config()):
        each.spec.annotations.name = "a"
        assert name_of(each) == "a"


def test_those_without_a_spec_have_it_outside():
    for each in (pb.Resource(), pb.Extension()):
        each.annotations.name = "a"
        assert name_of(each) == "a"


def test_a_node_is_called_as_its_host():
    assert name_of(node("worker-1")) == "worker-1"


def test_a_task_is_called_by_its_service_and_its_slot():
    assert name_of(task("web", 3)) == "web.3"


def test_a_task_of_a_global_service_by_its_node():
    each = task("web", 0)
    each.node_id = "node-id"
    assert name_of(each) == "web.node-id"


def test_when_it_was_written():
    each = secret("a")
    assert written_at(each) is None
    each.meta.updated_at.seconds, each.meta.updated_at.nanos = 5, 7
    assert written_at(each) == 5_000_000_007
    each.meta.updated_at.Clear()
    each.meta.updated_at.SetInParent()
    assert written_at(each) == 0
