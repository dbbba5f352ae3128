"""What managers, nodes and the scheduler do with wanted services, until nothing moves any more.

Tasks that find a place run; tasks that are to stop do. So what is told is where it all ends if
nothing else fails.

Source: SwarmKit manager/orchestrator/update/updater.go, Run and updateTask; manager/allocator.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from swarmwire import pb
from swarmwire.placement.spare_addresses import SpareAddresses
from swarmwire.placement.wanted import ServiceChange, SlotChange
from swarmwire.scheduling import Cluster, MovingCluster


class PlacementSimulation:
    """Several changes at once.

    Attributes:
        moving: the cluster as it has become.
        addresses: the networks likewise.
        stay_new: tasks without an address, by their ID.
    """

    def __init__(
        self, cluster: Cluster, networks: Sequence[pb.Network], changes: Sequence[ServiceChange]
    ) -> None:
        """Begin with the cluster as it is."""
        self.moving = MovingCluster(cluster)
        self.addresses = SpareAddresses(cluster, networks)
        self.stay_new: dict[str, pb.Task] = {}
        self._rollouts = {each.service.id: _Rollout(each) for each in changes}
        self._arriving: dict[str, pb.Task] = {}

    def run(self) -> None:
        """Let all happen that happens by itself."""
        leaving: list[str] = []
        for each in self._rollouts.values():
            change = each.change
            self.moving.put(change.service)
            self.addresses.enter(change.service, [network.id for network in change.networks])
            leaving += change.leaving
            self._come(change.coming)
            self._allocate()
        # roll-outs begin at once: the scheduler sees their first tasks with those that come
        while self._step(leaving):
            leaving = []

    def new_tasks(self, change: ServiceChange) -> Iterator[pb.Task]:
        """All new tasks of a service that have come so far."""
        yield from change.coming
        begun = self._rollouts[change.service.id].begun
        yield from (slot.new for slot in begun if slot.new is not None)

    def held_up(self, change: ServiceChange) -> int:
        """How many slots its roll-out never gets to."""
        return self._rollouts[change.service.id].held_up

    def _step(self, leaving: Iterable[str]) -> bool:
        """Every roll-out goes on with as many slots as it may. Tells whether anything moved."""
        begun = [(each.change, slot) for each in self._rollouts.values() for slot in each.go_on()]
        stopping = [task for change, slot in begun if not change.start_first for task in slot.old]
        stopping += leaving
        self._stop(stopping)
        self._come(slot.new for _, slot in begun if slot.new is not None)
        # a new task may find a place elsewhere before the old one has ended
        self._settle()
        self._end(stopping)
        self._settle()
        moved = bool(begun)
        while arrived := self._arrived():
            moved = True
            self._end(task for slot in arrived for task in slot.old)
            self._settle()
        return moved

    def _arrived(self) -> list[SlotChange]:
        placed = self.moving.placed
        return [slot for each in self._rollouts.values() for slot in each.arrived(placed)]

    def _come(self, tasks: Iterable[pb.Task]) -> None:
        for task in tasks:
            self.addresses.want(task)
            self.stay_new[task.id] = task
            self._arriving[task.id] = task

    def _stop(self, tasks: Iterable[str]) -> None:
        for each in tasks:
            self.moving.stop(each)

    def _end(self, tasks: Iterable[str]) -> None:
        for each in tasks:
            self.moving.end(each)
            self.addresses.release(each)

    def _allocate(self) -> None:
        """Give addresses to those that wait for them; the scheduler sees the tasks only then."""
        ready = [
            task
            for task in self.stay_new.values()
            if self.addresses.take(task, self._rollouts[task.service_id].change.service)
        ]
        for task in ready:
            del self.stay_new[task.id]
        self.moving.add(ready)

    def _settle(self) -> None:
        """Addresses first, then the scheduler; then nodes may want addresses, too."""
        self._allocate()
        for each in self.moving.settle():
            if each in self._arriving:
                self.addresses.arrive(self._arriving.pop(each), self.moving.placed[each])


class _Rollout:
    """The workers of one service, and the slots that they have begun."""

    def __init__(self, change: ServiceChange) -> None:
        self.change = change
        self.begun: list[SlotChange] = []
        self.busy: list[SlotChange] = []

    @property
    def held_up(self) -> int:
        """How many slots are not begun."""
        return len(self.change.queue) - len(self.begun)

    def go_on(self) -> list[SlotChange]:
        """The slots that free workers begin."""
        start = len(self.begun)
        free = max(0, self.change.workers - len(self.busy))
        slots = self.change.queue[start : start + free]
        self.begun += slots
        self.busy += slots
        return slots

    def arrived(self, placed: Mapping[str, str]) -> list[SlotChange]:
        """The slots of which the new task has found a place: their workers are free."""
        done = [slot for slot in self.busy if slot.new is None or slot.new.id in placed]
        self.busy = [slot for slot in self.busy if slot not in done]
        return done
