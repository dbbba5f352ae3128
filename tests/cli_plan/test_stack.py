"""What the docker command would deploy: planned, and nothing deployed."""

import json
import shutil
from pathlib import Path

import pytest

from swarmwire import pb
from swarmwire.cli.exits import Stop
from swarmwire.cli.planning import manager as asked
from swarmwire.cli.planning.stack import deploy as deployment
from swarmwire.cli.planning.stack.objects import Swarm
from tests.cli_plan import running
from tests.cli_plan.inmemory import service_of
from tests.support.dockerd import DEBIAN_CLI

STACK = """
version: "3.8"
services:
  web:
    image: busybox-static:latest
    command: sleep 100000
    stop_signal: SIGKILL
    environment: {B: "1", A: "%(a)s"}
    configs: [conf]
    networks: [inner]
    deploy: {replicas: %(replicas)s, labels: {x: "%(label)s"}, update_config: {monitor: 1ms}}
networks: {inner: {}}
configs: {conf: {file: ./conf.txt}}
"""


@pytest.fixture
def stack(tmp_path):
    (tmp_path / "conf.txt").write_text("content")

    def write(a="1", replicas=2, label="y"):
        file = tmp_path / "stack.yml"
        file.write_text(STACK % {"a": a, "replicas": replicas, "label": label})
        return file

    return write


@pytest.fixture(params=["debian", "other"])
def program(request, monkeypatch):
    """Each docker command that is installed; it comes first on the path."""
    other = shutil.which("docker")
    if request.param == "other":
        if other is None or Path(other).resolve() == DEBIAN_CLI.resolve():
            pytest.skip("there is only one docker command")
        return
    monkeypatch.setenv("PATH", f"{DEBIAN_CLI.parent}:/bin")


@pytest.mark.engine
def test_plans_what_deploy_then_does(invoke, here, manager, program, stack, tmp_path):
    plan = ("plan", "--stack", "st", "-c")
    created = invoke(*plan, stack())
    assert created.code == 2, created.stderr
    assert "st_web: is new, with 2 tasks\nnetwork st_inner: is new\nconfig st_conf: is new\n" in (
        created.text
    )
    assert "st_web" not in here.cli("service", "ls")

    here.cli("stack", "deploy", "--resolve-image=never", "-c", str(stack()), "st")
    try:
        service = asked.find(manager, "st_web")
        running.wait_until(lambda: len(running.running(manager, service.id)) == 2, "two tasks")
        _as_predicted(invoke, here, manager, service.id, stack(), 0)
        _as_predicted(invoke, here, manager, service.id, stack(label="z"), 2)
        _as_predicted(invoke, here, manager, service.id, stack(label="z", replicas=1), 2)
        _as_predicted(invoke, here, manager, service.id, stack(a="2", label="z", replicas=1), 3)

        (tmp_path / "conf.txt").write_text("other content")
        refused = invoke(*plan, stack())
        assert refused.code == 1
        assert "refused: config st_conf has other content" in refused.text
        empty = tmp_path / "empty.yml"
        empty.write_text(STACK.partition("services:")[0] + "services: {}\n")
        left = invoke(*plan, empty)
        assert "st_web: is not in the files, and stays as it is" in left.text
    finally:
        here.cli("stack", "rm", "st")
        running.wait_until(
            lambda: not here.cli("network", "ls", "-q", "-f", "name=st_inner"), "end"
        )


def _as_predicted(invoke, engine, control, service_id, file, code):
    before = running.snapshot(control, service_id)
    planned = invoke("plan", "--stack", "st", "-c", file, "--format", "json")
    assert planned.code == code, planned.text + planned.stderr
    assert asked.get(control, service_id) == before.service
    engine.cli("stack", "deploy", "--resolve-image=never", "-c", str(file), "st")
    after = running.settled(control, service_id)
    deeds, _ = running.deeds(before.tasks, after.tasks)
    (update,) = json.loads(planned.output)["updates"]
    verdicts = {one["task"]: one["action"] for one in update["tasks"] if one.get("task")}
    assert {task: verdicts[task] for task in deeds} == deeds


@pytest.mark.engine
def test_a_stack_file_that_docker_refuses(invoke, here, tmp_path):
    file = tmp_path / "bad.yml"
    file.write_text("services: {web: {nonsense: 1}}")
    done = invoke("plan", "--stack", "st", "-c", file)
    assert done.code == 1
    assert done.stderr.startswith("swarmwire: the docker command says: ")


def test_without_a_docker_command(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(Stop, match="needs the docker command"):
        deployment.deploy(Swarm((), (), (), ()), "st", (), ())


@pytest.mark.parametrize(
    ("versions", "api"),
    [
        ((), "1.41"),
        (("20.10.24+dfsg1",), "1.41"),
        (("29.1.0", "24.0.9"), "1.43"),
        (("28.2.2", "dev"), "1.48"),
        (("17.12.1",), "1.41"),
    ],
)
def test_the_engine_is_as_old_as_the_oldest_node(versions, api):
    nodes = [pb.Node(id=str(index)) for index in range(len(versions))]
    for node, version in zip(nodes, versions, strict=True):
        node.description.engine.engine_version = version
    assert deployment._version(nodes) == api


@pytest.fixture
def swarm():
    service = service_of("st_web", 1)
    service.spec.annotations.labels["com.docker.stack.namespace"] = "st"
    secret = pb.Secret(id="s1", spec={"annotations": {"name": "st_key"}})
    config = pb.Config(id="c1", spec={"annotations": {"name": "st_conf"}, "data": b"x"})
    network = pb.Network(id="n1", spec={"annotations": {"name": "st_inner"}})
    return Swarm([service], [network], [secret], [config])


def test_objects_are_found_as_docker_asks(swarm):
    assert swarm.get("configs", "st_conf", {}).body["ID"] == "c1"
    assert swarm.get("configs", "c1", {}).body["Spec"]["Name"] == "st_conf"
    assert swarm.get("networks", "st_inner", {}).body["Scope"] == "swarm"
    assert swarm.get("networks", "none", {}).status == 404
    assert swarm.get("volumes", "", {}).status == 404
    label = "com.docker.stack.namespace"
    for wanted, count in ((label, 1), (f"{label}=st", 1), (f"{label}=other", 0), ("x", 0)):
        assert len(swarm.get("services", "", {"label": [wanted]}).body) == count
    assert len(swarm.get("secrets", "", {"name": {"st_key": True}}).body) == 1
    assert len(swarm.get("secrets", "", {"id": ["x"]}).body) == 0


def test_what_is_made_is_there_afterwards(swarm):
    for kind in ("networks", "secrets", "configs"):
        answer = swarm.post(kind, "create", b'{"Name":"new"}', "1.41")
        assert answer.status == 201
        assert swarm.get(kind, "new", {}).status == 200
        assert swarm.made[kind] == ["new"]
    assert swarm.post("volumes", "create", b"{}", "1.41").status == 501


def test_what_changes_in_secrets_and_configs(swarm):
    swarm.post("configs", "c1", b'{"Name":"st_conf","Data":"eA=="}', "1.41")
    assert swarm.refused == []
    swarm.post("configs", "c1", b'{"Name":"st_conf","Data":"eQ=="}', "1.41")
    swarm.post("secrets", "s1", b'{"Name":"st_key","Data":"eQ=="}', "1.41")
    assert len(swarm.refused) == 1
    assert swarm.uncertain == ["st_key"]
