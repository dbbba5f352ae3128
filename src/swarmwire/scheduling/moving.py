"""A cluster in which tasks come and go, and the scheduler that looks at it again and again."""

from collections.abc import Iterable

from swarmwire import pb
from swarmwire.scheduling.cluster import Cluster
from swarmwire.scheduling.node_info import COMPLETE, is_tracked
from swarmwire.scheduling.scheduler import SchedulingRounds


class MovingCluster:
    """A cluster that changes. The one that it is made from does not.

    Attributes:
        placed: the node's ID for each task that found a place since, by the task's ID.
        texts: what a manager says of each task that waits or waited, by its ID.
    """

    def __init__(self, cluster: Cluster) -> None:
        """Begin with a cluster as it is."""
        self._cluster = cluster
        self._services = None if cluster.services is None else dict(cluster.services)
        self._state = cluster.state()
        over = {task.id for task in cluster.failed}
        self._tasks = {task.id: task for task in cluster.tasks if task.id not in over}
        self._rounds = SchedulingRounds(self._services, self._state, self._state.waiting)
        self.placed = self._rounds.placed
        self.texts = self._rounds.texts

    def put(self, service: pb.Service) -> None:
        """A service is there, or has another spec from now on."""
        if self._services is not None:
            self._services[service.id] = service

    def add(self, tasks: Iterable[pb.Task]) -> None:
        """New tasks are there that wait for the scheduler: they have their addresses."""
        for task in tasks:
            self._tasks[task.id] = task
            self._rounds.add(task)

    def stop(self, task_id: str) -> None:
        """A task is wanted no more. If it has a node, it holds what it has until it ends."""
        task = self._now(task_id)
        if task is None or task.desired_state > COMPLETE:
            return
        stopped = pb.Task()
        stopped.CopyFrom(task)
        stopped.MergeFrom(pb.Task(desired_state="SHUTDOWN"))
        self._tasks[task_id] = stopped
        self._rounds.drop(task_id)
        info = self._state.nodes.get(task.node_id)
        if info is not None and is_tracked(task):
            info.add(stopped)

    def end(self, task_id: str) -> None:
        """A task is over: what it held is free."""
        task = self._now(task_id)
        self._tasks.pop(task_id, None)
        self._rounds.drop(task_id)
        if task is None or not is_tracked(task):
            return
        self._state.volumes.release(task)
        info = self._state.nodes.get(task.node_id)
        if info is not None:
            info.remove(task)

    def settle(self) -> frozenset[str]:
        """Let the scheduler work until nothing moves: the IDs of tasks that found a place."""
        before = set(self.placed)
        self._rounds.run()
        return frozenset(set(self.placed) - before)

    def cluster(self) -> Cluster:
        """The cluster as it is now."""
        services = None if self._services is None else tuple(self._services.values())
        return Cluster(
            nodes=self._cluster.nodes,
            tasks=[task for each in list(self._tasks) if (task := self._now(each)) is not None],
            services=services,
            volumes=self._cluster.volumes,
        )

    def _now(self, task_id: str) -> pb.Task | None:
        """A task with the node that it has found since."""
        task = self._tasks.get(task_id)
        node = self.placed.get(task_id)
        if task is None or node is None or is_tracked(task):
            return task
        info = self._state.nodes.get(node)
        assigned = pb.Task()
        # with the volumes that it got there
        assigned.CopyFrom(task if info is None else info.tasks.get(task_id, task))
        assigned.node_id = node
        assigned.status.CopyFrom(pb.TaskStatus(state="ASSIGNED"))
        self._tasks[task_id] = assigned
        return assigned
