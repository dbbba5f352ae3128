"""``swarmwire serve --learn``: a policy from what a client asks for, under which it goes on."""

import asyncio
import json
import os
import signal
import subprocess
import sys

import docker
import pytest

from swarmwire import pb
from swarmwire.embedded import Swarm
from swarmwire.policy import Policy
from tests.cli_serve.served import served
from tests.cli_serve.test_embedded import EXAMPLES

pytestmark = pytest.mark.usefixtures("engines")


def poll(address):
    """What Traefik asks for at each refresh: its services, their tasks, and those tasks' nodes."""
    client = docker.DockerClient(base_url=address, version="auto")
    client.networks.list(filters={"scope": "swarm"})
    seen = {}
    for service in client.services.list():
        tasks = service.tasks({"desired-state": "running"})
        seen[service.name] = {
            client.nodes.get(task["NodeID"]).id for task in tasks if "NodeID" in task
        }
    client.close()
    return seen


def swarm_with_another_stack(file):
    """The file of a swarm that runs a service already."""
    spec = pb.ServiceSpec(annotations={"name": "ops_web"}, replicated={"replicas": 1})
    spec.annotations.labels["com.docker.stack.namespace"] = "ops"
    spec.task.container.image = "nginx:1"

    async def begin():
        swarm = Swarm(nodes=2, state=file)
        await swarm.create_service(pb.CreateServiceRequest(spec=spec))
        await swarm.settle()
        swarm.close()

    asyncio.run(begin())


def check(file):
    done = subprocess.run(
        [sys.executable, "-m", "swarmwire.cli", "policy", "check", str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_what_is_not_there_yet_may_be_read_later(tmp_path):
    file = tmp_path / "early.toml"
    door = ("--listen", f"unix://{tmp_path}/early.sock")
    with served(tmp_path, "--embedded", *door, "--learn", str(file)) as it:
        for kind in ("service", "secret", "config"):
            assert it.docker(kind, "ls", "--quiet") == ""
        it.end(signal.SIGINT)
    client = Policy.load(file.read_text(encoding="utf-8")).clients["early"]
    assert {"services", "secrets", "configs"} <= client.reads


def test_a_reader_goes_on_under_what_was_learned(tmp_path):
    file, state = tmp_path / "traefik.toml", str(tmp_path / "swarm.db")
    options = ("--embedded", "--state", state)
    swarm_with_another_stack(state)
    door = ("--listen", f"unix://{tmp_path}/traefik.sock")
    with served(tmp_path, *options, *door, "--learn", str(file)) as it:
        assert [len(nodes) for nodes in poll(it.address).values()] == [1]
        assert it.end(signal.SIGINT) == 130
    assert f"wrote {file}" in it.said
    assert "traefik" in check(file)
    client = Policy.load(file.read_text(encoding="utf-8")).clients["traefik"]
    assert client.reads == {"services", "tasks", "nodes", "networks"}
    assert not client.writes
    with served(tmp_path, *options, "--policy", str(file)) as it:
        assert list(poll(it.address)) == ["ops_web"]
        with pytest.raises(docker.errors.APIError, match="may not write services"):
            docker.DockerClient(base_url=it.address, version="auto").services.create("nginx:1")


def test_a_deployer_goes_on_under_what_was_learned(tmp_path):
    file = tmp_path / "ci.toml"
    door = ("--listen", f"unix://{tmp_path}/ci.sock")
    deploy = ("stack", "deploy", "-c", str(EXAMPLES / "tour-stack.yml"), "shop")
    with served(tmp_path, "--embedded", *door, "--learn", str(file)) as it:
        work(it, deploy)
        assert it.end() == 0
    assert oct(file.stat().st_mode & 0o777) == oct(0o666 & ~umask())
    check(file)
    text = file.read_text(encoding="utf-8")
    assert "never open" not in text
    client = Policy.load(text).clients["ci"]
    assert client.rules.allow == ()
    assert client.stacks == ("shop",)
    assert client.sights == ()
    assert client.rules.images == ("docker.io/shop/api:*", "docker.io/shop/web:*")
    with served(tmp_path, "--embedded", "--policy", str(file)) as it:
        work(it, deploy)
        assert "policy ci: " in it.docker(*deploy[:-1], "bank", code=1)
        changed = ("service", "update", "-d", "--cap-add", "SYS_ADMIN", "shop_web")
        it.docker(*deploy)
        assert "(cap.add)" in it.docker(*changed, code=1)


def work(it, deploy):
    """What somebody does with a stack."""
    it.docker(*deploy)
    poll(it.address)
    it.docker("stack", "ps", "shop")
    it.docker("service", "update", "-d", "--image", "shop/web:2", "shop_web")
    it.docker("service", "logs", "shop_web")
    (shown,) = json.loads(it.docker("service", "inspect", "shop_web"))
    assert shown["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"].startswith("shop/web:2")
    it.docker("stack", "rm", "shop")


def umask():
    found = os.umask(0)
    os.umask(found)
    return found


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--policy", "x"), "--learn lets everything through: it goes alone"),
        (("--read-only",), "--learn lets everything through: it goes alone"),
        ((), "--learn names the socket in the policy: give --listen unix://"),
        (("--listen", "tcp://127.0.0.1:0"), "give --listen unix://"),
        (("--listen", "unix:///a", "--listen", "unix:///b"), "is about one client"),
    ],
)
def test_what_does_not_go_together(refuse, tmp_path, options, words):
    assert words in refuse("--embedded", "--learn", str(tmp_path / "x.toml"), *options)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_kept(refuse, tmp_path):
    file = tmp_path / "x.toml"
    file.write_text("precious", encoding="utf-8")
    start = ("--embedded", "--listen", f"unix://{tmp_path}/x.sock", "--learn")
    assert "is there already" in refuse(*start, str(file))
    assert file.read_text(encoding="utf-8") == "precious"
    absent = str(tmp_path / "nope" / "x.toml")
    assert "no such file or directory" in refuse(*start, absent)
