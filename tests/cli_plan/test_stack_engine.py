"""``apply --stack`` beside ``docker stack deploy`` on one engine: the same end and tasks.

Both deploy the same files, as two stacks. What differs is their names alone.
"""

import json
import subprocess
import sys

import pytest

from swarmwire.cli.planning.stack import applying
from tests.support.either import clock_of, manager_of
from tests.support.installations import INSTALLATIONS, ON_NEWEST

pytestmark = pytest.mark.parametrize("either", ON_NEWEST, indirect=True, scope="session")

BASE = """
services:
  web:
    image: busybox-static
    command: sleep 100000
    stop_signal: SIGKILL
    environment: {B: "1", A: "1"}
    configs: [{source: conf, target: /other}]
    secrets: [key]
    networks: [inner, default]
    deploy: {replicas: 2, labels: {x: y}, update_config: {monitor: 1ms, parallelism: 0}}
  api:
    image: busybox-static:latest
    command: sleep 100000
    stop_signal: SIGKILL
    networks: {inner: {aliases: [backend]}}
    healthcheck: {test: ["CMD", "true"], interval: 1s, start_interval: 500ms, start_period: 60s}
    volumes: [{type: tmpfs, target: /t, tmpfs: {size: 1000000}}]
    deploy: {mode: global, update_config: {monitor: 1ms}}
networks: {inner: {driver_opts: {a: b}, ipam: {config: [{subnet: 10.77.%d.0/24}]}}}
configs: {conf: {file: ./conf}}
secrets: {key: {file: ./key, labels: {l: "1"}}}
"""
EXTRA = """
  new:
    image: busybox-static
    command: sleep 100000
    stop_signal: SIGKILL
    deploy: {replicas: 1, restart_policy: {condition: on-failure}}
networks"""
CHANGES = {
    "new": lambda text: text,
    "nothing": lambda text: text,
    "a label": lambda text: text.replace("x: y", "x: z"),
    "an environment": lambda text: text.replace('A: "1"', 'A: "2"'),
    "one more task and another label of a secret": lambda text: text.replace(
        "replicas: 2", "replicas: 3"
    ).replace('l: "1"', 'l: "2"'),
    "one more service": lambda text: text.replace("\nnetworks", EXTRA, 1),
    "placement": lambda text: text.replace(
        "mode: global", "mode: global, placement: {constraints: [node.role == manager]}"
    ),
    "a service is gone": lambda text: text.replace(EXTRA, "\nnetworks", 1),
}


@pytest.fixture(scope="module")
def daemon(either):
    with manager_of(either, cli=INSTALLATIONS[-1]) as daemon:
        for name, text in (("conf", "content"), ("key", "s3cret")):
            (daemon.root / name).write_text(text)
        yield daemon


@pytest.fixture
def here(daemon, either, monkeypatch):
    monkeypatch.setattr(applying, "CLOCK", clock_of(either))
    monkeypatch.setenv("SWARMWIRE_SOCKET", str(daemon.control_socket))
    return daemon


def written(daemon, name, text):
    file = daemon.root / f"{name}.yml"
    file.write_text(text)
    return file


def specs(daemon, stack):
    """The specs of a stack's objects, by name, without what differs between two stacks."""
    names = {}
    for kind in ("secrets", "configs"):
        names |= {one["ID"]: one["Spec"]["Name"] for one in daemon.get(f"/{kind}").json}
    names |= {one["Id"]: one["Name"] for one in daemon.get("/networks").json}
    found = {}
    for kind in ("services", "secrets", "configs"):
        for one in daemon.get(f"/{kind}").json:
            text = json.dumps(one["Spec"], sort_keys=True)
            if f'"{stack}_' not in text:
                continue
            for id_, name in names.items():
                text = text.replace(id_, name)
            found[kind, one["Spec"]["Name"].removeprefix(stack)] = text.replace(
                f'"{stack}', '"STACK'
            )
    return found


def stored(daemon):
    """The specs of all objects, by id; tasks come and go meanwhile."""
    kinds = ("/services", "/secrets", "/configs")
    return {one["ID"]: one["Spec"] for kind in kinds for one in daemon.get(kind).json}


def live(daemon, stack):
    """The tasks that are to run, by place: the name of their service, and their slot or node."""
    services = {
        one["ID"]: one["Spec"]["Name"].removeprefix(stack)
        for one in daemon.get("/services").json
        if one["Spec"]["Name"].startswith(f"{stack}_")
    }
    tasks = [one for one in daemon.get("/tasks").json if one["ServiceID"] in services]
    return {
        (services[one["ServiceID"]], one.get("Slot", 0)): one["ID"]
        for one in tasks
        if one["DesiredState"] == "running" and one["Status"]["State"] == "running"
    }


def settled(daemon, stack, count):
    def is_so():
        tasks = [
            one
            for one in daemon.get("/tasks").json
            if one["DesiredState"] in ("running", "ready") or one["Status"]["State"] == "running"
        ]
        ours = live(daemon, stack)
        states = {one["Status"]["State"] for one in tasks}
        statuses = {
            (one.get("UpdateStatus") or {}).get("State", "completed")
            for one in daemon.get("/services").json
        }
        return len(ours) == count and states == {"running"} and statuses == {"completed"}

    daemon.wait_for(f"{count} tasks of {stack}", is_so)
    return live(daemon, stack)


def kept(before, after):
    return {place for place, task in before.items() if after.get(place) == task}


def test_the_same_end_and_the_same_tasks(here, invoke):
    text, before = BASE, ({}, {})
    for title, change in CHANGES.items():
        text = change(text)
        count = 3 + ("replicas: 3" in text) + (EXTRA in text)
        docker = ("stack", "deploy", "--resolve-image=never", "--prune", "--detach=true")
        here.cli(*docker, "-c", str(written(here, "dk", text % 1)), "dk")
        theirs = settled(here, "dk", count)
        file = written(here, "sw", text % 2)
        choice = ("--stack", "sw", "-c", file, "--prune", "--resolve-image", "never")
        planned = json.loads(invoke("plan", *choice, "--format", "json").output)
        done = invoke("apply", *choice, "--yes", "--format", "json")
        assert done.code == 0, f"{title}: {done.text}{done.stderr}"
        told = [json.loads(line) for line in done.text.splitlines()]
        assert told[0] == {"event": "plan", **planned}
        assert told[-1] == {"event": "end", "code": 0, "reason": ""}
        assert {one["state"] for one in told[-2]["states"]} <= {"converged"}
        ours = settled(here, "sw", count)
        assert specs(here, "sw") == specs(here, "dk"), title
        assert kept(before[0], theirs) == kept(before[1], ours), title
        restarted = {
            task["task"]
            for update in planned["updates"]
            if update["sent"]
            for task in update["tasks"]
            if task["action"] in ("restarts", "removed")
        }
        gone = {
            task
            for place, task in before[1].items()
            if ours.get(place) != task and place[0] != "_new"
        }
        assert restarted == gone, title
        before = (theirs, ours)


def test_files_that_docker_deploys_and_we_find_unchanged(here, invoke):
    file = written(here, "same", BASE % 3)
    here.cli("stack", "deploy", "--resolve-image=never", "-c", str(file), "same")
    done = invoke("plan", "--stack", "same", "-c", file, "--resolve-image", "never")
    assert done.code == 0, done.text


@pytest.mark.parametrize(
    "text",
    [
        "services: {a: {image: b, networks: [nosuch]}}\nnetworks: {nosuch: {external: true}}",
        "services: {a: {image: busybox-static, secrets: [n]}}\nsecrets: {n: {external: true}}",
        "services: {a: {image: busybox-static, networks: [n]}}\nnetworks: {n: {name: taken}}",
        "services: {a: {image: busybox-static, ports: ['8099:80']}}",
        "services: {a: {image: b, configs: [t]}}\nconfigs: {t: {file: ./conf, name: taken}}",
        "services: {a: {image: b, secrets: [t]}}\nsecrets: {t: {file: ./key, name: taken}}",
        "services: {a: {image: b, networks: [n]}}\nnetworks: {n: {external: true, name: ingress}}",
    ],
)
def test_what_docker_fails_at_is_refused_before(here, invoke, text, taken):
    file = written(here, "bad", text)
    before = stored(here)
    done = invoke("apply", "--stack", "bad", "-c", file, "--yes", "--resolve-image", "never")
    assert done.code == 1, done.text
    assert "nothing written" in done.stderr
    assert stored(here) == before
    with pytest.raises(Exception, match="docker stack deploy"):
        here.cli("stack", "deploy", "--resolve-image=never", "-c", str(file), "bad")
    here.cli("stack", "rm", "bad")


@pytest.fixture(scope="module")
def taken(daemon):
    """Names and a port that others have."""
    daemon.post("/networks/create", {"Name": "taken", "Driver": "overlay"})
    daemon.post("/configs/create", {"Name": "taken", "Data": "eA=="})
    daemon.post("/secrets/create", {"Name": "taken", "Data": "eA=="})
    spec = {
        "Name": "p1",
        "TaskTemplate": {"ContainerSpec": {"Image": "busybox-static"}},
        "Mode": {"Replicated": {"Replicas": 0}},
        "EndpointSpec": {"Ports": [{"TargetPort": 80, "PublishedPort": 8099}]},
    }
    daemon.post("/services/create", spec)


def test_an_update_that_fails_ends_it_and_goes_on_when_repeated(here, invoke):
    good = "services: {a: {image: busybox-static, command: %s, stop_signal: SIGKILL}}"
    file = written(here, "fails", good % "sleep 100000")
    ours = ("apply", "--stack", "fails", "-c", file, "--yes", "--resolve-image", "never")
    assert invoke(*ours).code == 0
    written(here, "fails", good % "/nosuch")
    done = invoke(*ours)
    assert done.code == 4
    assert "fails_a: paused, " in done.stderr
    back = invoke("apply", "--stack", "fails", "--rollback", "--yes")
    assert back.code == 0, back.stderr
    assert "stack fails: converged" in back.text


def test_ctrl_c_while_it_follows(here):
    file = written(here, "cut", (BASE % 9).replace("monitor: 1ms", "monitor: 60s, delay: 60s"))
    words = ("apply", "--stack", "cut", "-c", str(file), "--yes", "--resolve-image", "never")
    process = subprocess.Popen(
        [sys.executable, "-m", "swarmwire.cli", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if "created service cut_web" in line:
            process.send_signal(2)
            break
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted; what stands: created network cut_default" in said
    assert "s3cret" not in said
