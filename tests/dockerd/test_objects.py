"""Every kind of object that a real engine shows is read and written back as it was."""

import json
from typing import Any

import msgspec
import pytest

from swarmwire import engine
from tests.dockerd.differences import network_as_20_10, service_as_20_10, task_as_20_10
from tests.dockerd.specs import LABELS, SECOND
from tests.support.dockerd import IMAGE

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


def items(answer):
    """The objects in a list, each exactly as it stands there."""
    raw = msgspec.json.decode(answer.body, type=list[msgspec.Raw])
    assert raw
    return [bytes(item).decode() for item in raw]


def written_back(text, object_type, *, unknown=()):
    findings: list[engine.KeyFinding] = []
    value = engine.decode(text, object_type, findings)

    assert [finding.path for finding in findings] == list(unknown)
    return engine.encode(value).decode()


@pytest.mark.parametrize("path", ["/services", "/services?status=true"])
def test_services(busy, path):
    for text in items(busy.get(path)):
        back = written_back(text, engine.Service)
        # What else differs is for service specs as they are sent; here are none of those.
        assert service_as_20_10(back) == text


def test_states_of_services(busy):
    services = {service["Spec"]["Name"]: service for service in busy.get("/services").json}

    assert services["busy"]["PreviousSpec"]
    assert services["busy"]["UpdateStatus"]["State"] in {"updating", "completed"}
    assert services["busy"]["Endpoint"]["VirtualIPs"]
    assert services["ends"]["JobStatus"]


def test_tasks(busy):
    for text in items(busy.get("/tasks")):
        assert task_as_20_10(written_back(text, engine.Task)) == text


@pytest.mark.parametrize(
    ("path", "object_type"),
    [("/nodes", engine.Node), ("/secrets", engine.Secret), ("/configs", engine.Config)],
)
def test_nodes_secrets_configs(busy, path, object_type):
    for text in items(busy.get(path)):
        assert written_back(text, object_type) == text


def test_swarm(dockerd):
    text = dockerd.get("/swarm").body.decode().rstrip("\n")
    assert written_back(text, engine.Swarm) == text


def test_swarm_in_info(dockerd):
    info = msgspec.json.decode(dockerd.get("/info").body, type=dict[str, msgspec.Raw])
    text = bytes(info["Swarm"]).decode()
    assert written_back(text, engine.SwarmInfo) == text


def test_networks(busy):
    for text in items(busy.get("/networks")):
        containers = json.loads(text)["Containers"]
        back = written_back(text, engine.NetworkResource, unknown=["Containers"])
        assert network_as_20_10(back, containers) == text


@pytest.mark.parametrize("query", ["a-network", "a-network?verbose=true", "ingress", "host"])
def test_network(busy, query):
    text = busy.get(f"/networks/{query}").body.decode().rstrip("\n")
    back = written_back(text, engine.NetworkInspect)
    assert network_as_20_10(back, json.loads(back)["Containers"]) == text
