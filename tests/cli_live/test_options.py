"""What all live commands say of wrong options, and of managers that are not there."""

import socket

import click
import pytest

from swarmwire import control
from swarmwire.cli.live import connection
from swarmwire.cli.live.options import Where

COMMANDS = [
    ["ls"],
    ["inspect", "x"],
    ["ps", "x"],
    ["nodes"],
    ["tasks"],
    ["task", "rm", "x"],
    ["watch"],
    ["logs", "x"],
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
        (("s",), {"certificates": None, "secrets": False, "deadline": 3}),
        (("a", "b"), {"certificates": "d", "secrets": True, "deadline": 20.0}),
    ]


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
