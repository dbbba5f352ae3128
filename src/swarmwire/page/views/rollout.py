"""How a roll-out stands: batches, slots, failures, and how long it takes at least. Pure."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from swarmwire import pb
from swarmwire.page.history import SECOND, moment
from swarmwire.page.observed import ObservedSwarm
from swarmwire.page.states import StateMark, mark_of
from swarmwire.plan import Rollout, is_job
from swarmwire.plan.rollout import rollout
from swarmwire.update import LiveService, RolloutProgress
from swarmwire.update.progress import ENDED_EARLY, SentUpdate, is_live, progress

_WORDS: Final = {
    pb.UpdateStatus.UPDATING: "under way",
    pb.UpdateStatus.PAUSED: "paused",
    pb.UpdateStatus.COMPLETED: "completed",
    pb.UpdateStatus.ROLLBACK_STARTED: "rolling back",
    pb.UpdateStatus.ROLLBACK_PAUSED: "rollback paused",
    pb.UpdateStatus.ROLLBACK_COMPLETED: "rolled back",
}
_ROLLS_BACK: Final = (
    pb.UpdateStatus.ROLLBACK_STARTED,
    pb.UpdateStatus.ROLLBACK_PAUSED,
    pb.UpdateStatus.ROLLBACK_COMPLETED,
)
_MOVES: Final = (pb.UpdateStatus.UPDATING, pb.UpdateStatus.ROLLBACK_STARTED)


class SlotState(NamedTuple):
    """Where one slot is.

    Attributes:
        name: its number, or its node.
        task: the ID of its newest task.
        mark: the state of that.
        is_new: whether it runs the present spec.
    """

    name: str
    task: str
    mark: StateMark
    is_new: bool


class RolloutStatus(NamedTuple):
    """A roll-out as it stands.

    Attributes:
        word: ``under way``, ``paused`` …; nothing if there was none.
        message: what the manager says of it.
        progress: how many tasks are as they should be.
        settings: how it is rolled out; None for jobs.
        slots: where each slot is.
        updated: how many of them run the present spec.
        batch: in which batch it is, from 1 on; 0 if that is not known.
        failed: tasks of this update that failed.
        remaining: seconds that it takes at least from now on; None if it does not move.
    """

    word: str
    message: str
    progress: RolloutProgress
    settings: Rollout | None
    slots: Sequence[SlotState]
    updated: int
    batch: int
    failed: int
    remaining: float | None


def rollout_status(swarm: ObservedSwarm, service: pb.Service) -> RolloutStatus:
    """How far the service is with its newest update."""
    tasks = swarm.tasks_of(service.id)
    live = LiveService(service, tasks, tuple(swarm.nodes), swarm.networks)
    status = service.update_status
    slots = slots_of(swarm, service, tasks)
    updated = sum(each.is_new for each in slots)
    settings = None if is_job(service.spec) else _settings(service, len(slots))
    moves = service.HasField("update_status") and status.state in _MOVES
    return RolloutStatus(
        _WORDS.get(status.state, "") if service.HasField("update_status") else "",
        status.message,
        progress(SentUpdate(service.spec_version.index), live),
        settings,
        slots,
        updated,
        _batch(settings, updated, len(slots)) if moves else 0,
        _failures(service, tasks),
        _remaining(settings, status, swarm.now()) if moves else None,
    )


def slots_of(
    swarm: ObservedSwarm, service: pb.Service, tasks: Sequence[pb.Task]
) -> list[SlotState]:
    """The slots of a service, each with its newest task."""
    newest: dict[tuple[int, str], pb.Task] = {}
    for task in sorted(tasks, key=lambda one: (is_live(one), _born(one))):
        newest[task.slot, "" if task.slot else task.node_id] = task
    found = []
    for (slot, node), task in sorted(newest.items()):
        host = swarm.get("node", node)
        name = str(slot) if slot else (host.description.hostname if host else node)
        is_new = task.spec_version.index == service.spec_version.index
        if is_live(task) or slot or host:
            found.append(SlotState(name, task.id, mark_of(task.status.state), is_new))
    return found


def _settings(service: pb.Service, slots: int) -> Rollout:
    has_previous = service.HasField("previous_spec")
    before = service.previous_spec if has_previous else service.spec
    rolls_back = service.update_status.state in _ROLLS_BACK
    return rollout(before, service.spec, slots, rollback=rolls_back)


def _batch(settings: Rollout | None, updated: int, slots: int) -> int:
    if settings is None or not settings.batches:
        return 0
    at_once = settings.parallelism or slots
    return min(settings.batches, max(1, -(-updated // at_once)))


def _failures(service: pb.Service, tasks: Sequence[pb.Task]) -> int:
    """Tasks of the update that ended although they should run."""
    version = service.spec_version.index
    return sum(
        task.status.state in ENDED_EARLY and task.spec_version.index == version
        for task in tasks
        if not is_job(service.spec)
    )


def _remaining(settings: Rollout | None, status: pb.UpdateStatus, now: int) -> float | None:
    if settings is None or settings.minimum is None:
        return None
    end: int = moment(status.started_at) + settings.minimum
    return max(0.0, (end - now) / SECOND)


def _born(task: pb.Task) -> int:
    return moment(task.meta.created_at)
