"""What goes into a bundle is what was asked for, and nothing else."""

from dataclasses import fields

import pytest

from swarmwire import pb
from swarmwire.bundle import (
    USABLE,
    Choice,
    bundle_from_files,
    bundle_from_store,
    left_out,
    logins,
    not_there,
)
from swarmwire.raftstore import Deleted
from tests.bundle.building import AUTH, OLD_AUTH, files, full_store, store_of
from tests.support.raft_folder.objects import (
    cluster,
    network,
    node,
    object_id,
    secret,
    service,
    task,
)

EVERYTHING = Choice(**{each.name: True for each in fields(Choice)})

PRIVATE = (
    b"hunter2",
    AUTH.encode(),
    OLD_AUTH.encode(),
    b"SWMTKN-1-not",
    b"not a key",
    b"SWMKEY-1-",
    b"colour = blue",
)


def test_services_are_always_in_it_and_nothing_else_unasked():
    bundle = bundle_from_store(full_store(), Choice())
    assert [each.spec.annotations.name for each in bundle.services] == ["plain", "web"]
    assert [*bundle.networks, *bundle.secrets, *bundle.configs, *bundle.nodes] == []
    written = b"".join(files(bundle).values())
    assert b'"password"' in written  # the name of the secret, which the service refers to
    assert not [each for each in PRIVATE if each in written]


@pytest.mark.parametrize(
    ("name", "shows"),
    [
        ("secrets", {b"hunter2"}),
        ("configs", {b"colour = blue"}),
        ("registry_auth", {AUTH.encode(), OLD_AUTH.encode()}),
        ("join_tokens", {b"SWMTKN-1-not"}),
        ("ca_key", {b"not a key"}),
        ("unlock_key", {b"SWMKEY-1-"}),
        ("networks", set()),
        ("node_labels", set()),
    ],
)
def test_each_choice_adds_its_own_only(name, shows):
    found = files(bundle_from_store(full_store(), Choice(**{name: True})))
    written = b"".join(found.values())
    assert {each for each in PRIVATE if each in written} == shows
    assert set(found) > set(files(bundle_from_store(full_store(), Choice())))


def test_secrets_of_the_swarm_itself_are_not_among_the_usable():
    assert set(USABLE).isdisjoint({"join_tokens", "ca_key", "unlock_key"})
    assert {each.name for each in fields(Choice)} - set(USABLE) == {
        "join_tokens",
        "ca_key",
        "unlock_key",
    }


def test_credentials_are_in_the_specs_in_memory_if_asked_for():
    with_auth = bundle_from_store(full_store(), Choice(registry_auth=True)).services[1]
    assert with_auth.spec.task.container.pull_options.registry_auth == AUTH
    assert with_auth.previous_spec.task.container.pull_options.registry_auth == OLD_AUTH
    without = bundle_from_store(full_store(), Choice()).services[1]
    assert not without.spec.task.container.HasField("pull_options")
    assert not without.previous_spec.task.container.HasField("pull_options")


def test_the_store_keeps_its_credentials():
    store = full_store()
    bundle_from_store(store, Choice())
    web = store.services[object_id("service web")]
    assert web.spec.task.container.pull_options.registry_auth == AUTH


def test_what_is_left_out_is_told_with_its_option():
    found = {each.what: (each.count, each.flag) for each in left_out(full_store(), Choice())}
    assert found == {
        "networks": (1, "--networks"),  # neither ingress nor the nodes' own
        "configs": (1, "--configs"),
        "secrets": (1, "--secrets"),
        "nodes with labels": (1, "--node-labels"),
        "services with registry credentials": (1, "--registry-auth"),
        "join tokens": (2, "--join-tokens"),
        "key of the root CA": (1, "--ca-key"),
        "unlock key": (1, "--export-unlock-key"),
    }
    assert left_out(full_store(), EVERYTHING) == []


def test_what_is_not_there_is_told_if_it_was_asked_for():
    empty = store_of(pb.Cluster(id="c"), service("web"))
    assert left_out(empty, Choice()) == []
    assert not_there(empty, Choice()) == []
    assert [each.what for each in not_there(empty, Choice(ca_key=True, secrets=True))] == [
        "secrets",
        "key of the root CA",
    ]
    assert not_there(full_store(), EVERYTHING) == []


@pytest.mark.parametrize(("auth", "count"), [("", 0), ("e30=", 0), ("e30", 0), ("not base64", 1)])
def test_a_client_without_credentials_is_not_counted(auth, count):
    """Such a client sends an empty JSON object."""
    web = service("web")
    web.spec.task.container.pull_options.registry_auth = auth
    store = store_of(web)
    assert [each.count for each in left_out(store, Choice())] == [1] * count
    assert logins([web]) == count


def test_a_store_without_a_cluster_gives_a_bundle_too():
    bundle = bundle_from_store(store_of(service("web")), EVERYTHING)
    assert bundle.cluster_id == ""
    assert len(bundle.services) == 1


def test_keys_are_as_docker_shows_them():
    keys = bundle_from_store(full_store(), EVERYTHING).keys
    assert keys.unlock_key == "SWMKEY-1-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    assert keys.worker_token == cluster().root_ca.join_tokens.worker
    assert keys.ca_key == cluster().root_ca.ca_key


def test_an_external_ca_leaves_no_key_and_no_certificate():
    store = full_store()
    store.clusters[object_id("cluster")].root_ca.ca_key = b""
    keys = bundle_from_store(store, EVERYTHING).keys
    assert (keys.ca_key, keys.ca_cert) == (b"", b"")


def test_both_authorities_of_a_rotation_are_kept():
    store = full_store()
    rotation = store.clusters[object_id("cluster")].root_ca.root_rotation
    rotation.ca_key, rotation.ca_cert = b"next key", b"next certificate"
    found = files(bundle_from_store(store, EVERYTHING))
    assert found["cluster/next-root-ca.key"] == b"next key"
    assert found["cluster/next-root-ca.crt"] == b"next certificate"


def test_representations_hide_what_is_secret():
    bundle = bundle_from_store(full_store(), EVERYTHING)
    shown = repr(bundle) + repr(bundle.keys)
    assert not [each for each in PRIVATE if each.decode() in shown]


def test_removed_objects_are_in_it_as_far_as_asked_for():
    removed = [
        Deleted("secret", secret("gone", b"lost and found"), 5),
        Deleted("service", service("old"), 6),
        Deleted("network", network("old-net"), None),
    ]
    few = bundle_from_store(full_store(), Choice(), removed).deleted
    assert few is not None
    assert [each.spec.annotations.name for each in few.services] == ["old"]
    assert not few.secrets
    more = bundle_from_store(full_store(), Choice(secrets=True), removed).deleted
    assert more is not None
    assert more.secrets[0].spec.data == b"lost and found"
    assert more.network_names[object_id("network old-net")] == "old-net"
    assert bundle_from_store(full_store(), Choice()).deleted is None


def test_where_tasks_ran_is_kept_for_whoever_restores():
    ran = task("web", 1)
    ran.status.state = pb.TaskState.RUNNING
    ended = task("web", 2)
    ended.status.state = pb.TaskState.FAILED
    ended.status.container.container_id = "c1"
    ended.node_id = node("worker-2").id
    rejected = task("web", 3)
    rejected.status.state = pb.TaskState.REJECTED
    rejected.node_id = node("worker-3").id
    of_no_service = task("gone", 1)
    of_no_service.status.state = pb.TaskState.RUNNING
    for each in (ran, ended, rejected, of_no_service):
        each.spec.container.image = "busybox:1"
    ran.node_id = node("worker-1").id
    store = store_of(service("web"), *map(node, ("worker-1", "worker-2", "worker-3")), ran, ended)
    store.tasks |= {each.id: each for each in (rejected, of_no_service)}

    bundle = bundle_from_store(store, Choice())

    places = sorted((each.hostname, each.image) for each in bundle.ran)
    assert places == [("worker-1", "busybox:1"), ("worker-2", "busybox:1")]
    assert {each.service for each in bundle.ran} == {service("web").id}
    assert bundle_from_files(files(bundle)).ran == bundle.ran
