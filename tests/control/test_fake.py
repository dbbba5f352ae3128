"""What only the manager in memory can do."""

import pytest

from swarmwire import control, pb
from swarmwire.control.testing import FakeManager
from tests.control.build import created, data_spec, service_spec, unique, watch

RUNNING = pb.TaskState.Value("RUNNING")


@pytest.fixture
def fake():
    return FakeManager()


async def test_tasks_are_put_and_go_with_their_service(fake):
    service = await created(fake, service_spec("web", 2))
    task = pb.Task(service_id=service.id, slot=1, desired_state=RUNNING)
    task.service_annotations.name = "web"
    task.spec.CopyFrom(service.spec.task)
    task.status.state = RUNNING
    fake.put(task)
    stored = fake.objects("task")[0]
    for filters in (
        pb.ListTasksRequest.Filters(service_ids=[service.id], desired_states=[RUNNING]),
        pb.ListTasksRequest.Filters(names=[f"web.1.{stored.id}"], runtimes=["container"]),
        pb.ListTasksRequest.Filters(id_prefixes=[stored.id[:5]]),
    ):
        assert (await fake.list_tasks(pb.ListTasksRequest(filters=filters))).tasks == [stored]
    for filters in (
        pb.ListTasksRequest.Filters(node_ids=["other"]),
        pb.ListTasksRequest.Filters(runtimes=["plugin"]),
        pb.ListTasksRequest.Filters(labels={"no": "label"}),
    ):
        assert not (await fake.list_tasks(pb.ListTasksRequest(filters=filters))).tasks
    request = pb.ListServiceStatusesRequest(services=[service.id])
    status = (await fake.list_service_statuses(request)).statuses[0]
    assert (status.desired_tasks, status.running_tasks) == (2, 1)
    await fake.remove_service(pb.RemoveServiceRequest(service_id=service.id))
    assert not fake.objects("task")


async def test_what_is_handed_out_is_a_copy(fake):
    node = fake.objects("node")[0]
    node.role = 0
    assert fake.objects("node")[0].role == 1
    answer = await fake.list_nodes(pb.ListNodesRequest())
    answer.nodes[0].Clear()
    assert (await fake.list_nodes(pb.ListNodesRequest())).nodes[0].id == node.id
    fake.put(node)
    node.description.hostname = "changed"
    assert fake.objects("node")[0].description.hostname == "manager"


async def test_forgotten_changes_cannot_be_resumed_from(fake):
    request = watch("secret")
    request.resume_from.index = fake.store.version
    await fake.create_secret(pb.CreateSecretRequest(spec=data_spec()))
    fake.store.compact()
    with pytest.raises(control.CannotResume, match="unavailable due to compaction"):
        await anext(fake.watch(request))


async def test_old_objects_come_when_asked_for_and_tasks_without_a_version(fake):
    task = pb.Task(id="t", slot=1)
    fake.put(task)
    changes = fake.watch(watch("task", include_old_object=True))
    await anext(changes)
    task.slot = 2
    fake.put(task)
    message = await anext(changes)
    event = message.events[0]
    assert (event.old_object.task.slot, event.object.task.slot) == (1, 2)
    assert not message.HasField("version")
    await changes.aclose()


async def test_of_each_task_come_its_last_lines(fake):
    def line(task_id, data):
        return pb.LogMessage(context=pb.LogContext(service_id="s", task_id=task_id), data=data)

    fake.log(line("a", b"1"), line("a", b"2"), line("b", b"3"), line("b", b"4"), line("a", b"5"))
    request = pb.SubscribeLogsRequest(
        selector=pb.LogSelector(service_ids=["s"]), options=pb.LogSubscriptionOptions(tail=-2)
    )
    lines = [
        line
        for message in [m async for m in fake.subscribe_logs(request)]
        for line in message.messages
    ]
    assert [one.data for one in lines] == [b"4", b"5"]


async def test_lines_are_selected_cut_and_followed(fake):
    context = pb.LogContext(service_id="s", task_id="t")
    one, two, three = (pb.LogMessage(context=context, data=data) for data in (b"1", b"2", b"3"))
    fake.log(one, two)
    selector = pb.LogSelector(task_ids=["t"])

    def subscribed(**options):
        given = pb.LogSubscriptionOptions(**options)
        return fake.subscribe_logs(pb.SubscribeLogsRequest(selector=selector, options=given))

    for tail, expected in ((0, [one, two]), (-2, [two]), (-9, [one, two])):
        messages = [message async for message in subscribed(tail=tail)]
        assert [line for message in messages for line in message.messages] == expected
    for tail in (-1, 1):
        assert [message async for message in subscribed(tail=tail)] == []
    followed = subscribed(follow=True)
    assert list((await anext(followed)).messages) == [one, two]
    fake.log(pb.LogMessage(data=b"of another"), three)
    assert list((await anext(followed)).messages) == [three]
    await followed.aclose()


async def test_the_unlock_key_comes_with_autolock(fake):
    cluster = fake.objects("cluster")[0]
    request = pb.UpdateClusterRequest(
        cluster_id=cluster.id, cluster_version=cluster.meta.version, spec=cluster.spec
    )
    request.spec.encryption_config.auto_lock_managers = True
    await fake.update_cluster(request)
    answer = await fake.get_unlock_key(pb.GetUnlockKeyRequest())
    assert len(answer.unlock_key) == 32


async def test_workers_can_be_removed(fake):
    node = pb.Node(id="worker", status=pb.NodeStatus(state="READY"))
    fake.put(node)
    with pytest.raises(control.FailedPrecondition, match="is not down"):
        await fake.remove_node(pb.RemoveNodeRequest(node_id="worker"))
    await fake.remove_node(pb.RemoveNodeRequest(node_id="worker", force=True))
    manager = fake.objects("node")[0]
    request = pb.UpdateNodeRequest(
        node_id=manager.id, node_version=manager.meta.version, spec=pb.NodeSpec()
    )
    with pytest.raises(control.FailedPrecondition, match="demote the last manager"):
        await fake.update_node(request)


async def test_volumes_that_debian_s_engine_does_not_know(fake):
    spec = pb.VolumeSpec(annotations=pb.Annotations(name=unique("volume")))
    spec.driver.name = "csi"
    spec.access_mode.mount.SetInParent()
    volume = (await fake.create_volume(pb.CreateVolumeRequest(spec=spec))).volume
    with pytest.raises(control.AlreadyExists):
        await fake.create_volume(pb.CreateVolumeRequest(spec=spec))
    request = pb.UpdateVolumeRequest(volume_id=volume.id, spec=spec)
    with pytest.raises(control.InvalidArgument, match="VolumeVersion must not be empty"):
        await fake.update_volume(request)
    request.volume_version.CopyFrom(volume.meta.version)
    request.spec.availability = pb.VolumeSpec.DRAIN
    updated = (await fake.update_volume(request)).volume
    assert updated.spec.availability == pb.VolumeSpec.DRAIN
    filters = pb.ListVolumesRequest.Filters(drivers=["csi"])
    assert (await fake.list_volumes(pb.ListVolumesRequest(filters=filters))).volumes == [updated]
    with pytest.raises(control.NotFound, match="volume none not found"):
        await fake.get_volume(pb.GetVolumeRequest(volume_id="none"))


async def test_networks_in_use_stay(fake):
    spec = pb.NetworkSpec(annotations=pb.Annotations(name="net"))
    network = (await fake.create_network(pb.CreateNetworkRequest(spec=spec))).network
    user = service_spec()
    user.task.networks.add(target=network.id)
    user.endpoint.ports.add(target_port=80)
    service = await created(fake, user)
    with pytest.raises(control.FailedPrecondition, match=f"in use by service {service.id}"):
        await fake.remove_network(pb.RemoveNetworkRequest(network_id=network.id))
    ingress = next(one for one in fake.objects("network") if one.spec.ingress)
    with pytest.raises(control.FailedPrecondition, match="depends on it"):
        await fake.remove_network(pb.RemoveNetworkRequest(network_id=ingress.id))
    second = pb.NetworkSpec(annotations=pb.Annotations(name="i"), ingress=True)
    with pytest.raises(control.AlreadyExists, match="is already present"):
        await fake.create_network(pb.CreateNetworkRequest(spec=second))
    user.task.networks[0].target = ingress.id
    with pytest.raises(control.InvalidArgument, match="explicitly attached to the ingress"):
        await fake.create_service(pb.CreateServiceRequest(spec=user))
