"""A manager in memory on a socket, for our client and for what a user finds on the way to it."""

import asyncio
import socket
import stat

import pytest

from swarmwire import control, pb
from swarmwire.control.listener import listen
from swarmwire.control.testing import FakeManager
from tests.control.build import created, service_spec, unique, watch


@pytest.fixture
def path(tmp_path):
    return tmp_path / "control.sock"


async def test_only_its_owner_may_open_the_socket_and_it_is_gone_at_the_end(path):
    async with listen(FakeManager(), path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


async def test_clients_that_watch_are_told_what_others_do(path):
    async with (
        listen(FakeManager(), path),
        control.connect(path) as one,
        control.connect(path) as other,
    ):
        messages = one.watch(watch("service"))
        await anext(messages)
        service = await created(other, service_spec(unique("web")))
        message = await anext(messages)
        assert message.events[0].object.service.id == service.id
        await messages.aclose()


async def test_a_client_that_hangs_up_leaves_the_others_alone(path):
    async with listen(FakeManager(), path), control.connect(path) as stays:
        kept = stays.watch(watch("service"))
        await anext(kept)
        async with control.connect(path) as leaves:
            messages = leaves.watch(watch("service"))
            await anext(messages)
        await created(stays, service_spec(unique("web")))
        assert (await anext(kept)).events
        await kept.aclose()


async def test_the_socket_of_a_manager_that_was_killed_is_replaced(path):
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(path))
    dead.close()
    async with listen(FakeManager(), path), control.connect(path) as client:
        await client.list_clusters(pb.ListClustersRequest())


async def test_a_socket_in_use_and_a_file_are_left_alone(path, tmp_path):
    async with listen(FakeManager(), path):
        with pytest.raises(control.TransportError, match="somebody listens there already"):
            async with listen(FakeManager(), path):
                pass
        async with control.connect(path) as client:
            await client.list_clusters(pb.ListClustersRequest())
    file = tmp_path / "notes"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(control.TransportError, match="something else than a socket is there"):
        async with listen(FakeManager(), file):
            pass
    assert file.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("name", "words"),
    [("absent/control.sock", "directory is not there"), ("a" * 120, "longer than a socket's path")],
)
async def test_a_place_where_no_socket_can_be(tmp_path, name, words):
    with pytest.raises(control.TransportError, match=words):
        async with listen(FakeManager(), tmp_path / name):
            pass


async def test_many_clients_at_once(path):
    manager = FakeManager()

    async def create(name):
        async with control.connect(path) as client:
            await created(client, service_spec(name))

    async with listen(manager, path):
        await asyncio.gather(*(create(f"web-{number}") for number in range(20)))
    assert len(manager.objects("service")) == 20
