"""Wait until services run as they are to, whoever created or changed them."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from swarmwire import pb
from swarmwire.control import Control
from swarmwire.plan import merge
from swarmwire.update.clock import REAL_TIME, Clock
from swarmwire.update.events import ManagerAway, ManagerBack
from swarmwire.update.live import LiveService
from swarmwire.update.looking import looks
from swarmwire.update.progress import SentUpdate, progress, rolls_back
from swarmwire.update.settling import USUAL, Settling, WatchLimits

StateWord = Literal[
    "under way", "settling", "converged", "paused", "rolled back", "failed", "superseded", "removed"
]


class WrittenChange(NamedTuple):
    """What somebody wrote to a service, and wants to see run.

    Attributes:
        version: the version of the spec since then.
        before: the spec before; an empty one if the service was created.
        spec: the spec that was written.
    """

    version: int
    before: pb.ServiceSpec
    spec: pb.ServiceSpec

    def is_in(self, service: pb.Service) -> bool:
        """Whether a service has it still, under others that came after it."""
        if self.version == service.spec_version.index:
            return True
        merged = merge(self.before, self.spec, service.spec)
        return not merged.conflicts and merged.spec == service.spec


@dataclass(frozen=True)
class ServiceState:
    """How far a service is.

    Attributes:
        service: its ID.
        name: its name; the one it had if it is gone.
        state: ``settling``: all tasks run, and it is awaited whether they keep running;
            ``failed``: tasks fail again and again, or a job did; ``superseded``: another update
            took back what was written.
        done: tasks that run as they are to, or have ended as they should.
        total: tasks that are wanted.
        reason: what keeps the others.
    """

    service: str
    name: str
    state: StateWord
    done: int = 0
    total: int = 0
    reason: str = ""

    @property
    def is_decided(self) -> bool:
        """Whether nothing more is to be awaited of it."""
        return self.state not in ("under way", "settling")


async def wait_for(
    control: Control,
    service_ids: Sequence[str],
    *,
    written: Mapping[str, WrittenChange] | None = None,
    limits: WatchLimits = USUAL,
    clock: Clock = REAL_TIME,
) -> AsyncGenerator[ServiceState | ManagerAway | ManagerBack, None]:
    """How far services are: each one's state whenever it changes, until all are decided.

    A failed service may recover while others are awaited: the last state of each counts.

    Args:
        control: the manager; it may go away meanwhile, and another may lead the swarm.
        service_ids: the services.
        written: what was written, by the ID of the service: who takes it back makes the service
            ``superseded``. Of others it does not matter what they run.
        limits: how long they are awaited at most, and what counts as a failure.
        clock: its patience is how long the manager may be away.

    Raises:
        SwarmwireError: the manager stays away, or refuses to tell.
    """
    until = None if limits.seconds is None else clock.now() + limits.seconds
    watched = [_Watched(id_, limits, (written or {}).get(id_)) for id_ in service_ids]
    seen = looks(control, service_ids, clock, until)
    async with aclosing(seen):
        async for look in seen:
            if isinstance(look, ManagerAway | ManagerBack):
                yield look
                continue
            for each in watched:
                if each.changes(look.get(each.id), clock.now()):
                    yield each.state
            if all(each.state.is_decided for each in watched):
                return


class _Watched:
    """One service that is awaited."""

    def __init__(self, id_: str, limits: WatchLimits, change: WrittenChange | None) -> None:
        self.id = id_
        self.state = ServiceState(id_, "", "under way")
        self._limits = limits
        self._change = change
        self._settling: Settling | None = None

    def changes(self, live: LiveService | None, now: float) -> bool:
        """Whether a look shows another state than the one before."""
        before = self.state
        if live is None:
            self.state = replace(before, state="removed", reason="somebody removed it")
        else:
            self.state = self._seen(live, now)
        return self.state != before

    def _seen(self, live: LiveService, now: float) -> ServiceState:
        if self._settling is None:
            # what failed before anybody waited may be long ago
            self._settling = Settling(live.tasks, self._limits)
        sent = SentUpdate(live.service.spec_version.index)
        at = self._settling.judged(progress(sent, live), live, now)
        if self._is_taken_back(live.service):
            reason = "another update took this change back meanwhile"
            return ServiceState(self.id, live.name, "superseded", at.done, at.total, reason)
        state: StateWord = "under way" if at.state == "superseded" else at.state
        reason = at.text if state == "converged" else at.text or _newest_error(live)
        return ServiceState(self.id, live.name, state, at.done, at.total, reason)

    def _is_taken_back(self, service: pb.Service) -> bool:
        """Whether somebody else did so; a manager that goes back tells it as a roll-back."""
        if self._change is None or rolls_back(service):
            return False
        return not self._change.is_in(service)


def _newest_error(live: LiveService) -> str:
    """What the last task of the present spec said; what older ones said has no bearing on it."""
    version = live.service.spec_version.index
    failed = [task for task in live.tasks if task.status.err and task.spec_version.index == version]
    failed.sort(key=lambda task: task.meta.updated_at.ToNanoseconds())
    return failed[-1].status.err if failed else ""
