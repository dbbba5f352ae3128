"""What all live commands say of wrong options, and of managers that are not there."""

import socket
from contextlib import asynccontextmanager
from pathlib import Path

import click
import pytest

from swarmwire import control, pb
from swarmwire.cli import exits
from swarmwire.cli.live import connection
from swarmwire.cli.options import Where
from swarmwire.control import guard, locate
from swarmwire.control.testing import FakeManager

COMMANDS = [
    ["ls"],
    ["inspect", "x"],
    ["ps", "x"],
    ["nodes"],
    ["tasks"],
    ["task", "rm", "x"],
    ["watch"],
    ["logs", "x"],
    ["why", "x"],
    ["capacity"],
]
by_command = pytest.mark.parametrize("command", COMMANDS, ids=" ".join)


@by_command
def test_no_manager_is_exit_2(invoke, tmp_path, command):
    done = invoke(*command, "--socket", tmp_path / "none")
    assert done.code == 2
    assert "there is no such socket" in done.stderr
    assert done.output == b""


def test_the_socket_comes_from_the_environment(invoke, tmp_path, monkeypatch):
    monkeypatch.setenv("SWARMWIRE_SOCKET", str(tmp_path / "from-environment"))
    assert "from-environment" in invoke("ls").stderr


def test_a_dead_socket_is_exit_2(invoke, tmp_path):
    path = tmp_path / "dead"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    done = invoke("ls", "--socket", path)
    assert (done.code, "nobody listens there" in done.stderr) == (2, True)


def test_what_is_no_socket_is_exit_2(invoke, tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file"):
        done = invoke("ls", "--socket", path)
        assert (done.code, "is no socket" in done.stderr) == (2, True)
        assert "start the engine" not in done.stderr


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--host", "h"], "--host needs --certificates"),
        (["--host", "h", "--certificates", "d", "--socket", "s"], "not --host"),
        (["--host", "h", "--certificates", "d", "--ca", "f"], "not --host"),
        (["--ca", "f", "--certificates", "d"], "give one of them"),
        (["--timeout", "0"], "not in the range"),
    ],
)
def test_contradictions_are_bad_usage(invoke, options, reason):
    with pytest.raises(click.UsageError, match=reason):
        invoke("ls", *options)


def test_a_remote_manager_needs_a_folder_that_is_there(invoke, tmp_path):
    done = invoke("ls", "--host", "127.0.0.1:1", "--certificates", tmp_path)
    assert (done.code, "is not there" in done.stderr) == (2, True)


def test_a_root_has_to_be_one(invoke, tmp_path):
    done = invoke("ls", "--ca", tmp_path / "none")
    assert (done.code, "no such file" in done.stderr) == (2, True)
    file = tmp_path / "file"
    file.write_text("nothing")
    done = invoke("ls", "--ca", file)
    assert (done.code, "no certificate in it" in done.stderr) == (2, True)


def test_options_reach_the_connection(monkeypatch):
    asked = []
    monkeypatch.setattr(control, "connect", lambda *a, **k: asked.append((a, k)))
    monkeypatch.setattr(control, "connect_remote", lambda *a, **k: asked.append((a, k)))
    connection.opened(Where(socket="s", timeout=3))
    connection.opened(Where(hosts=("a", "b"), certificates="d"), secrets=True)
    assert asked == [
        (("s",), {"certificates": None, "secrets": False, "allow": (), "deadline": 3}),
        (("a", "b"), {"certificates": "d", "secrets": True, "allow": (), "deadline": 20.0}),
    ]


def test_an_operator_decides_about_known_crashes(monkeypatch):
    asked = []
    monkeypatch.setattr(control, "connect", lambda *_, **options: asked.append(options["allow"]))
    connection.opened(Where(allow_known_crash=True))
    assert asked == [guard.RULES]


@pytest.mark.parametrize(
    ("command", "writes"),
    [("apply", True), ("restore", True), ("task rm", True), ("ls", False), ("watch", False)],
)
def test_only_commands_that_write_can_crash_a_manager(invoke, command, writes):
    assert ("--allow-known-crash" in invoke(*command.split(), "--help").text) is writes


def test_a_dangerous_request_is_sent_if_the_operator_says_so(monkeypatch):
    """From the option to the manager, with the layers that commands use."""
    seen, manager = [], FakeManager()

    @asynccontextmanager
    async def connected(*_args, allow, secrets, **_options):
        yield control.protected(manager, allow=allow, secrets=secrets)

    async def work(asked):
        spec = pb.ServiceSpec()
        spec.annotations.name = "web"
        spec.task.container.image = "busybox"
        spec.replicated.replicas = 1
        spec.endpoint.ports.add(target_port=80, protocol=3)
        answer = await asked.create_service(pb.CreateServiceRequest(spec=spec))
        seen.append(answer.service.spec.annotations.name)

    monkeypatch.setattr(control, "connect", connected)
    with pytest.raises(exits.Stop, match="--allow-known-crash sends it"):
        connection.ask(Where(), work)
    connection.ask(Where(allow_known_crash=True), work)
    assert seen == ["web"]


def test_no_is_exit_1(invoke, fake, monkeypatch):
    async def unary(self, method, request):
        raise control.NoLeader("Unknown", "The swarm does not have a leader.")

    monkeypatch.setattr(type(fake), "unary", unary)
    done = invoke("nodes")
    assert done.code == 1
    assert "does not have a leader" in done.stderr


@pytest.mark.parametrize(("module", "told"), [("grpc", True), ("cow", False)])
def test_what_is_not_installed_is_told(invoke, monkeypatch, module, told):
    def opened(_where, **_):
        raise ModuleNotFoundError(name=module)

    monkeypatch.setattr(connection, "opened", opened)
    if told:
        done = invoke("ls")
        assert (done.code, "pip install 'swarmwire[control]'" in done.stderr) == (2, True)
    else:
        with pytest.raises(ModuleNotFoundError):
            invoke("ls")


@by_command
def test_off_a_manager_the_message_begins_with_what_is_wrong(invoke, monkeypatch, command):
    monkeypatch.setattr(locate, "usual_places", lambda _: [locate.Place(Path("/none/a.sock"))])
    done = invoke(*command)
    assert done.code == 2
    assert done.stderr.startswith(
        "swarmwire: no Docker manager on this machine (looked in /none/a.sock);"
        " run it on a manager, or use --host."
    )


def test_a_manager_that_dies_hung_up(invoke, monkeypatch):
    def opened(_where, **_):
        raise control.HungUp("/s", "the manager hung up: it is stopping, or was killed")

    monkeypatch.setattr(connection, "opened", opened)
    done = invoke("ls")
    assert (done.code, "the manager hung up" in done.stderr) == (2, True)
