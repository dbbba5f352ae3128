"""What is reserved on each node, what is free, and how many tasks more fit."""

from collections.abc import Iterable

import msgspec

from swarmwire import pb
from swarmwire.expected import expect
from swarmwire.scheduling.amounts import Amount
from swarmwire.scheduling.cluster import Cluster
from swarmwire.scheduling.generic_resources import Generic, entries
from swarmwire.scheduling.node_info import NodeInfo
from swarmwire.scheduling.pipeline import Pipeline


class NodeCapacity(msgspec.Struct, frozen=True, kw_only=True):
    """One node.

    Attributes:
        node: its ID.
        name: its host's name; its ID if it has told none.
        available: whether it takes new tasks: it is ready and active.
        tasks: how many hold something of it, also those that are being stopped.
        total: what it has.
        reserved: what these tasks have reserved.
        free: what is left; negative if more is reserved than there is.
        ports: the host ports in use: ``80/tcp``.
    """

    node: str
    name: str
    available: bool
    tasks: int
    total: Amount
    reserved: Amount
    free: Amount
    ports: tuple[str, ...] = ()


def capacity(cluster: Cluster) -> dict[str, NodeCapacity]:
    """What is reserved and what is free on each node, by its ID."""
    return {each: _of_node(info) for each, info in cluster.state().nodes.items()}


def room(cluster: Cluster, task: pb.Task, *, most: int = 100) -> dict[str, int]:
    """How many more tasks like ``task`` fit on each node alone, by its ID; ``most`` at most.

    Raises:
        ConvertError: kind "type": ``task`` is none.
    """
    expect(pb.Task, task)
    state = cluster.state(without=frozenset({task.id}))
    pipeline = Pipeline(task, state.volumes)
    return {each: copies(task, info, pipeline, most) for each, info in state.nodes.items()}


def copies(task: pb.Task, info: NodeInfo, pipeline: Pipeline, most: int) -> int:
    """Put copies of a task on a node until none fits any more: how many there are."""
    for number in range(most):
        if not pipeline.process(info):
            return number
        copy = pb.Task()
        copy.CopyFrom(task)
        copy.id = f"{task.id}.{number}"
        info.add(copy)
    return most


def name_of(node: pb.Node) -> str:
    """What people call a node: its host's name, or its ID."""
    return node.description.hostname or node.id


def _of_node(info: NodeInfo) -> NodeCapacity:
    node = info.node
    resources = node.description.resources
    whole = _sums(entries(resources.generic))
    left = _sums(info.generic)
    return NodeCapacity(
        node=node.id,
        name=name_of(node),
        available=is_available(node),
        tasks=len(info.tasks),
        total=Amount(
            nano_cpus=resources.nano_cpus, memory_bytes=resources.memory_bytes, generic=whole
        ),
        reserved=Amount(
            nano_cpus=resources.nano_cpus - info.nano_cpus,
            memory_bytes=resources.memory_bytes - info.memory_bytes,
            generic={kind: number - left.get(kind, 0) for kind, number in whole.items()},
        ),
        free=Amount(
            nano_cpus=info.nano_cpus,
            memory_bytes=info.memory_bytes,
            generic={kind: left.get(kind, 0) for kind in whole},
        ),
        ports=tuple(map(str, sorted(info.ports, key=lambda port: (port.number, port.protocol)))),
    )


def is_available(node: pb.Node) -> bool:
    """Whether a node takes new tasks."""
    ready = node.status.state == pb.NodeStatus.READY
    return ready and node.spec.availability == pb.NodeSpec.ACTIVE


def _sums(generic: Iterable[Generic]) -> dict[str, int]:
    """By kind: the numbers together, and one for each name."""
    sums: dict[str, int] = {}
    for each in generic:
        number = each.value if isinstance(each.value, int) else 1
        sums[each.kind] = sums.get(each.kind, 0) + number
    return sums
