"""SIGHUP: the policy and the certificates are read again, all of them or none."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import threading

import pytest

from tests.cli_serve.running import SWARMWIRE, asked, serving
from tests.support.client_certificates import client_certificate
from tests.support.dockerd import UnixConnection

POLICY = """
version = 1

[clients.ci]
cert = ["CN=ci"]
read = ["services", "events", "info", "logs"]
see = ["all"]

[clients.watcher]
socket = "{folder}/watcher.sock"
read = ["services", "secrets", "events", "logs"]
see = ["all"]

[clients.other]
socket = "{folder}/other.sock"
read = ["services", "secrets", "events", "logs"]
see = ["all"]

[clients.writer]
socket = "{folder}/writer.sock"
read = ["services", "secrets", "tasks"]
write = ["services", "secrets"]
stacks = ["shop"]
rules = "writer"

[rules.writer]
images = ["docker.io/*"]
"""


class Reloading:
    """A gateway whose files change."""

    def __init__(self, it, folder):
        self.it = it
        self.folder = folder
        self.policy = folder / "policy.toml"
        self.port = None
        for line in it.process.stderr:
            if "also at tcp://" in line:
                self.port = int(line.strip().rpartition(":")[2])
            if "answers as an engine" in line:
                break

    def hang_up(self):
        """What it says of a SIGHUP."""
        self.it.process.send_signal(signal.SIGHUP)
        said = ""
        for line in self.it.process.stderr:
            said += line
            if "the policy was read again" in line or "stays as it was" in line:
                return said
        raise AssertionError(said)

    def change(self, old, new):
        text = self.policy.read_text("utf-8")
        assert old in text
        self.policy.write_text(text.replace(old, new), encoding="utf-8")

    def give(self, certificates):
        """Put other certificates in the place of those that the gateway has."""
        for name in certificates._fields:
            place = getattr(certificates, name)
            shutil.copy(place, self.folder / place.name)

    def through_tls(self, certificates):
        """The status of a request by a client with certificates, and what the gateway showed."""
        with contextlib.closing(self.connected(certificates)) as connection:
            connection.request("GET", "/v1.41/services")
            shown = connection.sock.getpeercert(binary_form=True)
            return connection.getresponse().status, ssl.DER_cert_to_PEM_cert(shown)

    def connected(self, certificates):
        context = ssl.create_default_context(cafile=str(certificates.authority))
        context.check_hostname = False
        context.load_cert_chain(certificates.certificate, certificates.key)
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=context, timeout=30
        )
        connection.connect()
        return connection


@pytest.fixture
def sets(tmp_path):
    """Two sets of certificates, each of an authority of its own."""
    made = []
    for name in ("old", "new"):
        folder = tmp_path / name
        folder.mkdir()
        made.append(client_certificate(folder, "ci"))
    return made


@pytest.fixture
def gateway(tmp_path, sets):
    """A gateway with a policy and the old certificates."""
    for place in sets[0]:
        shutil.copy(place, tmp_path / place.name)
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY.format(folder=tmp_path), encoding="utf-8")
    files = [str(tmp_path / f"{name}.pem") for name in ("cert", "key", "ca")]
    options = ("--tls-cert", files[0], "--tls-key", files[1], "--tls-ca", files[2])
    doors = ("--policy", str(policy), "--listen", "tcp://127.0.0.1:0")
    with serving(*SWARMWIRE, "serve", "--embedded", "--speed", "10", *doors, *options) as it:
        yield Reloading(it, tmp_path)


# Certificates


def test_new_connections_have_the_new_certificates(gateway, sets):
    old, new = sets
    with contextlib.closing(gateway.connected(old)) as before:
        assert gateway.through_tls(old) == (200, old.certificate.read_text("utf-8"))
        with pytest.raises((OSError, http.client.HTTPException)):
            gateway.through_tls(new)
        gateway.give(new)
        said = gateway.hang_up()
        assert "the files for TLS were read again" in said
        assert "the policy was read again: ci, watcher, other, writer\n" in said
        assert gateway.through_tls(new) == (200, new.certificate.read_text("utf-8"))
        with pytest.raises((OSError, http.client.HTTPException)):
            gateway.through_tls(old)
        before.request("GET", "/v1.41/services")  # what is open goes on
        assert before.getresponse().status == 200


@pytest.mark.parametrize("name", ["cert", "key", "ca"])
def test_a_file_that_is_wrong_leaves_everything_as_it_was(gateway, sets, name):
    old, new = sets
    gateway.give(new)
    (gateway.folder / f"{name}.pem").write_text("no PEM", encoding="utf-8")
    gateway.change('cert = ["CN=ci"]', 'cert = ["CN=nobody"]')
    said = gateway.hang_up()
    assert f"everything stays as it was: --tls-{name} {gateway.folder}/{name}.pem: " in said
    assert gateway.through_tls(old) == (200, old.certificate.read_text("utf-8"))


def test_a_policy_that_is_wrong_leaves_the_certificates_as_they_were(gateway, sets):
    old, new = sets
    gateway.give(new)
    gateway.change("[clients.ci]", "[clients.ci]\nreed = 1")
    assert "did you mean read?" in gateway.hang_up()
    assert gateway.through_tls(old) == (200, old.certificate.read_text("utf-8"))


def test_certificates_without_a_policy(tmp_path, sets):
    old, new = sets
    for place in old:
        shutil.copy(place, tmp_path / place.name)
    files = [str(tmp_path / f"{name}.pem") for name in ("cert", "key", "ca")]
    options = ("--tls-cert", files[0], "--tls-key", files[1], "--tls-ca", files[2])
    listen = ("--listen", f"unix://{tmp_path}/x.sock", "--listen", "tcp://127.0.0.1:0")
    with serving(*SWARMWIRE, "serve", "--embedded", *listen, *options) as it:
        gateway = Reloading(it, tmp_path)
        gateway.give(new)
        it.process.send_signal(signal.SIGHUP)
        assert "the files for TLS were read again" in next(it.process.stderr)
        assert gateway.through_tls(new) == (200, new.certificate.read_text("utf-8"))


@pytest.fixture
def terminal():
    """A terminal: the end that shows it, and the end that programs have."""
    ends = os.openpty()
    yield ends
    for each in ends:
        with contextlib.suppress(OSError):
            os.close(each)


def test_without_either_it_goes_on_until_its_terminal_goes(tmp_path, terminal):
    ours, its = terminal
    command = (*SWARMWIRE, "serve", "--embedded", "--listen", f"unix://{tmp_path}/x.sock")
    with serving("setsid", "--ctty", *command, stdin=its) as it:
        while "answers as an engine" not in it.process.stderr.readline():
            assert it.process.poll() is None
        it.process.send_signal(signal.SIGHUP)
        said = "there is no policy, and there are no files for TLS"
        assert said in it.process.stderr.readline()
        assert asked(it.path, "GET", "/_ping")[0] == 200
        os.close(ours)
        assert it.process.wait(30) == 0
        assert not it.path.exists()


# Streams


class Stream(threading.Thread):
    """What a client is told at a path, until it is told no more."""

    def __init__(self, path, target):
        super().__init__(daemon=True)
        self.lines = []
        self._connection = UnixConnection(path, timeout=60)
        self._connection.request("GET", target)
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200
        self.start()

    def run(self):
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            self.lines.extend(self._answer)

    @property
    def has_ended(self):
        self.join(30)
        return not self.is_alive()

    def close(self):
        with contextlib.suppress(OSError):
            self._connection.sock.shutdown(socket.SHUT_RDWR)
        self.join(30)
        self._connection.close()


@pytest.fixture
def watched(gateway):
    """The events that two clients follow, and the logs that one of them does."""
    label = {"com.docker.stack.namespace": "shop"}
    body = {
        "Name": "shop_web",
        "Labels": label,
        "TaskTemplate": {"ContainerSpec": {"Image": "nginx:1", "Labels": label}},
    }
    create(gateway, "services", body)
    with contextlib.ExitStack() as held:
        logs = "/services/shop_web/logs?stdout=1&follow=1"
        targets = {"events": ("watcher", "/events"), "logs": ("watcher", logs),
                   "others": ("other", "/events")}  # fmt: skip
        found = {}
        for name, (client, target) in targets.items():
            found[name] = Stream(gateway.folder / f"{client}.sock", target)
            held.callback(found[name].close)
        yield found


def create(gateway, kind, body):
    connection = UnixConnection(gateway.folder / "writer.sock")
    with contextlib.closing(connection):
        given = {"Content-Type": "application/json"}
        connection.request("POST", f"/v1.41/{kind}/create", json.dumps(body), given)
        answer = connection.getresponse()
        assert answer.status == 201, answer.read()


WATCHER = '"services", "secrets", "events", "logs"]\nsee = ["all"]\n\n[clients.other]'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (WATCHER, WATCHER.replace('"secrets", ', "")),
        (WATCHER, WATCHER.replace('"events", ', "")),
        (WATCHER, WATCHER.replace('"all"', '"stack:shop"')),
        ("[clients.watcher]\n", "[clients.watcher]\nuid = [0]\n"),
        ("[clients.watcher]\n", "[clients.guard]\n"),
    ],
)
def test_streams_of_a_client_that_is_no_more_what_it_was_end(gateway, watched, old, new):
    gateway.change(old, new)
    assert "; 2 streams end" in gateway.hang_up()
    assert watched["events"].has_ended
    assert watched["logs"].has_ended
    told_before = len(watched["others"].lines)
    create(gateway, "secrets", {"Name": "shop_s", "Data": "YQ==",
                                "Labels": {"com.docker.stack.namespace": "shop"}})  # fmt: skip
    gateway.it.process.send_signal(signal.SIGTERM)
    assert watched["others"].has_ended  # because the gateway does
    assert any(b"shop_s" in line for line in watched["others"].lines[told_before:])


def test_a_policy_that_says_the_same_ends_no_stream(gateway, watched):
    gateway.change("version = 1", "version = 1 # really")
    assert "stream" not in gateway.hang_up()
    gateway.change(WATCHER, WATCHER.replace("]\nsee", ', "reed"]\nsee'))
    assert "stays as it was" in gateway.hang_up()
    create(gateway, "secrets", {"Name": "shop_s", "Data": "YQ==",
                                "Labels": {"com.docker.stack.namespace": "shop"}})  # fmt: skip
    gateway.it.process.send_signal(signal.SIGTERM)
    assert watched["events"].has_ended
    assert any(b"shop_s" in line for line in watched["events"].lines)
