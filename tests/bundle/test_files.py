"""The files of a bundle: their names, what they hold, and what the manifest tells of them."""

import json
from base64 import b64decode
from dataclasses import fields
from hashlib import sha256

import pytest

from swarmwire import convert, engine, pb
from swarmwire.bundle import Choice, bundle_from_files, bundle_from_store, files_of
from swarmwire.raftstore import Deleted
from tests.bundle.building import ABOUT, AUTH, OLD_AUTH, UNLOCK_KEY, files, full_store, store_of
from tests.support.fill import fill
from tests.support.raft_folder.objects import config, network, object_id, secret, service

EVERYTHING = Choice(**{each.name: True for each in fields(Choice)})
REMOVED = [Deleted("secret", secret("gone", b"lost and found"), 5)]


@pytest.fixture(scope="module")
def bundle():
    return bundle_from_store(full_store(), EVERYTHING, REMOVED)


@pytest.fixture(scope="module")
def found(bundle):
    return files(bundle)


@pytest.fixture(scope="module")
def manifest(found):
    return json.loads(found["manifest.json"])


def test_layout(found):
    assert sorted(found) == [
        "cluster/join-tokens.json",
        "cluster/root-ca.crt",
        "cluster/root-ca.key",
        "cluster/unlock-key.txt",
        "configs/settings.data",
        "configs/settings.json",
        "configs/settings.pb",
        "deleted/secrets/gone.data",
        "deleted/secrets/gone.json",
        "deleted/secrets/gone.pb",
        "manifest.json",
        "networks/front.json",
        "networks/front.pb",
        "networks/host.json",
        "networks/host.pb",
        "networks/ingress.json",
        "networks/ingress.pb",
        "nodes.json",
        "registry-credentials.json",
        "secrets/password.data",
        "secrets/password.json",
        "secrets/password.pb",
        "services/plain.json",
        "services/plain.pb",
        "services/web.json",
        "services/web.pb",
    ]


def test_the_manifest_comes_last(bundle):
    assert list(files_of(bundle, ABOUT))[-1].name == "manifest.json"


def test_it_comes_back_whole(bundle, found):
    again = bundle_from_files(found)
    assert again == bundle
    assert again.edited == []


def test_create_bodies_are_what_the_engine_reads(found):
    body = engine.decode(found["services/web.json"], engine.ServiceSpec)
    assert body.task_template.networks[0].target == "front"
    (reference,) = body.task_template.container_spec.secrets
    assert (reference.secret_name, reference.secret_id) == (
        "password",
        object_id("secret password"),
    )
    secret_body = engine.decode(found["secrets/password.json"], engine.SecretSpec)
    assert (secret_body.data, secret_body.labels) == (b"hunter2", {"stage": "test"})
    assert found["secrets/password.data"] == b"hunter2"
    request = engine.decode(found["networks/ingress.json"], engine.NetworkCreateRequest)
    assert (request.driver, request.ingress) == ("overlay", True)


def test_messages_are_whole_but_for_credentials(found):
    stored = full_store().services[object_id("service web")]
    message = pb.Service.FromString(found["services/web.pb"])
    for spec in (stored.spec, stored.previous_spec):
        spec.task.container.ClearField("pull_options")
    assert message == stored


def test_credentials_have_a_file_of_their_own(found):
    (credential,) = json.loads(found["registry-credentials.json"])
    assert credential == {
        "service": "web",
        "id": object_id("service web"),
        "server": "example",
        "username": "anna",
        "auth": AUTH,
        "previous_auth": OLD_AUTH,
    }
    for name, data in found.items():
        assert name == "registry-credentials.json" or AUTH.encode() not in data


def test_credentials_of_another_form_are_kept_too():
    odd = service("web")
    odd.spec.task.container.pull_options.registry_auth = "no base64 at all"
    again = bundle_from_files(files(bundle_from_store(store_of(odd), EVERYTHING)))
    assert again.services[0].spec.task.container.pull_options.registry_auth == "no base64 at all"


def test_nodes_say_who_had_which_labels(found):
    first, second = json.loads(found["nodes.json"])
    assert first == {
        "id": object_id("node worker-1"),
        "hostname": "worker-1",
        "role": "worker",
        "availability": "drain",
        "labels": {"zone": "east"},
    }
    assert second["labels"] == {}


def test_keys_of_the_swarm(found):
    tokens = json.loads(found["cluster/join-tokens.json"])
    assert tokens["manager"] == "SWMTKN-1-not-a-manager-token"
    text = found["cluster/unlock-key.txt"].decode().removeprefix("SWMKEY-1-").strip()
    assert b64decode(text + "=") == UNLOCK_KEY


def test_the_manifest_has_a_digest_of_all_but_secrets(found, manifest):
    listed = {file["name"]: file for item in manifest["contents"] for file in item["files"]}
    assert set(listed) == set(found) - {"manifest.json"}
    without = {name for name, file in listed.items() if "sha256" not in file}
    keys = {name for name in found if name.startswith("cluster/")} - {"cluster/root-ca.crt"}
    payloads = {name for name in found if "secrets/" in name}
    assert without == keys | payloads | {"registry-credentials.json"}
    for name, file in listed.items():
        assert file["size"] == len(found[name])
        if name not in without:
            assert file["sha256"] == sha256(found[name]).hexdigest()


def test_no_digest_of_a_secret_is_anywhere(found):
    told = found["manifest.json"]
    for name, data in found.items():
        if "secrets/" in name:
            assert sha256(data).hexdigest().encode() not in told
    assert sha256(b"hunter2").hexdigest().encode() not in told


def test_the_manifest_tells_what_is_what(manifest):
    assert manifest["format"] == 1
    assert manifest["swarmwire"] == "1.2.3"
    assert manifest["source"]["index"] == 7
    special = {each["name"]: each.get("special", "") for each in manifest["contents"]}
    assert (special["ingress"], special["host"], special["front"]) == (
        "ingress",
        "predefined",
        "",
    )
    assert [each["name"] for each in manifest["contents"] if each.get("is_deleted")] == ["gone"]
    assert manifest["network_names"][object_id("network front")] == "front"


def test_a_service_without_words_in_the_engine_keeps_its_message():
    attachment = service("odd")
    attachment.spec.task.attachment.container_id = "c1"
    found = files(bundle_from_store(store_of(attachment), Choice()))
    assert set(found) == {"services/odd.pb", "manifest.json"}
    (item,) = json.loads(found["manifest.json"])["contents"]
    assert "unsupported runtime" in item["note"]
    assert bundle_from_files(found).services == [attachment]


def test_a_secret_of_a_driver_has_no_payload_file():
    driven = secret("driven")
    driven.spec.data = b""
    driven.spec.driver.name = "vault"
    found = files(bundle_from_store(store_of(driven), EVERYTHING))
    assert "secrets/driven.data" not in found
    assert json.loads(found["secrets/driven.json"])["Driver"] == {"Name": "vault"}
    assert bundle_from_files(found).secrets == [driven]


@pytest.mark.parametrize("type_", [pb.Service, pb.Network, pb.Secret, pb.Config])
def test_every_field_of_a_message_comes_back(type_):
    message = fill(type_)
    bundle = bundle_from_store(store_of(message), EVERYTHING)
    again = bundle_from_files(files(bundle))
    kind = type_.DESCRIPTOR.name.lower()
    assert again.of(kind) == [message]
    assert again.edited == []


def test_a_network_is_asked_for_as_it_was_and_not_as_it_was_given():
    given = network("front")
    given.spec.ipam.driver.name = "default"
    given.spec.ipam.configs.add(subnet="10.5.0.0/16")
    given.spec.attachable = True
    given.spec.driver_config.options["encrypted"] = ""
    given.ipam.configs.add(subnet="10.5.0.0/16", gateway="10.5.0.1")
    given.driver_state.name = "overlay"
    given.driver_state.options["com.docker.network.driver.overlay.vxlanid_list"] = "4097"
    found = files(bundle_from_store(store_of(given), EVERYTHING))
    body = engine.decode(found["networks/front.json"], engine.NetworkCreateRequest)
    assert convert.network_create_to_grpc(body, lossless=True) == given.spec
    assert b"vxlanid" not in found["networks/front.json"]


def test_names_that_are_equal_but_for_case_get_files_of_their_own():
    store = store_of(config("Settings"), config("settings"))
    found = files(bundle_from_store(store, EVERYTHING))
    assert f"configs/settings@{object_id('config settings')}.data" in found
    assert f"configs/Settings@{object_id('config Settings')}.data" in found


def test_files_hide_their_content(bundle):
    shown = repr(list(files_of(bundle, ABOUT)))
    assert "hunter2" not in shown
    assert "secrets/password.data" in shown
