"""One swarm of all engines: what the newest, its manager, shows of the others' nodes and tasks."""

import contextlib
from types import SimpleNamespace

import pytest

from swarmwire import convert, engine, pb
from swarmwire.control import sync
from tests.support.dockerd import IMAGE, Dockerd
from tests.support.json_text import items

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def swarm(installations):
    """A task on each node. Kernels let no two engines of one network share an overlay."""
    *others, newest = installations
    with contextlib.ExitStack() as stack:
        manager = stack.enter_context(Dockerd(newest))
        manager.init_swarm()
        manager.import_image()
        for number, installation in enumerate(others, 2):
            worker = Dockerd(installation, beside=manager, address=f"127.0.0.{number}")
            stack.enter_context(worker)
            worker.join_swarm(manager, "worker")
            worker.import_image()
        container = {"Image": IMAGE, "Command": ["sleep", "1000"]}
        each = {"Name": "each", "TaskTemplate": {"ContainerSpec": container}}
        manager.post("/services/create", each | {"Mode": {"Global": {}}})

        def are_running():
            states = [task["Status"]["State"] for task in manager.get("/tasks").json]
            return states.count("running") == len(installations)

        manager.wait_for("a task on each node", are_running, 60)
        with sync.connect(manager.control_socket, secrets=True) as control:
            yield SimpleNamespace(manager=manager, control=control)


def test_each_node_tells_its_own_release(swarm, installations):
    nodes = swarm.control.list_nodes(pb.ListNodesRequest()).nodes
    told = {engine.release(node.description.engine.engine_version).name for node in nodes}
    assert len(told) == len(installations)
    (leader,) = [node for node in nodes if node.manager_status.leader]
    version = leader.description.engine.engine_version
    assert engine.release(version).name == swarm.manager.release.name


def shown(found, from_grpc, release):
    return sorted(
        engine.encode(from_grpc(each, release=release), release=release) for each in found
    )


def told(swarm, path):
    return sorted(text.encode() for text in items(swarm.manager.get(path).body))


def test_nodes_are_shown_as_the_manager_s_release_shows_them(swarm):
    nodes = swarm.control.list_nodes(pb.ListNodesRequest()).nodes
    assert shown(nodes, convert.node_from_grpc, swarm.manager.release) == told(swarm, "/nodes")


def test_tasks_are_shown_as_the_manager_s_release_shows_them(swarm):
    tasks = swarm.control.list_tasks(pb.ListTasksRequest()).tasks
    assert shown(tasks, convert.task_from_grpc, swarm.manager.release) == told(swarm, "/tasks")
