"""The nodes of an embedded swarm, as they are made and as they are handled."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from swarmwire import pb
from swarmwire.embedded.scenario import NodeEvent
from swarmwire.embedded.states import MANAGER, NODE_READY, SECOND, WORKER, copied

_MEBIBYTE = 1024 * 1024

Run = Callable[[Callable[[], Any]], Any]
"""Does something where the swarm may be touched."""


def _here(work: Callable[[], Any]) -> Any:
    return work()


class NodeSetup(msgspec.Struct, frozen=True, kw_only=True):
    """A node as it is when the swarm begins.

    Attributes:
        name: its host name.
        manager: whether it is a manager; the first node always is.
        cpus: how many it has.
        memory: in bytes.
        labels: of its spec.
        availability: ``active``, ``pause`` or ``drain``.
        os: the operating system of its platform.
        architecture: of its platform.
        plugins: pairs of type and name: ``("Network", "overlay")``.
    """

    name: str
    manager: bool = False
    cpus: float = 2
    memory: int = 4096 * _MEBIBYTE
    labels: Mapping[str, str] = {}
    availability: str = "active"
    os: str = "linux"
    architecture: str = "x86_64"
    plugins: Sequence[tuple[str, str]] = (
        ("Log", "json-file"),
        ("Log", "local"),
        ("Log", "none"),
        ("Network", "bridge"),
        ("Network", "host"),
        ("Network", "overlay"),
        ("Volume", "local"),
    )


def numbered(nodes: int, managers: int) -> list[NodeSetup]:
    """So many nodes, named ``node-1`` and so on, of which the first ones are managers."""
    return [
        NodeSetup(name=f"node-{number}", manager=number <= managers)
        for number in range(1, nodes + 1)
    ]


def node_of(setup: NodeSetup, place: int, *, leads: bool) -> pb.Node:
    """A node as a manager stores it once it has joined and is ready."""
    role = MANAGER if setup.manager or leads else WORKER
    node = pb.Node(role=role)
    node.spec.desired_role = role
    node.spec.membership = pb.NodeSpec.ACCEPTED
    node.spec.MergeFrom(pb.NodeSpec(availability=setup.availability.upper()))
    node.spec.annotations.labels.update(setup.labels)
    node.description.hostname = setup.name
    node.description.platform.os = setup.os
    node.description.platform.architecture = setup.architecture
    node.description.resources.nano_cpus = int(setup.cpus * SECOND)
    node.description.resources.memory_bytes = setup.memory
    node.description.engine.engine_version = "28.5.2"
    for kind, name in setup.plugins:
        node.description.engine.plugins.add(type=kind, name=name)
    node.status.state = NODE_READY
    node.status.addr = f"192.0.2.{place}"
    if role == MANAGER:
        set_manager(node, leads=leads)
    node.certificate.role = role
    node.certificate.status.state = pb.IssuanceStatus.ISSUED
    node.certificate.cn = setup.name
    return node


def set_manager(node: pb.Node, *, leads: bool) -> None:
    """Note in a node that it takes part as a manager."""
    node.manager_status.addr = f"{node.status.addr}:2377"
    node.manager_status.reachability = pb.RaftMemberStatus.REACHABLE
    node.manager_status.leader = leads


class SimulatedNode:
    """One node, to be handled. Its state is what the manager stores of it.

    Attributes:
        id: as the manager knows it.
    """

    def __init__(self, id_: str, swarm: Any, run: Run = _here) -> None:
        self.id = id_
        self._swarm = swarm
        self._run = run

    @property
    def stored(self) -> pb.Node:
        """The node as the manager stores it, a copy; an empty one if it was removed."""
        found = self._run(self._stored)
        return pb.Node() if found is None else found

    @property
    def name(self) -> str:
        """Its host name."""
        return self.stored.description.hostname

    def kill(self) -> None:
        """End its engine and all containers at once, as a power cut does."""
        self._engine("kill")

    def stop(self) -> None:
        """End its engine in good order; its containers are gone."""
        self._engine("stop")

    def start(self) -> None:
        """Start its engine again."""
        self._engine("start")

    def drain(self) -> None:
        """Let all tasks leave it."""
        self._change(lambda spec: setattr(spec, "availability", pb.NodeSpec.DRAIN))

    def pause(self) -> None:
        """Let no new task come to it."""
        self._change(lambda spec: setattr(spec, "availability", pb.NodeSpec.PAUSE))

    def activate(self) -> None:
        """Let it take tasks again."""
        self._change(lambda spec: setattr(spec, "availability", pb.NodeSpec.ACTIVE))

    def label(self, **labels: str) -> None:
        """Set these labels of its spec; an empty text removes one."""
        self._change(lambda spec: _set_labels(spec.annotations.labels, labels))

    def _stored(self) -> pb.Node | None:
        found = self._swarm.store.get("node", self.id)
        return None if found is None else copied(found)

    def _engine(self, do: NodeEvent) -> None:
        self._run(lambda: self._swarm.engine(self.id, do))

    def _change(self, change: Callable[[pb.NodeSpec], None]) -> None:
        def changed() -> None:
            node = self._stored()
            if node is not None:
                change(node.spec)
                self._swarm.store.put(node)

        self._run(changed)


def _set_labels(stored: Any, labels: Mapping[str, str]) -> None:
    for key, value in labels.items():
        if value:
            stored[key] = value
        else:
            stored.pop(key, None)
