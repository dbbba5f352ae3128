"""The commands against a real manager: what they print is what the engine itself says."""

import asyncio
import json
import time

import pytest

from swarmwire import control, engine, pb
from tests.cli_live.conftest import rows
from tests.dockerd.test_objects import busy_services
from tests.support.certificates import OTHER_CERTIFICATE
from tests.support.dockerd import IMAGE
from tests.support.installations import ON_REAL_ENDS
from tests.support.json_text import items

# the certificates of a node, in the folder of its engine
ONLY_REAL = pytest.mark.parametrize("either", ON_REAL_ENDS, indirect=True, scope="session")
CHATTY = "echo out1; echo err1 >&2; echo out2; trap exit TERM; while true; do sleep 0.1; done"


@pytest.fixture(scope="module")
def busy(dockerd):
    """Objects of every kind, and services in many states, one of which has been updated."""
    data = "ZGF0YQ=="
    ids = {
        "<secret>": dockerd.post("/secrets/create", {"Name": "a-secret", "Data": data}).json["ID"],
        "<config>": dockerd.post("/configs/create", {"Name": "a-config", "Data": data}).json["ID"],
    }
    network = {"Name": "a-network", "Driver": "overlay", "Attachable": True}
    dockerd.post("/networks/create", network)
    dockerd.post("/networks/create", {"Name": "unused", "Driver": "overlay"})
    specs = busy_services(ids)
    for spec in specs:
        dockerd.post("/services/create", spec)
    wanted = {"running", "complete", "failed", "pending"}

    def states():
        return {task["Status"]["State"] for task in dockerd.get("/tasks").json}

    dockerd.wait_for("tasks in many states", lambda: states() >= wanted)
    specs[0]["TaskTemplate"]["ContainerSpec"]["Env"] = ["A=1"]
    version = dockerd.get("/services/busy").json["Version"]["Index"]
    dockerd.post(f"/services/busy/update?version={version}", specs[0])

    def is_updated():
        update = dockerd.get("/services/busy").json.get("UpdateStatus", {})
        return update.get("State") == "completed"

    dockerd.wait_for("the end of an update", is_updated)
    return dockerd


def one_of(live, *arguments):
    (text,) = items(live("inspect", *arguments).text.encode())
    return text


def stable(read):
    """The same answer twice, so that nothing has changed in between."""
    before = None
    while (now := read()) != before:
        before = now
        time.sleep(0.2)
    return now


# What the socket says, converted, is what the engine says


def test_services_are_the_engines(busy, live):
    theirs = items(stable(lambda: busy.get("/services?status=true").body))
    ours = items(live("ls", "--format", "json").text.encode())
    assert ours == theirs


def test_tasks_are_the_engines(busy, live):
    theirs = items(stable(lambda: busy.get("/tasks").body))
    ours = items(live("tasks", "--format", "json").text.encode())
    assert ours == theirs


def test_nodes_are_the_engines(busy, live):
    assert live("nodes", "--format", "json").text == busy.get("/nodes").body.decode()


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("service", "/services"),
        ("task", "/tasks"),
        ("node", "/nodes"),
        ("secret", "/secrets"),
        ("config", "/configs"),
    ],
)
def test_each_object_is_as_the_engine_inspects_it(busy, live, kind, path):
    for one in busy.get(path).json:
        theirs = stable(lambda id_=one["ID"]: busy.get(f"{path}/{id_}").body).decode().strip()
        assert one_of(live, "--kind", kind, one["ID"]) == theirs


@pytest.mark.parametrize("name", ["unused", "host", "bridge"])
def test_each_network_is_as_the_engine_inspects_it(busy, live, name):
    ours = one_of(live, "--kind", "network", name)
    theirs = busy.get(f"/networks/{json.loads(ours)['Id']}?scope=swarm").body.decode().strip()
    assert ours == theirs


@pytest.mark.parametrize("name", ["a-network", "ingress"])
def test_a_network_in_use_is_as_inspected_but_for_what_its_own_node_adds(busy, live, name):
    ours = one_of(live, "--kind", "network", name)
    theirs = json.loads(busy.get(f"/networks/{name}?scope=swarm").body)
    shown = json.loads(ours)
    # Containers, peers, the time when the node made its part, and {} for labels that are null.
    assert (theirs["Labels"] or None) == shown["Labels"]
    added = ("Containers", "Peers", "Created", "Labels")
    known = {key: theirs[key] for key in theirs if key not in added}
    assert {key: shown[key] for key in known} == known


def test_the_swarm_is_as_the_engine_inspects_it(busy, live):
    assert one_of(live, "--kind", "swarm", "--secrets") == busy.get("/swarm").body.decode().strip()


def test_volumes_are_looked_for_where_managers_know_them(busy, live):
    done = live("inspect", "--kind", "volume", "cow", code=1)
    told = "volume cow not found" if busy.release.has("23.0") else "unknown method"
    assert told in done.error


# Tables


def test_tables_tell_what_the_engine_does(busy, live):
    services = {row["NAME"]: row for row in rows(live("ls").text)}
    assert services["each"]["REPLICAS"] == "1/1"
    assert services["waits"]["REPLICAS"] == "0/1"
    assert services["ends"]["REPLICAS"] == "0/1 (1/1 completed)"
    assert services["busy"]["UPDATE"] == "completed"
    states = {(row["NAME"], row["STATE"]) for row in rows(live("ps", "waits", "fails").text)}
    assert states == {("waits.1", "pending"), ("fails.1", "failed")}
    assert len(rows(live("tasks").text)) == len(busy.get("/tasks").json)
    (node,) = rows(live("nodes").text)
    assert (node["STATE"], node["MANAGER"]) == ("ready", "leader")


def test_raw_knows_the_version_of_the_spec(busy, live):
    (service,) = live("inspect", "--raw", "busy").json
    tasks = live("ps", "--raw", "--live", "busy").json
    assert [task["spec_version"] for task in tasks] == [service["spec_version"]]


def test_ps_tells_which_task_waits_for_an_update(busy, live):
    container = {"Image": IMAGE, "Command": ["sleep", "1000"], "StopGracePeriod": 1}
    spec = {
        "Name": "slow",
        "TaskTemplate": {"ContainerSpec": container},
        "Mode": {"Replicated": {"Replicas": 2}},
        "UpdateConfig": {"Parallelism": 1, "Delay": 60_000_000_000},
    }
    id_ = busy.post("/services/create", spec).json["ID"]
    try:
        busy.wait_for("two tasks", lambda: live("ls").text.split("slow", 1)[1].split()[1] == "2/2")
        version = busy.get(f"/services/{id_}").json["Version"]["Index"]
        container["Env"] = ["A=1"]
        busy.post(f"/services/{id_}/update?version={version}", spec)
        busy.wait_for(
            "the first half of an update",
            lambda: (
                sorted(row["SPEC"] for row in rows(live("ps", "--live", "slow").text))
                == ["current", "old"]
            ),
        )
    finally:
        busy.delete(f"/services/{id_}")


# Ways to the manager


@ONLY_REAL
def test_the_root_of_the_swarm_is_enough(busy, live):
    root = busy.data_root / "swarm" / "certificates" / "swarm-root-ca.crt"
    assert live("nodes", "--ca", root).text == live("nodes").text


def test_another_root_is_not(busy, live, tmp_path):
    other = tmp_path / "other.crt"
    other.write_text(OTHER_CERTIFICATE.pem)
    done = live("nodes", "--ca", other, code=2)
    assert "--ca does not vouch for its certificate" in done.error


@ONLY_REAL
def test_a_remote_manager_is_asked_with_certificates(busy, live, engines):
    inside = ["nsenter", f"--target={busy.pid}", "--net"]
    folder = busy.data_root / "swarm" / "certificates"
    place = ["--host", "127.0.0.1", "--certificates", folder]
    assert live("nodes", *place, socket=False, before=inside).text == live("nodes").text


# Removing tasks


def test_history_goes_and_what_runs_stays(busy, live):
    busy_id = busy.get("/services/busy").json["ID"]
    of_busy = [task for task in busy.get("/tasks").json if task["ServiceID"] == busy_id]
    (old,) = [task["ID"] for task in of_busy if task["DesiredState"] == "shutdown"]
    (new,) = [task["ID"] for task in of_busy if task["DesiredState"] == "running"]
    busy.wait_for(
        "its end", lambda: busy.get(f"/tasks/{old}").json["Status"]["State"] == "shutdown"
    )
    assert "would replace it at once" in live("task", "rm", "--yes", new, old, code=1).text
    assert "dry run" in live("task", "rm", old).text
    assert live("task", "rm", "--yes", old).text.endswith(f"{old} removed\n")
    assert old not in live("tasks", "--raw").text
    assert "not found" in live("task", "rm", old, code=1).error


# Logs


@pytest.fixture(scope="module")
def chatty(dockerd):
    container = {"Image": IMAGE, "Command": ["sh", "-c", CHATTY], "StopGracePeriod": 1_000_000_000}
    spec = {"Name": "chatty", "TaskTemplate": {"ContainerSpec": container}}
    id_ = dockerd.post("/services/create", spec).json["ID"]

    def task():
        found = [task for task in dockerd.get("/tasks").json if task["ServiceID"] == id_]
        return next((one["ID"] for one in found if one["Status"]["State"] == "running"), "")

    dockerd.wait_for("a running task", task)
    yield task()
    dockerd.delete(f"/services/{id_}")


def test_logs_of_a_running_container(dockerd, live, chatty):
    dockerd.wait_for("lines", lambda: "out2" in live("logs", "chatty").text)
    done = live("logs", "chatty", "--no-prefix")
    assert (done.text, done.error) == ("out1\nout2\n", "err1\n")
    prefix = f"chatty.1.{chatty[:12]}@"
    assert live("logs", "chatty").text.startswith(prefix)
    assert live("logs", chatty, "--no-prefix", "--tail", "1", "--stdout").text == "out2\n"
    assert live("logs", "chatty", "--no-prefix", "--tail", "1", "--stderr").error == "err1\n"
    assert live("logs", "chatty", "--since", "2100-01-01T00:00:00Z").text == ""
    assert live("nodes").text  # the manager lives


# Many services


def test_2000_services_are_listed(dockerd, live):
    async def create():
        async with control.connect(dockerd.control_socket) as manager:
            for number in range(2000):
                request = pb.CreateServiceRequest()
                request.spec.annotations.name = f"many-{number}"
                request.spec.task.container.image = IMAGE
                request.spec.replicated.replicas = 0
                await manager.create_service(request)

    asyncio.run(create())
    listed = [row for row in rows(live("ls").text) if row["NAME"].startswith("many-")]
    assert len(listed) == 2000
    ours = items(live("ls", "--format", "json").text.encode())
    theirs = items(stable(lambda: dockerd.get("/services?status=true").body))
    assert ours == theirs
    assert engine.decode(ours[0], engine.Service).id
