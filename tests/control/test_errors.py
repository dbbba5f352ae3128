"""Each cause has an error of its own, which says what to do."""

import contextlib
import os
import signal
import socket
import ssl
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from swarmwire import control, pb
from swarmwire.control import _handshake, _local, remote, sync
from swarmwire.control.errors import control_error
from swarmwire.errors import SwarmwireError
from tests.support.certificates import ROOT_CERTIFICATE
from tests.support.dockerd import Dockerd

EVERYTHING = pb.ListNodesRequest()


@contextlib.contextmanager
def server(path, answer):
    """Something that listens at the path, and does ``answer`` with each connection."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def serve():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    answer(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


async def failure(socket_path=None, error=control.TransportError, **options):
    with pytest.raises(error) as caught:
        async with control.connect(socket_path, **options) as manager:
            await manager.list_nodes(EVERYTHING)
    assert type(caught.value) is error
    return caught.value


async def test_no_socket(tmp_path):
    error = await failure(tmp_path / "control.sock", control.NotAManager)
    assert error.address == str(tmp_path / "control.sock")
    assert "docker swarm init" in str(error)


async def test_a_socket_that_nobody_listens_on(tmp_path):
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as left_over:
        left_over.bind(str(path))
    error = await failure(path, control.NobodyListens)
    assert str(error) == f"{path}: nobody listens there: start the engine"


@pytest.mark.parametrize(
    "answer",
    [
        lambda peer: (peer.recv(100), peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")),
        lambda peer: peer.recv(100),
        lambda peer: None,
    ],
    ids=["plain text", "end", "reset"],
)
async def test_something_that_does_not_speak_tls(tmp_path, answer):
    with server(tmp_path / "s", answer):
        error = await failure(tmp_path / "s", control.NotTLS)
    assert "no manager's socket" in str(error)
    assert "control.sock" not in str(error)


async def test_the_socket_of_the_engine_is_told_from_the_managers(tmp_path):
    path = tmp_path / "docker.sock"
    with server(path, lambda peer: (peer.recv(100), peer.sendall(b"HTTP/1.1 400 No\r\n\r\n"))):
        error = await failure(path, control.NotTLS)
    assert "the manager's is docker/swarm/control.sock" in str(error)


def ending(certificate, after):
    """An answer that speaks TLS with the first ``after`` who come, and hangs up on all others."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    seen = []

    def answer(peer):
        seen.append(peer)
        if len(seen) <= after:
            with context.wrap_socket(peer, server_side=True) as secured:
                secured.recv(1)

    return answer


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate that is its own root, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "swarm-manager")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "both.pem"
    pkcs8 = serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, pkcs8, serialization.NoEncryption())
    path.write_bytes(built.public_bytes(serialization.Encoding.PEM) + pem)
    return path


@pytest.mark.parametrize("certificates", [False, True])
async def test_a_manager_that_dies_while_we_talk_to_it_hung_up(tmp_path, certificate, certificates):
    options = {}
    if certificates:
        (tmp_path / "swarm-root-ca.crt").write_bytes(certificate.read_bytes())
        options = {"certificates": tmp_path}
    with server(tmp_path / "s", ending(certificate, after=1)):
        error = await failure(tmp_path / "s", control.HungUp, **options)
    assert str(error) == f"{tmp_path / 's'}: the manager hung up: it is stopping, or was killed"


async def test_a_change_may_have_been_made_when_the_manager_hung_up(tmp_path, certificate):
    with server(tmp_path / "s", ending(certificate, after=1)):
        async with control.connect(tmp_path / "s") as manager:
            with pytest.raises(control.HungUp, match="the change may have been made"):
                await manager.remove_service(pb.RemoveServiceRequest(service_id="s"))


async def test_something_that_does_not_answer(tmp_path):
    with server(tmp_path / "s", lambda peer: time.sleep(0.5)):
        await failure(tmp_path / "s", control.DeadlinePassed, deadline=0.2)


def test_a_socket_that_this_user_may_not_open(tmp_path):
    if os.geteuid():
        pytest.skip("only root can become somebody else")
    folder = tmp_path / "swarm"
    folder.mkdir(mode=0o700)
    for parent in [tmp_path, *tmp_path.parents][:3]:
        parent.chmod(0o755)
    with server(folder / "control.sock", lambda peer: None):
        os.seteuid(65534)
        try:
            with pytest.raises(control.AccessDenied, match="run as root, or with sudo"):
                sync.connect(folder / "control.sock")
        finally:
            os.seteuid(0)


@pytest.mark.engine
async def test_a_manager_that_stops_answering(dockerd):
    async with control.connect(dockerd.control_socket, deadline=0.5) as manager:
        os.kill(dockerd.pid, signal.SIGSTOP)
        try:
            with pytest.raises(control.DeadlinePassed) as caught:
                await manager.remove_service(pb.RemoveServiceRequest(service_id="none"))
            assert caught.value.uncertain
            assert "the change may have been made" in str(caught.value)
            with pytest.raises(control.DeadlinePassed) as caught:
                await manager.list_nodes(EVERYTHING)
            assert not caught.value.uncertain
        finally:
            os.kill(dockerd.pid, signal.SIGCONT)


@pytest.mark.engine
async def test_a_manager_that_is_killed_and_comes_back(own_dockerd):
    path = own_dockerd.control_socket
    async with control.connect(path) as manager:
        assert (await manager.list_nodes(EVERYTHING)).nodes
        changes = manager.watch(pb.WatchRequest())
        await anext(changes)
        own_dockerd.kill()
        with pytest.raises(control.NobodyListens):
            await anext(changes)
        with pytest.raises(control.NobodyListens):
            await manager.list_nodes(EVERYTHING)
        with pytest.raises(control.NobodyListens) as caught:
            await manager.create_secret(pb.CreateSecretRequest())
        assert not caught.value.uncertain
        own_dockerd.start()
        own_dockerd.wait_for("the manager", own_dockerd.control_socket.exists)
        assert (await manager.list_nodes(EVERYTHING)).nodes


@pytest.mark.engine
async def test_a_locked_swarm(own_dockerd):
    certificates = own_dockerd.data_root / "swarm/certificates"
    path = own_dockerd.control_socket
    own_dockerd.cli("swarm", "update", "--autolock")
    async with control.connect(path, certificates=certificates) as manager:
        answer = await manager.get_unlock_key(pb.GetUnlockKeyRequest())
        assert len(answer.unlock_key) == 32
        own_dockerd.restart()
        with pytest.raises(control.Locked) as caught:
            await manager.list_nodes(EVERYTHING)
    assert "docker swarm unlock" in str(caught.value)
    await failure(path, control.Locked, certificates=certificates)
    error = await failure(path, control.NotAManager)
    assert "docker swarm unlock" in str(error)
    with pytest.raises(control.Locked, match="the key is encrypted"):
        async with control.connect_remote("127.0.0.1", certificates=certificates):
            pass


@pytest.mark.engine
async def test_a_worker(dockerd):
    with Dockerd(beside=dockerd, address="127.0.0.7") as worker:
        worker.join_swarm(dockerd, "worker")
        certificates = worker.data_root / "swarm/certificates"
        worker.wait_for("a certificate", (certificates / "swarm-node.crt").exists)
        error = await failure(worker.control_socket, control.NotAManager, certificates=certificates)
        assert "this node is a worker" in str(error)
        with pytest.raises(control.BadCertificate, match="is a worker's"):
            async with control.connect_remote("127.0.0.1", certificates=certificates):
                pass
        dockerd.cli("node", "rm", "--force", worker.cli("info", "-f", "{{.Swarm.NodeID}}").strip())


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        ("Unknown", "update out of sequence", control.OutOfDate),
        ("InvalidArgument", "update out of sequence", control.OutOfDate),
        ("Unknown", "The swarm does not have a leader. It's possible", control.NoLeader),
        (
            "Unknown",
            "raft: failed to process the request: node lost leader status",
            control.NotLeader,
        ),
        ("Unknown", "raft: raft message is too large and can't be sent", control.TooLarge),
        (
            "ResourceExhausted",
            "grpc: received message larger than max (5 vs. 4)",
            control.TooLarge,
        ),
        (
            "Unknown",
            "requested index is unavailable due to compaction",
            control.CannotResume,
        ),
        ("Canceled", "context canceled", control.Unavailable),
        ("Unimplemented", "unknown method CreateVolume", control.Unimplemented),
        ("Unknown", "constraint expected one operator from ==, !=", control.ControlError),
        ("Internal", "grpc: error unmarshalling request", control.ControlError),
    ],
)
def test_answers_have_a_class_by_status_or_words(status, message, error):
    found = control_error(status, message)
    assert type(found) is error
    assert (found.status, found.message) == (status, message)
    assert str(found).startswith(message)
    assert isinstance(found, SwarmwireError)


def test_the_tree_above_the_errors_is_complete():
    drawn = Path(sys.modules[control.ControlError.__module__].__file__).read_text().split('"""')[1]
    names = [name for name in control.__all__ if isinstance(getattr(control, name), type)]
    errors = [name for name in names if issubclass(getattr(control, name), Exception)]
    assert all(name in drawn for name in errors)


class Later(datetime):
    """Two hundred years from now every certificate of today is expired."""

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + timedelta(days=73_000)


@pytest.mark.engine
async def test_a_manager_s_certificate_that_is_expired(dockerd, monkeypatch):
    monkeypatch.setattr(_handshake, "datetime", Later)
    error = await failure(dockerd.control_socket, control.BadCertificate)
    assert "the manager's certificate expired on 20" in str(error)
    assert "docker swarm ca --rotate" in str(error)


@pytest.mark.engine
async def test_a_node_s_certificate_that_is_expired(dockerd, monkeypatch, tmp_path):
    certificates = dockerd.data_root / "swarm/certificates"
    monkeypatch.setattr(_local, "datetime", Later)
    monkeypatch.setattr(remote, "datetime", Later)
    error = await failure(tmp_path / "s", control.BadCertificate, certificates=certificates)
    assert "this node's certificate expired on 20" in str(error)
    with pytest.raises(control.BadCertificate, match=r"swarm-node.crt: expired on 20"):
        async with control.connect_remote("127.0.0.1", certificates=certificates):
            pass


@pytest.mark.engine
async def test_the_root_of_another_swarm_does_not_matter_on_the_socket(dockerd, tmp_path):
    (tmp_path / "swarm-root-ca.crt").write_text(ROOT_CERTIFICATE.pem)
    async with control.connect(dockerd.control_socket, certificates=tmp_path) as manager:
        assert (await manager.list_nodes(EVERYTHING)).nodes
