"""Real clients do through the gateway what they do with an engine: docker's command, docker-py."""

import json
import time
from functools import partial

import docker
import pytest

from tests.gateway.clients import targets
from tests.support.dockerd import DEBIAN_CLI, IMAGE, Dockerd

pytestmark = pytest.mark.engine

SLEEP = ("--stop-grace-period", "1s", IMAGE, "sh", "-c", "echo out; echo err >&2; sleep 1000")
FAST = ("--no-resolve-image", "--update-monitor", "1ms")


def served(daemon, name="gateway.sock", **settings):
    """A gateway in a thread of its own, and the socket that it listens on."""
    return targets.served(daemon.root / name, partial(targets.manager_of, daemon), **settings)


@pytest.fixture(scope="module")
def dockerd(oldest_and_newest):
    with Dockerd(oldest_and_newest) as daemon:
        daemon.init_swarm()
        daemon.import_image()
        yield daemon


@pytest.fixture(scope="module", params=["newest API", "the engine's API"])
def gateway(request, dockerd):
    release = None if request.param == "newest API" else dockerd.release
    with served(dockerd, release=release) as path:
        yield path


@pytest.fixture(scope="module")
def run(dockerd, gateway):
    """The docker command of the engine, or another one, told to use the gateway."""

    def started(*arguments, program=None, stdin=""):
        own = dockerd.socket
        dockerd.socket = gateway
        try:
            return dockerd.cli(*arguments, program=program, stdin=stdin)
        finally:
            dockerd.socket = own

    return started


@pytest.fixture(params=["own", "20.10"])
def cli(request, run):
    """The engine's own command, then the oldest one."""
    program = DEBIAN_CLI if request.param == "20.10" else None
    return partial(run, program=program)


def test_services_from_beginning_to_end(cli, dockerd):
    made = cli("service", "create", "--name", "web", "--replicas", "2", *FAST, *SLEEP)
    assert "converged" in made
    assert " 2/2 " in cli("service", "ls")
    listed = cli("service", "ps", "--format", "{{.Name}} {{.Node}}", "web")
    assert [line.split()[0] for line in sorted(listed.splitlines())] == ["web.1", "web.2"]
    logs = cli("service", "logs", "--raw", "web")
    assert logs.split().count("out") == 2
    marked = cli("service", "logs", "web")
    assert "web.1." in marked
    cli("service", "update", "--detach", "--env-add", "A=1", "web")
    shown = json.loads(cli("service", "inspect", "web"))[0]
    assert shown["Spec"]["TaskTemplate"]["ContainerSpec"]["Env"] == ["A=1"]
    assert "PreviousSpec" in shown
    assert json.loads(dockerd.cli("service", "inspect", "web"))[0]["Spec"] == shown["Spec"]
    cli("service", "rollback", "--detach", "web")
    cli("service", "scale", "--detach", "web=1")
    shown = json.loads(cli("service", "inspect", "web"))[0]
    assert shown["Spec"]["Mode"] == {"Replicated": {"Replicas": 1}}
    assert "Env" not in shown["Spec"]["TaskTemplate"]["ContainerSpec"]
    assert cli("service", "rm", "web") == "web\n"
    assert cli("service", "ls", "--quiet") == ""


STACK = {
    "version": "3.8",
    "services": {
        "a": {
            "image": IMAGE,
            "command": ["sleep", "1000"],
            "stop_grace_period": "1s",
            "configs": ["settings"],
            "secrets": ["password"],
            "networks": ["inside"],
            "deploy": {"placement": {"constraints": ["node.role==worker"]}},
        }
    },
    "networks": {"inside": {}},
    "configs": {"settings": {"external": True}},
    "secrets": {"password": {"external": True}},
}


def test_stacks_from_beginning_to_end(cli):
    cli("config", "create", "settings", "-", stdin="abc")
    cli("secret", "create", "--label", "a=b", "password", "-", stdin="abc")
    deploy = ("stack", "deploy", "--compose-file", "-", "--resolve-image=never")
    text = json.dumps(STACK)
    cli(*deploy, "st", stdin=text)
    assert cli("stack", "ls", "--format", "{{.Name}} {{.Services}}") == "st 1\n"
    assert "st_a.1" in cli("stack", "ps", "st")
    assert "Updating service st_a" in cli(*deploy, "st", stdin=text)
    assert "st_inside" in cli("network", "ls")
    assert "password" in cli("secret", "ls")
    assert json.loads(cli("config", "inspect", "settings"))[0]["Spec"]["Data"] == "YWJj"
    cli("stack", "rm", "st")
    assert cli("stack", "ls", "--format", "{{.Name}}") == ""
    cli("config", "rm", "settings")
    cli("secret", "rm", "password")


def test_the_swarm_and_its_nodes(cli, dockerd):
    (node,) = cli("node", "ls", "--quiet").split()
    cli("node", "update", "--label-add", "k=v", node)
    assert json.loads(cli("node", "inspect", "self"))[0]["Spec"]["Labels"] == {"k": "v"}
    cli("node", "update", "--label-rm", "k", node)
    token = cli("swarm", "join-token", "--quiet", "worker")
    assert token == dockerd.cli("swarm", "join-token", "--quiet", "worker")
    assert cli("swarm", "join-token", "--quiet", "--rotate", "worker") != token
    cli("swarm", "update", "--task-history-limit", "3")
    assert dockerd.get("/swarm").json["Spec"]["Orchestration"]["TaskHistoryRetentionLimit"] == 3
    assert f"NodeID: {node}" in cli("info")
    assert "API version" in cli("version")


def test_events_are_those_of_the_engine(cli, dockerd):
    made = cli("secret", "create", "told", "-", stdin="abc").strip()
    cli("secret", "rm", "told")
    arguments = ("events", "--since", "1h", "--until=-1s", "--format", "{{json .}}")
    ours, theirs = (
        [json.loads(line) for line in told(*arguments).splitlines()] for told in (cli, dockerd.cli)
    )
    (first, last) = [one for one in ours if one["Actor"]["ID"] == made]
    assert first in theirs
    assert (first["Action"], last["Action"]) == ("create", "remove")
    assert first["Actor"]["Attributes"] == {"name": "told"}


def test_what_is_not_there_is_said_as_the_engine_says_it(cli):
    for arguments in (("service", "rm", "nope"), ("service", "inspect", "nope")):
        with pytest.raises(Exception, match=r"(?i)no such service: nope|service nope not found"):
            cli(*arguments)
    with pytest.raises(Exception, match=r"(?i)no such network: nope|network nope not found"):
        cli("service", "create", "--network", "nope", *FAST, IMAGE)


def come_to_rest(service):
    """Wait until a roll-out gives the service no new versions any more."""
    version = None
    while version != service.version:
        version = service.version
        time.sleep(0.5)
        service.reload()


def test_docker_py(gateway):
    client = docker.DockerClient(base_url=f"unix://{gateway}", version="auto")
    service = client.services.create(
        IMAGE, ["sleep", "1000"], name="py", stop_grace_period=10**9, labels={"a": "b"}
    )
    try:
        assert service.attrs["Spec"]["Labels"] == {"a": "b"}
        service.scale(2)
        come_to_rest(service)
        assert service.attrs["Spec"]["Mode"]["Replicated"]["Replicas"] == 2
        service.update(env=["A=1"])
        come_to_rest(service)
        assert service.attrs["Spec"]["TaskTemplate"]["ContainerSpec"]["Env"] == ["A=1"]
        assert [one.name for one in client.services.list(filters={"label": "a=b"})] == ["py"]
        (listed,) = client.services.list(filters={"name": "py"}, status=True)
        assert listed.attrs["ServiceStatus"]["DesiredTasks"] == 2
        assert {one["ServiceID"] for one in service.tasks()} == {service.id}
        assert isinstance(b"".join(service.logs(stdout=True)), bytes)
        secret = client.secrets.create(name="py", data=b"abc")
        assert [one.id for one in client.secrets.list(filters={"name": "py"})] == [secret.id]
        secret.remove()
        network = client.networks.create("py", driver="overlay")
        assert network.attrs["Scope"] == "swarm"
        network.remove()
        assert client.nodes.list()[0].attrs["Status"]["State"] == "ready"
        assert client.swarm.attrs["JoinTokens"]["Worker"]
    finally:
        service.remove()
    with pytest.raises(docker.errors.NotFound, match=f"service {service.id} not found"):
        service.reload()
    client.close()


def test_the_gateway_leaves_nothing_behind(dockerd):
    with served(dockerd, "other.sock") as path:
        assert path.stat().st_mode & 0o777 == 0o600
    assert not path.exists()
