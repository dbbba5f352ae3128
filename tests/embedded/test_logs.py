"""What containers write, as a scenario says it, and as a manager gives it out."""

import asyncio

import pytest

from swarmwire import embedded, pb
from swarmwire.errors import ConvertError
from tests.embedded.build import create, image, service_spec, tasks, update

TALKS = """
[[rule]]
image = "web:*"
stdout = ["listening", "ready"]
stderr = ["no config"]
"""


@pytest.fixture
def swarm():
    return embedded.Swarm(scenario=embedded.scenario_from_toml(TALKS))


async def lines(swarm, service, **options):
    request = pb.SubscribeLogsRequest()
    request.selector.service_ids.append(service.id)
    request.options.MergeFrom(pb.LogSubscriptionOptions(**options))
    found = []
    async for answer in swarm.subscribe_logs(request):
        found += answer.messages
        if options.get("follow"):
            break
    return found


async def test_each_task_writes_when_it_starts(swarm):
    service = await create(swarm, service_spec(replicas=2))
    assert await lines(swarm, service) == []
    await swarm.settle()
    found = await lines(swarm, service)
    ids = {task.id for task in await tasks(swarm)}
    assert {line.context.task_id for line in found} == ids
    for id_ in ids:
        own = [line for line in found if line.context.task_id == id_]
        assert [line.data for line in own] == [b"listening\n", b"ready\n", b"no config\n"]
        streams = [pb.LogStream.Name(line.stream)[11:] for line in own]
        assert streams == ["STDOUT", "STDOUT", "STDERR"]
        (node,) = swarm.nodes
        assert own[0].context.node_id == node.id


async def test_only_what_is_asked_for(swarm):
    service = await create(swarm, service_spec(replicas=1))
    await swarm.settle()
    found = await lines(swarm, service, streams=["LOG_STREAM_STDERR"])
    assert [line.data for line in found] == [b"no config\n"]
    assert len(await lines(swarm, service, tail=-3)) == 2
    later = pb.Timestamp(seconds=found[0].timestamp.seconds + 1)
    assert await lines(swarm, service, since=later) == []
    assert len(await lines(swarm, service, since=found[0].timestamp)) == 3


async def test_lines_are_followed(swarm):
    service = await create(swarm, service_spec(replicas=1))
    await swarm.settle()
    following = asyncio.create_task(lines(swarm, service, follow=True, tail=-1))
    await asyncio.sleep(0)
    await update(swarm, image("web:2"))
    await swarm.settle()
    (first, *_) = await asyncio.wait_for(following, 10)
    assert first.data == b"listening\n"


async def test_lines_of_tasks_that_are_gone_are_gone(swarm):
    service = await create(swarm, service_spec(replicas=1))
    await swarm.settle()
    await swarm.remove_service(pb.RemoveServiceRequest(service_id=service.id))
    await swarm.settle()
    assert await lines(swarm, service) == []


async def test_a_container_that_fails_has_written(swarm):
    swarm.on(embedded.Behaviour(exit=1, stdout=("oh no",)), image="web:1")
    service = await create(swarm, service_spec(replicas=1))
    swarm.clock.advance("10s")
    found = await lines(swarm, service)
    assert len(found) > 1
    assert {line.data for line in found} == {b"oh no\n"}


@pytest.mark.parametrize("value", ['"ready"', "[1]"])
def test_what_is_no_list_of_lines(value):
    with pytest.raises(ConvertError) as caught:
        embedded.scenario_from_toml(f"[[rule]]\nstdout = {value}\n")
    assert str(caught.value.path) == "rule[0].stdout"
