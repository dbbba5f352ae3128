"""How far a roll-out is, from the service, its tasks and the nodes as they are now. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from swarmwire import pb
from swarmwire.plan._states import COMPLETE, RUNNING
from swarmwire.plan.effects import is_job
from swarmwire.plan.tasks import fate_of_tasks

State = Literal["under way", "converged", "paused", "rolled back", "superseded", "failed"]

_ROLLBACK_STATES: Final = frozenset(
    {
        pb.UpdateStatus.ROLLBACK_STARTED,
        pb.UpdateStatus.ROLLBACK_PAUSED,
        pb.UpdateStatus.ROLLBACK_COMPLETED,
    }
)


class Progress(NamedTuple):
    """How far it is: ``done`` of ``total`` tasks run as the service wants them now."""

    state: State
    done: int
    total: int
    text: str = ""
    """What the manager says of the roll-out, or why tasks wait."""


class Followed(NamedTuple):
    """Which update is followed: by the version with which it was sent."""

    version: int
    rollback: bool = False


def progress(
    followed: Followed,
    service: pb.Service,
    tasks: Sequence[pb.Task],
    nodes: Sequence[pb.Node],
) -> Progress:
    """How far the update is."""
    if is_job(service.spec):
        return _job(followed, service, tasks, nodes)
    found = _count(service, tasks, nodes)
    state, text = _state(followed, service)
    if state == "converged" and found.state != "converged":
        state = "under way"
    return found._replace(state=state, text=text or found.text)


def _state(followed: Followed, service: pb.Service) -> tuple[State, str]:
    """What the service itself tells; ``converged`` if nothing is in the way of it."""
    status = service.update_status
    state = status.state if service.HasField("update_status") else pb.UpdateStatus.UNKNOWN
    ours = service.spec_version.index == followed.version
    if state in (pb.UpdateStatus.PAUSED, pb.UpdateStatus.ROLLBACK_PAUSED):
        return "paused", status.message
    if followed.rollback and state not in _ROLLBACK_STATES:
        return "superseded", ""
    if not followed.rollback and not ours and state not in _ROLLBACK_STATES:
        return "superseded", ""
    if state in (pb.UpdateStatus.UPDATING, pb.UpdateStatus.ROLLBACK_STARTED):
        return "under way", status.message
    if state == pb.UpdateStatus.ROLLBACK_COMPLETED and not followed.rollback:
        return "rolled back", status.message
    return "converged", ""


def _count(service: pb.Service, tasks: Sequence[pb.Task], nodes: Sequence[pb.Node]) -> Progress:
    by_id = {task.id: task for task in tasks}
    fate = fate_of_tasks(service, service, tasks, nodes)
    kept = [by_id[each.task] for each in fate.verdicts if each.action == "kept"]
    coming = sum(each.action in ("restarts", "added") for each in fate.verdicts) + fate.unlisted
    going = sum(each.action == "removed" for each in fate.verdicts)
    done = sum(task.status.state >= RUNNING for task in kept)
    settled = not coming and not going and done == len(kept)
    waiting = next((task.status.err for task in kept if _waits(task)), "")
    return Progress(
        "converged" if settled else "under way", done, len(kept) + coming, _ended(kept) or waiting
    )


def _waits(task: pb.Task) -> bool:
    return task.status.state < RUNNING and bool(task.status.err)


def _ended(kept: Sequence[pb.Task]) -> str:
    """A word about tasks that ended and do not start again."""
    ended = sum(task.status.state > RUNNING for task in kept)
    return f"{ended} ended and do not start again" if ended else ""


def _job(
    followed: Followed, service: pb.Service, tasks: Sequence[pb.Task], nodes: Sequence[pb.Node]
) -> Progress:
    """How far a job is with its newest run."""
    iteration = service.job_status.job_iteration.index
    run = [task for task in tasks if task.job_iteration.index == iteration]
    done = sum(task.status.state == COMPLETE for task in run)
    live = [task for task in run if task.status.state < COMPLETE and task.desired_state <= COMPLETE]
    if service.spec.HasField("replicated_job"):
        total = service.spec.replicated_job.total_completions
    else:
        total = len({task.node_id for task in run}) + sum(_joins(service, tasks, nodes))
    ours = followed.rollback or service.spec_version.index == followed.version
    if not ours:
        return Progress("superseded", done, total)
    if done >= total:
        return Progress("converged", done, total)
    failed = [task for task in run if task.status.state > COMPLETE]
    if failed and not live:
        return Progress("failed", done, total, failed[-1].status.err)
    return Progress(
        "under way", done, total, next((one.status.err for one in live if _waits(one)), "")
    )


def _joins(
    service: pb.Service, tasks: Sequence[pb.Task], nodes: Sequence[pb.Node]
) -> Iterator[bool]:
    """One for each node that is to run the job and has no task of this run yet."""
    iteration = service.job_status.job_iteration.index
    have = {task.node_id for task in tasks if task.job_iteration.index == iteration}
    for verdict in fate_of_tasks(service, service, tasks, nodes).verdicts:
        yield verdict.action == "added" and verdict.node not in have


class News(NamedTuple):
    """What happened to one task."""

    task: str
    slot: int
    node: str
    word: str
    """``running``, ``failed`` …"""
    text: str


_LOUD: Final = frozenset({"pending", "running", "complete", "failed", "rejected", "shutdown"})


def news(before: Sequence[pb.Task], now: Sequence[pb.Task]) -> Iterator[News]:
    """What happened to tasks in between, as far as people want to know."""
    known = {task.id: (task.status.state, task.status.err) for task in before}
    for task in sorted(now, key=lambda one: (one.slot, one.node_id, one.id)):
        state = (task.status.state, task.status.err)
        word = pb.TaskState.Name(task.status.state).lower()
        if known.get(task.id) == state or word not in _LOUD:
            continue
        if word != "pending" or task.status.err:
            yield News(task.id, task.slot, task.node_id, word, task.status.err)
    left = {task.id for task in now}
    for task in before:
        if task.id not in left and task.status.state <= RUNNING:
            yield News(task.id, task.slot, task.node_id, "removed", "")
