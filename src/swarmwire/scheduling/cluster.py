"""A cluster as the scheduler sees it: what its questions are asked about."""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from swarmwire import pb
from swarmwire.expected import expect_each
from swarmwire.scheduling.node_info import (
    COMPLETE,
    PENDING,
    RUNNING,
    NodeInfo,
    is_tracked,
    versioned_service,
)
from swarmwire.scheduling.volume_set import VolumeSet

_FAILED = (pb.TaskState.Value("FAILED"), pb.TaskState.Value("REJECTED"))


class State(NamedTuple):
    """What the scheduler counts; changed by placing tasks.

    Attributes:
        nodes: by ID, in the order of their IDs.
        volumes: the cluster volumes and their users.
        waiting: the tasks that have found no place so far.
    """

    nodes: dict[str, NodeInfo]
    volumes: VolumeSet
    waiting: list[pb.Task]


class Cluster:
    """The objects of a swarm that decide where a task can run. They are not changed.

    Raises:
        ConvertError: kind "type": one of them is no such message.
    """

    def __init__(
        self,
        *,
        nodes: Sequence[pb.Node],
        tasks: Sequence[pb.Task] = (),
        services: Sequence[pb.Service] | None = None,
        volumes: Sequence[pb.Volume] = (),
        failed: Sequence[pb.Task] = (),
    ) -> None:
        """Take the objects as they are.

        Args:
            nodes: all nodes, also those that are down or drained.
            tasks: all tasks, of which only those count that hold something of a node, or wait.
            services: all services; None if they are not known, so that every task is taken to be of
                the present version of its service.
            volumes: all cluster volumes.
            failed: tasks of ``tasks`` as they are after they failed while the present leader of the
                managers watched, at most five minutes ago: nodes where five of them failed are
                avoided by tasks of the same service and version.
        """
        expect_each(pb.Node, nodes)
        expect_each(pb.Task, tasks)
        expect_each(pb.Volume, volumes)
        expect_each(pb.Task, failed)
        if services is not None:
            expect_each(pb.Service, services)
        self.nodes = tuple(nodes)
        self.tasks = tuple(tasks)
        self.services = None if services is None else {each.id: each for each in services}
        self.volumes = tuple(volumes)
        self.failed = tuple(failed)

    def state(self, *, without: frozenset[str] = frozenset()) -> State:
        """What is counted, of all tasks but those with an ID in ``without``."""
        nodes = {each.id: NodeInfo(each) for each in sorted(self.nodes, key=lambda node: node.id)}
        volumes = VolumeSet(sorted(self.volumes, key=lambda volume: volume.id))
        for id_, task in self._holding.items():
            if id_ not in without:
                volumes.reserve(task, task.node_id)
                if task.node_id in nodes:
                    nodes[task.node_id].add(task)
        known, waiting = self._known.copy(), self._waiting.copy()
        for id_ in without:
            known.pop(id_, None)
            waiting.pop(id_, None)
        state = State(nodes, volumes, list(waiting.values()))
        for task in self.failed:
            if task.id in known:
                _end(state, known.pop(task.id), task)
        return state

    def beside(self, task: pb.Task) -> State:
        """What is counted of all other tasks, to be read only: many tasks share it."""
        if task.id in self._holding or task.id in self._failed:
            return self.state(without=frozenset({task.id}))
        return self.all_counted

    def waiting_like(self, task: pb.Task) -> set[str]:
        """The IDs of the tasks that wait for any node, of the same service and version; a copy."""
        return set(self._waiting_alike.get(versioned_service(task), ()))

    @cached_property
    def all_counted(self) -> State:
        """What is counted of all tasks, to be read only."""
        return self.state()

    @cached_property
    def _known(self) -> dict[str, pb.Task]:
        return {task.id: task for task in self.tasks}

    @cached_property
    def _holding(self) -> dict[str, pb.Task]:
        known = self._known.items()
        return {id_: task for id_, task in known if task.node_id and is_tracked(task)}

    @cached_property
    def _waiting(self) -> dict[str, pb.Task]:
        return {id_: task for id_, task in self._known.items() if is_waiting(task)}

    @cached_property
    def _failed(self) -> frozenset[str]:
        return frozenset(task.id for task in self.failed)

    @cached_property
    def _waiting_alike(self) -> dict[tuple[str, int], set[str]]:
        found: dict[tuple[str, int], set[str]] = {}
        for id_, task in self._waiting.items():
            if not task.node_id:
                found.setdefault(versioned_service(task), set()).add(id_)
        return found


def is_waiting(task: pb.Task) -> bool:
    """Whether the scheduler looks for a place for a task, or for its node's consent."""
    return task.status.state == PENDING and task.desired_state <= COMPLETE


def _end(state: State, before: pb.Task, after: pb.Task) -> None:
    """Count a task no more that has ended, and its failure, unless it was put on its node."""
    if not PENDING <= before.status.state <= RUNNING < after.status.state:
        return
    preassigned = before.node_id and before.status.state == PENDING
    if after.status.state in _FAILED and not preassigned and after.node_id in state.nodes:
        state.nodes[after.node_id].failures[versioned_service(after)] += 1
    state.volumes.release(before)
    if before.node_id in state.nodes:
        state.nodes[before.node_id].remove(before)
    state.waiting[:] = [task for task in state.waiting if task.id != before.id]
