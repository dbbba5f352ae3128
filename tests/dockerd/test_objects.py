"""Every kind of object: what a manager holds, converted, is what its engine shows, to the byte."""

from typing import Any

import msgspec
import pytest

from swarmwire import convert, engine, pb
from swarmwire.control import sync
from tests.dockerd.specs import LABELS, SECOND
from tests.support.dockerd import IMAGE
from tests.support.json_text import items

pytestmark = pytest.mark.engine


def runs(*command: str, **container: Any) -> dict[str, Any]:
    spec = {"Image": IMAGE, "Command": command, "StopGracePeriod": SECOND, **container}
    return {"ContainerSpec": spec, "RestartPolicy": {"Condition": "none"}}


def busy_services(ids: dict[str, str]) -> list[dict[str, Any]]:
    """Services in different states: a running one, jobs, one that fails, one without a node."""
    secret = {"SecretID": ids["<secret>"], "SecretName": "a-secret"}
    file = {"Name": "s", "UID": "0", "GID": "0", "Mode": 0o400}
    running = runs(
        *("sh", "-c", "trap exit TERM; while true; do sleep 0.1; done"),
        Secrets=[secret | {"File": file}],
        Privileges={"SELinuxContext": {"Disable": True}},
    )
    ports = [{"TargetPort": 80, "PublishedPort": 18099, "PublishMode": "host"}, {"TargetPort": 81}]
    return [
        {
            "Name": "busy",
            "Labels": LABELS,
            "TaskTemplate": running | {"Networks": [{"Target": "a-network", "Aliases": ["b"]}]},
            "UpdateConfig": {"Parallelism": 1, "Monitor": 1, "MaxFailureRatio": 0.3},
            "EndpointSpec": {"Ports": ports},
        },
        {"Name": "each", "TaskTemplate": runs("sleep", "1000"), "Mode": {"Global": {}}},
        {"Name": "ends", "TaskTemplate": runs("true"), "Mode": {"ReplicatedJob": {}}},
        {"Name": "ends-on-each", "TaskTemplate": runs("true"), "Mode": {"GlobalJob": {}}},
        {"Name": "fails", "TaskTemplate": runs("no-such-program")},
        {"Name": "waits", "TaskTemplate": runs("true") | {"Placement": {"Constraints": ["a1==b"]}}},
    ]


WAITED_FOR = {
    ("busy", "running"),
    ("each", "running"),
    ("ends", "complete"),
    ("ends-on-each", "complete"),
    ("fails", "failed"),
    ("waits", "pending"),
}


@pytest.fixture(scope="module")
def busy(dockerd, ids):
    """The engine with services in many states, one of them in the middle of an update."""
    dockerd.post("/networks/create", {"Name": "unused", "Driver": "overlay", "Labels": LABELS})
    specs = busy_services(ids)
    names = {dockerd.post("/services/create", spec).json["ID"]: spec["Name"] for spec in specs}

    def states() -> set[tuple[str, str]]:
        tasks = dockerd.get("/tasks").json
        return {(names.get(task["ServiceID"], ""), task["Status"]["State"]) for task in tasks}

    dockerd.wait_for("tasks in all states", lambda: states() >= WAITED_FOR)
    changed = specs[0]
    changed["TaskTemplate"]["ContainerSpec"]["Env"] = ["A=1"]
    version = dockerd.get("/services/busy").json["Version"]["Index"]
    dockerd.post(f"/services/busy/update?version={version}", changed)
    dockerd.wait_for("an update", lambda: "UpdateStatus" in dockerd.get("/services/busy").json)
    yield dockerd
    for name in names:
        dockerd.delete(f"/services/{name}")
    dockerd.delete("/networks/unused")


@pytest.fixture(scope="module")
def manager(busy):
    """The manager behind the engine, with all that it tells."""
    with sync.connect(busy.control_socket, secrets=True) as control:
        yield control


LISTS: dict[str, tuple[str, Any, str, Any]] = {
    "services": ("services", pb.ListServicesRequest, "list_services", convert.service_from_grpc),
    "tasks": ("tasks", pb.ListTasksRequest, "list_tasks", convert.task_from_grpc),
    "nodes": ("nodes", pb.ListNodesRequest, "list_nodes", convert.node_from_grpc),
    "secrets": ("secrets", pb.ListSecretsRequest, "list_secrets", convert.secret_from_grpc),
    "configs": ("configs", pb.ListConfigsRequest, "list_configs", convert.config_from_grpc),
    "networks": ("networks", pb.ListNetworksRequest, "list_networks", convert.network_from_grpc),
    "swarm": ("clusters", pb.ListClustersRequest, "list_clusters", convert.swarm_from_grpc),
}
PATHS = {
    "networks": '/networks?filters={"scope":["swarm"]}',
}
OWN = "com.docker.swarm.predefined"
"""The label of the nodes' own networks, which no list shows."""


def held(manager, kind, release, from_grpc=None):
    """What the engine shows of each object that the manager holds, by our conversions."""
    field, request, method, listed = LISTS[kind]
    found = getattr(getattr(manager, method)(request()), field)
    shown = [one for one in found if kind != "networks" or OWN not in one.spec.annotations.labels]
    convert_one = from_grpc or listed
    texts = [engine.encode(convert_one(one, release=release), release=release) for one in shown]
    return {one.id: text.decode() for one, text in zip(shown, texts, strict=True)}


def unchanged(read, compared):
    """Both answers, read while nothing changed."""
    while True:
        before, other = read(), compared()
        if read() == before:
            return before, other


@pytest.mark.parametrize("kind", LISTS)
def test_lists_are_what_the_manager_holds(busy, manager, release, kind):
    def told():
        body = busy.get(PATHS.get(kind, f"/{kind}")).body
        return sorted(items(b"[" + body + b"]" if kind == "swarm" else body))

    theirs, ours = unchanged(told, lambda: held(manager, kind, release))

    assert theirs
    assert sorted(ours.values()) == theirs


@pytest.mark.parametrize("kind", ["services", "tasks", "nodes", "secrets", "configs"])
def test_each_object_is_what_the_manager_holds(busy, manager, release, kind):
    def told():
        ids = held(manager, kind, release)
        return {id_: busy.get(f"/{kind}/{id_}").body.decode().rstrip("\n") for id_ in ids}

    theirs, ours = unchanged(told, lambda: held(manager, kind, release))

    assert ours == theirs


def test_a_network_that_no_node_uses_is_what_the_manager_holds(busy, manager, release):
    ours = held(manager, "networks", release, convert.network_inspect_from_grpc)
    theirs = busy.get("/networks/unused?scope=swarm")
    assert ours[theirs.json["Id"]] == theirs.body.decode().rstrip("\n")


def written_back(text, object_type, release):
    findings: list[engine.KeyFinding] = []
    value = engine.decode(text, object_type, findings, release=release)

    assert findings == []
    return engine.encode(value, release=release).decode()


@pytest.mark.parametrize("path", ["/services", "/services?status=true"])
def test_services(busy, release, path):
    for text in items(busy.get(path).body):
        assert written_back(text, engine.Service, release) == text


def test_states_of_services(busy):
    services = {service["Spec"]["Name"]: service for service in busy.get("/services").json}

    assert services["busy"]["PreviousSpec"]
    assert services["busy"]["UpdateStatus"]["State"] in {"updating", "completed"}
    assert services["busy"]["Endpoint"]["VirtualIPs"]
    assert services["ends"]["JobStatus"]


@pytest.mark.parametrize(
    ("path", "object_type"),
    [
        ("/tasks", engine.Task),
        ("/nodes", engine.Node),
        ("/secrets", engine.Secret),
        ("/configs", engine.Config),
        ("/networks", engine.NetworkResource),
    ],
)
def test_lists(busy, release, path, object_type):
    found = items(busy.get(path).body)
    assert found
    for text in found:
        assert written_back(text, object_type, release) == text


def test_swarm(dockerd, release):
    text = dockerd.get("/swarm").body.decode().rstrip("\n")
    assert written_back(text, engine.Swarm, release) == text


def test_swarm_in_info(dockerd, release):
    info = msgspec.json.decode(dockerd.get("/info").body, type=dict[str, msgspec.Raw])
    text = bytes(info["Swarm"]).decode()
    assert written_back(text, engine.SwarmInfo, release) == text


@pytest.mark.parametrize("query", ["a-network", "a-network?verbose=true", "ingress", "host"])
def test_network(busy, release, query):
    text = busy.get(f"/networks/{query}").body.decode().rstrip("\n")
    assert written_back(text, engine.NetworkInspect, release) == text
