"""Specs of secrets, configs, networks, nodes and swarms: stored and refused as a release does."""

import json
from typing import Any

import pytest

from swarmwire import convert, engine, pb, rules
from swarmwire.errors import ConvertError, FieldError, InvalidSpec
from tests.dockerd.conversions import body_of, spec_text
from tests.dockerd.specs import LABELS, NOWHERE, SECOND, task
from tests.support.dockerd import Dockerd
from tests.support.json_text import go_text

pytestmark = pytest.mark.engine

OK = 200

SECRETS: dict[str, dict[str, Any]] = {
    "secret-plain": {"Data": "AAEC/w=="},
    "secret-labels": {"Data": "YQ==", "Labels": LABELS},
    "secret-template": {"Data": "YQ==", "Templating": {"Name": "golang", "Options": {"a": "b"}}},
    "secret-integers": {"Data": [97, 98]},
    "secret.odd_Name-9": {"data": "YQ==", "labels": None, "Bogus": 1},
}


@pytest.mark.parametrize("name", SECRETS)
def test_stored_secret(dockerd, release, name):
    body = json.dumps({"Name": name} | SECRETS[name])

    created = dockerd.post("/secrets/create", body).json["ID"]
    spec = engine.decode(body, engine.SecretSpec, release=release)
    message = convert.secret_spec_to_grpc(spec, release=release)
    rules.validate_secret_spec(message, release=release)
    message.data = b""  # as a manager, who keeps it to himself

    shown = convert.secret_from_grpc(pb.Secret(spec=message), release=release).spec
    assert text_of(shown, release) == spec_text(dockerd.get(f"/secrets/{created}"))


@pytest.mark.parametrize("name", SECRETS)
def test_stored_config(dockerd, release, name):
    body = json.dumps({"Name": name} | SECRETS[name])

    created = dockerd.post("/configs/create", body).json["ID"]
    spec = engine.decode(body, engine.ConfigSpec, release=release)
    message = convert.config_spec_to_grpc(spec, release=release)
    rules.validate_config_spec(message, release=release)

    shown = convert.config_from_grpc(pb.Config(spec=message), release=release).spec
    assert text_of(shown, release) == spec_text(dockerd.get(f"/configs/{created}"))


POOL_WITHOUT_GATEWAY = "10.98.0.0/24"
NETWORKS: dict[str, dict[str, Any]] = {
    "net-plain": {},
    "net-options": {"Options": {"o": "p"}, "Labels": LABELS, "Internal": True},
    "net-pool": {
        "IPAM": {
            "Options": {"x": "y"},
            "Config": [
                {
                    "Subnet": "10.99.0.0/24",
                    "IPRange": "10.99.0.128/25",
                    "Gateway": "10.99.0.1",
                    "AuxiliaryAddresses": {"a": "10.99.0.4"},
                }
            ],
        },
    },
    "net-like-docker-py": {
        "CheckDuplicate": True,
        "IPAM": {
            "Driver": "default",
            "Config": [
                {
                    "Subnet": POOL_WITHOUT_GATEWAY,
                    "IPRange": None,
                    "Gateway": None,
                    "AuxiliaryAddresses": None,
                }
            ],
        },
    },
}


@pytest.mark.parametrize("name", NETWORKS)
def test_stored_network(dockerd, release, name):
    """What a task shows of a network is the stored spec; a service makes it have one."""
    body = json.dumps({"Name": name, "Driver": "overlay"} | NETWORKS[name])
    network = dockerd.post("/networks/create", body).json["Id"]
    attached = task(Networks=[{"Target": network}], Placement=NOWHERE) | {"Mode": {}}
    service = dockerd.post("/services/create", body_of(attached, name, {})).json["ID"]
    found = f'/tasks?filters={{"service":["{service}"]}}'
    try:
        dockerd.wait_for(
            "an attachment",
            lambda: any("NetworksAttachments" in item for item in dockerd.get(found).json),
        )
        (waiting,) = dockerd.get(found).json
    finally:
        dockerd.delete(f"/services/{service}")

    request = engine.decode(body, engine.NetworkCreateRequest, release=release)
    message = convert.network_create_to_grpc(request, release=release)
    rules.validate_network_spec(message, release=release)
    seen = pb.Task(networks=[pb.NetworkAttachment(network=pb.Network(spec=message))])
    shown = convert.task_from_grpc(seen, release=release).networks_attachments[0]
    stored = without_allocation(waiting["NetworksAttachments"][0]["Network"]["Spec"])
    assert text_of(shown.network.spec, release) == go_text(stored)


def without_allocation(spec):
    """A network's spec without what the manager's allocator writes into it, on its way."""
    options = spec.get("IPAMOptions", {}).get("Driver", {}).get("Options", {})
    options.pop("com.docker.network.ipam.serial", None)
    for pool in spec.get("IPAMOptions", {}).get("Configs", []):
        if pool["Subnet"] == POOL_WITHOUT_GATEWAY:
            del pool["Gateway"]
    return spec


NODES = {
    "node-labels": {"Role": "manager", "Availability": "active", "Labels": LABELS},
    "node-words-in-any-case": {"ROLE": "Manager", "availability": "ACTIVE", "Name": "n"},
}


@pytest.mark.parametrize("case", NODES)
def test_stored_node(dockerd, release, case):
    body = json.dumps(NODES[case])
    node = dockerd.get("/info").json["Swarm"]["NodeID"]

    version = dockerd.get(f"/nodes/{node}").json["Version"]["Index"]
    dockerd.post(f"/nodes/{node}/update?version={version}", body)

    spec = engine.decode(body, engine.NodeSpec, release=release)
    message = convert.node_spec_to_grpc(spec, release=release)
    rules.validate_node_spec(message, release=release)
    shown = convert.node_from_grpc(pb.Node(spec=message), release=release).spec
    assert text_of(shown, release) == spec_text(dockerd.get(f"/nodes/{node}"))


SWARMS: dict[str, dict[str, Any]] = {
    "swarm-empty": {},
    "swarm-settings": {
        "Name": "default",
        "Labels": LABELS,
        "Orchestration": {"TaskHistoryRetentionLimit": 0},
        "Raft": {"SnapshotInterval": 5000, "KeepOldSnapshots": 2, "LogEntriesForSlowFollowers": 9},
        "Dispatcher": {"HeartbeatPeriod": 7 * SECOND},
        "CAConfig": {"NodeCertExpiry": 3600 * SECOND},
        "TaskDefaults": {"LogDriver": {"Name": "json-file"}},
    },
}


@pytest.mark.parametrize("case", SWARMS)
def test_stored_swarm(dockerd, release, case):
    """A new swarm's spec is merged with defaults; an update replaces all of it."""
    body = json.dumps(SWARMS[case])
    spec = engine.decode(body, engine.SwarmSpec, release=release)
    spec.name = "default"  # as the engine, before it converts
    init = {"ListenAddr": "127.0.0.1:2377", "AdvertiseAddr": "127.0.0.1", "Spec": SWARMS[case]}
    with Dockerd(dockerd.installation) as fresh:
        fresh.post("/swarm/init", init)
        fresh.wait_for("a manager", lambda: fresh.request("GET", "/swarm").status == OK)
        merged = fresh.get("/swarm")
        fresh.post(f"/swarm/update?version={merged.json['Version']['Index']}", body)
        replaced = fresh.get("/swarm")

    existing = rules.default_cluster_spec()
    first = convert.swarm_spec_to_grpc(spec, existing, release=release)
    second = convert.swarm_spec_to_grpc(spec, release=release)
    assert shown_swarm(first, release) == spec_text(merged)
    assert shown_swarm(second, release) == spec_text(replaced)


def shown_swarm(message, release):
    rules.validate_cluster_spec(message, release=release)
    swarm = convert.swarm_from_grpc(pb.Cluster(spec=message), release=release)
    return text_of(swarm.spec, release)


def text_of(shown, release):
    """An object as a release writes it."""
    return engine.encode(shown, release=release).decode()


DATA = {"Data": "YQ=="}
REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "secret-without-name": ("secret", DATA),
    "secret-name-with-a-blank": ("secret", DATA | {"Name": "a b"}),
    "secret-name-too-long": ("secret", DATA | {"Name": "a" * 65}),
    "secret-without-data": ("secret", {"Name": "a"}),
    "secret-too-large": ("secret", {"Name": "a", "Data": "YWFh" * 170667}),
    "config-without-name": ("config", DATA),
    "config-name-with-a-dot-last": ("config", DATA | {"Name": "a."}),
    "config-without-data": ("config", {"Name": "a"}),
    "config-too-large": ("config", {"Name": "a", "Data": "YWFh" * 341334}),
    "network-name-with-a-dot": ("network", {"Name": "a.b", "Driver": "overlay"}),
    "network-attachable-ingress": (
        "network",
        {"Name": "a", "Driver": "overlay", "Attachable": True, "Ingress": True},
    ),
    "network-predefined": (
        "network",
        {
            "Name": "a",
            "Driver": "overlay",
            "Labels": {"com.docker.swarm.predefined": "true"},
        },
    ),
    "node-without-role": ("node", {"Availability": "active"}),
    "node-role-unknown": ("node", {"Role": "boss", "Availability": "active"}),
    "node-availability-unknown": ("node", {"Role": "worker", "Availability": "on"}),
    "swarm-expiry": ("swarm", {"CAConfig": {"NodeCertExpiry": 1}}),
    "swarm-heartbeat": ("swarm", {"Dispatcher": {"HeartbeatPeriod": -1}}),
    "swarm-protocol": ("swarm", {"CAConfig": {"ExternalCAs": [{"Protocol": "x", "URL": "y"}]}}),
}
KINDS: dict[str, tuple[str, Any, Any, Any]] = {
    "secret": (
        "/secrets/create",
        engine.SecretSpec,
        convert.secret_spec_to_grpc,
        rules.validate_secret_spec,
    ),
    "config": (
        "/configs/create",
        engine.ConfigSpec,
        convert.config_spec_to_grpc,
        rules.validate_config_spec,
    ),
    "network": (
        "/networks/create",
        engine.NetworkCreateRequest,
        convert.network_create_to_grpc,
        rules.validate_network_spec,
    ),
    "node": ("/nodes/%(node)s/update", engine.NodeSpec, convert.node_spec_to_grpc, None),
    "swarm": (
        "/swarm/update",
        engine.SwarmSpec,
        convert.swarm_spec_to_grpc,
        rules.validate_cluster_spec,
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(dockerd, release, case):
    kind, spec = REFUSED[case]
    path, object_type, to_grpc, validate = KINDS[kind]
    body = json.dumps(spec)
    node = dockerd.get("/info").json["Swarm"]["NodeID"]
    versions = {"node": f"/nodes/{node}", "swarm": "/swarm"}
    if kind in versions:
        version = dockerd.get(versions[kind]).json["Version"]["Index"]
        path = f"{path % {'node': node}}?version={version}"

    answer = dockerd.request("POST", path, body)

    def send():
        message = to_grpc(engine.decode(body, object_type, release=release), release=release)
        validate(message, release=release)

    with pytest.raises(FieldError) as caught:
        send()

    prefix = ""
    if isinstance(caught.value, InvalidSpec):
        prefix = f"rpc error: code = {caught.value.code} desc = "
    else:
        assert isinstance(caught.value, ConvertError)
    assert answer.message == prefix + caught.value.reason
