"""What is repeated while a manager is unavailable, and what is not."""

import contextlib

import grpc
import grpc.aio
import pytest

from swarmwire import control, pb
from swarmwire.control._channel import Line
from swarmwire.control.client import Client


class Server:
    """Answers each call with the next status, and then with an empty message."""

    def __init__(self, *statuses):
        self.statuses = list(statuses)
        self.metadata = []

    async def answer(self, _request, context):
        self.metadata.append(context.invocation_metadata())
        if self.statuses:
            await context.abort(self.statuses.pop(0), "words of the manager")
        return b""


class Handler(grpc.GenericRpcHandler):
    def __init__(self, server):
        self.server = server

    def service(self, _details):
        return grpc.unary_unary_rpc_method_handler(self.server.answer)


class Way:
    """The way to a server without TLS, and what would be cleared away behind it."""

    def __init__(self, path):
        self.path = path
        self.opened = self.closed = 0

    async def open(self, _seconds):
        self.opened += 1
        return Line(grpc.aio.insecure_channel(f"unix:{self.path}"), self, str(self.path))

    async def close(self):
        self.closed += 1


@contextlib.asynccontextmanager
async def client_of(server, folder):
    running = grpc.aio.server()
    running.add_generic_rpc_handlers([Handler(server)])
    path = folder / "s"
    running.add_insecure_port(f"unix:{path}")
    await running.start()
    way = Way(path)
    client = Client(way)
    try:
        yield client, way
    finally:
        await client.close()
        await running.stop(None)
    assert way.opened == way.closed


UNAVAILABLE = grpc.StatusCode.UNAVAILABLE


async def test_reads_are_repeated_on_a_new_line(tmp_path):
    server = Server(UNAVAILABLE, UNAVAILABLE)
    async with client_of(server, tmp_path) as (client, way):
        await client.list_nodes(pb.ListNodesRequest())
        assert len(server.metadata) == way.opened == 3


async def test_reads_are_not_repeated_for_ever(tmp_path):
    server = Server(*[UNAVAILABLE] * 9)
    async with client_of(server, tmp_path) as (client, _):
        with pytest.raises(control.Unavailable) as caught:
            await client.list_nodes(pb.ListNodesRequest())
    assert caught.value.message == "words of the manager"
    assert len(server.metadata) == 4


async def test_writes_are_sent_once(tmp_path):
    server = Server(UNAVAILABLE)
    async with client_of(server, tmp_path) as (client, _):
        with pytest.raises(control.Unavailable):
            await client.remove_task(pb.RemoveTaskRequest())
    assert len(server.metadata) == 1


@pytest.mark.parametrize("status", [grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL])
async def test_other_errors_are_final(tmp_path, status):
    server = Server(status)
    async with client_of(server, tmp_path) as (client, way):
        with pytest.raises(control.ControlError):
            await client.list_nodes(pb.ListNodesRequest())
        assert (len(server.metadata), way.opened) == (1, 1)


async def test_no_metadata_of_ours_is_sent(tmp_path):
    server = Server()
    async with client_of(server, tmp_path) as (client, _):
        await client.list_nodes(pb.ListNodesRequest())
    assert {key for key, _ in server.metadata[0]} <= {"user-agent"}
