"""Managers that are reached by their port: two of them, which share a network of their own."""

import asyncio
import ctypes
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from swarmwire import control, pb
from swarmwire.control.remote import with_port
from tests.control.build import data_spec, watch
from tests.support.dockerd import Dockerd

pytestmark = pytest.mark.engine

CLONE_NEWNET = 0x40000000
NODES = pb.ListNodesRequest()


def within(daemon, work):
    """Run a coroutine in a thread that is in the network of the daemon."""
    results = []

    def enter():
        with Path(f"/proc/{daemon.pid}/ns/net").open() as namespace:
            libc = ctypes.CDLL(None, use_errno=True)
            assert libc.setns(namespace.fileno(), CLONE_NEWNET) == 0, os.strerror(
                ctypes.get_errno()
            )
        try:
            results.append(asyncio.run(asyncio.wait_for(work(), 60)))
        except BaseException as err:  # noqa: BLE001 - raised again, in the test's thread
            results.append(err)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    if isinstance(results[0], BaseException):
        raise results[0]
    return results[0]


def certificates(daemon):
    return daemon.data_root / "swarm/certificates"


@pytest.fixture(scope="module")
def leader(engines):
    with Dockerd() as daemon:
        daemon.init_swarm()
        yield daemon


@pytest.fixture(scope="module")
def follower(leader):
    with Dockerd(beside=leader, address="127.0.0.2") as daemon:
        daemon.join_swarm(leader)
        yield daemon


async def create_secret(*addresses, **options):
    async with control.connect_remote(*addresses, **options) as manager:
        changes = manager.watch(watch("secret"))
        await anext(changes)
        request = pb.CreateSecretRequest(spec=data_spec())
        created = (await manager.create_secret(request)).secret
        seen = (await anext(changes)).events[0].object.secret
        await changes.aclose()
        return created, seen


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["127.0.0.2:2377"], ["127.0.0.9", "127.0.0.2"]]
)
@pytest.mark.parametrize("of", ["leader", "follower"])
def test_whatever_manager_is_named_the_leader_is_asked(request, leader, follower, addresses, of):
    folder = certificates(request.getfixturevalue(of))
    created, seen = within(leader, lambda: create_secret(*addresses, certificates=folder))
    assert created.id == seen.id
    assert seen.spec.data == b"<redacted>"


def test_a_follower_passes_on_what_its_socket_gets(leader, follower):
    async def work():
        async with control.connect(follower.control_socket) as manager:
            await manager.create_secret(pb.CreateSecretRequest(spec=data_spec()))
            return await manager.list_nodes(NODES)

    assert len(asyncio.run(work()).nodes) == 2


def test_nobody_at_any_address(leader):
    with pytest.raises(control.NobodyListens) as caught:
        within(leader, lambda: create_secret("127.0.0.9", certificates=certificates(leader)))
    assert caught.value.address == "127.0.0.9:2377"


def test_certificates_of_another_swarm(leader, dockerd):
    with pytest.raises(control.BadCertificate, match="not one of this swarm"):
        within(leader, lambda: create_secret("127.0.0.1", certificates=certificates(dockerd)))


async def test_no_address():
    with pytest.raises(ValueError, match="no address"):
        await create_secret(certificates="/")


def test_certificates_that_are_not_there(tmp_path):
    with pytest.raises(control.AccessDenied, match="is not there"):
        asyncio.run(create_secret("127.0.0.1", certificates=tmp_path))


def test_files_that_hold_no_certificates(tmp_path):
    for name in ("swarm-root-ca.crt", "swarm-node.crt", "swarm-node.key"):
        (tmp_path / name).write_text("nothing")
    with pytest.raises(control.BadCertificate, match="holds no private key"):
        asyncio.run(create_secret("127.0.0.1", certificates=tmp_path))
    key = "-----BEGIN EC PRIVATE KEY-----\nkek-version: 1\n\nAAAA\n-----END EC PRIVATE KEY-----\n"
    (tmp_path / "swarm-node.key").write_text(key)
    with pytest.raises(control.BadCertificate, match="holds no certificate"):
        asyncio.run(create_secret("127.0.0.1", certificates=tmp_path))


async def no_leader(manager):
    """The error that comes once managers have noticed that their leader is gone."""
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            await manager.list_nodes(NODES)
            await asyncio.sleep(0.2)
        except control.NoLeader as err:
            return err
        except control.DeadlinePassed:
            continue  # a call that was on its way to the leader
    return None


def test_a_leader_that_is_gone(leader, follower):
    async def work():
        async with control.connect(follower.control_socket, deadline=6) as manager:
            assert (await manager.list_nodes(NODES)).nodes
            os.kill(leader.pid, signal.SIGSTOP)
            try:
                return await no_leader(manager)
            finally:
                os.kill(leader.pid, signal.SIGCONT)

    error = asyncio.run(work())
    assert error.message.startswith("The swarm does not have a leader.")
    assert "--force-new-cluster" in str(error)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("host", "host:2377"),
        ("host:1", "host:1"),
        ("10.0.0.1", "10.0.0.1:2377"),
        ("fd00::1", "[fd00::1]:2377"),
        ("[fd00::1]", "[fd00::1]:2377"),
        ("[fd00::1]:1", "[fd00::1]:1"),
    ],
)
def test_the_usual_port_is_added(given, expected):
    assert with_port(given) == expected
