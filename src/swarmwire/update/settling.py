"""From looks at a service to a verdict: what runs has to keep running, what fails may fail again.

Pure: it is told what time it is.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.plan import is_job, is_task_dirty
from swarmwire.update.events import RolloutProgress
from swarmwire.update.live import LiveService
from swarmwire.update.progress import ENDED_EARLY, FAILURES, is_live, is_moving, run_of_job, running


class WatchLimits(NamedTuple):
    """For how long services are watched, and what of them is borne.

    Attributes:
        seconds: how long they are watched at most; None is until the end.
        settle: for how many seconds tasks have to keep running, as ``docker service`` verifies it.
        tolerated: how many tasks may fail one after another in the same slot before the service
            counts as failed. Where the restart policy allows more attempts, that many.
    """

    seconds: float | None = None
    settle: float = 5.0
    tolerated: int = 2


USUAL: Final = WatchLimits()


class Settling:
    """Watches one service.

    Attributes:
        error: what the task that failed last says; nothing if none did.
    """

    def __init__(self, before: Iterable[pb.Task], limits: WatchLimits = USUAL) -> None:
        """Begin to watch.

        Args:
            before: the tasks before it; what had failed by then does not count.
            limits: what has to be, and what is borne.
        """
        self._limits = limits
        self._known = {task.id for task in before if task.status.state in ENDED_EARLY}
        self._failed: dict[Hashable, int] = {}
        self._runs_since: dict[str, float] = {}
        self.error = ""

    def judged(self, at: RolloutProgress, live: LiveService, now: float) -> RolloutProgress:
        """What one look says, in the light of those before it."""
        self._note_failures(live)
        self._note_running(live, now)
        if is_job(live.service.spec):
            return self._failing(at, live) or at
        if not self._all_run(at, live):
            return self._failing(at, live) or at
        if at.state != "converged" or self._is_settled(now):
            return at
        return replace(at, state="settling")

    def _note_failures(self, live: LiveService) -> None:
        new = [task for task in _failures(live) if task.id not in self._known]
        for task in sorted(new, key=lambda task: task.meta.updated_at.ToNanoseconds()):
            place = _place(live.service, task)
            self._known.add(task.id)
            self._failed[place] = self._failed.get(place, 0) + 1
            self.error = task.status.err or self.error

    def _note_running(self, live: LiveService, now: float) -> None:
        run = running(live)
        self._runs_since = {id_: self._runs_since.get(id_, now) for id_ in run}
        for id_, task in run.items():
            if now - self._runs_since[id_] >= self._limits.settle:
                self._failed.pop(_place(live.service, task), None)

    def _all_run(self, at: RolloutProgress, live: LiveService) -> bool:
        return at.done == at.total and all(
            task.id in self._runs_since for task in live.tasks if is_live(task)
        )

    def _is_settled(self, now: float) -> bool:
        return all(now - since >= self._limits.settle for since in self._runs_since.values())

    def _failing(self, at: RolloutProgress, live: LiveService) -> RolloutProgress | None:
        """The verdict that tasks keep failing; the manager's own comes first."""
        if at.state != "under way" or is_moving(live.service):
            return None
        # a manager that counts restarts stops by itself
        allowed = max(self._limits.tolerated, live.service.spec.task.restart.max_attempts)
        if max(self._failed.values(), default=0) <= allowed:
            return None
        return replace(at, state="failed", text=self.error or "tasks end again and again")


def _failures(live: LiveService) -> Iterator[pb.Task]:
    """The tasks that a service wanted to run as it is now, and that ended by themselves."""
    if is_job(live.service.spec):
        yield from (task for task in run_of_job(live) if task.status.state in FAILURES)
        return
    nodes = {node.id: node for node in live.nodes}
    for task in live.tasks:
        node = nodes.get(task.node_id)
        if task.status.state in ENDED_EARLY and not _is_of_another_spec(live, task, node):
            yield task


def _is_of_another_spec(live: LiveService, task: pb.Task, node: pb.Node | None) -> bool:
    try:
        return is_task_dirty(live.service, task, node, release=live.release)
    except InvalidSpec:  # a lost placement, over which managers of some releases crash
        return True


def _place(service: pb.Service, task: pb.Task) -> Hashable:
    """The slot of a task: a number, or a node."""
    by_node = service.spec.WhichOneof("mode") in ("global", "global_job")
    return task.node_id if by_node else task.slot
