"""Where tasks find a place, and what a manager says of those that wait.

Source: SwarmKit manager/scheduler/scheduler.go.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from swarmwire import pb
from swarmwire.expected import expect, expect_each
from swarmwire.scheduling.cluster import Cluster, State, is_waiting
from swarmwire.scheduling.node_info import PENDING, NodeInfo
from swarmwire.scheduling.pipeline import Pipeline
from swarmwire.scheduling.placing import Placing
from swarmwire.scheduling.refusal import FilterRefusal


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """What a manager does with tasks, once nothing moves any more.

    Attributes:
        placed: the node's ID for each task that finds a place, by the task's ID.
        waiting: what a manager tells of each task that waits, by its ID: the text of its status's
            ``err``. Empty where it says nothing: the task's service is gone or has another spec by
            now, the task is not wanted any more, or its node is gone.
        untouched: the IDs of tasks that the scheduler does not look at: they are still ``NEW``, or
            past ``PENDING``.
    """

    placed: Mapping[str, str]
    waiting: Mapping[str, str]
    untouched: tuple[str, ...] = ()


def explain(cluster: Cluster, task: pb.Task) -> dict[str, tuple[FilterRefusal, ...]]:
    """Which filters refuse each node for a task, and why; by node ID, empty if it fits.

    All filters are asked, in their order; a manager stops at the first that refuses. What the task
    itself holds, if it runs, is left out of account.

    Raises:
        ConvertError: kind "type": ``task`` is none.
    """
    expect(pb.Task, task)
    state = cluster.beside(task)
    pipeline = Pipeline(task, state.volumes)
    return {each: pipeline.refusals(info) for each, info in state.nodes.items()}


def schedule(cluster: Cluster, new: Sequence[pb.Task]) -> Schedule:
    """Where a manager puts ``new`` tasks, and what it says of those that wait.

    Tasks of the cluster that wait too are tried first, unless a task of ``new`` has the same ID.
    Where a manager leaves the choice to chance, the answer is one that it can give, and always the
    same: among equal nodes the lower ID wins.

    Raises:
        ConvertError: kind "type": one of ``new`` is no task.
    """
    expect_each(pb.Task, new)
    state = cluster.state(without=frozenset(task.id for task in new))
    wanted = [task for task in new if is_waiting(task)]
    scheduler = SchedulingRounds(cluster.services, state, [*state.waiting, *wanted])
    scheduler.run()
    pending = [task for task in new if task.status.state == PENDING]
    placed = {task.id: scheduler.placed[task.id] for task in pending if task.id in scheduler.placed}
    return Schedule(
        placed=placed,
        waiting={
            task.id: scheduler.texts.get(task.id, task.status.err)
            for task in pending
            if task.id not in placed
        },
        untouched=tuple(task.id for task in new if task.status.state != PENDING),
    )


class SchedulingRounds:
    """Rounds over the tasks that wait, until a round changes nothing. May be run again.

    Attributes:
        placed: the node's ID for each task that has found a place, by the task's ID.
        texts: what a manager says of each task, by its ID.
    """

    def __init__(
        self,
        services: Mapping[str, pb.Service] | None,
        state: State,
        tasks: Iterable[pb.Task],
    ) -> None:
        """Take what decides: all services by ID, if they are known, and what waits."""
        self.placed: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self._services = services
        self._nodes = state.nodes
        self._volumes = state.volumes
        self._preassigned: dict[str, pb.Task] = {}
        self._unassigned: dict[str, pb.Task] = {}
        for task in tasks:
            self.add(task)

    def add(self, task: pb.Task) -> None:
        """One more task waits."""
        (self._preassigned if task.node_id else self._unassigned)[task.id] = task
        self.texts[task.id] = task.status.err

    def drop(self, task_id: str) -> None:
        """A task waits no more; nothing happens if it does not."""
        self._preassigned.pop(task_id, None)
        self._unassigned.pop(task_id, None)

    def run(self) -> None:
        """Tasks on a node go first; the others again only after a text of theirs was written."""
        changed = again = True
        while changed:
            changed = self._confirm()
            if again:
                placed = len(self.placed)
                again = self._tick()
                changed = changed or again or len(self.placed) > placed

    def _confirm(self) -> bool:
        """Ask the nodes of tasks that have one already. Tells whether any task changed."""
        changed = False
        for task in list(self._preassigned.values()):
            info = self._nodes.get(task.node_id)
            if info is None:
                continue
            pipeline = Pipeline(task, self._volumes)
            if not pipeline.process(info):
                changed = self._write(task, pipeline.explain()) or changed
                continue
            choice = self._volumes.choose(task, info)
            if choice.missing is not None:
                text = f"cannot find volume to satisfy mount with source {choice.missing}"
                changed = self._write(task, text) or changed
                continue
            # as SwarmKit: their volumes are not counted as used until a manager starts anew
            info.add(task)
            self.placed[task.id] = task.node_id
            del self._preassigned[task.id]
            changed = True
        return changed

    def _tick(self) -> bool:
        """One try for all tasks without a node. Tells whether a text was written."""
        groups: dict[object, list[pb.Task]] = {}
        single: list[list[pb.Task]] = []
        for task in self._unassigned.values():
            if task.HasField("spec_version"):
                key = (task.service_id, task.spec_version.index)
                groups.setdefault(key, []).append(task)
            else:
                single.append([task])
        self._unassigned = {}
        written = [self._place(group) for group in [*groups.values(), *single]]
        return any(written)

    def _place(self, group: list[pb.Task]) -> bool:
        pipeline = Pipeline(group[0], self._volumes)
        placing = Placing(group, pipeline, self._assign)
        placing.run(self._nodes.values())
        explanation = pipeline.explain()
        text = f"no suitable node ({explanation})" if explanation else "no suitable node"
        written = False
        for task in placing.waiting:
            if self._is_present(task):
                self._unassigned[task.id] = task
                written = self._write(task, text) or written
        return written

    def _assign(self, task: pb.Task, info: NodeInfo) -> None:
        """Put a task on a node, with volumes for all its mounts or, as SwarmKit, with none."""
        choice = self._volumes.choose(task, info)
        assigned = pb.Task()
        assigned.CopyFrom(task)
        del assigned.volumes[:]
        assigned.volumes.extend(choice.attachments)
        self._volumes.reserve(assigned, info.node.id)
        info.add(assigned)
        self.placed[task.id] = info.node.id

    def _is_present(self, task: pb.Task) -> bool:
        """Whether its service exists, with no newer spec than the task's."""
        if self._services is None:
            return True
        service = self._services.get(task.service_id)
        if service is None:
            return False
        versions = service.HasField("spec_version") and task.HasField("spec_version")
        return not versions or service.spec_version.index <= task.spec_version.index

    def _write(self, task: pb.Task, text: str) -> bool:
        changed = self.texts[task.id] != text
        self.texts[task.id] = text
        return changed
