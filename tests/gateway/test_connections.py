"""How many connections there may be, and that nobody locks others out with theirs."""

import asyncio
import ssl
import time
from contextlib import AsyncExitStack
from functools import partial

import pytest

from swarmwire.gateway import server
from swarmwire.gateway.listeners import KnownCaller, Listener
from swarmwire.gateway.newcomers import Newcomers
from swarmwire.gateway.server import serving
from swarmwire.gateway.tls import MutualTLS
from swarmwire.policy import ClientLimits, Rate
from tests.gateway.wire import connection, exchanged, waited_for
from tests.support.client_certificates import client_certificate

TWO = Rate(connections=2)


@pytest.fixture
def doors(tmp_path):
    """A socket of a client that may have two connections, one of another, and one of nobody."""
    greedy = KnownCaller("greedy", limits=ClientLimits(TWO, time.monotonic))
    other = KnownCaller("other", limits=ClientLimits(TWO, time.monotonic))
    known = {"greedy": greedy, "other": other, "nobody": None}
    return [
        Listener(f"unix://{tmp_path}/{name}.sock", identify=lambda _, who=who: who)
        for name, who in known.items()
    ]


async def ends(reader):
    """Whether the other side hangs up."""
    return await asyncio.wait_for(reader.read(), 10) == b""


async def test_a_client_has_so_many_connections_and_no_more(gateway, tmp_path, doors):
    path = tmp_path / "greedy.sock"
    async with AsyncExitStack() as left, serving(gateway, doors):
        first, second, third, fourth = [
            await left.enter_async_context(connection(path)) for _ in range(4)
        ]
        for both in (first, second):
            assert (await exchanged(*both, "GET", "/services"))[0] == 200
        status, headers, data = await exchanged(*third, "GET", "/services")
        assert (status, headers["retry-after"], headers["connection"]) == (429, "1", "close")
        assert b"too many connections" in data
        assert await ends(third[0])
        assert (await exchanged(*fourth, "GET", "/_ping"))[0] == 200  # as always
        assert await ends(fourth[0])
        async with connection(tmp_path / "other.sock") as both:
            assert (await exchanged(*both, "GET", "/services"))[0] == 200
        second[1].close()

        async def there_is_room():
            async with connection(path) as both:
                return (await exchanged(*both, "GET", "/services"))[0] == 200

        await waited_for(there_is_room)
        assert gateway.counts.refusals["limited"] >= 1


async def test_who_is_nobody_is_told_so_and_has_to_leave(gateway, tmp_path, doors):
    async with serving(gateway, doors), connection(tmp_path / "nobody.sock") as both:
        assert (await exchanged(*both, "GET", "/services"))[0] == 403
        assert await ends(both[0])


async def test_who_is_nobody_any_more_has_to_leave(gateway, tmp_path):
    limits = ClientLimits(Rate(connections=1), time.monotonic)
    known = [KnownCaller("ci", limits=limits)]
    door = Listener(f"unix://{tmp_path}/x.sock", identify=lambda _: known[-1])
    async with serving(gateway, [door]), connection(tmp_path / "x.sock") as both:
        assert (await exchanged(*both, "GET", "/services"))[0] == 200
        known.append(None)
        assert (await exchanged(*both, "GET", "/services"))[0] == 403
        assert await ends(both[0])
        assert limits.open_connection()  # it has made room


async def test_who_is_another_client_now_counts_for_that_one(gateway, tmp_path):
    first, second = (ClientLimits(Rate(connections=1), time.monotonic) for _ in range(2))
    known = [KnownCaller("a", limits=first)]
    door = Listener(f"unix://{tmp_path}/x.sock", identify=lambda _: known[-1])
    async with serving(gateway, [door]), connection(tmp_path / "x.sock") as both:
        assert (await exchanged(*both, "GET", "/services"))[0] == 200
        known.append(KnownCaller("b", limits=second))
        assert (await exchanged(*both, "GET", "/services"))[0] == 200
        assert first.open_connection()
        assert not second.open_connection()


async def test_who_asks_for_much_before_it_is_answered_has_to_leave(gateway, tmp_path):
    door = Listener(f"unix://{tmp_path}/x.sock")
    async with serving(gateway, [door]), connection(tmp_path / "x.sock") as (reader, writer):
        assert (await exchanged(reader, writer, "GET", "/events"))[0] == 200
        head = b"GET /_ping HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 900_000 + b"\r\n\r\n"
        writer.write(8 * head)
        assert await left_by(reader)
        assert gateway.counts.refusals["limited"] == 1


async def test_who_asks_often_before_it_is_answered_has_to_leave(gateway, tmp_path):
    door = Listener(f"unix://{tmp_path}/x.sock")
    async with serving(gateway, [door]), connection(tmp_path / "x.sock") as (reader, writer):
        assert (await exchanged(reader, writer, "GET", "/events"))[0] == 200
        writer.write(200_000 * b"GET /_ping HTTP/1.1\r\n\r\n")
        assert await left_by(reader)


CHUNKED = b"POST /services/create HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


ABOUT = {
    "trailers": b"0\r\n" + 100 * (b"A: " + b"a" * 50_000 + b"\r\n"),
    "extension": b"1;" + b"a" * 5_000_000,
}


@pytest.mark.parametrize("text", ABOUT.values(), ids=ABOUT)
async def test_what_stands_about_a_body_takes_a_bounded_room(gateway, tmp_path, text):
    door = Listener(f"unix://{tmp_path}/x.sock")
    async with serving(gateway, [door]), connection(tmp_path / "x.sock") as (reader, writer):
        writer.write(CHUNKED + b"2\r\n{}\r\n" + text)
        assert await left_by(reader)


async def test_a_body_in_many_pieces_is_read(gateway, tmp_path):
    door = Listener(f"unix://{tmp_path}/x.sock")
    async with serving(gateway, [door]), connection(tmp_path / "x.sock") as (reader, writer):
        for _ in range(3):
            pieces = 40 * (b"10000\r\n" + b" " * 65_536 + b"\r\n") + 9_000 * b"1\r\n \r\n"
            writer.write(CHUNKED + pieces + b"2\r\n{}\r\n0\r\nA: b\r\n\r\n")
            assert (await reader.readline()).startswith(b"HTTP/1.1 400 ")
            assert b"Content-Type" in await reader.readuntil(b"}\n")


async def test_who_goes_on_with_a_body_that_is_refused_hears_of_it(gateway, tmp_path):
    limits = ClientLimits(Rate(body=1000), time.monotonic)
    who = KnownCaller("ci", limits=limits)
    door = Listener(f"unix://{tmp_path}/x.sock", identify=lambda _: who)
    async with serving(gateway, [door]), connection(tmp_path / "x.sock") as (reader, writer):
        writer.write(CHUNKED + 100 * (b"10000\r\n" + b" " * 65_536 + b"\r\n") + b"0\r\n\r\n")
        await writer.drain()
        assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")


async def left_by(reader):
    """Whether the other side hangs up, gently or not."""
    try:
        return await ends(reader)
    except ConnectionError:
        return True


async def test_heads_of_a_client_take_a_bounded_room(gateway, tmp_path):
    limits = ClientLimits(Rate(body=100_000), time.monotonic)
    who = KnownCaller("ci", limits=limits)
    door = Listener(f"unix://{tmp_path}/x.sock", identify=lambda _: who)
    async with serving(gateway, [door]), connection(tmp_path / "x.sock") as both:
        status, _, data = await exchanged(*both, "GET", "/services", X_Long="a" * 900_000)
        assert (status, b"too many large requests" in data) == (429, True)
        assert (await exchanged(*both, "GET", "/services", X_Long="a" * 700_000))[0] == 200
        assert limits.hold(8 * 100_000)  # what was answered takes no room
        assert (await exchanged(*both, "GET", "/services"))[0] == 200  # as little as all have


async def test_the_oldest_that_say_nothing_make_room(gateway, tmp_path, doors, monkeypatch):
    monkeypatch.setattr(server, "Newcomers", partial(Newcomers, 3))
    async with AsyncExitStack() as left, serving(gateway, doors):
        nobody = tmp_path / "nobody.sock"
        silent = [await left.enter_async_context(connection(nobody)) for _ in range(5)]
        for reader, _ in silent[:2]:
            assert await ends(reader)
        for both in silent[2:]:
            assert (await exchanged(*both, "GET", "/_ping"))[0] == 403
        assert gateway.counts.refusals["crowded-out"] == 2
        async with connection(tmp_path / "other.sock") as both:
            assert (await exchanged(*both, "GET", "/services"))[0] == 200


@pytest.fixture
def certificates(tmp_path):
    return client_certificate(tmp_path, "ci")


@pytest.fixture
def shown(certificates):
    """What a client shows and wants to see."""
    context = ssl.create_default_context(cafile=str(certificates.authority))
    context.check_hostname = False
    context.load_cert_chain(certificates.certificate, certificates.key)
    return context


async def test_half_open_connections_lock_nobody_out(gateway, certificates, shown, monkeypatch):
    monkeypatch.setattr(server, "Newcomers", partial(Newcomers, 5))
    door = Listener("tcp://127.0.0.1:0", tls=MutualTLS(*_in_order(certificates)))
    async with AsyncExitStack() as left, serving(gateway, [door]) as (address,):
        port = int(address.rpartition(":")[2])

        async def connected(context):
            both = await asyncio.open_connection("127.0.0.1", port, ssl=context)
            left.callback(both[1].close)
            return both

        first = await connected(shown)
        assert (await exchanged(*first, "GET", "/services"))[0] == 200
        silent = []
        for number in range(20):  # some say nothing, some shake hands and say nothing then
            silent.append(await connected(shown if number % 2 else None))
            another = await connected(shown)
            assert (await exchanged(*another, "GET", "/services"))[0] == 200
        for reader, _ in silent[:15]:
            assert await ends(reader)
        assert (await exchanged(*first, "GET", "/services"))[0] == 200  # it had asked before
        assert gateway.counts.refusals["crowded-out"] >= 15


def _in_order(files):
    return files.certificate, files.key, files.authority


async def test_a_head_without_an_end_is_not_kept(gateway, tmp_path, doors):
    async with serving(gateway, doors), connection(tmp_path / "other.sock") as (reader, writer):
        writer.write(b"GET /services HTTP/1.1\r\nHost: x\r\n")
        for number in range(10):
            writer.write(b"X-%d: " % number + b"x" * 300_000 + b"\r\n")
        assert b" 431 " in await asyncio.wait_for(reader.readline(), 10)
        assert gateway.counts.refusals["malformed"] == 1


async def test_a_body_is_no_head(gateway, tmp_path, doors):
    body = b'{"Name":"s","Data":"' + b"YQ==" * 100_000 + b'"}'
    async with serving(gateway, doors), connection(tmp_path / "other.sock") as both:
        kind = {"Content_Type": "application/json"}
        for _ in range(8):  # of them all some 3 MB
            status, _, _ = await exchanged(*both, "POST", "/secrets/create", body, **kind)
            assert status in (400, 500)  # a manager takes no such secret
        assert (await exchanged(*both, "GET", "/services"))[0] == 200
