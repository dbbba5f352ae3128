"""A real manager: what is foretold of new tasks is what it does, and ``why`` explains it."""

import asyncio
import time

import pytest

from swarmwire import control, convert, engine, pb, scheduling
from swarmwire.update import read_cluster
from tests.support.dockerd import IMAGE


def spec_of(name, *, replicas=2, ports=(), reserve=None, **placement):
    template = {
        "ContainerSpec": {"Image": IMAGE, "Command": ["sleep", "1000"]},
        "Placement": placement,
    }
    if reserve:
        template["Resources"] = {"Reservations": reserve}
    published = [
        {"Protocol": "tcp", "TargetPort": 80, "PublishedPort": port, "PublishMode": "host"}
        for port in ports
    ]
    return {
        "Name": name,
        "TaskTemplate": template,
        "Mode": {"Replicated": {"Replicas": replicas}},
        "EndpointSpec": {"Mode": "vip", "Ports": published},
    }


CASES = [
    spec_of("free"),
    spec_of("label", Constraints=["node.labels.zone==a"]),
    spec_of("no-label", Constraints=["node.labels.zone!=a"]),
    spec_of("role", Constraints=["node.role == Manager"], replicas=1),
    spec_of("both", Constraints=["node.role==worker", "node.labels.zone==a"]),
    spec_of("key", Constraints=["region==eu"]),
    spec_of("memory", reserve={"MemoryBytes": 2**50}),
    spec_of("cpus", reserve={"NanoCPUs": 10**15}),
    spec_of("small", reserve={"MemoryBytes": 2**23, "NanoCPUs": 10**6}),
    spec_of(
        "gpu",
        reserve={"GenericResources": [{"DiscreteResourceSpec": {"Kind": "gpu", "Value": 1}}]},
    ),
    spec_of("port", ports=[8123]),
    spec_of("same-port", ports=[8123], replicas=1),
    spec_of("platform", Platforms=[{"OS": "plan9", "Architecture": "mips"}]),
    spec_of("limited", MaxReplicas=1, replicas=3),
    spec_of("all", MaxReplicas=1, Constraints=["node.labels.x==y"], reserve={"NanoCPUs": 10**15}),
]


def foretold(socket, spec):
    """What a manager does with the tasks of a service that is not there yet."""
    wanted = convert.service_spec_to_grpc(engine.from_dict(spec, engine.ServiceSpec))
    service = pb.Service(id="new", spec=wanted, spec_version=pb.Version(index=1))
    tasks = [
        pb.Task(
            id=str(slot),
            service_id="new",
            spec=wanted.task,
            spec_version=service.spec_version,
            desired_state="RUNNING",
            status=pb.TaskStatus(state="PENDING"),
            endpoint=pb.Endpoint(ports=wanted.endpoint.ports),
        )
        for slot in range(wanted.replicated.replicas)
    ]

    async def ask():
        async with control.connect(socket) as manager:
            return await read_cluster(manager)

    found = asyncio.run(ask())
    cluster = scheduling.Cluster(
        nodes=found.nodes, tasks=found.tasks, services=[*found.services.values(), service]
    )
    got = scheduling.schedule(cluster, tasks)
    return sorted([*got.placed.values(), *got.waiting.values()])


def done(dockerd, name):
    """The node or the text of each task, once nothing moves for half a second."""

    def now():
        tasks = dockerd.get(f'/tasks?filters={{"service":["{name}"]}}').json
        return sorted(task.get("NodeID") or task["Status"].get("Err", "") for task in tasks)

    before, since, end = now(), time.monotonic(), time.monotonic() + 20
    while time.monotonic() < end:
        time.sleep(0.05)
        if (found := now()) != before:
            before, since = found, time.monotonic()
        elif all(found) and time.monotonic() > since + 0.5:
            return found
    raise AssertionError(before)


@pytest.mark.parametrize("spec", CASES, ids=lambda spec: spec["Name"])
def test_what_is_foretold_comes_true(dockerd, live, spec):
    name = spec["Name"]
    expected = foretold(dockerd.control_socket, spec)
    dockerd.post("/services/create", spec)
    assert done(dockerd, name) == expected
    said = [text for text in expected if " " in text]
    shown = live("why", name).text
    for text in said:
        assert f"The manager says: {text}\n" in shown
        assert "TAKES IT" in shown
    assert ("no task waits" in shown) is not bool(said)


def test_capacity_of_a_real_node(dockerd, live):
    (node,) = live("capacity", "--format", "json").json
    resources = dockerd.get("/info").json
    assert node["Total"]["MemoryBytes"] == resources["MemTotal"]
    assert node["Total"]["NanoCPUs"] == resources["NCPU"] * 10**9
    assert node["Hostname"] == resources["Name"]


def test_why_of_tasks_that_stay_new(dockerd, live):
    config = {"Subnet": "10.9.9.0/29"}
    body = {"Name": "small", "Driver": "overlay", "IPAM": {"Config": [config]}}
    dockerd.post("/networks/create", body)
    spec = spec_of("crowd", replicas=7)
    spec["TaskTemplate"]["Networks"] = [{"Target": "small"}]
    dockerd.post("/services/create", spec)

    def states():
        tasks = dockerd.get('/tasks?filters={"service":["crowd"]}').json
        return sorted(task["Status"]["State"] for task in tasks)

    # of five addresses one is the service's own; its four tasks leave none
    dockerd.wait_for(
        "tasks that stay new", lambda: len(states()) == 7 and states().count("new") == 3
    )
    text = live("why", "crowd").text
    assert "3 tasks wait (new): crowd." in text
    assert "The manager says nothing.\n" in text
    assert "The scheduler does not look at it before it has its addresses.\n" in text
    assert "network small has 0 free addresses of 5, this adds " in text
    assert ": 3 tasks stay NEW, and no manager says why" in text
    for task in live("why", "crowd", "--format", "json").json:
        assert (task["State"], task["Err"], len(task["Addresses"])) == ("new", "", 1)
    dockerd.delete("/services/crowd")
