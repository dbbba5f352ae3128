"""How far a service is at one look, from its tasks and the nodes. Pure.

One look cannot tell a task that runs from one that is about to fail again: see ``settling``.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from swarmwire import pb
from swarmwire.convert.enums import NODE_STATE, TASK_STATE
from swarmwire.plan import Fate, fate_of_tasks, is_job
from swarmwire.update.events import RolloutProgress, RolloutState, TaskChanged
from swarmwire.update.live import LiveService

RUNNING: Final = TASK_STATE.words["running"]
COMPLETE: Final = TASK_STATE.words["complete"]
FAILURES: Final = (TASK_STATE.words["failed"], TASK_STATE.words["rejected"])
ENDED_EARLY: Final = (COMPLETE, *FAILURES)
"""As SwarmKit's updater: a task of a service that is no job fails even if it ends with success."""

_NODE_READY: Final = NODE_STATE.words["ready"]
_ROLLS_BACK: Final = frozenset(
    {
        pb.UpdateStatus.ROLLBACK_STARTED,
        pb.UpdateStatus.ROLLBACK_PAUSED,
        pb.UpdateStatus.ROLLBACK_COMPLETED,
    }
)
_UNDER_WAY: Final = (pb.UpdateStatus.UPDATING, pb.UpdateStatus.ROLLBACK_STARTED)
_PAUSED: Final = (pb.UpdateStatus.PAUSED, pb.UpdateStatus.ROLLBACK_PAUSED)


class SentUpdate(NamedTuple):
    """Which update is followed: by the version with which it was sent."""

    version: int
    rollback: bool = False


def progress(sent: SentUpdate, live: LiveService) -> RolloutProgress:
    """How far the update is. ``converged`` says that it is so at this look."""
    if is_job(live.service.spec):
        return _job(sent, live)
    found = _counted(live)
    state, text = _told(sent, live.service)
    if state == "converged":
        state = found.state
    return RolloutProgress(state, found.done, found.total, text or found.text)


def rolls_back(service: pb.Service) -> bool:
    """Whether the manager goes back to the spec before, or has."""
    return service.update_status.state in _ROLLS_BACK


def is_moving(service: pb.Service) -> bool:
    """Whether the manager itself says that it has not ended yet."""
    return service.update_status.state in _UNDER_WAY


def running(live: LiveService) -> dict[str, pb.Task]:
    """The tasks that are to run and do, by ID.

    What is stored of the tasks of a node that is not heard of may be old.
    """
    ready = {node.id for node in live.nodes if node.status.state == _NODE_READY}
    return {
        task.id: task
        for task in live.tasks
        if task.status.state == RUNNING == task.desired_state and task.node_id in ready
    }


def is_live(task: pb.Task) -> bool:
    """Whether a task is to run, or to be ready for it, and has not ended."""
    return task.status.state <= RUNNING and task.desired_state <= RUNNING


def _told(sent: SentUpdate, service: pb.Service) -> tuple[RolloutState, str]:
    """What the service itself tells; ``converged`` if nothing is in the way of it."""
    status = service.update_status
    is_ours = service.spec_version.index == sent.version
    if status.state in _PAUSED:
        return "paused", status.message
    if not rolls_back(service) and (sent.rollback or not is_ours):
        return "superseded", ""
    if status.state in _UNDER_WAY:
        return "under way", status.message
    if status.state == pb.UpdateStatus.ROLLBACK_COMPLETED and not sent.rollback:
        return "rolled back", status.message
    return "converged", ""


def _fate(live: LiveService) -> Fate:
    """What becomes of the tasks of a service that nobody changes."""
    return fate_of_tasks(live.service, live.service, live.tasks, live.nodes, live.release)


def _counted(live: LiveService) -> RolloutProgress:
    by_id = {task.id: task for task in live.tasks}
    run = running(live)
    fate = _fate(live)
    kept = [by_id[each.task] for each in fate.verdicts if each.action == "kept"]
    coming = sum(each.action in ("restarts", "added") for each in fate.verdicts) + fate.unlisted
    going = [by_id[each.task] for each in fate.verdicts if each.action == "removed"]
    ended = [task for task in kept if task.desired_state > RUNNING]
    broken = [task for task in ended if task.status.state > COMPLETE]
    done = sum(task.id in run for task in kept) + len(ended) - len(broken)
    state: RolloutState = "under way"
    text = next((task.status.err for task in kept if _waits(task)), "")
    if broken:
        state, text = "failed", broken[-1].status.err or "a task ended and does not start again"
    elif not coming and done == len(kept) and not any(is_live(task) for task in going):
        state, text = "converged", _ended(len(ended))
    return RolloutProgress(state, done, len(kept) + coming, text)


def _waits(task: pb.Task) -> bool:
    return task.status.state < RUNNING and bool(task.status.err)


def _ended(number: int) -> str:
    return f"{number} ended and do not start again" if number else ""


def _job(sent: SentUpdate, live: LiveService) -> RolloutProgress:
    """How far a job is with its newest run."""
    service = live.service
    run = run_of_job(live)
    done = sum(task.status.state == COMPLETE for task in run)
    waiting = [
        task for task in run if task.status.state < COMPLETE and task.desired_state <= COMPLETE
    ]
    if service.spec.HasField("replicated_job"):
        total = service.spec.replicated_job.total_completions
    else:
        total = len({task.node_id for task in run}) + sum(_joins(live, run))
    if not sent.rollback and service.spec_version.index != sent.version:
        return RolloutProgress("superseded", done, total)
    if done >= total:
        return RolloutProgress("converged", done, total)
    failed = [task for task in run if task.status.state > COMPLETE]
    if failed and not waiting:
        return RolloutProgress("failed", done, total, failed[-1].status.err)
    text = next((task.status.err for task in waiting if _waits(task)), "")
    return RolloutProgress("under way", done, total, text)


def run_of_job(live: LiveService) -> list[pb.Task]:
    """The tasks of a job's newest run."""
    iteration = live.service.job_status.job_iteration.index
    return [task for task in live.tasks if task.job_iteration.index == iteration]


def _joins(live: LiveService, run: Sequence[pb.Task]) -> Iterator[bool]:
    """One for each node that is to run the job and has no task of this run yet."""
    have = {task.node_id for task in run}
    for verdict in _fate(live).verdicts:
        yield verdict.action == "added" and verdict.node not in have


_LOUD: Final = frozenset({"pending", "running", "complete", "failed", "rejected", "shutdown"})


def task_changes(before: Sequence[pb.Task], live: LiveService) -> Iterator[TaskChanged]:
    """What happened to tasks in between, as far as people want to know."""
    known = {task.id: (task.status.state, task.status.err) for task in before}
    for task in sorted(live.tasks, key=lambda one: (one.slot, one.node_id, one.id)):
        word = TASK_STATE.word.get(task.status.state, "")
        if known.get(task.id) == (task.status.state, task.status.err) or word not in _LOUD:
            continue
        if word != "pending" or task.status.err:
            yield _changed(task, live.hosts, word, task.status.err)
    left = {task.id for task in live.tasks}
    for task in before:
        if task.id not in left and task.status.state <= RUNNING:
            yield _changed(task, live.hosts, "removed")


def _changed(task: pb.Task, hosts: dict[str, str], state: str, error: str = "") -> TaskChanged:
    host = hosts.get(task.node_id, task.node_id)
    return TaskChanged(task.id, task.slot, task.node_id, host, state, error)
