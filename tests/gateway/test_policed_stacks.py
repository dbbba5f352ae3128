"""Stacks of a swarm, by their names and labels: whose a name is, and how many there are."""

import asyncio

import pytest

from swarmwire.control import protected
from swarmwire.control.testing import FakeManager
from swarmwire.gateway import Gateway
from swarmwire.gateway.policed import PolicedClients
from swarmwire.policy import STACK_LABEL, Caller, Policy
from tests.gateway.asking import Client, Failing, opener, spec

FILE = """
version = 1

[clients.shop]
uid = [1]
read = ["services", "networks", "secrets", "configs"]
write = ["services", "networks", "secrets", "configs"]
stacks = ["shop"]
rules = "any"

[clients.data]
uid = [2]
read = ["services", "networks", "secrets", "configs"]
write = ["services", "networks", "secrets", "configs"]
stacks = ["data-*", "*_late"]
rules = "any"

[rules.any]
images = ["docker.io/library/busybox:*"]
mounts = { volumes = true }
max = { stacks = 2 }
"""


@pytest.fixture
def known(gateway):
    policed = PolicedClients(Policy.load(FILE), gateway.mirror)

    def of(uid):
        found = policed.identify(Caller(uid=uid))
        return Client(gateway, found.permission, found.name)

    return of


def of_stack(stack, name, volume=""):
    body = spec(name, Labels={STACK_LABEL: stack}, Mode={"Replicated": {"Replicas": 1}})
    if volume:
        mounts = [{"Type": "volume", "Source": volume, "Target": "/data"}]
        body["TaskTemplate"]["ContainerSpec"]["Mounts"] = mounts
    return body


def secret(stack, name):
    return {"Name": name, "Data": "eA==", "Labels": {STACK_LABEL: stack}}


async def test_a_name_of_a_stack_that_is_there_is_not_squatted(known, client):
    shop = known(1)
    free = await shop.post("/secrets/create", secret("shop", "shop_bank_key"))
    assert free.status == 201
    await shop.delete("/secrets/shop_bank_key")
    await client.post("/secrets/create", secret("shop_bank", "shop_bank_other"))
    for path, body in (
        ("/secrets/create", secret("shop", "shop_bank_key")),
        ("/configs/create", secret("shop", "shop_bank_conf")),
        ("/services/create", of_stack("shop", "shop_bank_web")),
        (
            "/networks/create",
            {"Name": "shop_bank_net", "Driver": "overlay", "Labels": {STACK_LABEL: "shop"}},
        ),
    ):
        refused = await shop.post(path, body)
        assert (refused.status, "is a name of another stack" in refused.message) == (403, True)
    assert (await shop.post("/services/create", of_stack("shop", "shop_web"))).status == 201


async def test_a_name_that_is_there_and_one_that_is_not_are_answered_alike(known, client):
    await client.post("/secrets/create", secret("shop_bank", "shop_bank_key"))
    answers = [
        await known(1).post("/secrets/create", secret("shop", name))
        for name in ("shop_bank_key", "shop_bank_not")
    ]
    assert answers[0].message.replace("_key", "_not") == answers[1].message


async def test_a_volume_of_a_stack_that_is_there_is_not_mounted(known, client):
    shop = known(1)
    body = of_stack("shop", "shop_web", "shop_bank_data")
    assert (await shop.post("/services/create", body, x_swarmwire_dry_run="1")).status == 200
    await client.post("/services/create", of_stack("shop_bank", "shop_bank_db", "shop_bank_data"))
    refused = await shop.post("/services/create", body)
    assert (refused.status, "(mount.volume-name)" in refused.message) == (403, True)


async def test_a_volume_that_a_shorter_stack_mounts_is_not_taken_over(known, client):
    body = of_stack("x_late", "x_late_web", "x_late_data")
    made = await known(2).post("/services/create", body, x_swarmwire_dry_run="1")
    assert made.status == 200
    await client.post("/services/create", of_stack("x", "x_db", "x_late_data"))
    refused = await known(2).post("/services/create", body)
    assert (refused.status, "(mount.volume-name)" in refused.message) == (403, True)


async def test_a_client_has_no_more_stacks_than_it_may(known, client):
    data = known(2)
    await client.post("/services/create", of_stack("other", "other_web"))
    for number in (1, 2):
        made = await data.post("/secrets/create", secret(f"data-{number}", f"data-{number}_key"))
        assert made.status == 201
    third = of_stack("data-3", "data-3_web")
    for asked in ({}, {"x_swarmwire_dry_run": "1"}):
        refused = await data.post("/services/create", third, **asked)
        assert (refused.status, "(stack.count)" in refused.message) == (403, True)
    assert (await data.post("/services/create", of_stack("data-2", "data-2_web"))).status == 201
    await data.delete("/secrets/data-1_key")
    assert (await data.post("/services/create", third)).status == 201


async def test_stacks_are_counted_although_all_come_at_once(known, manager):
    create = manager.create_service

    async def slowly(request):
        await asyncio.sleep(0.01)
        return await create(request)

    manager.create_service = slowly
    data = known(2)
    answers = await asyncio.gather(
        *(
            data.post("/services/create", of_stack(f"data-{number}", f"data-{number}_web"))
            for number in range(10)
        )
    )
    assert sorted(answer.status for answer in answers) == [201] * 2 + [403] * 8


async def test_nothing_is_judged_by_what_is_too_old():
    """The manager answers, and tells no changes: of other stacks nothing new is known."""
    failing = Failing(protected(FakeManager(), secrets=True))
    gateway = Gateway(opener(failing), tell=lambda _: None, max_stale=0.3)
    gateway.mirror._pulse = 0.01
    async with gateway.running():
        found = PolicedClients(Policy.load(FILE), gateway.mirror).identify(Caller(uid=1))
        shop = Client(gateway, found.permission, found.name)
        failing.is_mute = True
        failing.is_away.set()
        await asyncio.sleep(0)
        failing.is_away.clear()

        while (await shop.get("/services")).status != 503:  # noqa: ASYNC110 - it takes a moment
            await asyncio.sleep(0.01)
        for path, body in (
            ("/secrets/create", secret("shop", "shop_key")),
            ("/services/create", of_stack("shop", "shop_web")),
        ):
            refused = await shop.post(path, body)
            assert (refused.status, "too old" in refused.message) == (503, True)
