"""The gateway behind its sockets."""

import asyncio
import json
import logging
import os
import socket
import ssl
import stat
import time
from contextlib import AsyncExitStack

import pytest

from swarmwire.gateway import FullPermission, ReadOnlyPermission
from swarmwire.gateway.listeners import (
    KnownCaller,
    Listener,
    ListenerError,
    bound,
)
from swarmwire.gateway.server import serving
from swarmwire.gateway.tls import MutualTLS
from swarmwire.policy import ClientLimits, Rate
from tests.gateway.asking import Client, spec
from tests.gateway.wire import connection, exchanged, waited_for
from tests.support.client_certificates import client_certificate


@pytest.fixture
def path(tmp_path):
    return tmp_path / "gateway.sock"


def served(gateway, path, **settings):
    return serving(gateway, [Listener(f"unix://{path}", **settings)], drain=2)


async def test_many_requests_through_one_connection(gateway, path):
    async with served(gateway, path) as addresses, connection(path) as both:
        assert addresses == [f"unix://{path}"]
        status, headers, data = await exchanged(*both, "HEAD", "/_ping")
        assert (status, headers["content-length"], data) == (200, "0", b"")
        body = json.dumps(spec()).encode()
        status, headers, data = await exchanged(
            *both, "POST", "/v1.51/services/create", body, Content_Type="application/json"
        )
        assert status == 201
        assert headers["content-type"] == "application/json"
        assert headers["server"] == "docker/29 (linux)"
        status, headers, data = await exchanged(*both, "DELETE", "/services/web")
        assert (status, data, headers["content-length"]) == (200, b"", "0")
        assert "content-type" not in headers
        status, headers, data = await exchanged(*both, "GET", "/nope")
        assert (status, data) == (404, b'{"message":"page not found"}\n')
        assert headers["server"] == "swarmwire"
    assert not path.exists()


async def test_of_a_repeated_header_the_first_counts(gateway, path, manager):
    body = json.dumps(spec()).encode()
    sent = (
        "POST /v1.51/services/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nX-Registry-Auth: a\r\nX-Registry-Auth: b\r\n\r\n"
    )
    async with served(gateway, path), connection(path) as (reader, writer):
        writer.write(sent.encode() + body)
        assert b"201" in await reader.readline()
    (service,) = manager.objects("service")
    assert service.spec.task.container.pull_options.registry_auth == "a"


async def test_a_header_that_is_no_text_is_stored_as_one(gateway, path, manager):
    body = json.dumps(spec()).encode()
    head = "POST /v1.51/services/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    sent = f"{head}Content-Length: {len(body)}\r\n".encode() + b"X-Registry-Auth: \xff\r\n\r\n"
    async with served(gateway, path), connection(path) as (reader, writer):
        writer.write(sent + body)
        assert b"201" in await reader.readline()
    (service,) = manager.objects("service")
    assert service.spec.task.container.pull_options.registry_auth == "\N{REPLACEMENT CHARACTER}"


async def test_a_large_list_comes_whole(gateway, path, client):
    for number in range(120):
        await client.post("/services/create", spec(f"web{number}", Labels={"x": "." * 3000}))
    want = (await client.get("/services")).body
    assert len(want) > 3 * (128 << 10)
    async with served(gateway, path), connection(path) as both:
        status, headers, data = await exchanged(*both, "GET", "/services")
    assert (status, data) == (200, want)
    assert headers["content-length"] == str(len(want))


async def test_secrets_in_the_query_are_neither_logged_nor_answered(gateway, path, caplog):
    data = "c2VjcmV0LXZhbHVl" * 32_000
    body = json.dumps({"Name": "s", "Data": "c2VjcmV0LXZhbHVl"}).encode()
    target = f"/secrets/create?Name=s&Data={data}"
    with caplog.at_level(logging.DEBUG):
        async with served(gateway, path), connection(path) as both:
            status, _, _ = await exchanged(
                *both, "POST", target, body, Content_Type="application/json"
            )
            assert status == 201
            target += data * 3
            status, _, data = await exchanged(*both, "POST", target, body)
            assert status == 400
            assert b"c2Vj" not in data
    assert "c2Vj" not in caplog.text


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03secret\r\n\r\n",
        b"GET /secret%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /secret\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\nsecret: y\r\n\r\n",
        b"GET /x HTTP/9.9 secret\r\n\r\n",
        b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nsecret\r\n",
    ],
)
async def test_what_is_no_http_is_refused_without_being_repeated(gateway, path, caplog, sent):
    with caplog.at_level(logging.DEBUG):
        async with served(gateway, path), connection(path) as (reader, writer):
            writer.write(sent)
            answer = await asyncio.wait_for(reader.read(), 10)
    assert answer.split()[1].startswith(b"4")
    assert b"secret" not in answer.lower()
    assert "secret" not in caplog.text


async def test_a_body_that_is_too_large(gateway, path):
    async with served(gateway, path), connection(path) as both:
        head = {"Content_Length": str(9 << 20), "Content_Type": "application/json"}
        status, _, data = await exchanged(*both, "POST", "/secrets/create", **head)
        assert (status, b"8 MiB" in data) == (413, True)


async def test_a_body_that_is_larger_than_its_client_may_send(gateway, path):
    who = KnownCaller("ci", limits=ClientLimits(Rate(body=1000), time.monotonic))
    body = json.dumps({"Name": "x", "Data": "YQ==" * 300}).encode()
    async with served(gateway, path, identify=lambda _: who), connection(path) as both:
        kind = {"Content_Type": "application/json"}
        status, _, data = await exchanged(*both, "POST", "/secrets/create", body, **kind)
    assert (status, b"1000 bytes" in data) == (413, True)
    assert (await Client(gateway).get("/secrets")).json == []


async def test_bodies_that_do_not_come_as_a_whole_take_a_bounded_room(gateway, path):
    limits = ClientLimits(Rate(body=1000), time.monotonic)
    head = b"POST /secrets/create HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
    sent = head + b"Content-Type: application/json\r\n\r\n" + b" " * 999

    async def has_room():
        if not limits.hold(999):
            return False
        limits.let_go(999)
        return True

    async def is_full():
        return not await has_room()

    async with AsyncExitStack() as left:
        await left.enter_async_context(
            served(gateway, path, identify=lambda _: KnownCaller("ci", limits=limits))
        )
        for _ in range(8):
            _, writer = await left.enter_async_context(connection(path))
            writer.write(sent)
            await writer.drain()
        await waited_for(is_full)
        reader, other = await left.enter_async_context(connection(path))
        other.write(sent)
        assert b" 429 " in await asyncio.wait_for(reader.readline(), 10)
        writer.write(b" ")  # the last one of the eight is answered, and makes room
        await waited_for(has_room)
        reader, other = await left.enter_async_context(connection(path))
        other.write(sent + b" ")
        assert b" 400 " in await asyncio.wait_for(reader.readline(), 10)


async def test_answers_that_nobody_reads_take_a_bounded_room(gateway, path, client):
    body = spec()
    body["TaskTemplate"]["ContainerSpec"]["Env"] = ["A=" + "x" * 400_000]
    for number in range(40):
        await client.post("/services/create", body | {"Name": f"web{number}"})
    limits = ClientLimits(Rate(), time.monotonic)
    who = KnownCaller("reader", ReadOnlyPermission(), limits=limits)
    asked = b"GET /v1.51/services HTTP/1.1\r\nHost: x\r\n\r\n"

    async def is_limited():
        return gateway.counts.refusals["limited"] > 0

    async with AsyncExitStack() as left:
        await left.enter_async_context(served(gateway, path, identify=lambda _: who))
        for _ in range(6):  # 16 MB each
            _, writer = await left.enter_async_context(connection(path))
            writer.write(asked)
        await waited_for(is_limited)
    assert limits.answer(64 << 20)  # they have left, and so has what was for them


async def test_events_come_as_they_happen_and_end_with_the_gateway(gateway, path, client):
    async with AsyncExitStack() as left:
        async with served(gateway, path):
            reader, writer = await left.enter_async_context(connection(path))
            status, headers, _ = await exchanged(reader, writer, "GET", "/v1.51/events")
            assert (status, headers["transfer-encoding"]) == (200, "chunked")
            assert headers["content-type"] == "application/json"
            await client.post("/services/create", spec())
            await reader.readline()
            event = json.loads(await reader.readline())
            assert event["Actor"]["Attributes"] == {"name": "web"}
        assert (await asyncio.wait_for(reader.read(), 10)).endswith(b"0\r\n\r\n")


async def test_an_old_client_has_events_until_the_connection_ends(gateway, path, client):
    async with AsyncExitStack() as left:
        async with served(gateway, path):
            reader, writer = await left.enter_async_context(connection(path))
            writer.write(b"GET /events HTTP/1.0\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.0 200 OK\r\n")
            assert b"chunked" not in head
            await client.post("/services/create", spec())
            assert json.loads(await reader.readline())["Action"] == "create"
        assert await asyncio.wait_for(reader.read(), 10) == b""


async def test_a_client_that_leaves_is_not_told_any_more(gateway, path):
    async with served(gateway, path):
        async with connection(path) as both:
            await exchanged(*both, "GET", "/events")
            assert len(gateway.feed._queues) == 1
        for _ in range(500):
            if not gateway.feed._queues:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("somebody still listens")


async def test_a_write_is_finished_although_its_client_leaves(gateway, path, client, manager):
    begun, may_end = asyncio.Event(), asyncio.Event()
    unary = manager.unary

    async def slow(method, request):
        if "CreateSecret" in method.place:
            begun.set()
            await may_end.wait()
        return await unary(method, request)

    manager.unary = slow
    body = b'{"Name":"s","Data":"YQ=="}'
    async with served(gateway, path):
        async with connection(path) as (_, writer):
            writer.write(
                b"POST /secrets/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
            )
            await begun.wait()
        await asyncio.sleep(0.05)
        may_end.set()
        for _ in range(500):
            if (await client.get("/secrets")).json:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it was not written")


async def test_curl_is_told_to_go_on(gateway, path):
    async with served(gateway, path), connection(path) as (reader, writer):
        body = b'{"Name":"s","Data":"YQ=="}'
        writer.write(
            b"POST /secrets/create HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        )
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
        writer.write(body)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 201")


# Who is who


async def test_each_listener_has_its_own_clients(gateway, tmp_path):
    seen = []
    only_reads = ReadOnlyPermission()

    def known(caller):
        seen.append(caller)
        return KnownCaller("reader", only_reads)

    doors = [
        Listener(f"unix://{tmp_path}/owner.sock"),
        Listener(f"unix://{tmp_path}/reader.sock", identify=known),
        Listener(f"unix://{tmp_path}/nobody.sock", identify=lambda _: None),
    ]
    answers = {}
    async with serving(gateway, doors):
        for name in ("owner", "reader", "nobody"):
            async with connection(tmp_path / f"{name}.sock") as both:
                answers[name] = await exchanged(*both, "POST", "/networks/prune")
    assert {name: answer[0] for name, answer in answers.items()} == {
        "owner": 200,
        "reader": 403,
        "nobody": 403,
    }
    assert {caller[:3] for caller in seen} == {
        (f"{tmp_path}/reader.sock", frozenset(), os.getuid())
    }
    assert seen[0].peer == f"pid {os.getpid()}"
    assert b"network.prune: this gateway only reads" in answers["reader"][2]
    assert b"does not know you" in answers["nobody"][2]


async def test_a_body_that_comes_after_another_policy_is_not_obeyed(gateway, path, client):
    now = [KnownCaller("ci")]
    body = json.dumps(spec(Name="late")).encode()
    head = "POST /services/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    async with (
        served(gateway, path, identify=lambda _: now[-1]),
        connection(path) as (reader, writer),
    ):
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:-1])

        async def is_being_read():
            return gateway.counts.in_flight == 1

        await waited_for(is_being_read)
        now.append(KnownCaller("ci", ReadOnlyPermission()))
        writer.write(body[-1:])
        answer = (await reader.readuntil(b"}")).decode()
    assert answer.startswith("HTTP/1.1 403 ")
    assert "the policy has changed while you were asking" in answer
    assert (await client.get("/services")).json == []


async def test_a_policy_names_its_client(gateway, path, client):
    class Nothing(FullPermission):
        def judge_write(self, operation, kind, new, old):
            return ReadOnlyPermission().judge_write(operation, kind, new, old)

    await client.post("/services/create", spec())
    who = KnownCaller("ci-shop", Nothing())
    async with served(gateway, path, identify=lambda _: who), connection(path) as both:
        status, _, data = await exchanged(*both, "DELETE", "/services/web")
    assert status == 403
    assert json.loads(data)["message"].startswith("policy ci-shop: service.remove: ")


async def test_certificates_tell_who_somebody_is(gateway, tmp_path):
    files = client_certificate(tmp_path, "ci-deployer")
    seen = []

    def known(caller):
        seen.append(caller.names)
        return KnownCaller()

    tls = MutualTLS(files.certificate, files.key, files.authority)
    door = Listener("tcp://127.0.0.1:0", tls=tls, identify=known)
    context = ssl.create_default_context(cafile=str(files.authority))
    context.check_hostname = False
    context.load_cert_chain(files.certificate, files.key)
    async with serving(gateway, [door]) as (address,):
        port = int(address.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        status, _, _ = await exchanged(reader, writer, "GET", "/_ping")
        writer.close()
        stranger = ssl.create_default_context(cafile=str(files.authority))
        stranger.check_hostname = False
        assert await is_hung_up_on(port, stranger)
    assert status == 200
    assert set(seen) == {frozenset({"CN=ci-deployer"})}


async def is_hung_up_on(port, context):
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    try:
        await exchanged(reader, writer, "GET", "/_ping")
    except (ssl.SSLError, ConnectionError, asyncio.IncompleteReadError):
        return True
    finally:
        writer.transport.abort()
    return False


# Sockets


def test_a_unix_socket_is_for_its_owner(path):
    with bound(Listener(f"unix://{path}")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_unix_socket_has_the_mode_and_the_group_that_it_is_given(path):
    with bound(Listener(f"unix://{path}", mode=0o660, group=str(os.getgid()))):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        assert path.stat().st_gid == os.getgid()


def test_what_a_gateway_left_is_taken_away_and_nothing_else(path):
    bound(Listener(f"unix://{path}")).close()
    again = Listener(f"unix://{path}")
    with bound(again), pytest.raises(ListenerError, match="somebody listens there already"):
        bound(again)
    path.unlink()
    path.write_text("precious")
    with pytest.raises(ListenerError, match="no socket"):
        bound(Listener(f"unix://{path}"))
    assert path.read_text() == "precious"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("tcp://0.0.0.0:0", "without TLS"),
        ("tcp://[::]:0", "without TLS"),
        ("tcp://127.0.0.1", "expected"),
        ("tcp://127.0.0.1:x", "expected"),
        ("/run/x.sock", "expected"),
        ("unix://run/x.sock", "expected"),
        ("http://127.0.0.1:80", "expected"),
        ("unix:///nowhere/x.sock", "No such file"),
    ],
)
def test_addresses_that_are_refused(address, reason):
    with pytest.raises(ListenerError, match=reason):
        bound(Listener(address))


def test_a_group_that_is_not_there(path):
    with pytest.raises(ListenerError, match="no such group: no-such-group"):
        bound(Listener(f"unix://{path}", group="no-such-group"))
    assert not path.exists()


async def test_none_is_bound_if_one_cannot_be(gateway, path):
    doors = [Listener(f"unix://{path}"), Listener("tcp://0.0.0.0:0")]
    with pytest.raises(ListenerError):
        async with serving(gateway, doors):
            raise AssertionError("it listens")
    assert not path.exists()


def test_loopback_may_be_plain():
    with bound(Listener("tcp://127.0.0.1:0")) as found:
        assert found.family is socket.AF_INET
