"""What clients see of an engine that goes away and comes back."""

import asyncio
import json
from functools import partial

import pytest

from swarmwire.control import connect
from swarmwire.gateway import STALE_HEADER, Gateway
from tests.gateway.asking import Client
from tests.support.dockerd import Dockerd

pytestmark = pytest.mark.engine


@pytest.fixture
def dockerd(oldest_and_newest):
    with Dockerd(oldest_and_newest) as daemon:
        daemon.init_swarm()
        daemon.post("/secrets/create", {"Name": "before", "Data": "YQ=="})
        yield daemon


async def until(is_so):
    for _ in range(1200):
        if await is_so():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("waited in vain")


async def test_a_manager_that_is_killed_and_started_again(dockerd):
    gateway = Gateway(
        partial(connect, dockerd.control_socket, secrets=True),
        release=dockerd.release,
        tell=lambda _: None,
        max_stale=4,
    )
    async with gateway.running():
        client = Client(gateway, version=dockerd.api_version)
        events = (await client.get("/events")).response.stream
        telling = asyncio.ensure_future(anext(events))
        await asyncio.to_thread(dockerd.kill)

        stale = []

        async def is_stale():
            stale.append(await client.get("/secrets"))
            return STALE_HEADER in stale[-1].headers

        await until(is_stale)
        assert [one["Spec"]["Name"] for one in stale[-1].json] == ["before"]
        write = await client.post("/secrets/create", {"Name": "lost", "Data": "YQ=="})
        assert write.status == 503

        async def is_too_old():
            return (await client.get("/secrets")).status == 503

        await until(is_too_old)
        await asyncio.to_thread(dockerd.start)
        await asyncio.to_thread(
            dockerd.wait_for, "a manager", lambda: dockerd.request("GET", "/swarm").status == 200
        )
        made = dockerd.post("/secrets/create", {"Name": "after", "Data": "YQ=="}).json["ID"]

        async def is_fresh():
            answer = await client.get("/secrets")
            return (
                answer.status == 200
                and STALE_HEADER not in answer.headers
                and len(answer.json) == 2
            )

        await until(is_fresh)

        async def is_same():
            return (await client.get("/nodes")).body == dockerd.get("/nodes").body

        await until(is_same)
        told = json.loads(await asyncio.wait_for(telling, 30))
        while told["Actor"]["ID"] != made:
            told = json.loads(await asyncio.wait_for(anext(events), 30))
        assert (told["Type"], told["Action"]) == ("secret", "create")
        await events.aclose()
