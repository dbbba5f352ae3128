"""Which tasks may be removed by hand: those that neither orchestrator nor node will touch.

Nothing but ``TaskOwners.read`` asks a manager.

Source: SwarmKit manager/orchestrator (replicated, global, jobs, taskreaper) and manager/dispatcher.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple, Self

from swarmwire import pb
from swarmwire.control.api import Control
from swarmwire.control.kinds import KINDS

_RUNNING: Final = pb.TaskState.Value("RUNNING")


class TaskOwners(NamedTuple):
    """The services and nodes that tasks belong to, by id."""

    services: Mapping[str, pb.Service]
    nodes: Mapping[str, pb.Node]

    @classmethod
    async def read(cls, control: Control) -> Self:
        """All services and nodes of a manager.

        Raises:
            ControlError: the manager cannot tell.
        """
        services = await KINDS["service"].listed(control)
        nodes = await KINDS["node"].listed(control)
        return cls({each.id: each for each in services}, {each.id: each for each in nodes})


class RemovalVerdict(NamedTuple):
    """Whether a task may be removed, and why."""

    removable: bool
    why: str
    ghost: bool = False
    """Whether nobody looks after it; what remains of a service's past is no ghost."""


def removal_verdict(task: pb.Task, owners: TaskOwners) -> RemovalVerdict:
    """What to say of a task."""
    service = owners.services.get(task.service_id)
    over = task.status.state > _RUNNING
    lost = _lost_node(task, owners)
    if service is not None and _counts_for_job(task, service):
        return _kept("it counts for its job, which would run it again: remove the service")
    if service is not None and task.desired_state <= _RUNNING and not over:
        return _kept(
            "its service wants it, and would replace it at once: update the service, scale it, or"
            " docker service update --force"
        )
    if service is not None and over:
        return RemovalVerdict(True, f"it is over ({_state(task)}): history of its service")
    if lost:
        return _ghost(f"{lost}, so that nobody will ever report its end")
    if over:
        return _ghost(f"it is over ({_state(task)}), and its service is gone")
    if not task.service_id:
        return _kept(
            "a container on its node is attached to a network by it: docker network disconnect"
        )
    if task.desired_state <= _RUNNING and service is None:
        return _ghost("its service is gone, and nobody has told it to end: its node will stop it")
    return _kept("its node is stopping it: wait, or look at the node if that takes long")


def is_ghost(task: pb.Task, owners: TaskOwners) -> bool:
    """Whether nobody looks after it any more."""
    return removal_verdict(task, owners).ghost


def _state(task: pb.Task) -> str:
    number = task.status.state
    return pb.TaskState.Name(number).lower() if number in pb.TaskState.values() else str(number)


def _kept(why: str) -> RemovalVerdict:
    return RemovalVerdict(removable=False, why=why)


def _ghost(why: str) -> RemovalVerdict:
    return RemovalVerdict(removable=True, why=why, ghost=True)


def _lost_node(task: pb.Task, owners: TaskOwners) -> str:
    """What is wrong with its node, if the node will not answer; nothing if it has or needs none."""
    if not task.node_id:
        return (
            "" if task.service_id in owners.services else "it has no node, and its service is gone"
        )
    node = owners.nodes.get(task.node_id)
    if node is None:
        return "its node is gone"
    if node.status.state == pb.NodeStatus.DOWN:
        return f"its node {node.description.hostname or node.id} is down"
    return ""


def _counts_for_job(task: pb.Task, service: pb.Service) -> bool:
    """Whether it is of the job's present run."""
    if service.spec.WhichOneof("mode") not in ("replicated_job", "global_job"):
        return False
    return task.job_iteration.index == service.job_status.job_iteration.index
