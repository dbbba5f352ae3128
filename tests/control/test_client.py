"""What only a real manager can show: sizes, bytes that are no text, logs, old versions."""

import asyncio
import socket
import ssl
import time

import pytest

from swarmwire import control, pb
from swarmwire.control.methods import Unary
from tests.control.build import created, data_spec, service_spec, unique

pytestmark = pytest.mark.engine


async def test_a_list_of_more_than_4_mib(real):
    prefix = unique("big")
    for number in range(6):
        spec = data_spec(pb.ConfigSpec, f"{prefix}-{number}", bytes(1_000_000))
        await real.create_config(pb.CreateConfigRequest(spec=spec))
    filters = pb.ListConfigsRequest.Filters(name_prefixes=[prefix])
    answer = await real.list_configs(pb.ListConfigsRequest(filters=filters))
    assert answer.ByteSize() > 6_000_000
    for config in answer.configs:
        await real.remove_config(pb.RemoveConfigRequest(config_id=config.id))


async def test_requests_that_are_too_large(real):
    spec = data_spec(pb.ConfigSpec, data=bytes(5_000_000))
    with pytest.raises(control.TooLarge, match="received message larger than max"):
        await real.create_config(pb.CreateConfigRequest(spec=spec))
    spec = service_spec()
    spec.task.container.env.append("A=" + "b" * 1_600_000)
    with pytest.raises(control.TooLarge, match="raft message is too large"):
        await real.create_service(pb.CreateServiceRequest(spec=spec))


async def test_a_long_error_arrives_whole(real):
    spec = service_spec()
    spec.task.placement.constraints.append("node.id==" + "," * 20_000)
    with pytest.raises(control.ControlError) as caught:
        await real.create_service(pb.CreateServiceRequest(spec=spec))
    assert caught.value.status == "Unknown"
    assert len(caught.value.message) > 20_000


async def test_text_that_is_not_utf_8_spoils_no_list(real):
    spec = data_spec(pb.ConfigSpec, labels="caf?")
    request = pb.CreateConfigRequest(spec=spec).SerializeToString().replace(b"caf?", b"caf\xe9")

    class Raw:
        """A request of bytes that protobuf refuses to make."""

        def SerializeToString(self):  # noqa: N802 - protobuf's name
            return request

    method = Unary("Control/CreateConfig", Raw, pb.CreateConfigResponse, reads=False)
    created = await real.inner.unary(method, Raw())
    assert created.config.spec.annotations.labels["labels"] == "caf\ufffd"
    answer = await real.list_configs(pb.ListConfigsRequest())
    labels = [one.spec.annotations.labels["labels"] for one in answer.configs]
    assert "caf\ufffd" in labels
    await real.remove_config(pb.RemoveConfigRequest(config_id=created.config.id))


async def test_a_method_that_this_engine_does_not_know(real):
    with pytest.raises(control.Unimplemented, match="unknown method ListVolumes"):
        await real.list_volumes(pb.ListVolumesRequest())


async def test_a_plugin_that_is_not_there_is_waited_for(dockerd):
    spec = data_spec()
    spec.driver.name = "no-such-driver"
    async with control.connect(dockerd.control_socket, deadline=2) as manager:
        with pytest.raises(control.ControlError, match='plugin "no-such-driver" not found'):
            await manager.create_secret(pb.CreateSecretRequest(spec=spec))


async def test_a_manager_that_has_loaded_another_certificate_names_no_protocol(own_dockerd):
    path = own_dockerd.control_socket
    assert protocol(path) == "h2"
    own_dockerd.cli("swarm", "update", "--autolock")
    own_dockerd.wait_for("the other certificate", lambda: protocol(path) is None)
    async with control.connect(path) as manager:
        assert (await manager.list_nodes(pb.ListNodesRequest())).nodes


def protocol(path):
    """What the manager answers when it is offered HTTP/2."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    with socket.socket(socket.AF_UNIX) as plain:
        plain.connect(str(path))
        with context.wrap_socket(plain) as secured:
            return secured.selected_alpn_protocol()


async def test_many_calls_at_once(real):
    answers = await asyncio.gather(
        *(real.list_networks(pb.ListNetworksRequest()) for _ in range(50))
    )
    assert len({len(answer.networks) for answer in answers}) == 1


async def test_a_wrong_message_is_a_mistake_of_the_caller(real):
    with pytest.raises(TypeError, match="expected GetNodeRequest, got GetTaskRequest"):
        await real.get_node(pb.GetTaskRequest())


async def test_logs_of_a_service(real):
    spec = service_spec(None, 1, "sh", "-c", "echo one; echo two; sleep 1000")
    service = await created(real, spec)
    await running(real, service.id)
    options = pb.LogSubscriptionOptions(tail=-2)
    selector = pb.LogSelector(service_ids=[service.id])
    request = pb.SubscribeLogsRequest(selector=selector, options=options)
    assert await lines(real.subscribe_logs(request)) == [b"two\n"]
    options.follow, options.tail = True, 0
    followed = real.subscribe_logs(pb.SubscribeLogsRequest(selector=selector, options=options))
    first = await anext(followed)
    assert first.messages[0].data == b"one\n"
    assert first.messages[0].context.service_id == service.id
    await followed.aclose()
    await real.remove_service(pb.RemoveServiceRequest(service_id=service.id))


async def running(manager, service_id):
    filters = pb.ListTasksRequest.Filters(service_ids=[service_id])
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        tasks = (await manager.list_tasks(pb.ListTasksRequest(filters=filters))).tasks
        if any(task.status.state == pb.TaskState.Value("RUNNING") for task in tasks):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(tasks)


async def lines(stream):
    return [line.data async for message in stream for line in message.messages]
