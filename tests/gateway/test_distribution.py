"""Images that are looked up for clients: who may ask for which, and for which nobody is asked."""

import asyncio
import json
import time
from dataclasses import replace

import pytest

from swarmwire.gateway import ReadOnlyPermission, RequestRefused
from swarmwire.gateway.auditing import Auditor
from swarmwire.gateway.distribution import asking
from swarmwire.gateway.learning import ClientObserver
from swarmwire.gateway.listeners import KnownCaller
from swarmwire.gateway.policed import PolicedClients
from swarmwire.policy import STACK_LABEL, AuditLog, Caller, ClientLimits, Policy, Rate
from swarmwire.registry import Registries, registry_host
from tests.gateway.asking import Client, gateway_of, spec
from tests.support.scripted_registry import MANIFEST_LIST, scripted

FILE = """
version = 1

[clients.ci]
uid = [1001]
read = ["services", "distribution"]
write = ["services"]
stacks = ["shop"]
rules = "shop"

[clients.reader]
uid = [1002]
read = ["services", "distribution"]

[clients.blind]
uid = [1003]
read = ["services"]
write = ["services"]
stacks = ["shop"]
rules = "shop"

[rules.shop]
images = ["docker.io/library/busybox:*", "registry.example/shop/*"]
require = ["digest"]
"""
DIGEST = f"sha256:{'a' * 64}"
FOUND = (
    b'{"Descriptor":{"mediaType":"x","digest":"%s","size":1},"Platforms":null}' % DIGEST.encode()
)


class Lookup:
    """Stands for registries; remembers what it was asked."""

    def __init__(self):
        self.asked = []

    async def __call__(self, image, login):
        self.asked.append((image, login))
        if image.endswith(":none"):
            raise RequestRefused(404, "manifest unknown: manifest unknown")
        return FOUND


@pytest.fixture
def lookup():
    return Lookup()


@pytest.fixture
def records():
    return []


@pytest.fixture
def gateway(loop, manager, lookup, records):
    def write(data):
        records.append(json.loads(data))
        return len(data)

    running = gateway_of(manager, distribution=lookup, audit=Auditor(AuditLog(write)))
    yield loop.run(running.__aenter__())
    loop.run(running.__aexit__(None, None, None))


@pytest.fixture
def known(gateway):
    policed = PolicedClients(Policy.load(FILE), gateway.mirror)

    def of(uid):
        found = policed.identify(Caller(uid=uid))
        return Client(gateway, found.permission, found.name)

    return of


async def test_an_image_is_looked_up_with_the_credentials_that_came(client, lookup):
    found = await client.ask("GET", "/distribution/r.io:5000/a/b:1/json", x_registry_auth="e30=")
    assert (found.status, found.body) == (200, FOUND + b"\n")
    assert found.headers["Content-Type"] == "application/json"
    await client.get("/distribution/busybox/json")
    assert lookup.asked == [("r.io:5000/a/b:1", "e30="), ("busybox", "")]


async def test_what_a_registry_refuses_is_refused(client):
    refused = await client.get("/distribution/busybox:none/json")
    assert tuple(refused) == (404, "manifest unknown: manifest unknown")


async def test_old_clients_cannot_ask(gateway, lookup):
    refused = await Client(gateway, version="1.29").get("/distribution/busybox/json")
    assert refused.status == 400
    assert lookup.asked == []


async def test_whoever_only_reads_may_ask(gateway, lookup):
    reader = Client(gateway, ReadOnlyPermission())
    assert (await reader.get("/distribution/busybox/json")).status == 200


@pytest.mark.parametrize(
    "image",
    ["busybox", "busybox:1", "docker.io/library/busybox:1", "registry.example/shop/web"]
    + [f"{name}@sha256:{'a' * 64}" for name in ("busybox:1", "registry.example/shop/web")],
)
async def test_a_client_may_ask_for_what_it_may_run(known, lookup, image):
    assert (await known(1001).get(f"/distribution/{image}/json")).status == 200
    assert lookup.asked == [(image, "")]


@pytest.mark.parametrize(
    "image",
    [
        *("nginx", "registry.example/bank/web", "127.0.0.1:22/x", "169.254.169.254/latest/meta"),
        *("registry.example:1/shop/web", "a" * 64, "busybox/../nginx", "Busybox"),
    ],
)
async def test_nobody_is_asked_for_what_a_client_may_not_run(known, lookup, records, image):
    refused = await known(1001).get(f"/distribution/{image}/json")
    assert refused.status in (403, 301)
    assert lookup.asked == []
    if refused.status == 403:
        assert refused.message.startswith("policy ci: ")
        assert refused.message.endswith(" (image)")
        told = records[-1]
        assert (told["decision"], told["rules"], told["status"]) == ("refused", ["image"], 403)
        assert image not in json.dumps(records)


async def test_what_has_no_rules_may_run_nothing(known, lookup):
    refused = await known(1002).get("/distribution/busybox/json")
    words = "policy reader: image docker.io/library/busybox:latest is not listed (image)"
    assert tuple(refused) == (403, words)
    assert lookup.asked == []


async def test_who_may_not_read_it_asks_for_nothing(known, lookup):
    refused = await known(1003).get("/distribution/busybox/json")
    assert tuple(refused) == (403, "the policy does not let you read distribution")
    assert lookup.asked == []


def of_shop(image):
    label = {STACK_LABEL: "shop"}
    body = spec("shop_web", image, Labels=label, Mode={"Replicated": {"Replicas": 1}})
    body["TaskTemplate"]["ContainerSpec"]["Labels"] = label
    return body


@pytest.mark.parametrize(
    ("uid", "image", "status", "asked", "stored"),
    [
        (0, "busybox:1", 201, True, f"busybox:1@{DIGEST}"),
        (0, "busybox", 201, True, f"busybox:latest@{DIGEST}"),
        (0, "docker.io/library/busybox:none", 201, True, "docker.io/library/busybox:none"),
        (0, f"docker.io/library/busybox@{DIGEST}", 201, False, f"busybox@{DIGEST}"),
        (0, "a" * 64, 400, False, None),
        (1001, "busybox:1", 201, True, f"busybox:1@{DIGEST}"),
        (1001, "nginx", 403, False, None),
        (1003, "busybox:1", 403, False, None),
    ],
)
async def test_old_clients_leave_it_to_the_gateway(
    gateway, known, lookup, client, uid, image, status, asked, stored
):
    old = known(uid) if uid else Client(gateway)
    old.version = "1.29"
    made = await old.post("/services/create", of_shop(image), x_registry_auth="e30=")
    assert made.status == status, made.body
    assert lookup.asked == ([(image, "e30=")] if asked else [])
    if stored:
        spec_ = (await client.get("/services/shop_web")).json["Spec"]["TaskTemplate"]
        assert spec_["ContainerSpec"]["Image"] == stored
        is_pinned = DIGEST in stored
        assert (made.json["Warnings"] is None) == is_pinned


class SlowRegistry:
    """Answers when it is told to."""

    def __init__(self):
        self.asked = []
        self.goes_on = asyncio.Event()

    async def __call__(self, image, login):
        self.asked.append(image)
        await self.goes_on.wait()
        return FOUND


async def test_one_client_has_few_images_looked_up_at_once(manager):
    registry = SlowRegistry()
    async with gateway_of(manager, distribution=registry) as gateway:
        greedy, other = (
            KnownCaller(name, limits=ClientLimits(Rate(), time.monotonic)) for name in "ab"
        )
        client = Client(gateway)
        target = "/distribution/busybox/json"
        waiting = [asyncio.create_task(client.raw_of(greedy, "GET", target)) for _ in range(20)]
        await asyncio.sleep(0.01)
        assert len(registry.asked) == 4
        waiting.append(asyncio.create_task(client.raw_of(other, "GET", target)))
        await asyncio.sleep(0.01)
        assert len(registry.asked) == 5
        registry.goes_on.set()
        assert [answer.status for answer in await asyncio.gather(*waiting)] == [200] * 21


async def test_writes_of_old_clients_do_not_wait_for_other_lookups(manager):
    registry = SlowRegistry()
    async with gateway_of(manager, distribution=registry) as gateway:
        limits = ClientLimits(Rate(), time.monotonic)
        client = Client(gateway, version="1.29")
        body = json.dumps(of_shop("busybox:1")).encode()
        json_ = {"content_type": "application/json"}
        asked = client.request("POST", "/v1.29/services/create", body, **json_)
        asked = replace(asked, limits=limits)
        who = KnownCaller("a", limits=limits)
        busy = [
            asyncio.create_task(client.raw_of(who, "GET", "/distribution/busybox/json"))
            for _ in range(4)
        ]
        await asyncio.sleep(0.01)
        made = await asyncio.wait_for(gateway.respond(asked), 10)
        assert made.status == 201
        assert b"could not be accessed" in b"".join(made.body)
        registry.goes_on.set()
        await asyncio.gather(*busy)


async def test_newer_clients_are_left_alone(client, lookup):
    await client.post("/services/create", of_shop("busybox:1"))
    stored = (await client.get("/services/shop_web")).json["Spec"]["TaskTemplate"]
    assert stored["ContainerSpec"]["Image"] == "busybox:1"
    assert lookup.asked == []


async def test_what_is_looked_up_is_learned(gateway):
    observer = ClientObserver(gateway.mirror)
    await Client(gateway, observer).get("/distribution/busybox/json")
    learned = Policy.load(observer.policy("ci", 'socket = "/run/ci.sock"'))
    assert learned.clients["ci"].reads == {"distribution"}


async def test_without_registries_nobody_is_asked(manager):
    async with gateway_of(manager) as gateway:
        refused = await Client(gateway).get("/distribution/busybox/json")
    assert tuple(refused) == (403, "this gateway asks no registry")


async def test_passwords_are_never_tried(client, lookup):
    refused = await client.post("/auth", {"username": "ann", "password": "hush"})
    assert tuple(refused) == (403, "this gateway tries no credentials")
    assert lookup.asked == []


async def test_registries_behind_a_gateway(manager, tmp_path):
    with scripted(tmp_path / "registry") as registry:
        body = json.dumps({"mediaType": MANIFEST_LIST, "manifests": []})
        digest = registry.serve("a/b", "1", body, MANIFEST_LIST)
        registries = Registries([registry_host(registry.name)])
        async with registries, gateway_of(manager, distribution=asking(registries)) as gateway:
            found = await Client(gateway).get(f"/distribution/{registry.name}/a/b:1/json")
            gone = await Client(gateway).get(f"/distribution/{registry.name}/a/b:2/json")
            other = await Client(gateway).get("/distribution/nginx/json")
    assert found.json["Descriptor"]["digest"] == digest
    assert gone.status == 500
    assert tuple(other) == (403, "the registry docker.io is not asked")


STORED = "eyJ1c2VybmFtZSI6ICJhIn0="


async def _service_with_credentials(client, stack):
    label = {STACK_LABEL: stack}
    body = of_shop("registry.example/shop/web:1") | {"Name": f"{stack}_web", "Labels": label}
    made = await client.post("/services/create", body, x_registry_auth=STORED)
    assert made.status == 201
    return (await client.get(f"/services/{stack}_web")).json["Version"]["Index"]


@pytest.mark.parametrize("query", ["", "&registryAuthFrom=spec", "&rollback=previous"])
async def test_stored_credentials_go_to_no_other_registry(known, lookup, client, query):
    """What is looked up before a write is judged would hand them out, though it is refused."""
    index = await _service_with_credentials(client, "shop")
    old = known(1001)
    old.version = "1.29"
    body = of_shop("busybox:1")
    refused = await old.post(f"/services/shop_web/update?version={index}{query}", body)
    assert refused.status == 403
    assert lookup.asked == []


async def test_stored_credentials_are_used_where_they_are_from(known, lookup, client):
    index = await _service_with_credentials(client, "shop")
    old = known(1001)
    old.version = "1.29"
    body = of_shop("registry.example/shop/web:2")
    updated = await old.post(f"/services/shop_web/update?version={index}", body)
    # what is stored has no digest: it was made by its owner
    assert updated.status == 200, updated.body
    assert lookup.asked == [("registry.example/shop/web:2", STORED)]


async def test_nothing_is_looked_up_for_services_of_others(gateway, lookup, client):
    index = await _service_with_credentials(client, "bank")
    policy = FILE.replace('stacks = ["shop"]', 'stacks = ["shop"]\nsee = ["all"]')
    found = PolicedClients(Policy.load(policy), gateway.mirror).identify(Caller(uid=1001))
    old = Client(gateway, found.permission, found.name, version="1.29")
    body = of_shop("registry.example/shop/web:2") | {"Name": "bank_web"}
    refused = await old.post(f"/services/bank_web/update?version={index}", body)
    assert (refused.status, "(update.foreign)" in refused.message) == (403, True)
    assert lookup.asked == []


async def test_nothing_is_looked_up_for_what_may_not_be_written(known, lookup):
    old = known(1002)
    old.version = "1.29"
    assert (await old.post("/services/create", of_shop("busybox:1"))).status == 403
    old = known(1001)
    old.version = "1.29"
    body = of_shop("busybox:1") | {"Name": "bank_web"}
    assert (await old.post("/services/create", body)).status == 403
    assert lookup.asked == []
