"""Updates for scripts and notebooks: the same work, blocking.

    with control.sync.connect(secrets=True) as manager:
        planned = update.plan_update(sync.snapshot(manager, "web"), wanted)
        written = sync.BlockingWriter(manager).write(planned)
        for event in sync.follow(manager, written):
            print(event)

The work is done in the loop of the ``BlockingControl``. There is no logic here.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence

from swarmwire import pb
from swarmwire.control.sync import BlockingControl
from swarmwire.scheduling import Cluster
from swarmwire.update import following, live, waiting
from swarmwire.update.clock import REAL_TIME, Clock
from swarmwire.update.events import ManagerAway, ManagerBack, RolloutEnded, RolloutEvent, WriteEvent
from swarmwire.update.live import LiveService
from swarmwire.update.planned import LiveUpdate
from swarmwire.update.repeat import ATTEMPTS
from swarmwire.update.settling import USUAL, WatchLimits
from swarmwire.update.waiting import ServiceState, WrittenChange
from swarmwire.update.writing import UpdateWriter, WrittenUpdate, tell_nobody


def snapshot(control: BlockingControl, service: pb.Service | str) -> LiveService:
    """A service with its surroundings; see ``update.snapshot``."""
    return control.run(lambda manager: live.snapshot(manager, service))


def read_cluster(control: BlockingControl, around: LiveService | None = None) -> Cluster:
    """All that decides where tasks can run; see ``update.read_cluster``."""
    return control.run(lambda manager: live.read_cluster(manager, around))


class BlockingWriter:
    """Writes one update; see ``update.UpdateWriter``. ``happened`` is called in another thread."""

    def __init__(
        self,
        control: BlockingControl,
        *,
        clock: Clock = REAL_TIME,
        happened: Callable[[WriteEvent], None] = tell_nobody,
        attempts: int = ATTEMPTS,
    ) -> None:
        self._control = control
        self._writer = UpdateWriter(
            control.inner, clock=clock, happened=happened, attempts=attempts
        )

    @property
    def is_under_way(self) -> bool:
        """Whether a request is out that has not been answered."""
        return self._writer.is_under_way

    def write(
        self, planned: LiveUpdate, agree: Callable[[LiveUpdate], object] | None = None
    ) -> WrittenUpdate:
        """Write what is planned; ``agree`` is called in the thread of the caller."""
        at = self._advance(planned)
        while isinstance(at, LiveUpdate):
            if agree is not None:
                agree(at)
            at = self._advance(at)
        return at

    def _advance(self, planned: LiveUpdate) -> WrittenUpdate | LiveUpdate:
        return self._control.run(lambda _: self._writer.advance(planned))


def follow(
    control: BlockingControl,
    written: WrittenUpdate,
    *,
    limits: WatchLimits = USUAL,
    clock: Clock = REAL_TIME,
) -> Generator[RolloutEvent, None, None]:
    """What happens to an update that was written; see ``update.follow``."""
    return control.iterate(
        lambda manager: following.follow(manager, written, limits=limits, clock=clock)
    )


def finished(
    events: Iterable[RolloutEvent], happened: Callable[[RolloutEvent], object] = tell_nobody
) -> RolloutEnded:
    """How an update ended, once it has; ``events`` are those of ``follow``."""
    for event in events:
        happened(event)
        if isinstance(event, RolloutEnded):
            return event
    raise ValueError("these events have no end")


def wait_for(
    control: BlockingControl,
    service_ids: Sequence[str],
    *,
    written: Mapping[str, WrittenChange] | None = None,
    limits: WatchLimits = USUAL,
    clock: Clock = REAL_TIME,
) -> Generator[ServiceState | ManagerAway | ManagerBack, None, None]:
    """How far services are, until all are decided; see ``update.wait_for``."""
    return control.iterate(
        lambda manager: waiting.wait_for(
            manager, service_ids, written=written, limits=limits, clock=clock
        )
    )
