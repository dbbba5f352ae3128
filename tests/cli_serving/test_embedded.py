"""``swarmwire embedded``: a swarm on a socket, for the other commands."""

import contextlib
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from swarmwire import convert, engine, pb
from swarmwire.control import sync
from swarmwire.control.locate import SOCKET_VARIABLE
from tests.support.shell import Shell


@contextlib.contextmanager
def embedded(*options):
    """The command, running, and its socket."""
    with subprocess.Popen(
        [sys.executable, "-m", "swarmwire.cli", "embedded", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            name, _, place = process.stdout.readline().strip().partition("=")
            assert name == SOCKET_VARIABLE, process.stderr.read()
            yield process, Path(place)
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(30)


def refused(*options):
    """The exit code and the words of the command that cannot start."""
    command = [sys.executable, "-m", "swarmwire.cli", "embedded", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stderr


@pytest.fixture
def shell(tmp_path):
    with embedded("--nodes", "4", "--managers", "3", "--speed", "50") as (_, place):
        found = Shell(tmp_path)
        found.socket = place
        yield found


def test_the_other_commands_find_a_swarm(shell):
    nodes = json.loads(shell("nodes --format json"))
    assert len(nodes) == 4
    assert "node-4" in shell("nodes")
    assert "NAME" in shell("ls")


def test_an_update_is_followed_to_its_end(shell):
    spec = {"Name": "web", "TaskTemplate": {"ContainerSpec": {"Image": "shop/web:1"}}}
    spec["Mode"] = {"Replicated": {"Replicas": 3}}
    create(shell, spec)
    spec["TaskTemplate"]["ContainerSpec"]["Image"] = "shop/web:2"
    (shell.folder / "web.json").write_text(json.dumps(spec), encoding="utf-8")
    printed = shell("apply --yes web web.json")
    assert "converged" in printed, printed
    assert shell("tasks").count("shop/web:2") == 3


def create(shell, spec):
    message = convert.service_spec_to_grpc(
        engine.decode(json.dumps(spec).encode(), engine.ServiceSpec)
    )
    with sync.connect(shell.socket) as control:
        control.create_service(pb.CreateServiceRequest(spec=message))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_it_ends_when_it_is_told_to_and_leaves_nothing(number, code):
    with embedded() as (process, place):
        assert place.is_socket()
        process.send_signal(number)
        assert process.wait(30) == code
        assert "Traceback" not in process.stderr.read()
    assert not place.parent.exists()


def test_a_socket_that_is_named_is_made_there(tmp_path):
    with embedded("--socket", str(tmp_path / "s")) as (_, place):
        assert place == tmp_path / "s"
        code, words = refused("--socket", str(place))
        assert code == 2
        assert "somebody listens there already" in words


def test_what_cannot_be(tmp_path):
    assert refused("--nodes", "1", "--managers", "2") == (
        2,
        "swarmwire: --managers is more than --nodes\n",
    )
    code, words = refused("--scenario", str(tmp_path / "absent.toml"))
    assert code == 2
    assert "no such file or directory" in words
    assert "Traceback" not in words
    file = tmp_path / "scenario.toml"
    file.write_text("[[rules]]\nkind = 1\n", encoding="utf-8")
    code, words = refused("--scenario", str(file))
    assert code == 2
    assert words.startswith(f"swarmwire: {file}: ")
    file.write_bytes(b"\xef\xbb\xbf[[rules]]\n")
    assert "[[rule]] and [[event]]" in refused("--scenario", str(file))[1]
    file.write_bytes(b"\xff")
    assert refused("--scenario", str(file)) == (2, f"swarmwire: {file}: not UTF-8\n")
    code, words = refused("--state", str(file))
    assert code == 2
    assert words.startswith(f"swarmwire: {file}: cannot be the state of a swarm: ")
    assert file.read_bytes() == b"\xff"


def test_it_says_what_is_kept_and_not_what_was_asked_for(tmp_path):
    options = ("--state", str(tmp_path / "swarm.db"))
    for more in (("--nodes", "5", "--managers", "3"), ()):
        with embedded(*options, *more) as (process, _):
            assert "a swarm of 5 nodes, 3 managers, kept in" in process.stderr.readline()


def test_a_swarm_that_was_killed_goes_on_from_its_file(tmp_path):
    options = ("--state", str(tmp_path / "swarm.db"), "--speed", "50")
    found = Shell(tmp_path)
    with embedded(*options) as (process, found.socket):
        spec = {"Name": "web", "TaskTemplate": {"ContainerSpec": {"Image": "shop/web:1"}}}
        create(found, spec)
        before = json.loads(found("ls --format json"))
        process.kill()
    with embedded(*options) as (_, found.socket):
        after = json.loads(found("ls --format json"))
    assert [one["ID"] for one in before] == [one["ID"] for one in after]
