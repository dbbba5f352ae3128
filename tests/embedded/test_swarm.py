"""What a tool's author does with an embedded swarm."""

import asyncio

import pytest

from swarmwire import control, embedded, pb
from tests.embedded.build import (
    create,
    image,
    running,
    service_spec,
    stored,
    tasks,
    update,
    update_state,
)


@pytest.fixture
def swarm():
    return embedded.Swarm(nodes=3)


async def test_a_service_runs_once_the_swarm_has_settled(swarm):
    service = await create(swarm, service_spec(replicas=4))
    assert await tasks(swarm) == []
    await swarm.settle()
    found = await running(swarm)
    assert sorted(task.slot for task in found) == [1, 2, 3, 4]
    assert len({task.node_id for task in found}) == 3
    status = (
        await swarm.list_service_statuses(pb.ListServiceStatusesRequest(services=[service.id]))
    ).statuses[0]
    assert (status.desired_tasks, status.running_tasks) == (4, 4)


async def test_a_rollout_takes_its_time(swarm):
    await create(swarm, service_spec(replicas=3))
    await swarm.settle()
    await update(swarm, image("web:2"))
    swarm.clock.advance("2s")
    assert {task.spec.container.image for task in await running(swarm)} == {"web:1", "web:2"}
    await swarm.settle()
    assert {task.spec.container.image for task in await running(swarm)} == {"web:2"}
    service = await stored(swarm)
    assert update_state(service) == "COMPLETED"
    assert service.previous_spec.task.container.image == "web:1"


async def test_a_rollout_fails_as_the_scenario_says(swarm):
    spec = service_spec(replicas=3)
    spec.update.failure_action = pb.UpdateConfig.ROLLBACK
    swarm.exit(1, after="200ms", image="*:bad")
    await create(swarm, spec)
    await swarm.settle()
    await update(swarm, image("web:bad"))
    await swarm.settle()
    assert update_state(await stored(swarm)) == "ROLLBACK_COMPLETED"
    assert {task.spec.container.image for task in await running(swarm)} == {"web:1"}
    failed = [task for task in await tasks(swarm) if task.status.err]
    assert failed
    assert {task.status.err for task in failed} == {"task: non-zero exit (1)"}


async def test_an_image_that_is_missing_is_told(swarm):
    swarm.reject("No such image: gone:1", image="gone:1")
    spec = service_spec(replicas=1, image="gone:1")
    spec.task.restart.condition = pb.RestartPolicy.NONE
    await create(swarm, spec)
    await swarm.settle()
    (task,) = await tasks(swarm)
    assert pb.TaskState.Name(task.status.state) == "REJECTED"
    assert task.status.err == "No such image: gone:1"


async def test_a_task_that_hangs_does_not_settle(swarm):
    swarm.hang("starting", service="web")
    await create(swarm, service_spec(replicas=1))
    with pytest.raises(embedded.NotSettled, match="a task of web is starting, and wanted running"):
        await swarm.settle(within="1m")


async def test_tasks_leave_nodes_that_are_drained_or_dead(swarm):
    await create(swarm, service_spec(replicas=6))
    await swarm.settle()
    swarm.node("node-2").drain()
    await swarm.settle()
    gone = swarm.node("node-2").id
    assert len(await running(swarm)) == 6
    assert gone not in {task.node_id for task in await running(swarm)}
    swarm.node("node-3").kill()
    swarm.clock.advance("20s")
    await swarm.settle()
    assert swarm.node("node-3").stored.status.state == pb.NodeStatus.DOWN
    wanted = [task for task in await running(swarm) if task.desired_state == task.status.state]
    assert {task.node_id for task in wanted} == {swarm.node("node-1").id}
    swarm.node("node-3").start()
    await swarm.settle()
    assert swarm.node("node-3").stored.status.state == pb.NodeStatus.READY
    assert len(await running(swarm)) == 6


async def test_a_label_decides_where_tasks_go(swarm):
    spec = service_spec(replicas=1)
    spec.task.placement.constraints.append("node.labels.disk == ssd")
    await create(swarm, spec)
    await swarm.settle()
    (task,) = await tasks(swarm)
    reason = "no suitable node (scheduling constraints not satisfied on 3 nodes)"
    assert task.status.err == reason
    swarm.node("node-2").label(disk="ssd")
    await swarm.settle()
    (task,) = await running(swarm)
    assert (task.node_id, task.status.err) == (swarm.node("node-2").id, "")
    swarm.node("node-2").label(disk="")
    await swarm.settle()
    assert not await running(swarm)


async def test_refusals_are_those_of_a_manager(swarm):
    await create(swarm, service_spec())
    with pytest.raises(control.AlreadyExists):
        await create(swarm, service_spec())
    with pytest.raises(control.FailedPrecondition, match="is not down"):
        await swarm.remove_node(pb.RemoveNodeRequest(node_id=swarm.node("node-3").id))


async def test_addresses_and_ports_are_given_once(swarm):
    spec = pb.NetworkSpec(annotations=pb.Annotations(name="front"))
    network = (await swarm.create_network(pb.CreateNetworkRequest(spec=spec))).network
    await swarm.settle()
    for name in ("a", "b"):
        service = service_spec(name, replicas=5)
        service.task.networks.add(target=network.id)
        service.endpoint.ports.add(target_port=80)
        await create(swarm, service)
    await swarm.settle()
    found = [await stored(swarm, name) for name in ("a", "b")]
    assert [each.endpoint.ports[0].published_port for each in found] == [30000, 30001]
    given = [vip.addr for each in found for vip in each.endpoint.virtual_ips]
    for task in (*await tasks(swarm, "a"), *await tasks(swarm, "b")):
        given += [address for each in task.networks for address in each.addresses]
    assert len(given) == 2 * 2 + 10 * 2
    assert len(set(given)) == len(given)


async def test_the_same_seed_gives_the_same_swarm():
    runs = []
    for seed in (7, 7, 8):
        swarm = embedded.Swarm(nodes=3, seed=seed)
        await create(swarm, service_spec(replicas=5))
        await swarm.settle()
        await update(swarm, image("web:2"))
        await swarm.settle()
        runs.append([task.SerializeToString(deterministic=True) for task in await tasks(swarm)])
    assert runs[0] == runs[1] != runs[2]


async def test_time_runs_inside_async_with():
    async with embedded.Swarm(nodes=2, speed=50) as swarm:
        before = swarm.clock.now()
        await create(swarm, service_spec())
        await swarm.settle()
        assert len(await running(swarm)) == 2
        assert swarm.clock.now() > before


async def test_others_have_their_turn_while_a_large_service_starts():
    turns = 0
    async with embedded.Swarm(nodes=3, speed=1e6) as swarm:
        await create(swarm, service_spec(replicas=2_000))
        while len(await running(swarm)) < 2_000:
            await asyncio.sleep(0)
            turns += 1
    assert turns > 3


async def test_a_large_service_is_made_in_several_transactions(swarm):
    sizes = []
    swarm.store.listeners.append(lambda done: sizes.append(len(done.changes)))
    await create(swarm, service_spec(replicas=500))
    await swarm.settle()
    assert len(await running(swarm)) == 500
    assert max(sizes) == 200  # the most of a manager


async def test_changes_are_watched(swarm):
    request = pb.WatchRequest()
    request.entries.add(kind="task", action=pb.WatchActionKind.Value("WATCH_ACTION_UPDATE"))
    changes = swarm.watch(request)
    await anext(changes)
    await create(swarm, service_spec(replicas=1))
    await swarm.settle()
    states = []
    while "RUNNING" not in states:
        message = await anext(changes)
        states += [pb.TaskState.Name(e.object.task.status.state) for e in message.events]
    assert states[:2] == ["PENDING", "ASSIGNED"]
    await changes.aclose()


@pytest.mark.parametrize("defects", [True, False])
async def test_a_rollback_that_never_completes_can_be_had_or_not(defects):
    swarm = embedded.Swarm(defects=defects)
    swarm.exit(3, after="300ms", image="*:bad")
    spec = service_spec("agent")
    spec.ClearField("replicated")
    getattr(spec, "global").SetInParent()
    spec.update.order = spec.rollback.order = pb.UpdateConfig.START_FIRST
    spec.update.failure_action = pb.UpdateConfig.ROLLBACK
    spec.task.restart.condition = pb.RestartPolicy.NONE
    await create(swarm, spec)
    await swarm.settle()
    await update(swarm, image("web:bad"), "agent")
    if defects:
        with pytest.raises(embedded.NotSettled, match="update rolled back due to failure"):
            await swarm.settle()
    else:
        await swarm.settle()
        assert update_state(await stored(swarm, "agent")) == "ROLLBACK_COMPLETED"
    assert [task.spec.container.image for task in await running(swarm, "agent")] == ["web:1"]


async def test_another_manager_leads_when_the_leader_dies():
    swarm = embedded.Swarm(nodes=4, managers=3)
    await create(swarm, service_spec(replicas=4))
    await swarm.settle()
    swarm.node("node-1").kill()
    swarm.clock.advance("30s")
    await swarm.settle()
    leaders = [node.name for node in swarm.nodes if node.stored.manager_status.leader]
    assert len(leaders) == 1
    assert leaders[0] in ("node-2", "node-3")
    wanted = [task for task in await running(swarm) if task.desired_state == task.status.state]
    assert len(wanted) == 4
    assert swarm.node("node-1").id not in {task.node_id for task in wanted}


@pytest.mark.parametrize("duration", ["", "soon", "1 m", "-1s", -1])
def test_what_is_no_duration_is_refused(swarm, duration):
    with pytest.raises(ValueError, match="is no duration"):
        swarm.clock.advance(duration)


async def lines(swarm, service):
    selector = pb.LogSelector(service_ids=[service.id])
    request = pb.SubscribeLogsRequest(selector=selector, options=pb.LogSubscriptionOptions())
    return [
        line.data.decode()
        async for answer in swarm.subscribe_logs(request)
        for line in answer.messages
    ]


async def test_each_container_writes_a_line_when_it_starts(swarm):
    service = await create(swarm, service_spec(replicas=2))
    assert await lines(swarm, service) == []
    await swarm.settle()
    first = [f"web.{slot}: web:1 was started\n" for slot in (1, 2)]
    assert sorted(await lines(swarm, service)) == first
    await update(swarm, image("web:2"))
    await swarm.settle()
    later = [f"web.{slot}: web:2 was started\n" for slot in (1, 2)]
    assert sorted(await lines(swarm, service)) == sorted([*first, *later])


async def test_networks_are_numbered_as_an_engine_does(swarm):
    """From 4096 on, which is that of the ingress network."""
    for name in ("a", "b"):
        spec = pb.NetworkSpec(annotations=pb.Annotations(name=name))
        await swarm.create_network(pb.CreateNetworkRequest(spec=spec))
        await swarm.settle()
    key = "com.docker.network.driver.overlay.vxlanid_list"
    found = swarm.objects("network")
    ids = {one.spec.annotations.name: one.driver_state.options.get(key) for one in found}
    assert [ids[name] for name in ("ingress", "a", "b")] == ["4096", "4097", "4098"]


async def test_lines_are_forgotten_with_their_tasks(swarm):
    service = await create(swarm, service_spec(replicas=2))
    await swarm.settle()
    assert len(await lines(swarm, service)) == 2
    await swarm.remove_service(pb.RemoveServiceRequest(service_id=service.id))
    await swarm.settle()
    assert await lines(swarm, service) == []


async def test_a_swarm_begins_when_it_is_told_to():
    begins = 1_900_000_000 * 10**9
    swarm = embedded.Swarm(begins=begins)
    await create(swarm, service_spec(replicas=1))
    service = await stored(swarm)
    assert service.meta.created_at.seconds >= 1_900_000_000


async def test_a_swarm_that_goes_on_is_not_earlier_than_it_is_told(tmp_path):
    file = tmp_path / "swarm.db"
    swarm = embedded.Swarm(state=file)
    await create(swarm, service_spec(replicas=1))
    await swarm.settle()
    swarm.close()
    again = embedded.Swarm(state=file, begins=1_900_000_000 * 10**9)
    assert again.clock.now() >= 1_900_000_000 * 10**9
    assert len(await running(again)) == 1
    again.close()
    earlier = embedded.Swarm(state=file, begins=0)
    assert earlier.clock.now() > 1_700_000_000 * 10**9
    earlier.close()


async def test_a_node_that_was_removed_is_not_let_in_again(swarm):
    node = swarm.node("node-3")
    node.kill()
    swarm.clock.advance("30s")
    await swarm.remove_node(pb.RemoveNodeRequest(node_id=node.id))
    node.start()
    swarm.clock.advance("1m")
    assert [each.name for each in swarm.nodes] == ["node-1", "node-2"]


async def test_tasks_that_are_up_to_date_are_listed(swarm):
    service = await create(swarm, service_spec(replicas=3))
    await swarm.settle()
    before = {task.id for task in await tasks(swarm)}
    await update(swarm, image("web:2"))
    filters = pb.ListTasksRequest.Filters(service_ids=[service.id], up_to_date=True)
    request = pb.ListTasksRequest(filters=filters)
    assert not (await swarm.list_tasks(request)).tasks
    await swarm.settle()
    found = {task.id for task in (await swarm.list_tasks(request)).tasks}
    assert len(found) == 3
    assert not found & before
    await swarm.remove_service(pb.RemoveServiceRequest(service_id=service.id))
    assert not (await swarm.list_tasks(request)).tasks


async def network_of(swarm, name, *subnets):
    """A new network, once a manager has had time for it."""
    spec = pb.NetworkSpec(driver_config=pb.Driver(name="overlay"))
    spec.annotations.name = name
    spec.ipam.configs.extend(pb.IPAMConfig(subnet=subnet) for subnet in subnets)
    made = await swarm.create_network(pb.CreateNetworkRequest(spec=spec))
    await swarm.settle()
    request = pb.GetNetworkRequest(network_id=made.network.id)
    return (await swarm.get_network(request)).network


async def test_subnets_that_overlap_are_never_given(swarm):
    """Source: moby daemon/libnetwork/ipams/defaultipam/address_space.go."""
    assert (await network_of(swarm, "a", "10.0.2.0/23")).ipam.configs[0].gateway == "10.0.2.1"
    for name, subnet in (("b", "10.0.3.0/24"), ("all", "0.0.0.0/0"), ("same", "10.0.2.0/23")):
        assert not (await network_of(swarm, name, subnet)).HasField("driver_state")
    assert not (await network_of(swarm, "c", "10.9.0.0/16", "10.9.1.0/24")).HasField("ipam")
    assert not (await network_of(swarm, "six", "fd00::/64")).HasField("driver_state")
    given = [(await network_of(swarm, name)).ipam.configs[0].subnet for name in "de"]
    assert given == ["10.0.1.0/24", "10.0.4.0/24"]


async def test_the_gateway_of_a_subnet_stands_in_the_spec_too(swarm):
    """Source: moby daemon/libnetwork/cnmallocator/networkallocator.go, allocatePools."""
    network = await network_of(swarm, "a", "10.50.0.0/24")
    assert network.spec.ipam.configs[0].gateway == "10.50.0.1"
    assert not (await network_of(swarm, "b")).spec.ipam.configs


async def test_what_a_manager_refuses_counts_before_the_size(swarm):
    """Source: SwarmKit controlapi/service.go, and gRPC's default of the largest message."""
    with pytest.raises(control.InvalidArgument, match="replicas must be non-negative"):
        await create(swarm, service_spec(replicas=2**64 - 1))
    spec = pb.SecretSpec(data=b"x" * 5_000_000)
    with pytest.raises(control.ControlError, match=r"larger than max \(50000\d\d vs. 4194304\)"):
        await swarm.create_secret(pb.CreateSecretRequest(spec=spec))


async def test_a_service_of_billions_is_refused(swarm):
    service = service_spec(replicas=2)
    await create(swarm, service)

    def grow(spec):
        spec.replicated.replicas = 4_000_000_000

    with pytest.raises(control.ControlError, match="20000 tasks at most, not 4000000000") as told:
        await update(swarm, grow)
    assert told.value.status == "ResourceExhausted"
    job = service_spec("job")
    job.ClearField("update")
    job.replicated_job.total_completions = 20_001
    with pytest.raises(control.ControlError, match="not 20001"):
        await create(swarm, job)
    await swarm.settle()
    assert len(await running(swarm)) == 2
