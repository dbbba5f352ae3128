"""What docs/howto/waiting.md shows is what the commands print, on a real engine."""

import json

import pytest

from tests.support.dockerd import IMAGE
from tests.support.documented import commands, is_what_was_printed
from tests.support.either import manager_of
from tests.support.installations import ON_MACHINE
from tests.support.shell import Shell

PAGE = "docs/howto/waiting.md"
PORT = {"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080, "PublishMode": "host"}
SHOWN = dict(commands(PAGE))


def spec(replicas=1, env=()):
    container = {"Image": IMAGE, "Command": ["sleep", "1000"], "Env": list(env)}
    return {
        "Name": "web",
        "TaskTemplate": {"ContainerSpec": container},
        "Mode": {"Replicated": {"Replicas": replicas}},
        "UpdateConfig": {"Order": "start-first", "Parallelism": 1},
        "EndpointSpec": {"Ports": [PORT]},
    }


@pytest.fixture(scope="module")
def shell(either, tmp_path_factory):
    with manager_of(either) as daemon:
        daemon.post("/services/create", spec())
        daemon.wait_for("a running task", lambda: states(daemon) == ["running"])
        shell = Shell(tmp_path_factory.mktemp("page"))
        (shell.folder / "web.json").write_text(json.dumps(spec(env=["TZ=UTC"])))
        (shell.folder / "more.json").write_text(json.dumps(spec(replicas=3)))
        shell.socket = daemon.control_socket
        shell.daemon = daemon
        yield shell


def states(daemon):
    return [task["Status"]["State"] for task in daemon.get("/tasks").json]


@pytest.mark.parametrize("either", ON_MACHINE, indirect=True, scope="session")
def test_the_page_shows_what_is_printed(shell):
    expected = {"plan web web.json": 3, "plan web more.json": 2, "why web": 0}
    assert set(SHOWN) == set(expected)
    for command, code in expected.items():
        if command == "why web":
            shell.daemon.cli("service", "scale", "--detach", "web=3")
            shell.daemon.wait_for(
                "texts", lambda: str(shell.daemon.get("/tasks").json).count("no suitable node") == 2
            )
        printed = shell(command, code)
        assert is_what_was_printed(SHOWN[command], printed), printed
