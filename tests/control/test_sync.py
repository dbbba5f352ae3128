"""The blocking facade: the same calls, and the same table of them."""

import gc
import inspect
import sys
import threading
import warnings
from typing import get_type_hints

import pytest

from swarmwire import control, pb
from swarmwire.control import sync
from swarmwire.control.methods import AsyncCalls, BlockingCalls, Methods, Streaming, Unary
from swarmwire.control.testing import FakeManager
from tests.control.build import create_service, data_spec, service_spec, watch


def test_calls_block_and_raise():
    fake = FakeManager()
    with sync.blocking(control.protected(fake)) as manager:
        service = manager.create_service(create_service(service_spec())).service
        assert manager.list_services(pb.ListServicesRequest()).services[0].id == service.id
        with pytest.raises(control.NotFound, match="service none not found"):
            manager.get_service(pb.GetServiceRequest(service_id="none"))


def test_other_work_is_done_in_the_loop_of_the_calls():
    async def networks(manager):
        return (await manager.list_networks(pb.ListNetworksRequest())).networks

    async def each(manager):
        for network in await networks(manager):
            yield network

    with sync.blocking(FakeManager()) as manager:
        found = manager.run(networks)
        assert found
        assert list(manager.iterate(each)) == list(found)
        assert manager.run(lambda inner: inner.list_networks(pb.ListNetworksRequest())).networks


def test_streams_are_iterators():
    fake = FakeManager()
    with sync.blocking(fake) as manager:
        changes = manager.watch(watch("secret"))
        assert next(changes) == pb.WatchMessage()
        manager.create_secret(pb.CreateSecretRequest(spec=data_spec()))
        assert next(changes).events[0].object.secret.spec.data == b"data"
        changes.close()
        lines = manager.subscribe_logs(
            pb.SubscribeLogsRequest(
                selector=pb.LogSelector(service_ids=["none"]), options=pb.LogSubscriptionOptions()
            )
        )
        assert list(lines) == []


class InterruptedAt:
    """Ctrl-C at a line of the facade, counted from the beginning."""

    def __init__(self, line):
        self.left = line

    def __call__(self, frame, event, _):
        if frame.f_code.co_filename != sync.__file__:
            return None
        if event == "line":
            self.left -= 1
            if not self.left:
                raise KeyboardInterrupt
        return self


@pytest.mark.parametrize("line", range(1, 16))
def test_an_interrupt_at_any_line_leaves_nothing_behind(line):
    with sync.blocking(FakeManager()) as manager, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        changes = manager.watch(watch("secret"))
        tracing = sys.gettrace()
        sys.settrace(InterruptedAt(line))
        try:
            next(changes)
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(tracing)
        changes.close()
        assert manager.list_nodes(pb.ListNodesRequest()).nodes
        del changes
        gc.collect()
    assert [str(one.message) for one in warned] == []


def test_its_thread_ends_with_it():
    before = threading.active_count()
    manager = sync.blocking(FakeManager())
    manager.close()
    manager.close()
    assert threading.active_count() <= before  # those of other tests may end meanwhile


def test_a_failed_connection_leaves_no_thread(tmp_path):
    before = threading.active_count()
    with pytest.raises(control.NotAManager):
        sync.connect(tmp_path / "none.sock")
    with pytest.raises(control.AccessDenied):
        sync.connect_remote("127.0.0.1", certificates=tmp_path)
    assert threading.active_count() <= before  # those of other tests may end meanwhile


@pytest.mark.engine
def test_a_real_manager(dockerd):
    with sync.connect(dockerd.control_socket) as manager:
        assert manager.list_nodes(pb.ListNodesRequest()).nodes[0].manager_status.leader
        changes = manager.watch(watch("node"))
        assert next(changes) == pb.WatchMessage()


def test_the_table_and_the_protocol_say_the_same():
    methods = {
        name: one for name, one in vars(Methods).items() if isinstance(one, Unary | Streaming)
    }
    declared = {
        name: one
        for name, one in inspect.getmembers(control.Control, inspect.isfunction)
        if not name.startswith("_")
    }
    assert methods.keys() == declared.keys()
    for name, method in methods.items():
        hints = get_type_hints(declared[name])
        assert hints["request"] is method.request
        answer = hints["return"]
        assert method.answer in (answer, *getattr(answer, "__args__", ()))


def test_the_table_holds_all_that_users_may_call():
    file = pb.GetNodeRequest.DESCRIPTOR.file.pool
    for service in ("Control", "Watch", "Logs", "Health"):
        for method in file.FindServiceByName(f"docker.swarmkit.v1.{service}").methods:
            place = f"{service}/{method.name}"
            found = next(
                one for one in vars(Methods).values() if getattr(one, "place", "") == place
            )
            assert found.request.DESCRIPTOR is method.input_type
            assert found.answer.DESCRIPTOR is method.output_type
            assert found.path == f"/docker.swarmkit.v1.{place}"


async def test_calls_without_an_implementation_say_so():
    with pytest.raises(NotImplementedError):
        await AsyncCalls().get_node(pb.GetNodeRequest())
    with pytest.raises(NotImplementedError):
        BlockingCalls().get_node(pb.GetNodeRequest())
    with pytest.raises(NotImplementedError):
        AsyncCalls().watch(pb.WatchRequest())
    with pytest.raises(NotImplementedError):
        BlockingCalls().watch(pb.WatchRequest())
