"""A policy file in front of a swarm: each client sees its own, and writes its own."""

import asyncio
import json
from dataclasses import replace

import pytest

from swarmwire.embedded import Swarm
from swarmwire.gateway.listeners import KnownCaller
from swarmwire.gateway.policed import PolicedClients
from swarmwire.policy import STACK_LABEL, Caller, ClientLimits, Policy, Rate
from tests.gateway.asking import Client, gateway_of, spec

FILE = """
version = 1

[clients.ci]
uid = [1001]
read = ["services", "tasks", "nodes", "networks", "secrets", "configs", "info", "events"]
write = ["services", "networks"]
stacks = ["shop"]
rules = "shop"

[clients.traefik]
socket = "/run/traefik.sock"
read = ["services", "tasks", "nodes", "networks"]
see = ["label:traefik.enable=true"]
use = { networks = ["proxy"] }
hide = ["env"]

[rules.shop]
extends = "strict"
images = ["docker.io/library/busybox:*"]
ports = ["8000-8999"]
require = ["constraint:node.role==worker"]
max = { services = 2 }
"""


@pytest.fixture
def known(gateway):
    policed = PolicedClients(Policy.load(FILE), gateway.mirror)

    def of(caller):
        found = policed.identify(caller)
        return found and Client(gateway, found.permission, found.name)

    return of


@pytest.fixture
def ci(known):
    return known(Caller(uid=1001))


def of_shop(name, **labels):
    body = spec(name, Labels={STACK_LABEL: "shop", **labels}, Mode={"Replicated": {"Replicas": 1}})
    body["TaskTemplate"]["Placement"] = {"Constraints": ["node.role==worker"]}
    limits = {"MemoryBytes": 64 << 20, "NanoCPUs": 10**9, "Pids": 100}
    body["TaskTemplate"]["Resources"] = {"Limits": limits}
    body["TaskTemplate"]["ContainerSpec"]["Labels"] = {STACK_LABEL: "shop"}
    return body


def test_who_is_not_named_is_nobody(known):
    assert known(Caller(uid=1002)) is None
    assert known(Caller()) is None


async def test_a_client_writes_its_own_stack(ci, client):
    made = await ci.post("/services/create", of_shop("shop_web"))
    assert made.status == 201, made.body
    index = (await ci.get("/services/shop_web")).json["Version"]["Index"]
    path = f"/services/shop_web/update?version={index}"
    assert (await ci.post(path, of_shop("shop_web"))).status == 200
    body = of_shop("shop_web")
    body["TaskTemplate"]["ContainerSpec"]["Mounts"] = [{"tYPE": "", "Source": "/", "Target": "/x"}]
    index = (await ci.get("/services/shop_web")).json["Version"]["Index"]
    refused = await ci.post(f"/services/shop_web/update?version={index}", body)
    assert refused.status == 403
    assert refused.message.startswith("policy ci: TaskTemplate.ContainerSpec.Mounts[0]")
    assert "(mount.bind)" in refused.message
    assert (await ci.delete("/services/shop_web")).status == 200


async def test_others_do_not_exist_for_it(ci, client):
    await client.post("/services/create", spec("bank_web", Labels={STACK_LABEL: "bank"}))
    assert (await ci.get("/services")).json == []
    assert (await ci.delete("/services/bank_web")).status == 404
    refused = await ci.post("/services/create", spec("bank_api", Labels={STACK_LABEL: "bank"}))
    assert refused.status == 403


async def test_what_a_stack_has_counts(ci):
    for name in ("shop_a", "shop_b"):
        assert (await ci.post("/services/create", of_shop(name))).status == 201
    refused = await ci.post("/services/create", of_shop("shop_c"))
    assert refused.status == 403
    assert "service" in refused.message


async def test_a_reader_sees_what_is_for_it_without_the_environment(known, client):
    traefik = known(Caller(socket="/run/traefik.sock"))
    body = spec("web", Labels={"traefik.enable": "true"})
    body["TaskTemplate"]["ContainerSpec"]["Env"] = ["PASSWORD=secret"]
    await client.post("/services/create", body)
    await client.post("/services/create", spec("other"))
    (shown,) = (await traefik.get("/services")).json
    assert shown["Spec"]["Name"] == "web"
    assert "secret" not in str(shown)
    assert (await traefik.get("/version")).status == 200
    assert (await traefik.get("/swarm")).status == 403
    assert (await traefik.get("/events")).status == 403
    assert (await traefik.delete("/services/web")).status == 403


async def test_a_name_that_is_taken_tells_nobody_of_a_hidden_network(ci, client):
    await client.post("/networks/create", {"Name": "bank_back", "Driver": "overlay"})
    answers = [
        await ci.post("/networks/create", {"Name": name, "Driver": "overlay"})
        for name in ("bank_back", "bank_none")
    ]
    assert [answer.status for answer in answers] == [403, 403]
    assert answers[0].message == answers[1].message


async def test_what_is_in_the_way_is_not_named_if_it_is_hidden(ci, client):
    ports = {"Ports": [{"TargetPort": 80, "PublishedPort": 8080}]}
    made = await client.post(
        "/services/create", spec("bank_web", Labels={STACK_LABEL: "bank"}, EndpointSpec=ports)
    )
    body = of_shop("shop_web") | {"EndpointSpec": ports}
    refused = await ci.post("/services/create", body)
    assert (refused.status, "by another service as an ingress port" in refused.message) == (
        400,
        True,
    )
    planned = await ci.post("/services/create", body, x_swarmwire_dry_run="1")
    assert "another service" in planned.json["Plan"]["summary"]
    for answer in (refused, planned):
        assert b"bank" not in answer.body
        assert made.json["ID"].encode() not in answer.body
    told = await client.post("/services/create", spec("other", EndpointSpec=ports))
    assert "'bank_web'" in told.message


async def test_users_of_an_object_are_not_named_if_they_are_hidden(ci, client):
    labels = {STACK_LABEL: "shop"}
    body = {"Name": "shop_net", "Driver": "overlay", "Labels": labels}
    made = await ci.post("/networks/create", body)
    user = spec("bank_web", Labels={STACK_LABEL: "bank"})
    user["TaskTemplate"]["Networks"] = [{"Target": made.json["Id"]}]
    service = await client.post("/services/create", user)
    refused = await ci.delete("/networks/shop_net")
    assert refused.message.endswith("is in use by another service")
    assert service.json["ID"] not in refused.message


async def test_pruning_is_not_done_through_a_policy(ci):
    body = {"Name": "shop_net", "Driver": "overlay", "Labels": {STACK_LABEL: "shop"}}
    await ci.post("/networks/create", body)
    refused = await ci.post("/networks/prune")
    assert (refused.status, "(network.prune)" in refused.message) == (403, True)
    assert (await ci.get("/networks/shop_net")).status == 200


async def test_what_a_stack_has_counts_although_all_comes_at_once(ci, manager):
    create = manager.create_service

    async def slowly(request):
        await asyncio.sleep(0)
        answer = await create(request)
        await asyncio.sleep(0.01)
        return answer

    manager.create_service = slowly
    answers = await asyncio.gather(
        *(ci.post("/services/create", of_shop(f"shop_{number}")) for number in range(10))
    )
    assert sorted(answer.status for answer in answers) == [201] * 2 + [403] * 8


async def test_odd_paths_are_counted_as_any_other(known, client):
    who = known(Caller(uid=1001))
    limits = ClientLimits(Rate(requests=1), lambda: 0.0)
    caller = KnownCaller(who.identity, who.permission, limits=limits)
    for target in ("//services", "/%zz"):
        await client.raw_of(caller, "GET", target)
    for target in ("//services", "/%zz", "/services"):
        assert (await client.raw_of(caller, "GET", target)).status == 429


async def test_a_client_stays_the_same_unless_the_policy_says_anything_else_of_it(gateway):
    policed = PolicedClients(Policy.load(FILE), gateway.mirror)
    ci, traefik = Caller(uid=1001), Caller(socket="/run/traefik.sock")
    before = policed.identify(ci), policed.identify(traefik)
    policed.replace(Policy.load(FILE.replace("max = { services = 2 }", "max = { services = 3 }")))
    after = policed.identify(ci), policed.identify(traefik)
    assert after[0].permission is not before[0].permission
    assert after[1].permission is before[1].permission
    assert [one.limits for one in after] == [one.limits for one in before]
    policed.replace(Policy.load(FILE.replace("[clients.traefik]", "[clients.proxy]")))
    assert policed.identify(traefik).permission is not before[1].permission
    assert policed.identify(traefik).limits is not before[1].limits


async def test_a_task_does_not_tell_of_hidden_networks():
    swarm = Swarm(nodes=1)
    async with gateway_of(swarm) as gateway:
        policed = PolicedClients(Policy.load(FILE), gateway.mirror)
        found = policed.identify(Caller(socket="/run/traefik.sock"))
        owner, traefik = Client(gateway), Client(gateway, found.permission, found.name)
        for name in ("proxy", "bank_back"):
            await owner.post("/networks/create", {"Name": name, "Driver": "overlay"})
        body = spec("web", Labels={"traefik.enable": "true"})
        body["TaskTemplate"]["Networks"] = [{"Target": "proxy"}, {"Target": "bank_back"}]
        assert (await owner.post("/services/create", body)).status == 201
        await swarm.settle()
        while not _networks((await owner.get("/tasks")).json):  # noqa: ASYNC110 - see below
            await asyncio.sleep(0.01)  # the mirror hears of it a moment later
        assert _networks((await owner.get("/tasks")).json) == {"proxy", "bank_back"}
        shown = (await traefik.get("/tasks")).json
        assert (len(shown), _networks(shown)) == (1, {"proxy"})
        (stored,) = gateway.mirror.shelves["task"]
        kept = found.permission.hide_stored(stored)  # what a page beside the gateway shows
        assert _stored_networks(kept) == {"proxy"}
        assert _stored_networks(stored) == {"proxy", "bank_back"}
        assert gateway.mirror.shelves["task"].get(stored.id) is stored
        whole = (await owner.get("/services/web")).json["Endpoint"]["VirtualIPs"]
        proxy = (await owner.get("/networks/proxy")).json["Id"]
        addresses = (await traefik.get("/services/web")).json["Endpoint"]["VirtualIPs"]
        assert (len(whole), [one["NetworkID"] for one in addresses]) == (2, [proxy])


def _stored_networks(task):
    return {one.network.spec.annotations.name for one in task.networks}


def _networks(tasks):
    return {
        one["Network"]["Spec"]["Name"]
        for task in tasks
        for one in task.get("NetworksAttachments") or ()
    }


async def test_a_roll_back_does_not_try_what_nobody_judged(ci, client):
    """An engine lets the manager look at a body that it then passes over."""
    ports = {"Ports": [{"TargetPort": 80, "PublishedPort": 22}]}
    await client.post("/services/create", spec("bank_web", EndpointSpec=ports))
    await ci.post("/services/create", of_shop("shop_web"))
    index = (await ci.get("/services/shop_web")).json["Version"]["Index"]
    body = of_shop("shop_web", team="a")
    assert (await ci.post(f"/services/shop_web/update?version={index}", body)).status == 200
    index = (await ci.get("/services/shop_web")).json["Version"]["Index"]
    path = f"/services/shop_web/update?version={index}&rollback=previous"
    done = await ci.post(path, body | {"EndpointSpec": ports})
    assert done.status == 200, done.body
    assert "team" not in (await ci.get("/services/shop_web")).json["Spec"]["Labels"]


async def test_what_takes_long_to_expand_is_not_planned(ci, monkeypatch):
    planned = []
    monkeypatch.setattr(
        "swarmwire.gateway.context.plan_of_write", lambda *given: planned.append(given)
    )
    body = of_shop("shop_web")
    body["TaskTemplate"]["ContainerSpec"]["Env"] = ["A={{range .Service.Labels}}x{{end}}"]
    for text, count in (("(template.work)", 0), ("(cap.add)", 1)):
        refused = await ci.post("/services/create", body, x_swarmwire_dry_run="1")
        assert (refused.status, text in refused.message, len(planned)) == (403, True, count)
        container = body["TaskTemplate"]["ContainerSpec"]
        container.update({"Env": [], "CapabilityAdd": ["ALL"]})


async def test_a_plan_does_not_tell_of_nodes_that_may_not_be_read():
    async with gateway_of(Swarm(nodes=2)) as gateway:
        nodes = (await Client(gateway).get("/nodes")).json
        (worker,) = [one for one in nodes if one["Spec"]["Role"] == "worker"]
        plans = {}
        for reads in ('"services", "tasks", "nodes"', '"services"'):
            policy = FILE.replace('read = ["services", "tasks", "nodes"', f"read = [{reads}")
            found = PolicedClients(Policy.load(policy), gateway.mirror).identify(Caller(uid=1001))
            who = Client(gateway, found.permission, found.name)
            for hostname in (worker["Description"]["Hostname"], "other"):
                body = of_shop("shop_web")
                constraints = ["node.role==worker", f"node.hostname=={hostname}"]
                body["TaskTemplate"]["Placement"] = {"Constraints": constraints}
                told = await who.post("/services/create", body, x_swarmwire_dry_run="1")
                plans.setdefault(reads, []).append(told.json["Plan"])
    seeing, blind = plans.values()
    assert seeing[0] != seeing[1]
    assert blind[0] == blind[1]


async def _following(gateway, policed, caller):
    """The stream of events of a client, which has begun to wait for them."""
    found = policed.identify(caller)
    who = Client(gateway, found.permission, found.name)
    request = replace(who.request("GET", "/events"), limits=found.limits)
    stream = (await gateway.respond(request)).stream
    coming = asyncio.ensure_future(anext(stream, b"the end"))
    await asyncio.sleep(0)
    return stream, coming


async def test_a_client_that_stays_has_no_more_streams_after_a_reload(gateway):
    policed = PolicedClients(
        Policy.load(FILE.replace("uid = [1001]", "uid = [1001]\nrate = { streams = 1 }")),
        gateway.mirror,
    )
    stream, coming = await _following(gateway, policed, Caller(uid=1001))
    policed.replace(policed._policy)
    found = policed.identify(Caller(uid=1001))
    assert not found.limits.open_stream()
    coming.cancel()
    await asyncio.wait({coming})
    await stream.aclose()
    assert found.limits.open_stream()


async def test_nobody_makes_others_wait_with_pools_of_a_network(gateway, client, monkeypatch):
    """Each pool is held against all others before anything is judged: thousands took minutes."""
    policed = PolicedClients(Policy.load(FILE), gateway.mirror)
    reader = policed.identify(Caller(socket="/run/traefik.sock"))
    who = Client(gateway, reader.permission, reader.name)
    checked = []
    monkeypatch.setattr(
        "swarmwire.gateway.routes.networks.network_refusals",
        lambda *given, **_: checked.append(given) or [],
    )

    async def asked(count, **more):
        pools = [{"Subnet": f"10.{number}.0.0/16"} for number in range(count)]
        body = {"Name": "n", "Driver": "overlay", "IPAM": {"Config": pools}, **more}
        data = json.dumps(body).encode()
        request = who.request("POST", "/networks/create", data, content_type="application/json")
        return (await gateway.respond(replace(request, limits=reader.limits))).status

    assert (await asked(100), len(checked)) == (403, 1)
    assert (await asked(101), len(checked)) == (413, 1)
    labels = {str(number): "" for number in range(2_000)}
    assert (await asked(1, Labels=labels), len(checked)) == (413, 1)
