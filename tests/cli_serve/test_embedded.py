"""``swarmwire serve --embedded``: real Docker clients, and no Docker."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import docker
import pytest

from swarmwire.extras import EXTRAS
from tests.cli_serve.served import served
from tests.support.documented import ROOT

EXAMPLES = ROOT / "examples"
pytestmark = pytest.mark.usefixtures("engines")


@pytest.fixture(scope="module")
def swarm(tmp_path_factory):
    with served(
        tmp_path_factory.mktemp("swarm"), "--embedded", "--nodes", "3", "--speed", "10"
    ) as it:
        yield it


def wait_for(look, wanted, seconds=30):
    """Look until it is so."""
    end = time.monotonic() + seconds
    while (seen := look()) != wanted and time.monotonic() < end:
        time.sleep(0.1)
    assert seen == wanted


@pytest.fixture
def shop(swarm):
    """The stack of the examples, running."""
    swarm.docker("secret", "create", "password", "-", stdin="x")
    swarm.docker("stack", "deploy", "-c", str(EXAMPLES / "shop-stack.yml"), "shop")
    wait_for(lambda: replicas(swarm), ["shop_api 1/1", "shop_web 4/4"])
    yield swarm
    removed = swarm.docker("stack", "rm", "shop")
    assert "Removing service shop_web" in removed
    wait_for(lambda: replicas(swarm), [])
    swarm.docker("secret", "rm", "password")


def replicas(swarm):
    listed = swarm.docker("service", "ls", "--format", "{{.Name}} {{.Replicas}}")
    return sorted(listed.splitlines())


def test_one_line_is_all_that_it_prints(tmp_path):
    with served(tmp_path, "--embedded", "--nodes", "2") as it:
        path = Path(it.address.removeprefix("unix://"))
        assert path.stat().st_mode & 0o777 == 0o600
        assert it.docker("node", "ls", "--format", "{{.Hostname}} {{.Status}}") == (
            "node-1 Ready\nnode-2 Ready\n"
        )
        assert it.end() == 0
        assert it.rest == ""
        assert "a swarm of 2 nodes, 1 manager, in memory" in it.said
    assert not path.parent.exists()


def test_a_stack_of_the_examples_from_beginning_to_end(shop):
    assert {line.split()[1] for line in shop.docker("stack", "ps", "shop").splitlines()[1:]} == {
        "shop_api.1",
        *(f"shop_web.{slot}" for slot in range(1, 5)),
    }
    placed = shop.docker("service", "ps", "--format", "{{.Node}} {{.CurrentState}}", "shop_web")
    assert {line.split()[0] for line in placed.splitlines()} == {"node-1", "node-2", "node-3"}
    assert all("second" in line for line in placed.splitlines()), placed
    update = ("service", "update", "--update-monitor", "1ms", "--image", "nginx:1.28", "shop_web")
    shop.docker(*update)
    assert image(shop) == "nginx:1.28"
    assert "nginx:1.28 was started" in shop.docker("service", "logs", "shop_web")
    shop.docker("service", "rollback", "-d", "shop_web")
    assert image(shop) == "nginx:1.27"
    shop.docker("service", "scale", "-d", "shop_api=3")
    wait_for(lambda: replicas(shop), ["shop_api 3/3", "shop_web 4/4"])


def image(swarm):
    (shown,) = json.loads(swarm.docker("service", "inspect", "shop_web"))
    return shown["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"]


def test_another_stack_of_the_examples(swarm):
    swarm.docker("stack", "deploy", "-c", str(EXAMPLES / "tour-stack.yml"), "tour")
    wait_for(lambda: replicas(swarm), ["tour_api 2/2", "tour_web 4/4"])
    swarm.docker("stack", "rm", "tour")
    wait_for(lambda: replicas(swarm), [])


def test_the_gateway_s_own_stack_of_the_examples(swarm):
    names = [f"swarmwire-{name}" for name in ("ca", "cert", "key")]
    for name in names:
        swarm.docker("secret", "create", name, "-", stdin="x")
    swarm.docker("stack", "deploy", "-c", str(EXAMPLES / "gateway" / "stack.yml"), "api")
    wait_for(lambda: replicas(swarm), ["api_gateway 1/1"])
    swarm.docker("stack", "rm", "api")
    wait_for(lambda: replicas(swarm), [])
    swarm.docker("secret", "rm", *names)


def test_every_stack_of_the_examples_is_deployed():
    found = {path.name for path in EXAMPLES.rglob("*.yml")}
    others = {"stack-workflow.yml", "typo-stack.yml"}  # for a forge; with mistakes on purpose
    assert found - others == {"shop-stack.yml", "tour-stack.yml", "stack.yml"}


def test_docker_py(swarm):
    client = docker.DockerClient(base_url=swarm.address, version="auto")
    service = client.services.create("shop/web:1", name="py", mode={"Replicated": {"Replicas": 2}})
    wait_for(lambda: states(service), ["running", "running"])
    assert b"shop/web:1 was started" in b"".join(service.logs(stdout=True))
    service.remove()
    told = client.events(since=int(time.time()) - 600, decode=True)
    seen = [next(one for one in told if one["Actor"]["ID"] == service.id)["Action"]]
    while seen[-1] != "remove":
        one = next(told)
        seen += [one["Action"]] if one["Actor"]["ID"] == service.id else []
    assert seen[0] == "create"
    told.close()
    client.close()


def states(service):
    return [task["Status"]["State"] for task in service.tasks()]


def test_a_scenario_fails_a_roll_out(tmp_path):
    file = tmp_path / "scenario.toml"
    file.write_text('[[rule]]\nimage = "*:bad"\nthen = "exit 3"\n', encoding="utf-8")
    with served(tmp_path, "--embedded", "--scenario", str(file), "--speed", "20") as it:
        it.docker("service", "create", "-d", "--name", "web", "x:good")
        it.docker("service", "update", "-d", "--image", "x:bad", "web")
        wait_for(lambda: update_state(it), "paused")


def update_state(it):
    shown = it.docker("service", "inspect", "--format", "{{json .UpdateStatus}}", "web")
    return (json.loads(shown) or {}).get("State")


def test_a_swarm_goes_on_from_its_file(tmp_path):
    options = ("--embedded", "--state", str(tmp_path / "swarm.db"))
    with served(tmp_path, *options) as it:
        it.docker("service", "create", "-d", "--name", "web", "x:1")
        before = it.docker("service", "ls", "-q")
        assert it.end(signal.SIGINT) == 130
    with served(tmp_path, *options) as it:
        assert it.docker("service", "ls", "-q") == before


def test_the_other_commands_find_it(swarm):
    swarm.docker("service", "create", "-d", "--name", "found", "x:1")
    socket = Path(swarm.address.removeprefix("unix://")).parent / "control.sock"
    listed = subprocess.run(
        [sys.executable, "-m", "swarmwire.cli", "ls", "--socket", str(socket)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "found" in listed.stdout
    swarm.docker("service", "rm", "found")


NEEDS_NOTHING_ELSE = """
import importlib.abc, sys

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Absent())
import swarmwire.cli.serving.run
"""


def test_its_extra_brings_all_that_it_needs():
    absent = {name for name, (extra, _) in EXTRAS.items() if extra in ("page", "recovery", "stack")}
    code = NEEDS_NOTHING_ELSE.format(absent=absent)
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--nodes", "3"), "--nodes is for a swarm in memory: give --embedded, too"),
        (("--scenario", "x.toml"), "--scenario is for a swarm in memory"),
        (("--embedded", "--socket", "/x"), "--embedded goes with no manager"),
        (("--embedded", "--host", "x", "--certificates", "y"), "--embedded goes with no manager"),
        (("--embedded", "--nodes", "1", "--managers", "2"), "--managers is more than --nodes"),
        (("--embedded", "--scenario", "/nope.toml"), "no such file or directory"),
        (("--embedded", "--listen", "tcp://0.0.0.0:0"), "would own the swarm"),
    ],
)
def test_what_does_not_go_together(refuse, options, words):
    assert words in refuse(*options)
