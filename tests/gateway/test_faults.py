"""Clients that are slow, silent, or gone; a gateway that ends; and that nothing is left of them."""

import asyncio
import gc
import json
import logging
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from swarmwire import pb
from swarmwire.gateway import bodies, door, server
from swarmwire.gateway.listeners import KnownCaller, Listener, bound
from swarmwire.policy import ClientLimits, Rate
from tests.gateway.asking import spec
from tests.gateway.wire import connection, exchanged, waited_for


@pytest.fixture
def path(tmp_path):
    return tmp_path / "gateway.sock"


@pytest.fixture(autouse=True)
def nothing_said(caplog):
    """Nothing is logged whatever clients do."""
    with caplog.at_level(logging.INFO):
        yield
    assert caplog.text == ""


def served(gateway, path, drain=2):
    return server.serving(gateway, [Listener(f"unix://{path}")], drain=drain)


async def large(client):
    """Make the list of services longer than any buffer between two processes."""
    for number in range(60):
        await client.post("/services/create", spec(f"web{number}", Labels={"x": "." * 50_000}))


def ask(writer, target):
    writer.write(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())


# Many clients


async def test_a_thousand_clients_may_wait_to_be_let_in(gateway, path):
    async with served(gateway, path):
        with ExitStack() as held:
            for _ in range(1_000):
                one = held.enter_context(socket.socket(socket.AF_UNIX))
                one.setblocking(False)
                one.connect(str(path))  # nobody lets them in meanwhile: it is the same thread

            async def are_in():
                return gateway.counts.connections == 1_000

            await waited_for(are_in)


def test_the_kernel_notices_when_another_machine_is_gone():
    options = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
    with (
        bound(Listener("tcp://127.0.0.1:0")) as listening,
        socket.create_connection(listening.getsockname()),
    ):
        listening.setblocking(True)
        accepted, _ = listening.accept()
        with accepted:
            found = [accepted.getsockopt(socket.IPPROTO_TCP, each) for each in options]
    idle, interval, count = found
    assert idle + interval * count <= 120


# Slow clients


async def test_who_does_not_read_its_events_loses_them_and_nobody_else(gateway, path, manager):
    wanted = 3_000
    async with served(gateway, path), connection(path) as slow, connection(path) as quick:
        await exchanged(*slow, "GET", "/events")
        slow[1].transport.pause_reading()
        await exchanged(*quick, "GET", "/events")
        seen = asyncio.create_task(events_of(quick[0], wanted))

        async def is_told():
            known = len(gateway.mirror.shelves["config"])
            return known == told and min(each.qsize() for each in gateway.feed._queues) == 0

        for told in range(500, wanted + 1, 500):
            for number in range(told - 500, told):
                manager.put(pb.Config(id=f"c{number}", spec={"annotations": {"name": "c" * 60}}))
            await waited_for(is_told)
        assert await asyncio.wait_for(seen, 60) == wanted
        slow[1].transport.resume_reading()
        rest = b""
        while not rest.endswith(b"\r\n0\r\n\r\n"):  # so it is told that there is no more
            rest += await asyncio.wait_for(slow[0].read(1 << 16), 60)
        assert 0 < rest.count(b'"Action"') < wanted

        async def is_forgotten():
            return len(gateway.feed._queues) == 1

        await waited_for(is_forgotten)


async def events_of(reader, count):
    seen = 0
    while seen < count:
        seen += b'"Action"' in await reader.readline()
    return seen


async def test_who_does_not_read_its_list_keeps_nobody_waiting(gateway, path, client):
    await large(client)
    async with served(gateway, path), connection(path) as slow:
        slow[1].transport.pause_reading()
        ask(slow[1], "/services")
        async with connection(path) as other:
            status, _, data = await exchanged(*other, "GET", "/services")
            assert (status, len(json.loads(data))) == (200, 60)
        slow[1].transport.resume_reading()
        head = await slow[0].readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK")
        assert await slow[0].readexactly(len(data)) == data


async def test_a_body_that_does_not_come(gateway, path, monkeypatch):
    monkeypatch.setattr(bodies, "_PATIENCE", 0.1)
    async with served(gateway, path), connection(path) as (reader, writer):
        writer.write(b"POST /secrets/create HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "sent", [b"", b"GET /_ping HTT", b"GET /_ping HTTP/1.1\r\nHost: x\r\n\r\nGET"]
)
async def test_a_connection_that_falls_silent_is_closed(gateway, path, monkeypatch, sent):
    monkeypatch.setattr(door, "_KEPT_ALIVE", 0.2)
    async with served(gateway, path), connection(path) as (reader, writer):
        writer.write(sent)
        answer = await asyncio.wait_for(reader.read(), 30)
    assert answer.count(b"HTTP/1.1 200") == sent.count(b"\r\n\r\n")


# Clients that leave


async def test_clients_that_leave_in_the_middle_of_anything(gateway, path, client):
    await large(client)
    async with served(gateway, path):
        for target in ("/services", "/events", "/services/web1/logs?follow=1&stdout=1", "/info"):
            for received in (0, 1, 100_000):
                async with connection(path) as (reader, writer):
                    ask(writer, target)
                    if received:
                        await reader.read(received)
                    writer.transport.abort()
        async with connection(path) as (_, writer):
            writer.write(
                b"POST /services/create HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n{"
            )
            await asyncio.sleep(0.01)
            writer.transport.abort()

        async def is_over():
            counts = gateway.counts
            return (counts.connections, counts.in_flight, sum(counts.streams.values())) == (0, 0, 0)

        await waited_for(is_over)
        assert not gateway.feed._queues


# The end


@pytest.fixture
def slow_write(manager):
    """A manager that makes a secret only when it is let: what tells that it began, what lets it."""
    begun, may_end = asyncio.Event(), asyncio.Event()
    unary = manager.unary

    async def slow(method, request):
        if "CreateSecret" in method.place:
            begun.set()
            await may_end.wait()
        return await unary(method, request)

    manager.unary = slow
    return begun, may_end


BODY = b'{"Name":"s","Data":"YQ=="}'
WRITE = (
    b"POST /secrets/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
)


async def test_what_is_being_answered_at_the_end_is_answered(gateway, path, slow_write):
    begun, may_end = slow_write
    async with connection_later(path) as connect:
        async with served(gateway, path, drain=60):
            reader, writer = await connect()
            idle, _ = await connect()
            writer.write(WRITE)
            await begun.wait()
            asyncio.get_running_loop().call_later(0.2, may_end.set)
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 201 ")
        assert await idle.read() == b""
        with pytest.raises(OSError, match="No such file"):
            await connect()


async def test_what_is_not_answered_in_time_is_cut_and_still_done(
    gateway, path, slow_write, client
):
    begun, may_end = slow_write
    async with connection_later(path) as connect:
        async with served(gateway, path, drain=0.1):
            reader, writer = await connect()
            writer.write(WRITE)
            await begun.wait()
        assert await reader.read() == b""
    may_end.set()

    async def is_done():
        return len((await client.get("/secrets")).json) == 1

    await waited_for(is_done)


async def test_a_write_takes_its_room_also_when_its_client_has_left(gateway, path, slow_write):
    begun, may_end = slow_write
    room = 8 * len(BODY)
    limits = ClientLimits(Rate(body=len(BODY)), time.monotonic)

    async def has_room():
        if not limits.hold(room):
            return False
        limits.let_go(room)
        return True

    async def has_left():
        return gateway.counts.in_flight == 0

    known = KnownCaller("ci", limits=limits)
    door_of_one = Listener(f"unix://{path}", identify=lambda _: known)
    async with server.serving(gateway, [door_of_one]):
        async with connection(path) as (_, writer):
            writer.write(WRITE)
            await begun.wait()
        await waited_for(has_left)
        assert not await has_room()
        may_end.set()
        await waited_for(has_room)


def connection_later(path):
    """What connects when it is called; all is closed at the end of the block."""

    class Connections:
        async def __aenter__(self):
            self.writers = []
            return self.connect

        async def connect(self):
            reader, writer = await asyncio.open_unix_connection(str(path))
            self.writers.append(writer)
            return reader, writer

        async def __aexit__(self, *_):
            for writer in self.writers:
                writer.close()

    return Connections()


# Nothing is left


async def test_of_many_clients_nothing_is_left(gateway, path, client, manager):
    await client.post("/services/create", spec("stays"))
    async with served(gateway, path):
        before = None
        for round_ in range(6):
            await asyncio.gather(*(one_client(path, number) for number in range(20)))
            await waited_for(lambda: alone(gateway))
            now = left(manager)
            if round_ == 1:
                before = now
        grown = {name: now[name] - before[name] for name in now}
    assert grown["files"] == grown["tasks"] == 0
    # what was removed is remembered for a while, with the last events
    assert grown["objects"] < 20 * 4 * 30


async def alone(gateway):
    return gateway.counts.connections == 0 and not gateway.feed._queues


def left(manager):
    manager.store.compact()
    gc.collect()
    return {
        "files": len(list(Path("/proc/self/fd").iterdir())),
        "tasks": len(asyncio.all_tasks()),
        "objects": len(gc.get_objects()),
    }


async def one_client(path, number):
    """A bit of everything."""
    async with connection(path) as both, connection(path) as follower:
        await exchanged(*follower, "GET", "/events")
        body = json.dumps(spec(f"web{number}")).encode()
        kind = {"Content_Type": "application/json"}
        await exchanged(*both, "POST", "/services/create", body, **kind)
        await exchanged(*both, "GET", f"/services/web{number}")
        await exchanged(*both, "GET", "/services?status=true")
        ask(both[1], f"/services/web{number}/logs?follow=1&stdout=1")
        await both[0].readuntil(b"\r\n\r\n")
    async with connection(path) as both:
        await exchanged(*both, "DELETE", f"/services/web{number}")
        both[1].write(b"\x16\x03\x01 no HTTP\r\n\r\n")
        await both[0].read()
