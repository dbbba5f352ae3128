"""One swarm on each engine in turn, oldest first: what was said of an upgrade is what restarts."""

import json
from typing import Any, NamedTuple

import pytest

from swarmwire import engine, pb, upgrade
from swarmwire.control import sync
from tests.cli_plan import running
from tests.dockerd.conversions import spec_text
from tests.dockerd.specs import SECOND
from tests.support.dockerd import IMAGE, Dockerd

pytestmark = pytest.mark.engine

AT_ONCE = {"Parallelism": 0, "Monitor": 1_000_000, "FailureAction": "continue"}


def document(*command: str, **fields: Any) -> dict[str, Any]:
    """A service with two tasks that start and stop at once."""
    container = {"Image": IMAGE, "Command": command or ("sleep", "100000"), "StopSignal": "SIGKILL"}
    task = {"RestartPolicy": {"Condition": "any", "Delay": 1}} | fields.pop("task", {})
    return {
        "TaskTemplate": {"ContainerSpec": container | fields.pop("container", {})} | task,
        "Mode": {"Replicated": {"Replicas": 2}},
        "UpdateConfig": AT_ONCE,
    } | fields


def documents(network: str) -> dict[str, dict[str, Any]]:
    """What somebody deploys, and sends again after each upgrade."""
    job = document(
        "true", Mode={"ReplicatedJob": {}}, task={"RestartPolicy": {"Condition": "none"}}
    )
    del job["UpdateConfig"]
    tmpfs = {"Type": "tmpfs", "Target": "/t", "TmpfsOptions": {"SizeBytes": 1 << 20}}
    health = {"Test": ["CMD", "true"], "Interval": SECOND}
    return {
        "plain": document(),
        "health": document(container={"Healthcheck": health}),
        "no-health": document(container={"Healthcheck": {"Test": ["NONE"]}}),
        "tmpfs": document(container={"Mounts": [tmpfs]}),
        "tmpfs-plain": document(container={"Mounts": [{"Type": "tmpfs", "Target": "/t"}]}),
        "network": document(task={"Networks": [{"Target": network}]}),
        "network-at-top": document(Networks=[{"Target": network}]),
        "published": document(EndpointSpec={"Ports": [{"TargetPort": 80, "PublishedPort": 8080}]}),
        "no-new-privileges": document(container={"Privileges": {"NoNewPrivileges": True}}),
        "oom-score": document(container={"OomScoreAdj": 100}),
        "everywhere": document(Mode={"Global": {}}),
        "job": job,
    }


class Row(NamedTuple):
    """What became of one service when its document was sent again after an upgrade."""

    before: engine.Release
    after: engine.Release
    name: str
    predicted: str
    restarted: bool
    shows_change: bool
    changed: bool


@pytest.fixture(scope="module")
def rows(installations):
    """Each service on each engine that it was upgraded to."""
    found: list[Row] = []
    first, *others = installations
    with Dockerd(first) as dockerd:
        dockerd.init_swarm()
        dockerd.import_image()
        network = dockerd.post("/networks/create", {"Name": "n", "Driver": "overlay"}).json["Id"]
        specs = {name: spec | {"Name": name} for name, spec in documents(network).items()}
        for spec in specs.values():
            dockerd.post("/services/create", spec)
        wait_for_containers(dockerd)
        for installation in others:
            found += upgraded(dockerd, installation, specs)
    return found


def upgraded(dockerd, installation, specs):
    """Run another engine on the same state, and send every document again."""
    before = dockerd.release
    shown = {name: spec_text(dockerd.get(f"/services/{name}")) for name in specs}
    with sync.connect(dockerd.control_socket, secrets=True) as control:
        stored = list(control.list_services(pb.ListServicesRequest()).services)
    dockerd.stop()
    dockerd.installation = installation
    dockerd.start()
    wait_for_containers(dockerd)

    after = dockerd.release
    written = [upgrade.Written(json.dumps(spec).encode()) for spec in specs.values()]
    sent = by_name(upgrade.compare(written, before=before, after=after))
    inspected = by_name(upgrade.compare(stored, before=before, after=after))
    with sync.connect(dockerd.control_socket, secrets=True) as control:
        for name, spec in specs.items():
            now = spec_text(dockerd.get(f"/services/{name}"))
            yield Row(
                before,
                after,
                name,
                sent[name].verdict,
                sent_again(dockerd, control, spec),
                bool(inspected[name].shown),
                now != shown[name],
            )


def by_name(report):
    return {each.name: each for each in report.services}


def sent_again(dockerd, control, spec):
    """Whether tasks were replaced."""
    service = dockerd.get(f"/services/{spec['Name']}").json
    before = running.tasks_of(control, service["ID"])
    version = service["Version"]["Index"]
    dockerd.post(f"/services/{service['ID']}/update?version={version}", spec)
    after = running.settled(control, service["ID"])
    done, added = running.deeds(before, after.tasks)
    assert done, spec["Name"]
    return bool(added) or set(done.values()) != {"kept"}


def wait_for_containers(dockerd):
    """Wait until the tasks that are to run are those whose containers do."""

    def are_running():
        tasks = dockerd.get('/tasks?filters={"desired-state":["running"]}').json
        wanted = {each["ID"] for each in tasks if "JobIteration" not in each}
        label = "com.docker.swarm.task.id"
        containers = dockerd.get("/containers/json").json
        states = {each["Status"]["State"] for each in tasks if "JobIteration" not in each}
        live = {each["Labels"][label] for each in containers if each["State"] == "running"}
        return wanted == live and states == {"running"} and len(live) == TASKS

    dockerd.wait_for("the containers of all tasks", are_running, timeout=90)


TASKS = 2 * 10 + 1


def test_what_was_said_is_what_restarted(rows):
    assert [row for row in rows if (row.predicted == "restarts") != row.restarted] == []


def test_what_was_said_to_be_shown_otherwise_is(rows):
    assert [row for row in rows if row.shows_change != row.changed] == []


SINCE = {
    "health": "25.0",
    "no-health": "25.0",
    "no-new-privileges": "25.0",
    "tmpfs": "27.5",
    "oom-score": "27.5",
}
"""The first release that stores these documents in another way."""


def test_what_is_known_of_upgrades_happened(rows):
    known = {
        (row.after, row.name)
        for row in rows
        if (since := SINCE.get(row.name)) and row.after.has(since) and not row.before.has(since)
    }
    assert {name for _, name in known} == SINCE.keys()
    assert {(row.after, row.name) for row in rows if row.restarted} == known
