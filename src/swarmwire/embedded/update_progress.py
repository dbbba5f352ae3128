"""How far an update of a service is: what SwarmKit keeps in goroutines, as data.

Source: SwarmKit manager/orchestrator/update/updater.go, Run and worker.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from swarmwire import pb
from swarmwire.embedded.restart import DelayedStart
from swarmwire.embedded.states import RUNNING, SECOND

_DEFAULT_MONITOR: Final = 5 * SECOND

Slot = Sequence[pb.Task]
Phase = Literal["new", "handing", "waiting", "monitoring", "over"]


@dataclass
class UpdateWorker:
    """What one worker is at."""

    number: int
    slot: Slot | None = None
    waits_for: DelayedStart | None = None
    task_id: str = ""
    start_then_stop: bool = False
    came_up: int = 0
    """The first state from running on that the new task was seen in."""
    rests_until: int | None = None

    @property
    def is_idle(self) -> bool:
        """Whether it waits for a slot."""
        return self.slot is None


@dataclass
class Update:
    """One update of one service, from its start to its end."""

    service: pb.Service
    slots: Sequence[Slot]
    config: pb.UpdateConfig = field(default_factory=pb.UpdateConfig)
    phase: Phase = "new"
    dirty: list[Slot] = field(default_factory=list)
    handed: int = 0
    workers: list[UpdateWorker] = field(default_factory=list)
    idle: list[int] = field(default_factory=list)
    """The numbers of the workers that wait for a slot, as a heap: the first one is taken."""
    making: dict[str, UpdateWorker] = field(default_factory=dict)
    """The workers by the new task that each waits for."""
    ended: deque[pb.Task] = field(default_factory=deque)
    """Tasks of the service that were seen beyond running, and not yet looked at."""
    updated: dict[str, int] = field(default_factory=dict)
    """The tasks made here, and when they were seen running; 0: not yet."""
    failed: set[str] = field(default_factory=set)
    stopped: bool = False
    monitor: int = _DEFAULT_MONITOR
    monitored_until: int = 0

    @property
    def rolls_back(self) -> bool:
        """Whether the service was rolling back when the update began."""
        state = self.service.update_status.state
        return self.service.HasField("update_status") and state == pb.UpdateStatus.ROLLBACK_STARTED

    def notice(self, task: pb.Task) -> bool:
        """Note a new state of one of the service's tasks; tells whether it matters."""
        state, found = task.status.state, False
        worker = self.making.get(task.id)
        if worker is not None and not worker.came_up and state >= RUNNING:
            worker.came_up, found = state, True
        if state > RUNNING and self.phase != "new":
            self.ended.append(task)
            found = True
        return found

    def timer(self) -> int | None:
        """When it goes on by itself next."""
        found = [each.rests_until for each in self.workers if each.rests_until is not None]
        if self.phase == "monitoring":
            found.append(self.monitored_until)
        return min(found, default=None)
