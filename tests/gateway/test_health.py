"""Health and metrics of a gateway, asked for as Prometheus and watchdogs do."""

import asyncio
import errno
import json
import ssl
from contextlib import asynccontextmanager

import pytest

from swarmwire.control import protected
from swarmwire.gateway import Gateway, ReadOnlyPermission
from swarmwire.gateway.auditing import Auditor
from swarmwire.gateway.health import health_served
from swarmwire.gateway.listeners import KnownCaller, Listener, ListenerError
from swarmwire.gateway.server import serving
from swarmwire.gateway.tls import MutualTLS, mutual_tls
from swarmwire.policy import AuditLog
from tests.gateway.asking import Failing, gateway_of, opener, spec
from tests.gateway.wire import connection, exchanged, page, samples, waited_for
from tests.support.client_certificates import client_certificate


@pytest.fixture
def place(tmp_path):
    return tmp_path / "health.sock"


@asynccontextmanager
async def both_served(gateway, tmp_path, place, **settings):
    """The API, and health beside it; the socket of the API."""
    path = tmp_path / "gateway.sock"
    doors = [Listener(f"unix://{path}", **settings)]
    async with (
        health_served(gateway, Listener(f"unix://{place}")),
        serving(gateway, doors, drain=2),
    ):
        yield path


async def test_requests_are_counted_by_route_and_status(gateway, tmp_path, place):
    body = json.dumps(spec("a-name-of-mine")).encode()
    async with both_served(gateway, tmp_path, place) as path, connection(path) as both:
        await exchanged(*both, "HEAD", "/_ping")
        for _ in range(2):
            await exchanged(
                *both, "POST", "/v1.44/services/create", body, Content_Type="application/json"
            )
        await exchanged(*both, "GET", "/services/a-name-of-mine?insertDefaults=true")
        await exchanged(*both, "GET", "/v1.51/services")
        await exchanged(*both, "PUT", "/a-secret-path")
        found = await samples(place)
        text = (await page(place, "/metrics"))[1]
    name = "swarmwire_requests_total"
    assert {key[1:]: value for key, value in found.items() if key[0] == name} == {
        ("HEAD", "/_ping", "200"): 1,
        ("POST", "/services/create", "201"): 1,
        ("POST", "/services/create", "409"): 1,
        ("GET", "/services/{id}", "200"): 1,
        ("GET", "/services", "200"): 1,
        ("other", "other", "404"): 1,
    }
    name = "swarmwire_request_duration_seconds"
    assert found[f"{name}_count", "POST", "/services/create"] == 2
    assert found[f"{name}_bucket", "+Inf", "POST", "/services/create"] == 2
    assert found[f"{name}_bucket", "10.0", "POST", "/services/create"] == 2
    assert 0 < found[f"{name}_sum", "POST", "/services/create"] < 10
    assert found["swarmwire_connections",] == 1
    assert found["swarmwire_requests_in_flight",] == 0
    assert found["swarmwire_objects", "service"] == 1
    assert found["process_resident_memory_bytes",] > 1 << 20
    for word in ("a-name-of-mine", "a-secret", "busybox"):
        assert word not in text


async def test_metrics_have_the_certificates_that_were_read_last(gateway, tmp_path):
    folders = [tmp_path / name for name in ("old", "new")]
    for folder in folders:
        folder.mkdir()
    old, new = (client_certificate(folder, "prometheus") for folder in folders)
    tls = MutualTLS(old.certificate, old.key, old.authority)
    async with health_served(gateway, Listener("tcp://127.0.0.1:0", tls=tls)) as address:
        port = int(address.rpartition(":")[2])
        assert await _is_healthy(port, old)
        tls.use(mutual_tls(new.certificate, new.key, new.authority))
        assert await _is_healthy(port, new)
        with pytest.raises((OSError, asyncio.IncompleteReadError)):
            await _is_healthy(port, old)


async def _is_healthy(port, files):
    context = ssl.create_default_context(cafile=str(files.authority))
    context.check_hostname = False
    context.load_cert_chain(files.certificate, files.key)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    try:
        return (await exchanged(reader, writer, "GET", "/healthz"))[0] == 200
    finally:
        writer.close()


async def test_buckets_hold_what_took_at_most_as_long(gateway, place):
    for seconds in (0.001, 0.0011, 0.3, 60):
        gateway.counts.answer(("GET", "/x"), 200, seconds)
    async with health_served(gateway, Listener(f"unix://{place}")):
        found = await samples(place)
    name = "swarmwire_request_duration_seconds_bucket"
    counted = {key[1]: value for key, value in found.items() if key[0] == name}
    assert counted["0.001"] == 1
    assert counted["0.0025"] == counted["0.25"] == 2
    assert counted["0.5"] == counted["10.0"] == 3
    assert counted["+Inf"] == 4


async def test_refusals_are_counted_by_their_reason(gateway, tmp_path, place, client):
    await client.post("/services/create", spec())
    who = KnownCaller("reader", ReadOnlyPermission())
    async with both_served(gateway, tmp_path, place, identify=lambda _: who) as path:
        async with connection(path) as both:
            await exchanged(*both, "DELETE", "/services/web")
        async with connection(path) as (reader, writer):
            writer.write(b"GET /x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")
            await reader.read()
        async with connection(path) as both:
            await exchanged(*both, "POST", "/services/create", Content_Length=str(9 << 20))
        found = await samples(place)
    name = "swarmwire_refusals_total"
    assert {key[1]: value for key, value in found.items() if key[0] == name} == {
        "forbidden": 1,
        "malformed": 1,
        "too-large": 1,
    }


async def test_nobody_knows_the_client(gateway, tmp_path, place):
    async with both_served(gateway, tmp_path, place, identify=lambda _: None) as path:
        async with connection(path) as both:
            await exchanged(*both, "GET", "/services")
        found = await samples(place)
    assert found["swarmwire_refusals_total", "unknown-client"] == 1


async def test_records_that_could_not_be_written_are_counted(manager, tmp_path, place):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    audit = Auditor(AuditLog(full))
    async with (
        gateway_of(manager, audit=audit) as gateway,
        both_served(gateway, tmp_path, place) as path,
    ):
        assert (await samples(place))["swarmwire_audit_failures_total",] == 0
        async with connection(path) as both:
            body = b'{"Name":"s","Data":"YQ=="}'
            kind = {"Content_Type": "application/json"}
            status, _, _ = await exchanged(*both, "POST", "/secrets/create", body, **kind)
        assert status == 503
        assert (await samples(place))["swarmwire_audit_failures_total",] >= 1
    assert manager.objects("secret") == []


async def test_streams_are_counted_while_they_are_open(gateway, tmp_path, place):
    name = "swarmwire_streams"
    async with both_served(gateway, tmp_path, place) as path:
        async with connection(path) as one, connection(path) as other:
            await exchanged(*one, "GET", "/events")
            await exchanged(*other, "GET", "/v1.51/events")
            found = await samples(place)
            assert found[name, "GET", "/events"] == 2
            assert found["swarmwire_requests_in_flight",] == 0

        async def is_over():
            found = await samples(place)
            return found[name, "GET", "/events"] == found["swarmwire_connections",] == 0

        await waited_for(is_over)


async def test_a_client_that_leaves_before_its_answer(gateway, tmp_path, place, manager):
    begun, may_end = asyncio.Event(), asyncio.Event()
    unary = manager.unary

    async def slow(method, request):
        if "RemoveNetwork" in method.place:
            begun.set()
            await may_end.wait()
        return await unary(method, request)

    manager.unary = slow
    async with both_served(gateway, tmp_path, place) as path:
        async with connection(path) as (_, writer):
            writer.write(b"DELETE /networks/ingress HTTP/1.1\r\nHost: x\r\n\r\n")
            await begun.wait()
            assert (await samples(place))["swarmwire_requests_in_flight",] == 1

        async def is_counted():
            found = await samples(place)
            return found.get(("swarmwire_requests_total", "other", "other", "499")) == 1

        await waited_for(is_counted)
        assert (await samples(place))["swarmwire_requests_in_flight",] == 0
        may_end.set()


async def test_alive_before_it_is_ready_and_ready_until_it_ends(manager, tmp_path, place):
    may_begin = asyncio.Event()

    @asynccontextmanager
    async def opened():
        await may_begin.wait()
        yield protected(manager, secrets=True)

    gateway = Gateway(opened, tell=lambda _: None)
    async with health_served(gateway, Listener(f"unix://{place}")):
        assert (await page(place, "/healthz"))[:2] == (200, "alive\n")
        status, text, _ = await page(place, "/readyz")
        assert (status, text) == (503, "not ready: the gateway is starting\n")
        assert (await samples(place))["swarmwire_mirror_current",] == 0
        may_begin.set()
        async with gateway.running():
            async with serving(gateway, [Listener(f"unix://{tmp_path}/api.sock")]):
                assert (await page(place, "/readyz"))[:2] == (200, "ready\n")
                assert (await samples(place))["swarmwire_mirror_current",] == 1
            status, text, _ = await page(place, "/readyz")
            assert (status, text) == (503, "not ready: it is ending\n")
            assert (await page(place, "/healthz"))[0] == 200


async def test_not_ready_while_the_manager_is_not_heard_of(manager, place):
    failing = Failing(protected(manager, secrets=True))
    gateway = Gateway(opener(failing), tell=lambda _: None, max_stale=0.1)
    async with gateway.running(), health_served(gateway, Listener(f"unix://{place}")):
        assert (await page(place, "/readyz"))[0] == 200
        failing.is_away.set()

        async def is_ready():
            return (await page(place, "/readyz"))[0] == 200

        async def is_not_ready():
            return not await is_ready()

        await waited_for(is_not_ready)
        _, text, _ = await page(place, "/readyz")
        assert text.startswith("not ready: nothing was heard of the manager")
        assert (await samples(place))["swarmwire_mirror_age_seconds",] > 0.1
        assert (await page(place, "/healthz"))[0] == 200
        failing.is_away.clear()
        await waited_for(is_ready)
        assert (await samples(place))["swarmwire_mirror_resyncs_total", "compared"] == 1


async def test_health_and_the_api_know_nothing_of_each_other(gateway, tmp_path, place):
    async with both_served(gateway, tmp_path, place) as path:
        for target in ("/metrics", "/healthz", "/readyz"):
            async with connection(path) as both:
                assert (await exchanged(*both, "GET", target))[0] == 404
        for target in ("/services", "/", "/metrics/", "/_ping"):
            assert (await page(place, target))[0] == 404
        assert (await page(place, "/metrics", "POST"))[0] == 405
        assert (await page(place, "/metrics?x=1"))[0] == 200
        found = await samples(place)
    assert found["swarmwire_requests_total", "other", "other", "404"] == 3


@pytest.mark.parametrize("address", ["tcp://0.0.0.0:0", "tcp://[::]:0"])
async def test_plain_metrics_stay_on_this_machine(gateway, address):
    with pytest.raises(ListenerError, match=r"without TLS anybody .* would read the metrics"):
        async with health_served(gateway, Listener(address)):
            raise AssertionError("it listens")
