"""Nothing is written that cannot be recorded; what is recorded holds no values."""

import asyncio
import errno
import json

import pytest

from swarmwire import pb
from swarmwire.gateway.auditing import Auditor
from swarmwire.gateway.listeners import KnownCaller
from swarmwire.gateway.policed import PolicedClients
from swarmwire.policy import STACK_LABEL, AuditLog, Caller, ClientLimits, Policy, Rate
from tests.gateway.asking import Client, gateway_of, spec

FILE = """
version = 1

[clients.ci]
uid = [1001]
read = ["services"]
write = ["services", "secrets"]
stacks = ["shop"]
rules = "shop"

[rules.shop]
images = ["docker.io/library/busybox:*"]
max = { services = 2, secrets = 1 }
"""


class Disk:
    """A file with room for some lines."""

    def __init__(self, lines=1000):
        self.left = lines
        self.lines = []

    def write(self, data):
        if self.left == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.left -= 1
        self.lines.append(json.loads(data))
        return len(data)

    def told(self, *keys):
        return [tuple(line.get(key) for key in keys) for line in self.lines]


@pytest.fixture
def disk():
    return Disk()


@pytest.fixture
def settings():
    return {}


@pytest.fixture
def gateway(loop, manager, disk, settings):
    auditor = Auditor(AuditLog(disk.write), **settings)
    running = gateway_of(manager, audit=auditor)
    yield loop.run(running.__aenter__())
    loop.run(running.__aexit__(None, None, None))


@pytest.fixture
def ci(gateway):
    found = PolicedClients(Policy.load(FILE), gateway.mirror).identify(Caller(uid=1001))
    return Client(gateway, found.permission, found.name)


def of_shop(name="shop_web", **more):
    body = spec(name, Labels={STACK_LABEL: "shop"}, Mode={"Replicated": {"Replicas": 2}})
    body["TaskTemplate"]["ContainerSpec"] |= {"Labels": {STACK_LABEL: "shop"}, **more}
    return body


async def test_a_write_is_recorded_before_it_is_sent_and_before_it_is_answered(ci, disk):
    made = await ci.post("/services/create", of_shop(Env=["PASSWORD=hush"]))
    assert made.status == 201
    assert disk.told("decision", "operation", "name", "status") == [
        ("allowed", "service.create", "shop_web", 0),
        ("done", "service.create", "shop_web", 201),
    ]
    first, last = disk.lines
    assert first["client"] == "ci"
    assert first["route"] == "/services/create"
    assert first["plan"] == "is new, with 2 tasks"
    assert (last["id"], last["after"] > 0) == (made.json["ID"], True)
    assert "hush" not in json.dumps(disk.lines)


async def test_an_update_is_recorded_with_what_it_restarts(ci, gateway, manager, disk):
    made = await ci.post("/services/create", of_shop())
    for slot in (1, 2):
        task = pb.Task(service_id=made.json["ID"], slot=slot)
        task.status.MergeFrom(pb.TaskStatus(state="RUNNING"))
        task.MergeFrom(pb.Task(desired_state="RUNNING"))
        task.spec.CopyFrom(manager.objects("service")[0].spec.task)
        manager.put(task)
    while len(list(gateway.mirror.tasks_of(made.json["ID"]))) < 2:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0.01)
    index = (await ci.get("/services/shop_web")).json["Version"]["Index"]
    body = of_shop(Image="busybox:2")
    assert (await ci.post(f"/services/shop_web/update?version={index}", body)).status == 200
    plans = {line["plan"] for line in disk.lines if line["operation"] == "service.update"}
    assert plans == {"restarts 2 of 2 tasks, because TaskTemplate.ContainerSpec.Image changed"}
    assert disk.lines[-1]["before"] == index
    assert disk.lines[-1]["after"] > index
    assert (await ci.delete("/services/shop_web")).status == 200
    assert disk.lines[-1]["plan"] == "removes 2 tasks"


async def test_a_refusal_is_recorded_with_rules_and_paths(ci, disk):
    refused = await ci.post("/services/create", of_shop(CapabilityAdd=["SYS_ADMIN"], Image="x"))
    assert refused.status == 403
    assert disk.told("decision", "rules", "status") == [("refused", ["cap.add", "image"], 403)]
    assert disk.lines[0]["paths"][0] == "TaskTemplate.ContainerSpec.CapabilityAdd[0]"


async def test_a_read_is_recorded_if_it_is_refused(ci, disk):
    assert (await ci.get("/services")).status == 200
    assert disk.lines == []
    assert (await ci.get("/info")).status == 403
    assert disk.told("method", "route", "decision") == [("GET", "/info", "refused")]


@pytest.mark.parametrize("settings", [{"reads": True}])
async def test_or_each_of_them(ci, disk):
    assert (await ci.get("/services")).status == 200
    assert disk.told("route", "decision", "status") == [("/services", "read", 200)]
    disk.left = 0
    assert (await ci.get("/services")).status == 503


@pytest.mark.parametrize("disk", [Disk(0)])
async def test_a_full_disk_refuses_every_write(ci, manager, disk):
    refused = await ci.post("/services/create", of_shop())
    assert refused.status == 503
    assert "nothing was written" in refused.message
    assert "No space left" in refused.message
    assert manager.objects("service") == []
    assert (await ci.get("/services")).status == 200
    assert (await ci.get("/info")).status == 403
    disk.left = 9
    assert (await ci.post("/services/create", of_shop())).status == 201


@pytest.mark.parametrize("disk", [Disk(1)])
async def test_a_disk_that_fills_up_meanwhile_is_told(ci, manager):
    told = await ci.post("/services/create", of_shop())
    assert told.status == 500
    assert "was made, but not recorded" in told.message
    assert len(manager.objects("service")) == 1


async def test_a_secret_is_in_no_record(ci, disk):
    body = {"Name": "shop_key", "Data": "aHVzaA==", "Labels": {STACK_LABEL: "shop"}}
    made = await ci.post("/secrets/create?Name=x&Data=aHVzaA==", body)
    assert made.status == 201
    assert len(disk.lines) == 2
    assert "aHVzaA" not in json.dumps(disk.lines)
    body["Name"] = "shop_key2"
    refused = await ci.post("/secrets/create", body)
    assert refused.status == 403
    assert "2 secrets in the stack, 1 at most (stack.objects)" in refused.message


async def test_what_a_manager_refuses_is_recorded_as_failed(ci, disk):
    assert (await ci.delete("/services/nope")).status == 404
    await ci.post("/services/create", of_shop())
    assert (await ci.post("/services/create", of_shop())).status == 409
    assert disk.told("decision", "status") == [
        ("failed", 404),
        ("allowed", 0),
        ("done", 201),
        ("allowed", 0),
        ("failed", 409),
    ]


# limits


class Slow:
    """A clock that stands."""

    now = 0.0

    def __call__(self):
        return self.now


async def limited(gateway, clock, method="GET", target="/services", **rate):
    limits = ClientLimits(Rate(**rate), clock)
    known = KnownCaller("ci", Client(gateway).permission, "uid=1001", limits)

    async def ask(path=target):
        client = Client(gateway)
        return await client.raw_of(known, method, path)

    return ask


async def test_too_many_requests_are_refused_but_for_the_ping(gateway, disk):
    clock = Slow()
    ask = await limited(gateway, clock, requests=2)
    assert [(await ask()).status for _ in range(6)] == [200] * 4 + [429] * 2
    refused = await ask()
    assert refused.headers["Retry-After"] == "1"
    assert "too many requests" in refused.message
    assert refused.headers["Api-Version"]
    assert (await ask("/_ping")).status == 200
    clock.now = 1.0
    assert (await ask()).status == 200
    assert disk.told("decision", "status", "route")[0] == ("refused", 429, "/services")


async def test_streams_are_counted_until_they_end(gateway):
    ask = await limited(gateway, Slow(), target="/events", streams=2)
    first, second = await ask(), await ask()
    assert (await ask()).status == 429
    await first.response.stream.aclose()
    third = await ask()
    assert third.status == 200
    assert (await ask()).status == 429
    for each in (second, third):
        await each.response.stream.aclose()


async def test_a_stream_that_ends_by_itself_is_counted_no_more(gateway):
    ask = await limited(gateway, Slow(), streams=1)
    past = "/events?until=1"
    for _ in range(3):
        found = await ask(past)
        assert found.status == 200
        assert [piece async for piece in found.response.stream] == []


async def test_nobody_is_turned_away_with_what_clients_need(gateway, disk):
    for _ in range(100):
        turned = gateway.turn_away(Client(gateway).request("HEAD", "/_ping"))
    assert turned.status == 403
    assert turned.headers["Api-Version"]
    # a flood of them does not fill the disk
    assert 1 <= len(disk.lines) <= 30
    assert disk.told("client", "decision")[0] == ("", "refused")
