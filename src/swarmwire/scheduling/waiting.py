"""Tasks that wait, those that are alike together: who refuses them, and what would help."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from swarmwire import pb
from swarmwire.expected import expect, expect_each
from swarmwire.scheduling.addresses import AddressDemand, AddressDemands
from swarmwire.scheduling.advice import Advice, advice
from swarmwire.scheduling.cluster import Cluster
from swarmwire.scheduling.node_info import COMPLETE, PENDING
from swarmwire.scheduling.refusal import FilterRefusal
from swarmwire.scheduling.scheduler import explain

_NEW: Final = pb.TaskState.Value("NEW")
_SHORT: Final = 12


class WaitingTasks(NamedTuple):
    """Tasks that are alike, and why they wait.

    Attributes:
        tasks: at least one.
        refusals: by node ID; of a task that is bound to a node only that node's.
        helps: what would make a place.
        short_of: the networks that have no address left for them.
    """

    tasks: tuple[pb.Task, ...]
    refusals: dict[str, tuple[FilterRefusal, ...]]
    helps: tuple[Advice, ...]
    short_of: tuple[AddressDemand, ...]

    def remarks(self) -> Iterator[str]:
        """What the manager says of them, and what it looks at, a sentence each."""
        task = self.tasks[0]
        said = task.status.err
        yield f"The manager says: {said}" if said else "The manager says nothing."
        if task.status.state == _NEW:
            yield "The scheduler does not look at it before it has its addresses."
            for each in self.short_of:
                yield f"{each}."
        elif task.node_id and not self.refusals:
            yield f"It is bound to node {task.node_id[:_SHORT]}, which is gone."
        elif not all(self.refusals.values()):
            yield "A node takes it now: it is placed as soon as the manager looks again."


def waits(task: pb.Task) -> bool:
    """Whether a task waits for its addresses, or for a place.

    Raises:
        ConvertError: kind "type": another kind of object.
    """
    expect(pb.Task, task)
    return task.status.state in (_NEW, PENDING) and task.desired_state <= COMPLETE


def waiting_tasks(
    cluster: Cluster, networks: Sequence[pb.Network], tasks: Sequence[pb.Task]
) -> list[WaitingTasks]:
    """Why those of ``tasks`` wait that do; each kind is explained once.

    Args:
        cluster: all that decides where tasks can run.
        networks: all networks.
        tasks: which tasks are asked about; those that do not wait are passed over.

    Raises:
        ConvertError: kind "type": another kind of object.
    """
    expect_each(pb.Network, networks)
    expect_each(pb.Task, tasks)
    waiting = [task for task in tasks if waits(task)]
    demands = AddressDemands(cluster, networks)
    return [_explained(cluster, demands, group) for group in _alike(waiting)]


def _alike(tasks: Sequence[pb.Task]) -> list[list[pb.Task]]:
    """Tasks of which a manager says the same for the same reasons."""
    groups: dict[object, list[pb.Task]] = {}
    for task in tasks:
        spec = task.spec.SerializeToString(deterministic=True)
        key = (task.service_id, task.node_id, task.status.state, task.status.err, spec)
        groups.setdefault(key, []).append(task)
    for group in groups.values():
        group.sort(key=lambda task: (task.slot, task.id))
    return list(groups.values())


def _explained(cluster: Cluster, demands: AddressDemands, tasks: list[pb.Task]) -> WaitingTasks:
    task = tasks[0]
    refusals = explain(cluster, task)
    if task.node_id:
        refusals = {each: refusals[each] for each in refusals if each == task.node_id}
    short_of: tuple[AddressDemand, ...] = ()
    service = (cluster.services or {}).get(task.service_id)
    if task.status.state == _NEW and service is not None:
        short_of = tuple(each for each in demands.of(service, tasks) if each.stay_new)
    return WaitingTasks(tuple(tasks), refusals, advice(cluster, task), short_of)
