"""Follow the roll-out of an update to its end."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing

from swarmwire import pb
from swarmwire.control import Control
from swarmwire.update.clock import REAL_TIME, Clock
from swarmwire.update.events import (
    FollowsNewer,
    ManagerAway,
    ManagerBack,
    RollbackStarted,
    RolloutEnded,
    RolloutEvent,
    RolloutOutcome,
    RolloutProgress,
)
from swarmwire.update.live import LiveService
from swarmwire.update.looking import looks
from swarmwire.update.progress import SentUpdate, progress, task_changes
from swarmwire.update.repeat import AWAY
from swarmwire.update.settling import USUAL, Settling, WatchLimits
from swarmwire.update.writing import WrittenUpdate, is_still_in, tell_nobody


async def follow(
    control: Control,
    written: WrittenUpdate,
    *,
    limits: WatchLimits = USUAL,
    clock: Clock = REAL_TIME,
) -> AsyncGenerator[RolloutEvent, None]:
    """What happens to an update that was written; the last event is ``RolloutEnded``.

    An update has converged when every task that the service wants runs, is wanted to run, and has
    done so for some seconds. A job has when it is complete.

    Args:
        control: the manager; it may go away meanwhile, and another may lead the swarm.
        written: the update.
        limits: how long it is followed at most, and what counts as a failure where the manager does
            not judge that itself.
        clock: its patience is how long the manager may be away.

    Raises:
        ControlError: the manager refuses to tell.
    """
    until = None if limits.seconds is None else clock.now() + limits.seconds
    following = _Following(written, limits)
    seen = looks(control, [written.service.id], clock, until)
    try:
        async with aclosing(seen):
            async for look in seen:
                if isinstance(look, ManagerAway | ManagerBack):
                    yield look
                    continue
                for event in following.events(look.get(written.service.id), clock.now()):
                    yield event
                    if isinstance(event, RolloutEnded):
                        return
    except AWAY as err:
        yield following.ended(
            "lost", f"the manager has not answered for {clock.patience:g} s: {err}"
        )
        return
    yield following.ended("timed out", f"not finished within {limits.seconds:g} s")


async def finished(
    events: AsyncIterator[RolloutEvent], happened: Callable[[RolloutEvent], object] = tell_nobody
) -> RolloutEnded:
    """How an update ended, once it has; ``events`` are those of ``follow``."""
    async for event in events:
        happened(event)
        if isinstance(event, RolloutEnded):
            return event
    raise ValueError("these events have no end")


class _Following:
    """What was seen so far of one update."""

    def __init__(self, written: WrittenUpdate, limits: WatchLimits) -> None:
        before = written.planned.live.tasks
        self._planned = written.planned
        self._sent = SentUpdate(written.version, written.planned.rollback)
        self._tasks = before
        self._settling = Settling(before, limits)
        self._last: RolloutProgress | None = None
        self._rollback = ""
        self._error = ""

    def events(self, live: LiveService | None, now: float) -> Iterator[RolloutEvent]:
        """What a look tells that those before it did not."""
        if live is None:
            yield self.ended("removed", "the service was removed meanwhile")
            return
        yield from task_changes(self._tasks, live)
        self._tasks = live.tasks
        self._error = self._error or _first_error(self._sent, live.tasks)
        yield from self._rollback_begins(live.service)
        at = self._settling.judged(progress(self._sent, live), live, now)
        if at != self._last:
            yield at
        self._last = at
        if at.state == "superseded" and is_still_in(live.service, self._planned):
            self._sent = SentUpdate(live.service.spec_version.index)
            yield FollowsNewer()
            return
        match at.state:
            case "under way" | "settling":
                return
            case ended:
                yield self.ended(ended, self._rollback or at.text)

    def ended(self, outcome: RolloutOutcome, reason: str) -> RolloutEnded:
        """How it ended, as far as it was seen."""
        done, total = (self._last.done, self._last.total) if self._last else (0, 0)
        error = "" if outcome == "converged" else self._error or self._settling.error
        return RolloutEnded(outcome, done, total, reason, error)

    def _rollback_begins(self, service: pb.Service) -> Iterator[RollbackStarted]:
        """A manager tells why it goes back only while it does."""
        begun = service.update_status.state == pb.UpdateStatus.ROLLBACK_STARTED
        if begun and not self._sent.rollback and not self._rollback:
            self._rollback = service.update_status.message
            yield RollbackStarted(self._rollback)


def _first_error(sent: SentUpdate, tasks: tuple[pb.Task, ...]) -> str:
    """What the first task of the update that failed says."""
    failed = (
        task.status.err
        for task in sorted(tasks, key=lambda task: task.meta.created_at.ToNanoseconds())
        if task.spec_version.index == sent.version and task.status.err
    )
    return next(failed, "")
