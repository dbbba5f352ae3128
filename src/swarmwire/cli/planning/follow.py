"""Follow a roll-out to its end, through restarts of the manager."""

import time
from collections.abc import Callable
from typing import NamedTuple

from swarmwire import pb
from swarmwire.cli.planning import codes, manager, usage
from swarmwire.cli.planning.manager import Snapshot
from swarmwire.cli.planning.merge import merge
from swarmwire.cli.planning.progress import Followed, News, Progress, news, progress
from swarmwire.cli.planning.write import AWAY, PATIENCE, Change, Written
from swarmwire.control import NotFound
from swarmwire.control.sync import BlockingControl

_STEP = 0.3


class End(NamedTuple):
    """How it ended: the exit code, and a sentence."""

    code: int
    text: str


class Screen:
    """Is told what happens. This one tells nobody."""

    def happened(self, what: News, host: str) -> None:
        """Something happened to a task."""

    def stands(self, at: Progress) -> None:
        """So far it is now."""

    def say(self, text: str) -> None:
        """A sentence for people."""


class Follower:
    """Asks the manager again and again how far the update is."""

    def __init__(
        self,
        control: BlockingControl,
        screen: Screen,
        *,
        timeout: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._control = control
        self._screen = screen
        self._clock = clock
        self._until = None if timeout is None else clock() + timeout
        self._timeout = timeout
        self._lost_since: float | None = None

    def follow(self, written: Written, before: tuple[pb.Task, ...]) -> End:
        """How the update that was written ends."""
        followed = Followed(written.version, written.change.rollback)
        why = ""
        while True:
            now = self._asked(written.service.id)
            if isinstance(now, End):
                return now
            if now is not None:
                for event in news(before, now.tasks):
                    self._screen.happened(event, now.hosts.get(event.node, event.node))
                before = now.tasks
                at = progress(followed, now.service, now.tasks, now.nodes)
                self._screen.stands(at)
                if at.state == "superseded" and _is_still_in(written.change, now.service):
                    self._screen.say("another update came after this one; following that")
                    followed = _newest(now.service)
                elif at.state != "under way":
                    return _end(at, why or _first_failure(followed, now.tasks))
                elif now.service.update_status.state == pb.UpdateStatus.ROLLBACK_STARTED:
                    why = now.service.update_status.message
            if self._until is not None and self._clock() > self._until:
                text = f"written, and not finished within {self._timeout:g} s; the roll-out goes on"
                return End(usage.NOT_FOLLOWED, text)
            time.sleep(_STEP)

    def _asked(self, service_id: str) -> Snapshot | End | None:
        """The service and its surroundings; None while the manager does not answer."""
        try:
            service = manager.get(self._control, service_id)
            tasks = manager.tasks_of(self._control, service_id)
            nodes = tuple(self._control.list_nodes(pb.ListNodesRequest()).nodes)
        except NotFound:
            return End(usage.NOT_FOLLOWED, "written, and the service was removed meanwhile")
        except AWAY as err:
            return self._lost(err)
        if self._lost_since is not None:
            self._screen.say("the manager answers again")
            self._lost_since = None
        return Snapshot(service, tasks, nodes)

    def _lost(self, err: Exception) -> End | None:
        now = self._clock()
        if self._lost_since is None:
            self._lost_since = now
            self._screen.say(f"{codes.told(err)}; the update is written, asking again")
        if now - self._lost_since > PATIENCE:
            text = (
                f"written, and how it ends is not known: the manager has not answered for"
                f" {PATIENCE:g} s ({codes.told(err)})"
            )
            return End(usage.NOT_FOLLOWED, text)
        return None


def _is_still_in(change: Change, service: pb.Service) -> bool:
    """Whether the service has the change, under another one that came after it."""
    if change.rollback:
        return False
    merged = merge(change.base, change.wanted, service.spec)
    return not merged.conflicts and merged.spec == service.spec


def _newest(service: pb.Service) -> Followed:
    return Followed(service.spec_version.index)


def _first_failure(followed: Followed, tasks: tuple[pb.Task, ...]) -> str:
    """What the first task of the update that failed says, if the manager has forgotten it."""
    failed = (
        task.status.err
        for task in sorted(tasks, key=lambda task: task.meta.created_at.ToNanoseconds())
        if task.spec_version.index == followed.version and task.status.err
    )
    return next(failed, "")


def _end(at: Progress, why: str) -> End:
    """How it ended; ``why`` is what was heard of a rollback when it began."""
    because = f": {at.text}" if at.text else ""
    counts = f"{at.done} of {at.total} tasks"
    if at.state == "converged":
        return End(0, f"converged, {counts} run as wanted{because}")
    if at.state == "paused":
        return End(usage.PAUSED, f"paused, {counts} run as wanted{because}")
    if at.state == "failed":
        return End(usage.PAUSED, f"the job failed, {counts} are complete{because}")
    if at.state == "rolled back":
        return End(usage.ROLLED_BACK, f"rolled back by the manager: {why or at.text}")
    return End(usage.NOT_FOLLOWED, "written, and another update took this change back meanwhile")
