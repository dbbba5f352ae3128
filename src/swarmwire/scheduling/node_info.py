"""What the scheduler keeps of one node: its tasks, and what they leave of it.

Source: SwarmKit manager/scheduler/nodeinfo.go.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from swarmwire import pb
from swarmwire.scheduling.generic_resources import Generic, claim, entries, reclaim

PENDING = pb.TaskState.Value("PENDING")
RUNNING = pb.TaskState.Value("RUNNING")
COMPLETE = pb.TaskState.Value("COMPLETE")


class HostPort(NamedTuple):
    """A port of a node: only protocol and number count, no address."""

    protocol: int
    number: int

    def __str__(self) -> str:
        named = pb.PortConfig.Protocol.DESCRIPTOR.values_by_number.get(self.protocol)
        return f"{self.number}/{named.name.lower() if named else self.protocol}"


def host_ports(task: pb.Task) -> Iterator[HostPort]:
    """The ports of its node that a task takes, as its endpoint says, not its spec."""
    for port in task.endpoint.ports:
        if port.publish_mode == pb.PortConfig.HOST and port.published_port:
            yield HostPort(port.protocol, port.published_port)


def is_tracked(task: pb.Task) -> bool:
    """Whether a task with a node uses what it reserves there, whatever is desired of it."""
    return PENDING < task.status.state <= RUNNING


def is_active(task: pb.Task) -> bool:
    """Whether a task counts where nodes are compared by their number of tasks."""
    return task.desired_state <= COMPLETE


def versioned_service(task: pb.Task) -> tuple[str, int]:
    """What failures are counted by: a service, and the version of its spec."""
    return task.service_id, task.spec_version.index


class NodeInfo:
    """One node and what its tasks leave of it; changes with each task that is added.

    Attributes:
        node: the message.
        tasks: the tasks that are counted here, by ID.
        active: how many of them are desired to run or to complete.
        active_by_service: the same, by the ID of their service.
        nano_cpus: what is left, in billionths of a CPU; may be negative.
        memory_bytes: what is left, in bytes; may be negative.
        generic: the generic resources that are left.
        ports: the host ports in use.
        failures: recent failures, by service and version of its spec.
    """

    def __init__(self, node: pb.Node) -> None:
        resources = node.description.resources
        self.node = node
        self.tasks: dict[str, pb.Task] = {}
        self.active = 0
        self.active_by_service: Counter[str] = Counter()
        self.nano_cpus = resources.nano_cpus
        self.memory_bytes = resources.memory_bytes
        self.generic = entries(resources.generic)
        self.ports: set[HostPort] = set()
        self.failures: Counter[tuple[str, int]] = Counter()
        self._claimed: dict[str, list[Generic]] = {}

    def add(self, task: pb.Task) -> None:
        """Count a task; of one that is counted, only whether it is active is looked at again."""
        known = self.tasks.get(task.id)
        if known is not None:
            if is_active(known) != is_active(task):
                self.tasks[task.id] = task
                self._count(task, 1 if is_active(task) else -1)
            return
        self.tasks[task.id] = task
        reserved = task.spec.resources.reservations
        self.nano_cpus -= reserved.nano_cpus
        self.memory_bytes -= reserved.memory_bytes
        self._claimed[task.id] = claim(self.generic, entries(reserved.generic))
        self.ports.update(host_ports(task))
        if is_active(task):
            self._count(task, 1)

    def remove(self, task: pb.Task) -> None:
        """Count a task no more. Its ports are free then, even if another task holds them too."""
        known = self.tasks.pop(task.id, None)
        if known is None:
            return
        if is_active(known):
            self._count(known, -1)
        reserved = task.spec.resources.reservations
        self.nano_cpus += reserved.nano_cpus
        self.memory_bytes += reserved.memory_bytes
        reclaim(self.generic, self._claimed.pop(task.id))
        self.ports.difference_update(host_ports(task))

    def _count(self, task: pb.Task, step: int) -> None:
        self.active += step
        self.active_by_service[task.service_id] += step
