"""examples/gateway: the image's recipe and the stack do what they say."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from contextlib import contextmanager

import pytest
import yaml

from swarmwire import pb
from swarmwire.cli.commands.serve import command
from swarmwire.cli.group import cli
from swarmwire.control import sync
from tests.cli_serve.running import SWARMWIRE, swarm_in_memory, waited_for
from tests.cli_serve.served import served
from tests.support.documented import ROOT

FOLDER = ROOT / "examples/gateway"
STACK = FOLDER / "stack.yml"
PYTHON = "/opt/swarmwire/bin/python"


def instructions():
    """The instructions of the recipe, in their order."""
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in lines]


def given(name):
    return [rest for key, rest in instructions() if key == name]


def swarmwire(*arguments):
    return subprocess.run(
        [*SWARMWIRE, *arguments], capture_output=True, text=True, check=False, timeout=120
    )


def test_the_recipe_needs_no_root_and_no_host_of_a_registry():
    assert set(given("FROM")) == {"python:3.11-slim AS build", "python:3.11-slim"}
    (user,) = given("USER")
    assert all(int(part) > 1000 for part in user.split(":"))
    last = [key for key, _ in instructions()][-5:]
    assert last == ["USER", "ENV", "HEALTHCHECK", "ENTRYPOINT", "CMD"]
    for copied in shlex.split(given("COPY")[0])[:-1]:
        assert (ROOT / copied).is_file()


def test_the_recipe_installs_extras_that_there_are():
    (run,) = [each for each in given("RUN") if "pip install" in each]
    extras = re.search(r"'\.\[([\w,]+)\]'", run)[1].split(",")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(extras) <= set(project["optional-dependencies"])
    assert "--constraint constraints.txt" in run


def test_what_the_recipe_copies_is_sent_to_the_builder_and_nothing_else():
    lines = (FOLDER / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    sent = {line[1:] for line in lines if line.startswith("!")}
    copied = [shlex.split(rest)[:-1] for rest in given("COPY") if not rest.startswith("--from")]
    assert sent == {name for names in copied for name in names}


def options_of(arguments):
    name, *rest = arguments
    assert name == command.name
    with command.make_context(name, rest, **cli.context_settings) as context:
        return context.params


def test_the_image_and_the_stack_start_a_command_that_takes_their_options():
    assert options_of(json.loads(given("CMD")[0]))["metrics"] == "tcp://127.0.0.1:9324"
    options = options_of(service()["command"])
    assert options["metrics"] == "tcp://127.0.0.1:9324"
    mounted = {each["target"] for each in service()["secrets"]}
    for name in ("tls_cert", "tls_key", "tls_ca"):
        assert options[name].removeprefix("/run/secrets/") in mounted
    assert options["policy_file"] == service()["configs"][0]["target"]


def service():
    return yaml.safe_load(STACK.read_text(encoding="utf-8"))["services"]["gateway"]


def checks():
    """The health checks of the image and of the stack."""
    (line,) = given("HEALTHCHECK")
    return {
        "image": json.loads(line[line.index("[") :]),
        "stack": service()["healthcheck"]["test"][1:],
    }


@contextmanager
def healthy(folder):
    """A gateway of a swarm in memory, and the port of its health."""
    with served(folder, "--embedded", "--metrics", "tcp://127.0.0.1:0") as gateway:
        for line in gateway.process.stderr:
            if found := re.search(r"health and metrics at tcp://127\.0\.0\.1:(\d+)", line):
                yield gateway, found[1]
                return
        raise AssertionError("it does not say where its health is")


def test_both_health_checks_tell_a_gateway_that_lives_from_one_that_is_gone(tmp_path):
    with healthy(tmp_path) as (gateway, port):
        runs = []
        for words in checks().values():
            assert words[0] == PYTHON
            runs.append([sys.executable, *(word.replace("9324", port) for word in words[1:])])
        assert [subprocess.run(run, check=False, timeout=60).returncode for run in runs] == [0, 0]
        gateway.process.kill()
        gateway.process.wait()
        done = [
            subprocess.run(run, check=False, timeout=60, stderr=subprocess.DEVNULL) for run in runs
        ]
        assert [each.returncode for each in done] == [1, 1]


def test_nothing_is_wrong_with_the_stack_and_its_policy():
    assert swarmwire("check", str(STACK)).stdout == "1 stack checked, nothing found\n"
    assert swarmwire("policy", "check", str(FOLDER / "policy.toml")).returncode == 0


@pytest.fixture(scope="module")
def deployed():
    """The manager's socket of a swarm with the stack: three nodes, of which two are managers."""
    options = ("--nodes", "3", "--managers", "2", "--speed", "200")
    with swarm_in_memory(*options) as place:
        with sync.connect(place) as control:
            for name in ("ca", "cert", "key"):
                spec = pb.SecretSpec(data=b"x")
                spec.annotations.name = f"swarmwire-{name}"
                control.create_secret(pb.CreateSecretRequest(spec=spec))
        words = ("--stack", "swarm-api", "-c", str(STACK), "--resolve-image", "never", "-y", "-d")
        done = swarmwire("apply", "--socket", place, *words)
        assert done.returncode == 0, done.stdout + done.stderr
        yield place


def runs_on(control):
    """The nodes of tasks that run; no others may be there."""
    tasks = control.list_tasks(pb.ListTasksRequest()).tasks
    running = [one for one in tasks if one.status.state == pb.TaskState.Value("RUNNING")]
    return sorted(one.node_id for one in running) if len(running) == len(tasks) else []


def test_the_stack_runs_on_each_manager_and_nowhere_else(deployed):
    with sync.connect(deployed) as control:
        nodes = {one.id: one.role for one in control.list_nodes(pb.ListNodesRequest()).nodes}
        managers = [id_ for id_, role in nodes.items() if role == pb.NodeRole.Value("MANAGER")]
        assert len(managers) == 2
        waited_for(lambda: runs_on(control) == sorted(managers))
        (stored,) = control.list_services(pb.ListServicesRequest()).services
    container = stored.spec.task.container
    assert (container.user, list(container.capability_drop)) == ("0:0", ["ALL"])
    assert container.read_only
    bind, temporary = container.mounts
    assert (bind.source, bind.readonly) == ("/run/docker/swarm", True)
    assert temporary.target == "/tmp"  # the tunnel to the manager has its socket there
