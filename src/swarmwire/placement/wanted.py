"""Services that are wanted, and what becomes of their tasks: who leaves, who comes, in which order.

Source: SwarmKit manager/orchestrator: replicated, global, jobs, and NewTask of task.go.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from swarmwire import pb
from swarmwire.plan import TaskVerdict, fate_of_tasks, is_job
from swarmwire.plan.planning import updated_service
from swarmwire.plan.rollout import rollout
from swarmwire.releases import Release
from swarmwire.releases.messages import known_to
from swarmwire.scheduling import Cluster
from swarmwire.scheduling.addresses import takes_part

_NEGATIVE: Final = 2**63


class WantedService(NamedTuple):
    """A service that is to be created or updated.

    Attributes:
        spec: what it is to be; for a rollback the previous spec. Networks go by ID or name.
        current: the service as it is; None if it is new.
        rollback: whether it is a rollback.
    """

    spec: pb.ServiceSpec
    current: pb.Service | None = None
    rollback: bool = False


class SlotChange(NamedTuple):
    """One slot that a roll-out goes through.

    Attributes:
        old: the IDs of the tasks that go.
        new: the task that takes their place; None if one that is there already does.
    """

    old: tuple[str, ...]
    new: pb.Task | None


@dataclass
class ServiceChange:
    """What becomes of the tasks of one service.

    Attributes:
        service: the service as a manager stores it after the change.
        leaving: the IDs of tasks that go at once, with nothing in their place.
        coming: new tasks that come at once.
        queue: the slots that the roll-out goes through, in its order.
        workers: how many of them are under way at a time.
        start_first: whether a slot's new task starts before the old one stops.
        later: how many tasks of a job come only once others are complete.
        unlisted: how many new tasks more there are, all like the last one.
        networks: what its tasks are attached to: ID and driver alone.
    """

    service: pb.Service
    networks: tuple[pb.Network, ...] = ()
    leaving: list[str] = field(default_factory=list)
    coming: list[pb.Task] = field(default_factory=list)
    queue: list[SlotChange] = field(default_factory=list)
    workers: int = 0
    start_first: bool = False
    later: int = 0
    unlisted: int = 0

    @property
    def name(self) -> str:
        """The name of the service."""
        return self.service.spec.annotations.name

    def more(self, node: str = "") -> pb.Task:
        """One more task than there are, on a node if one is given."""
        return _new_task(self.service, "more", node, self.networks)


def service_change(
    wanted: WantedService, cluster: Cluster, networks: Sequence[pb.Network], release: Release
) -> ServiceChange:
    """What becomes of the tasks of one service.

    Raises:
        InvalidSpec: kind "crash": managers of the release crash on the update.
    """
    spec = known_to(wanted.spec, release)
    if wanted.current is None:
        old = pb.Service(id=f"new:{spec.annotations.name}", spec=spec)
        new = pb.Service(id=old.id, spec=spec, spec_version=pb.Version(index=1))
    else:
        old = known_to(wanted.current, release)
        new = updated_service(old, spec, rollback=wanted.rollback)
    tasks = [task for task in cluster.tasks if task.service_id == new.id]
    fate = fate_of_tasks(old, new, tasks, cluster.nodes, release)
    attached = tuple(_attached(each) for each in networks if takes_part(new, each))
    change = ServiceChange(new, attached, unlisted=fate.unlisted)
    _sort(change, fate.verdicts)
    settings = rollout(old.spec, spec, len(change.queue), rollback=wanted.rollback)
    change.start_first = settings.order == "start-first"
    change.workers = settings.parallelism or len(change.queue)
    if change.workers >= _NEGATIVE:
        change.workers = 0  # as SwarmKit: no worker, so that the roll-out never begins
    return change


def _sort(change: ServiceChange, verdicts: Sequence[TaskVerdict]) -> None:
    """Tell apart who goes, who comes and who is replaced."""
    service, networks = change.service, change.networks
    everywhere = service.spec.HasField("global")
    slots: dict[str, list[TaskVerdict]] = {}
    for verdict in verdicts:
        if verdict.action == "added":
            place = verdict.node or str(verdict.slot)
            change.coming.append(_new_task(service, place, verdict.node, networks))
        elif verdict.action == "removed" and verdict.why != "superseded":
            change.leaving.append(verdict.task)
        elif verdict.action in ("removed", "restarts"):
            place = verdict.node if everywhere else str(verdict.slot)
            slots.setdefault(place, []).append(verdict)
    for place, group in slots.items():
        restarts = any(verdict.action == "restarts" for verdict in group)
        node = place if everywhere else ""
        new = _new_task(service, place, node, networks) if restarts else None
        change.queue.append(SlotChange(tuple(each.task for each in group), new))
    if is_job(service.spec) and service.spec.HasField("replicated_job"):
        at_once = service.spec.replicated_job.max_concurrent
        total = len(change.coming) + change.unlisted
        del change.coming[at_once:]
        change.unlisted = max(0, min(at_once, total) - len(change.coming))
        change.later = total - len(change.coming) - change.unlisted


def _new_task(
    service: pb.Service, place: str, node: str, networks: Sequence[pb.Network]
) -> pb.Task:
    """A new task as the scheduler gets it, but for its addresses."""
    task = pb.Task(
        id=f"{service.id}.{place}",
        service_id=service.id,
        spec=service.spec.task,
        spec_version=service.spec_version,
        node_id=node,
        status=pb.TaskStatus(state="PENDING"),
        desired_state="COMPLETE" if is_job(service.spec) else "RUNNING",
        endpoint=pb.Endpoint(ports=service.spec.endpoint.ports),
    )
    for network in networks:
        task.networks.add(network=network)
    return task


def _attached(network: pb.Network) -> pb.Network:
    """What decides of a network; one that is not allocated yet has the driver that it will have."""
    driver = network.driver_state.name or network.spec.driver_config.name or "overlay"
    return pb.Network(id=network.id, driver_state=pb.Driver(name=driver))
