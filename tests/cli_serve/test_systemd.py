"""``serve`` as a service of systemd: sockets handed over, and what it tells."""

import http.client
import os
import signal
import socket
import subprocess

import pytest

from swarmwire.cli.serving.systemd import InheritedSocket, sockets_at
from swarmwire.gateway.listeners import Listener, ListenerError, bound
from tests.cli_serve.running import SWARMWIRE, Listening, asked, serving, swarm_in_memory
from tests.support.dockerd import UnixConnection


@pytest.fixture(scope="module")
def embedded():
    """The socket of a swarm in memory."""
    with swarm_in_memory() as place:
        yield place


@pytest.fixture
def listening(tmp_path):
    found = Listening(tmp_path / "handed.sock")
    with found.socket:
        yield found


@pytest.fixture
def notified(tmp_path):
    """What a service tells its manager: where, and the next message."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(tmp_path / "notify.sock"))
        receiver.settimeout(60)
        yield tmp_path / "notify.sock", lambda: receiver.recv(4096).decode()


@pytest.fixture
def environment():
    """That of the tests, for a process to which more is to be told."""
    return dict(os.environ)


def test_a_real_activation_by_the_first_client(embedded, tmp_path, notified):
    """Debian's systemd-socket-activate starts it when somebody connects."""
    path = tmp_path / "api.sock"
    place, told = notified
    given = {"PYTHONPATH": os.environ.get("PYTHONPATH", ""), "NOTIFY_SOCKET": str(place)}
    given["WATCHDOG_USEC"] = "200000"
    settings = [f"--setenv={name}={value}" for name, value in given.items()]
    command = ["systemd-socket-activate", f"--listen={path}", "--fdname=api", *settings]
    arguments = ["serve", "--socket", embedded, "--listen", "fd://api"]
    with subprocess.Popen(
        [*command, *SWARMWIRE, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            while "Listening on" not in process.stderr.readline():
                assert process.poll() is None
            assert asked(path, "GET", "/_ping") == (200, b"OK")
            assert process.stdout.readline() == f"DOCKER_HOST=unix://{path}\n"
            assert told() == f"READY=1\nSTATUS=serving at unix://{path}"
            assert [told() for _ in range(3)] == ["WATCHDOG=1"] * 3
            process.send_signal(signal.SIGTERM)
            said = [told()]
            while said[-1] == "WATCHDOG=1":
                said.append(told())
            assert said[-1] == "STOPPING=1\nSTATUS=ending"
            assert process.wait(30) == 0
            assert "Traceback" not in process.stderr.read()
        finally:
            process.kill()
    assert path.is_socket()  # it is systemd's


def test_who_connects_between_two_runs_is_answered_by_the_second(embedded, listening):
    command = listening.handed_to(*SWARMWIRE, "serve", "--socket", embedded, "--listen", "fd://")
    with serving(*command, pass_fds=[listening.number]) as first:
        assert asked(first.path, "GET", "/_ping")[0] == 200
        first.end(signal.SIGKILL)
        waiting = UnixConnection(listening.path)
        waiting.request("GET", "/_ping")
    with serving(*command, pass_fds=[listening.number]) as second:
        response = waiting.getresponse()
        assert (response.status, response.read()) == (http.HTTPStatus.OK, b"OK")
        waiting.close()
        assert second.path == listening.path
        assert second.end() == 0
    assert listening.path.is_socket()


def refused(command, **settings):
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, **settings
    )
    assert done.returncode == 2
    return done.stderr


def test_a_name_that_no_socket_has(listening):
    command = listening.handed_to(*SWARMWIRE, "serve", "--metrics", "fd://web")
    words = "fd://web: no such socket was handed over by systemd; there are: api"
    assert refused(command, pass_fds=[listening.number]) == f"swarmwire: {words}\n"


@pytest.mark.parametrize(
    ("address", "others", "found"),
    [
        ("fd://", (), ["api", "metrics", "api"]),
        ("fd://*", ("fd://metrics",), ["api", "api"]),
        ("fd://", ("fd://3", "unix:///x"), ["metrics", "api"]),
        ("fd://api", ("fd://metrics",), ["api", "api"]),
        ("fd://4", (), ["metrics"]),
    ],
)
def test_what_an_address_means(address, others, found):
    there = [
        InheritedSocket(name, 3 + place, None)
        for place, name in enumerate(("api", "metrics", "api"))
    ]
    assert [one.name for one in sockets_at(address, there, others)] == found


def test_what_was_handed_to_another_process_is_not_touched(environment):
    given = environment | {"LISTEN_PID": "1", "LISTEN_FDS": "1"}
    said = refused([*SWARMWIRE, "serve", "--listen", "fd://"], env=given)
    assert said.endswith("there are: none\n")


def test_what_is_no_socket(tmp_path):
    text = 'exec env LISTEN_PID=$$ LISTEN_FDS=1 "$@" 3<"$0"'
    file = tmp_path / "file"
    file.touch()
    said = refused(["sh", "-c", text, file, *SWARMWIRE, "serve", "--listen", "fd://"])
    assert said.startswith("swarmwire: file descriptor 3 is no socket: ")


def test_nothing_is_told_if_nobody_listens(embedded, tmp_path, environment):
    given = environment | {"NOTIFY_SOCKET": str(tmp_path / "nobody")}
    address = f"unix://{tmp_path}/api.sock"
    command = [*SWARMWIRE, "serve", "--socket", embedded, "--listen", address]
    with serving(*command, env=given) as served:
        assert asked(served.path, "GET", "/_ping")[0] == 200
        assert served.end() == 0
    assert "systemd cannot be told: no such file or directory" in served.said


class Everywhere(socket.socket):
    """A socket that says that it is bound to all addresses."""

    def getsockname(self):
        return ("0.0.0.0", 80)


def test_sockets_that_are_handed_over_are_held_to_the_same_rules(tmp_path):
    with Everywhere() as everywhere:
        everywhere.bind(("127.0.0.1", 0))
        everywhere.listen()
        assert_refused(everywhere, "without TLS")
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_UNIX, kind) as silent:
            silent.bind(str(tmp_path / f"{kind}.sock"))
            assert_refused(silent, "no socket that listens")


def assert_refused(inherited, words):
    with pytest.raises(ListenerError, match=words):
        bound(Listener("tcp://there:1", inherited=inherited))
