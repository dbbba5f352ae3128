"""What ``serve`` and its clients go through when processes are killed, or are too many."""

import contextlib
import http.client
import json
import re
import resource
import signal
import socket
import ssl
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from swarmwire import pb
from swarmwire.control import sync
from swarmwire.gateway import STALE_HEADER
from tests.cli_serve.running import SWARMWIRE, asked, serving, swarm_in_memory, waited_for
from tests.support.client_certificates import client_certificate
from tests.support.dockerd import UnixConnection


@pytest.fixture(scope="module")
def embedded():
    """The socket of a swarm in memory."""
    with swarm_in_memory() as place:
        yield place


def command(manager, folder, *options):
    return (
        *(*SWARMWIRE, "serve", "--socket", str(manager), "--listen", f"unix://{folder}/api.sock"),
        *("--metrics", f"unix://{folder}/health.sock", *options),
    )


# A manager that is killed


class Manager:
    """A swarm in a file, whose process can be killed and started again."""

    def __init__(self, folder):
        self.socket = folder / "control.sock"
        self._state = folder / "swarm.db"
        self._process = None

    def start(self):
        self._process = subprocess.Popen(
            [*SWARMWIRE, "embedded", "--socket", self.socket, "--state", self._state],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout.readline()  # it is ready

    def kill(self):
        with self._process as process:
            process.kill()


@pytest.fixture
def manager(tmp_path):
    found = Manager(tmp_path)
    found.start()
    yield found
    found.kill()


class Poller(threading.Thread):
    """A client that asks again and again, and writes down what it sees."""

    def __init__(self, path):
        super().__init__()
        self.seen = []
        self.ended = threading.Event()
        self._path = path

    def run(self):
        connection = UnixConnection(self._path)
        while not self.ended.is_set():
            connection.request("GET", "/secrets")
            response = connection.getresponse()
            found = json.loads(response.read())
            names = [one["Spec"]["Name"] for one in found] if response.status == 200 else []
            self.seen.append((response.status, response.headers[STALE_HEADER] is not None, names))
            time.sleep(0.01)
        connection.close()


def secret(name):
    return json.dumps({"Name": name, "Data": "YQ=="}).encode()


def next_name(events):
    return json.loads(events.readline())["Actor"]["Attributes"]["name"]


def test_clients_poll_and_follow_while_the_manager_is_killed(manager, tmp_path):
    path, health = tmp_path / "api.sock", tmp_path / "health.sock"
    with serving(*command(manager.socket, tmp_path, "--max-stale", "1")) as served:
        assert asked(path, "POST", "/secrets/create", secret("before"))[0] == 201
        poller = Poller(path)
        poller.start()
        events = UnixConnection(path, timeout=120)
        events.request("GET", "/events?filters=%7B%22type%22%3A%5B%22secret%22%5D%7D")
        stream = events.getresponse()
        waited_for(lambda: poller.seen)
        manager.kill()
        assert asked(path, "POST", "/secrets/create", secret("lost"))[0] == 503
        waited_for(lambda: poller.seen[-1][0] == 503)
        assert asked(health, "GET", "/readyz")[0] == 503
        assert asked(health, "GET", "/healthz")[0] == 200
        manager.start()
        waited_for(lambda: poller.seen[-1] == (200, False, ["before"]))
        assert asked(health, "GET", "/readyz")[0] == 200
        assert asked(path, "POST", "/secrets/create", secret("after"))[0] == 201
        told = [next_name(stream)]
        if told == ["before"]:  # who asks at once may still be told of it
            told.append(next_name(stream))
        assert told[-1] == "after"
        poller.ended.set()
        poller.join()
        events.close()
        assert served.end() == 0
    kinds = [(status, stale) for status, stale, _ in poller.seen]
    first_refusal = kinds.index((503, True))
    assert set(kinds[:first_refusal]) == {(200, False), (200, True)}  # old answers say so
    assert all(names == ["before"] for status, _, names in poller.seen[:first_refusal])


# A gateway that is killed


def test_what_was_answered_is_written_when_the_gateway_is_killed(embedded, tmp_path):
    path = tmp_path / "api.sock"
    answered, failed = [], []

    def write(name):
        try:
            status, _ = asked(path, "POST", "/secrets/create", secret(name))
        except (OSError, ConnectionError):
            failed.append(name)
        else:
            assert status == 201
            answered.append(name)

    with serving(*command(embedded, tmp_path)) as served, ThreadPoolExecutor(8) as pool:
        for number in range(400):
            pool.submit(write, f"s{number}")
        waited_for(lambda: len(answered) > 40)
        served.process.send_signal(signal.SIGKILL)
        pool.shutdown(wait=True)
    assert failed
    assert path.is_socket()  # it is left, and in nobody's way
    with sync.connect(embedded) as control:
        stored = control.list_secrets(pb.ListSecretsRequest()).secrets
    names = {one.spec.annotations.name for one in stored}
    assert set(answered) <= names
    assert all(one.spec.annotations.name and one.meta.version.index for one in stored)
    with serving(*command(embedded, tmp_path)) as again:
        listed = json.loads(asked(path, "GET", "/secrets")[1])
        assert {one["Spec"]["Name"] for one in listed} == names
        for name in set(failed) & names:  # a client that tries again learns what became of it
            assert asked(path, "POST", "/secrets/create", secret(name))[0] == 409
        assert again.end() == 0
    assert not path.exists()


# Too many


@contextlib.contextmanager
def many_files():
    """This process may open as many files as anybody lets it; how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        yield hard
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def memory(pid):
    """What a process has in memory, in bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def files(pid):
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def test_thousands_that_connect_and_say_nothing(embedded, tmp_path):
    path = tmp_path / "api.sock"
    with many_files() as most, serving(*command(embedded, tmp_path)) as served:
        pid = served.process.pid
        assert asked(path, "GET", "/services")[0] == 200
        count = min(10_000, most - 500)
        before, open_before = memory(pid), files(pid)
        with contextlib.ExitStack() as held:
            for _ in range(count):
                one = held.enter_context(socket.socket(socket.AF_UNIX))
                one.connect(str(path))
            waited_for(lambda: files(pid) >= count)
            assert asked(path, "GET", "/services")[0] == 200
            assert (memory(pid) - before) / count < 40_000
        waited_for(lambda: files(pid) <= open_before + 5)
        assert asked(path, "GET", "/services")[0] == 200
        assert served.end() == 0


def test_more_clients_than_the_gateway_may_have_files(embedded, tmp_path):
    path = tmp_path / "api.sock"
    with (
        serving("prlimit", "--nofile=64:64", *command(embedded, tmp_path)) as served,
        contextlib.closing(UnixConnection(path)) as first,
    ):
        first.request("GET", "/_ping")
        assert first.getresponse().read() == b"OK"
        with contextlib.ExitStack() as held:
            for _ in range(100):
                one = held.enter_context(socket.socket(socket.AF_UNIX))
                one.connect(str(path))
            waited_for(lambda: files(served.process.pid) == 64)
            first.request("GET", "/services")
            assert first.getresponse().status == 200
        assert asked(path, "GET", "/services")[0] == 200
        assert served.end() == 0
    lines = [line for line in served.said.splitlines() if "too many open files" in line]
    assert lines
    assert all(re.fullmatch(r"swarmwire: [\w.() ]+: too many open files", line) for line in lines)


@pytest.fixture
def certificates(tmp_path):
    return client_certificate(tmp_path, "ci")


@contextlib.contextmanager
def behind_tls(certificates, *before):
    """A gateway behind TLS, its port, and how a client with the certificates asks for services."""
    tls = ("--tls-cert", certificates.certificate, "--tls-key", certificates.key)
    tls += ("--tls-ca", certificates.authority, "--listen", "tcp://127.0.0.1:0")
    with serving(*before, *SWARMWIRE, "serve", "--embedded", *map(str, tls)) as served:
        port = int(served.address.rpartition(":")[2])
        context = ssl.create_default_context(cafile=str(certificates.authority))
        context.check_hostname = False
        context.load_cert_chain(certificates.certificate, certificates.key)

        def ask():
            connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=60)
            with contextlib.closing(connection):
                connection.request("GET", "/services")
                return connection.getresponse().status

        yield served, port, ask


def test_thousands_of_half_open_connections_lock_nobody_out(certificates):
    with (
        many_files(),
        behind_tls(certificates) as (served, port, ask),
        contextlib.ExitStack() as held,
    ):
        assert ask() == 200
        before = files(served.process.pid)
        silent = []
        for number in range(3_000):
            silent.append(held.enter_context(socket.create_connection(("127.0.0.1", port))))
            if number % 500 == 0:
                assert ask() == 200
        assert ask() == 200
        waited_for(lambda: files(served.process.pid) <= before + 1_010)
        silent[0].settimeout(60)
        assert silent[0].recv(1) == b""  # the oldest had to leave
        assert served.end() == 0


def test_half_open_connections_make_room_where_there_are_no_files(certificates):
    limited = ("prlimit", "--nofile=64:64")
    with behind_tls(certificates, *limited) as (served, port, ask), contextlib.ExitStack() as held:
        for _ in range(200):
            held.enter_context(socket.create_connection(("127.0.0.1", port)))
        assert ask() == 200
        assert ask() == 200
        assert served.end() == 0
    assert "too many open files" not in served.said
