"""What becomes of each task of a service, and which new ones come.

Source: SwarmKit manager/orchestrator: replicated, global, jobs and update.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from swarmwire import pb
from swarmwire.convert.enums import TASK_STATE
from swarmwire.expected import expect, expect_each
from swarmwire.plan.restart import (
    RUNNING,
    Reason,
    has_spec_version_of,
    is_job,
    placement_alone_differs,
    why_dirty,
)
from swarmwire.plan.slots import MAX_LISTED, Slot, scaling, slots_of
from swarmwire.releases import NEWEST, Release
from swarmwire.releases.quirks import does
from swarmwire.scheduling import node_matches

_REMOVE: Final = TASK_STATE.words["remove"]

Action = Literal["kept", "restarts", "removed", "added", "unknown"]
Why = Literal["", "scaled down", "node unfit", "node gone", "node paused", "superseded", "job"]


class TaskVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one task.

    Attributes:
        action: ``kept``; ``restarts``: another one takes its place; ``removed``: none does;
            ``added``: it is new; ``unknown``: that depends on its node, which is not known here.
        task: its ID; ``""`` if it is new.
        slot: its number; 0 for global services, and for the first task of a job.
        node: the ID of its node; ``""`` if it has none yet.
        reasons: which differences restart it, or would.
        why: why it is kept or removed where no difference says so.
        sure: False if a manager might choose another task of the same service instead.
    """

    action: Action
    task: str = ""
    slot: int = 0
    node: str = ""
    reasons: tuple[Reason, ...] = ()
    why: Why = ""
    sure: bool = True


class Fate(NamedTuple):
    """The verdicts, and how many more tasks come than are listed."""

    verdicts: tuple[TaskVerdict, ...]
    unlisted: int = 0


class _Judge(NamedTuple):
    """The service as it will be, and its surroundings."""

    service: pb.Service
    old: pb.ServiceSpec
    nodes: Mapping[str, pb.Node] | None
    release: Release
    known: dict[bytes, tuple[Reason, ...]]
    """Why tasks are replaced, by all that decides it: most tasks of a service are alike."""

    def why_dirty(self, task: pb.Task) -> tuple[Reason, ...]:
        """Why a manager replaces ``task``."""
        like = pb.Task(node_id=task.node_id, desired_state=task.desired_state)
        like.status.state = task.status.state
        like.spec.CopyFrom(task.spec)
        for field in ("spec_version", "endpoint"):
            if task.HasField(field):
                getattr(like, field).CopyFrom(getattr(task, field))
        key = like.SerializeToString(deterministic=True)
        if key not in self.known:
            node = None if self.nodes is None else self.nodes.get(task.node_id)
            self.known[key] = why_dirty(self.service, task, node, release=self.release)
        return self.known[key]


def fate_of_tasks(
    old: pb.Service,
    new: pb.Service,
    tasks: Sequence[pb.Task],
    nodes: Sequence[pb.Node] | None,
    release: Release = NEWEST,
) -> Fate:
    """What becomes of ``tasks`` when ``old`` becomes ``new``.

    ``nodes`` are all nodes of the swarm, or None if they are not known.

    Raises:
        InvalidSpec: kind "crash": managers of the release crash on the update.
    """
    expect(pb.Service, old, new)
    expect_each(pb.Task, tasks)
    if nodes is not None:
        expect_each(pb.Node, nodes)
    by_id = None if nodes is None else {node.id: node for node in nodes}
    judge = _Judge(new, old.spec, by_id, release, {})
    if is_job(new.spec):
        return _job_fate(judge, tasks)
    slots = slots_of(new, tasks)
    if new.spec.HasField("global"):
        return Fate(tuple(_global_fate(judge, slots)))
    scaled = scaling(slots, new.spec.replicated.replicas)
    verdicts = [
        *(verdict for slot in scaled.stay for verdict in _slot_fate(judge, slot)),
        *_leaving(scaled.go, "scaled down"),
    ]
    if scaled.doubtful:
        verdicts = [_doubted(verdict, scaled.doubtful) for verdict in verdicts]
    verdicts.sort(key=lambda verdict: verdict.slot)
    verdicts += [TaskVerdict(action="added", slot=number) for number in scaled.come]
    return Fate(tuple(verdicts), scaled.more - len(scaled.come))


def _slot_fate(judge: _Judge, slot: Slot) -> Iterator[TaskVerdict]:
    """What becomes of the tasks of a slot that stays: of several, at most one is kept."""
    if len(slot.tasks) == 1:
        yield _judged(judge, slot.tasks[0])
        return
    judged = [(task, _judged(judge, task)) for task in slot.tasks]
    clean = [task for task, verdict in judged if verdict.action == "kept"]
    running = [task for task in clean if task.desired_state == RUNNING]
    kept = next(iter(running), clean[-1] if clean else None)
    replaced = False
    for task, verdict in judged:
        if task is kept:
            yield verdict
        elif kept is None and not replaced:
            replaced = True
            yield verdict
        else:
            yield _verdict(task, "removed", why="superseded")


def _judged(judge: _Judge, task: pb.Task) -> TaskVerdict:
    service = judge.service
    reasons = judge.why_dirty(task)
    depends = (
        judge.nodes is None
        and not does(judge.release, "placement-restarts")
        and bool(task.node_id)
        and placement_alone_differs(task.spec, service.spec.task)
        and not has_spec_version_of(service, task)
    )
    if depends:
        wanted = set(service.spec.task.placement.constraints)
        if wanted <= set(judge.old.task.placement.constraints):
            # its node satisfied all of them before the update
            return _verdict(task, "kept")
        return _verdict(task, "unknown", reasons=reasons)
    return _verdict(task, "restarts" if reasons else "kept", reasons=reasons)


def _verdict(
    task: pb.Task, action: Action, *, reasons: tuple[Reason, ...] = (), why: Why = ""
) -> TaskVerdict:
    return TaskVerdict(
        action=action, task=task.id, slot=task.slot, node=task.node_id, reasons=reasons, why=why
    )


def _leaving(slots: Iterable[Slot], why: Why) -> Iterator[TaskVerdict]:
    for slot in slots:
        for task in slot.tasks:
            yield _verdict(task, "removed", why=why)


def _doubted(verdict: TaskVerdict, places: frozenset[object]) -> TaskVerdict:
    if verdict.slot not in places:
        return verdict
    return msgspec.structs.replace(verdict, sure=False)


def _global_fate(judge: _Judge, slots: Sequence[Slot]) -> Iterator[TaskVerdict]:
    nodes = judge.nodes
    if nodes is None:
        for slot in slots:
            yield from _slot_fate(judge, slot)
        return
    constraints = judge.service.spec.task.placement.constraints
    for slot in slots:
        node = nodes.get(str(slot.place))
        if node is None or not _is_available(node):
            yield from _leaving([slot], "node gone")
        elif not node_matches(constraints, node):
            yield from _leaving([slot], "node unfit")
        elif node.spec.availability == pb.NodeSpec.PAUSE:
            for task in slot.tasks:
                yield _verdict(task, "kept", why="node paused")
        else:
            yield from _slot_fate(judge, slot)
    for node in _takers(nodes.values(), constraints, {slot.place for slot in slots}):
        yield TaskVerdict(action="added", node=node.id)


def _takers(
    nodes: Iterable[pb.Node], constraints: Sequence[str], taken: set[object]
) -> Iterator[pb.Node]:
    """The nodes that get a task of a global service and have none."""
    for node in nodes:
        paused = node.spec.availability == pb.NodeSpec.PAUSE
        free = node.id not in taken and _is_available(node) and not paused
        if free and node_matches(constraints, node):
            yield node


def _is_available(node: pb.Node) -> bool:
    drained = node.spec.availability == pb.NodeSpec.DRAIN
    return not drained and node.status.state != pb.NodeStatus.DOWN


def _job_fate(judge: _Judge, tasks: Sequence[pb.Task]) -> Fate:
    """All live tasks of a job go, and it runs once more."""
    service = judge.service
    verdicts = [
        _verdict(task, "removed", why="job")
        for task in tasks
        if service.id in ("", task.service_id)
        and task.status.state <= RUNNING
        and task.desired_state != _REMOVE
    ]
    if service.spec.HasField("replicated_job"):
        wanted = service.spec.replicated_job.total_completions
        listed = min(wanted, MAX_LISTED)
        verdicts += [TaskVerdict(action="added", slot=number) for number in range(listed)]
        return Fate(tuple(verdicts), wanted - listed)
    constraints = service.spec.task.placement.constraints
    verdicts += [
        TaskVerdict(action="added", node=node.id)
        for node in _takers((judge.nodes or {}).values(), constraints, set())
        if node.status.state == pb.NodeStatus.READY
    ]
    return Fate(tuple(verdicts))
