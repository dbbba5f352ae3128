"""What is hidden from a client is answered as what is not there: by every route, to the byte."""

import asyncio
import json
from urllib.parse import quote

import pytest

from swarmwire.embedded import Swarm
from swarmwire.gateway.policed import PolicedClients
from swarmwire.policy import STACK_LABEL, Caller, Policy
from tests.gateway.asking import Client, gateway_of, spec

FILE = """
version = 1
[clients.ci]
uid = [1]
read = ["services", "tasks", "nodes", "networks", "secrets", "configs", "volumes", "logs", "info"]
write = ["services", "networks", "secrets", "configs"]
stacks = ["shop"]
rules = "any"
[rules.any]
images = ["docker.io/library/busybox:*"]
mounts = { volumes = true }
"""
BANK, SHOP = {STACK_LABEL: "bank"}, {STACK_LABEL: "shop"}
NOBODY = "z" * 25
NAMES = {
    "service": "bank_web",
    "secret": "bank_key",
    "config": "bank_conf",
    "network": "bank_net",
    "task": "bank_web.1",
}
DRY = {"x_swarmwire_dry_run": "1"}


def asked_about(kind, reference):
    """Every request of which the path names an object, or the query."""
    path = f"/{kind}s/{quote(reference)}"
    yield "GET", path, None
    yield "GET", f"{path}/logs?stdout=1", None
    yield "DELETE", path, None
    body = spec("shop_x", Labels=SHOP) if kind == "service" else {"Name": "shop_x", "Labels": SHOP}
    for query in ("version=1", "version=x", "version=1&rollback=previous", ""):
        yield "POST", f"{path}/update?{query}", body
    for collection in ("services", "tasks", "networks", "secrets", "configs", "nodes", "volumes"):
        for key in ("id", "name", "names", "service", "node", "label"):
            yield "GET", f"/{collection}?filters={quote(json.dumps({key: [reference]}))}", None


def references(reference):
    """Parts of a task that refer to something."""
    file = {"Name": "x", "UID": "0", "GID": "0", "Mode": 0o444}
    yield {"Networks": [{"Target": reference}]}
    for container in (
        {"Secrets": [{"SecretID": reference, "SecretName": "k", "File": file}]},
        {"Configs": [{"ConfigID": reference, "ConfigName": "k", "File": file}]},
        {"Privileges": {"CredentialSpec": {"Config": reference}}},
    ):
        yield {"ContainerSpec": {"Image": "busybox:1", **container}}


async def answers_about(ci, kind, reference):
    """What a client is answered, without the reference itself."""
    found = []
    for method, path, body in asked_about(kind, reference):
        answer = await ci.ask(method, path, body)
        found.append((method, path.replace(quote(reference), "?"), answer.status, answer.body))
    for number, part in enumerate(references(reference)):
        body = spec("shop_y", Labels=SHOP)
        body["TaskTemplate"] |= part
        for headers in ({}, DRY):
            answer = await ci.post("/services/create", body, **headers)
            found.append(("POST", f"create {number}", answer.status, answer.body))
    texts = (reference.encode(), quote(reference).encode())
    return [(*how, body.replace(texts[0], b"?").replace(texts[1], b"?")) for *how, body in found]


async def _fill(owner):
    ids = {}
    for kind in ("secret", "config"):
        body = {"Name": NAMES[kind], "Data": "eA==", "Labels": BANK}
        ids[kind] = (await owner.post(f"/{kind}s/create", body)).json["ID"]
    body = {"Name": NAMES["network"], "Driver": "overlay", "Labels": BANK}
    ids["network"] = (await owner.post("/networks/create", body)).json["Id"]
    body = spec(NAMES["service"], Labels=BANK)
    ids["service"] = (await owner.post("/services/create", body)).json["ID"]
    return ids


@pytest.fixture
def swarm(loop):
    """A client that sees nothing of what is there, and the ids of that."""
    swarm = Swarm(nodes=1)
    running = gateway_of(swarm)
    gateway = loop.run(running.__aenter__())

    async def filled():
        owner = Client(gateway)
        ids = await _fill(owner)
        await swarm.settle()
        while not (tasks := (await owner.get("/tasks")).json):  # noqa: ASYNC110 - see below
            await asyncio.sleep(0.01)  # the mirror hears of it a moment later
        return ids | {"task": tasks[0]["ID"]}

    ids = loop.run(filled())
    found = PolicedClients(Policy.load(FILE), gateway.mirror).identify(Caller(uid=1))
    yield Client(gateway, found.permission, found.name), ids
    loop.run(running.__aexit__(None, None, None))


@pytest.mark.parametrize("kind", NAMES)
async def test_what_is_hidden_and_what_is_not_there(swarm, kind):
    ci, ids = swarm
    id_, name = ids[kind], NAMES[kind]
    for hidden, missing in ((id_, NOBODY), (id_[:9], NOBODY[:9]), (name, f"none{name[4:]}")):
        told = await answers_about(ci, kind, hidden)
        assert told == await answers_about(ci, kind, missing)
        assert not any(b"bank" in body for *_, body in told)


@pytest.mark.parametrize("path", ["secrets", "configs", "networks", "services"])
async def test_names_that_are_taken_and_those_that_are_not(swarm, path):
    ci, _ = swarm
    for taken in NAMES.values():
        told = []
        for name in (taken, f"none{taken[4:]}"):
            body = spec(name, Labels=SHOP) if path == "services" else {"Name": name, "Labels": SHOP}
            body |= {"Driver": "overlay"} if path == "networks" else {}
            answer = await ci.post(f"/{path}/create", body)
            told.append((answer.status, answer.body.replace(name.encode(), b"?")))
        assert told[0] == told[1]
        assert told[0][0] == 403
