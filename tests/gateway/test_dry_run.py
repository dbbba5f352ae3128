"""A dry run is answered with the plan and writes nothing; what a policy makes of plans."""

import asyncio

import pytest

from swarmwire import pb
from swarmwire.embedded import Swarm
from swarmwire.gateway import DRY_RUN_HEADER, FullPermission
from swarmwire.gateway.policed import PolicedClients
from swarmwire.policy import STACK_LABEL, Caller, Policy
from tests.gateway.asking import Client, spec

FILE = """
version = 1

[clients.ci]
uid = [1001]
read = ["services"]
write = ["services"]
stacks = ["shop"]
rules = "shop"

[rules.shop]
images = ["docker.io/library/busybox:*"]
"""
DRY = {DRY_RUN_HEADER.lower(): "1"}


@pytest.fixture
def manager():
    return Swarm(nodes=2)


@pytest.fixture
def known(gateway):
    def of(*lines):
        policed = PolicedClients(Policy.load(FILE + "\n".join(lines)), gateway.mirror)
        found = policed.identify(Caller(uid=1001))
        return Client(gateway, found.permission, found.name)

    return of


def shop(image="busybox:1", replicas=4, name="shop_web", **fields):
    body = spec(
        name, image, Labels={STACK_LABEL: "shop"}, Mode={"Replicated": {"Replicas": replicas}}
    )
    body["TaskTemplate"]["ContainerSpec"]["Labels"] = {STACK_LABEL: "shop"}
    return body | fields


class Service:
    """A service that runs, and updates of it."""

    def __init__(self, manager, gateway, client):
        self.manager = manager
        self.gateway = gateway
        self.client = client
        self.index = 0

    async def settle(self):
        await self.manager.settle()
        stored = self.manager.store.all("task")
        shelf = self.gateway.mirror.shelves["task"]
        while not all(shelf.get(one.id) == one for one in stored):  # noqa: ASYNC110 - see below
            await asyncio.sleep(0.01)  # the mirror hears of it a moment later
        (stored,) = self.manager.store.all("service")
        self.index = stored.meta.version.index

    async def update(self, body, client=None, *, query="", index=None, **headers):
        path = f"/services/shop_web/update?version={index or self.index}{query}"
        return await (client or self.client).post(path, body, **headers)


@pytest.fixture
def service(loop, manager, gateway, client):
    found = Service(manager, gateway, client)
    made = loop.run(client.post("/services/create", shop()))
    assert made.status == 201
    loop.run(found.settle())
    return found


def stored(manager):
    return [one.SerializeToString(deterministic=True) for one in manager.store.all("service")]


async def test_an_update_is_planned_and_not_made(service, manager):
    before = manager.store.version, stored(manager)
    told = await service.update(shop("busybox:2"), **DRY)
    assert told.status == 200
    assert told.json["DryRun"] is True
    plan = told.json["Plan"]
    assert plan["effect"] == "restarts"
    assert plan["counts"]["restarts"] == 4
    sentence = "restarts 4 of 4 tasks, because TaskTemplate.ContainerSpec.Image changed"
    assert plan["summary"] == sentence
    assert told.json["Warnings"] == [f"dry run, nothing was written: {sentence}"]
    assert (manager.store.version, stored(manager)) == before
    made = await service.update(shop("busybox:2"))
    assert made.status == 200
    assert stored(manager) != before[1]


async def test_a_rollback_is_planned_too(service):
    await service.update(shop("busybox:2"))
    await service.settle()
    told = await service.update(shop("busybox:2"), query="&rollback=previous", **DRY)
    assert told.json["Plan"]["counts"]["restarts"] == 4
    (difference,) = told.json["Plan"]["differences"]
    assert (difference["old"], difference["new"]) == ("busybox:2", "busybox:1")


async def test_a_rollback_to_nothing(service):
    told = await service.update(shop(), query="&rollback=previous", **DRY)
    assert told.status == 400


async def test_a_new_service_is_planned_and_not_made(client, manager):
    port = {"Ports": [{"TargetPort": 80, "PublishedPort": 8080}]}
    told = await client.post("/services/create", shop(EndpointSpec=port), **DRY)
    assert (told.status, told.json["ID"]) == (200, "")
    assert told.json["Plan"]["summary"] == "is new, with 4 tasks"
    assert manager.store.all("service") == []
    await client.post("/services/create", shop(EndpointSpec=port))
    told = await client.post("/services/create", shop(name="other", EndpointSpec=port), **DRY)
    assert told.json["Plan"]["effect"] == "refused"
    assert "8080" in told.json["Warnings"][0]


async def test_a_dry_run_of_an_old_version(service):
    told = await service.update(shop("busybox:2"), index=service.index - 1, **DRY)
    assert tuple(told) == (500, "rpc error: code = Unknown desc = update out of sequence")


async def test_what_has_no_plan_is_not_written_either(client, service, manager):
    before = manager.store.version
    for told in (
        await client.ask("DELETE", "/services/shop_web", **DRY),
        await client.post("/secrets/create", {"Name": "x", "Data": "YQ=="}, **DRY),
        await client.post("/networks/create", {"Name": "x", "Driver": "overlay"}, **DRY),
        await client.post("/swarm/update?version=1", {}, **DRY),
        await service.update(shop("busybox:2"), **{DRY_RUN_HEADER.lower(): "yes"}),
    ):
        assert told.status == 400
    assert manager.store.version == before
    assert (await client.ask("GET", "/services", **DRY)).status == 200
    assert (await service.update(shop("busybox:2"), **{DRY_RUN_HEADER.lower(): "0"})).status == 200


async def test_what_may_not_be_written_is_not_planned(service, known):
    told = await service.update(shop("nginx:1"), known(), **DRY)
    assert told.status == 403
    assert "(image)" in told.message


async def test_tasks_are_shown_to_those_alone_who_may_read_them(service, known):
    assert (await service.update(shop("busybox:2"), known(), **DRY)).json["Plan"]["tasks"] == []

    class Reader(FullPermission):
        pass

    reader = Client(service.gateway, Reader())
    shown = (await service.update(shop("busybox:2"), reader, **DRY)).json["Plan"]["tasks"]
    assert len(shown) == 4


# what a policy makes of it


async def test_nobody_may_restart_every_task(service, known):
    ci = known('deny = ["restart-all"]')
    refused = await service.update(shop("busybox:2"), ci)
    assert refused.status == 403
    assert refused.message == (
        "policy ci: the update restarts 4 of 4 tasks, because TaskTemplate.ContainerSpec.Image"
        " changed (restart-all)"
    )
    assert (await service.update(shop(replicas=6), ci)).status == 200


async def test_nobody_may_stop_all_tasks_at_once(service, known):
    ci = known('deny = ["outage"]')
    at_once = {"UpdateConfig": {"Parallelism": 0}}
    refused = await service.update(shop("busybox:2", **at_once), ci)
    assert refused.status == 403
    assert "all of them at once (outage)" in refused.message
    enough = {"UpdateConfig": {"Parallelism": 4, "Order": "stop-first"}}
    assert (await service.update(shop("busybox:2", **enough), ci)).status == 403
    for config in ({"Parallelism": 3}, {"Parallelism": 0, "Order": "start-first"}):
        body = shop("busybox:2", UpdateConfig=config)
        assert (await service.update(body, ci, **DRY)).status == 200
    assert (await service.update(shop("busybox:2"), ci)).status == 200


@pytest.mark.parametrize(("image", "replicas"), [("busybox:1", 0), ("busybox:2", 1)])
async def test_fewer_tasks_are_stopped_tasks_too(service, known, image, replicas):
    """None of the four that run stays: three are taken away at once, or all."""
    ci = known('deny = ["outage"]')
    refused = await service.update(shop(image, replicas=replicas), ci)
    assert (refused.status, "(outage)" in refused.message) == (403, True)
    assert (await service.update(shop(replicas=1), ci)).status == 200


@pytest.mark.parametrize("word", ["outage", "restart-all"])
async def test_what_nobody_can_tell_is_not_allowed(service, known, word):
    """A manager would refuse it, as far as is known here; when it hears of it, it may not."""
    ci = known(f'deny = ["{word}"]\nports = ["8080"]')
    ports = {"Ports": [{"TargetPort": 80, "PublishedPort": 8080}]}
    body = shop("busybox:2", replicas=0, EndpointSpec=ports)
    gone = pb.Service(id="gone")
    gone.spec.annotations.name = "bank_hidden"
    gone.spec.endpoint.ports.add(target_port=80, published_port=8080)
    service.gateway.mirror.shelves["service"].put(gone)
    refused = await service.update(body, ci)
    assert (refused.status, f"({word})" in refused.message) == (403, True)
    assert "bank_hidden" not in refused.message
    assert (await service.update(body, known('ports = ["8080"]'))).status == 200


async def test_plans_of_others_do_not_push_out_ones_own(service, known, client):
    ci = known('require = ["plan"]')
    body = shop("busybox:2")
    assert (await service.update(body, ci, **DRY)).status == 200
    for number in range(1_001):
        service.gateway.dry_runs.remember(
            "other", "service.create", pb.ServiceSpec(annotations={"name": str(number)}), None
        )
    assert (await service.update(body, ci)).status == 200


async def test_a_plan_comes_before_the_write(service, known):
    ci, other = known('require = ["plan"]'), known()
    body = shop("busybox:2")
    refused = await service.update(body, ci)
    assert refused.status == 403
    assert f"the same request with {DRY_RUN_HEADER}: 1 (plan.required)" in refused.message
    assert (await service.update(shop("busybox:3"), ci, **DRY)).status == 200
    assert (await service.update(body, ci)).status == 403
    assert (await service.update(body, ci, **DRY)).status == 200
    assert (await service.update(body, ci)).status == 200
    await service.settle()
    # the version is another one now, and with it the plan
    assert (await service.update(body, ci)).status == 403
    assert (await service.update(body, other)).status == 200


async def test_a_plan_comes_before_a_new_service(client, known, manager):
    ci = known('require = ["plan"]')
    assert (await ci.post("/services/create", shop())).status == 403
    assert (await ci.post("/services/create", shop(), **DRY)).status == 200
    assert (await ci.post("/services/create", shop())).status == 201
    # what others have planned is not planned by it
    assert (await client.post("/services/create", shop(name="shop_a"), **DRY)).status == 200
    assert (await ci.post("/services/create", shop(name="shop_a"))).status == 403
    assert (await ci.delete("/services/shop_web")).status == 200
