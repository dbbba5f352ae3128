"""Which tasks may be removed by hand: those that neither orchestrator nor node will touch. Pure.

Source: SwarmKit manager/orchestrator (replicated, global, jobs, taskreaper) and manager/dispatcher.
"""

from typing import NamedTuple

from swarmwire import pb
from swarmwire.cli.live.tasks import Swarm
from swarmwire.cli.live.words import RUNNING, state


class Verdict(NamedTuple):
    """Whether a task may be removed, and why."""

    removable: bool
    why: str
    ghost: bool = False
    """Whether nobody looks after it; what remains of a service's past is no ghost."""


def verdict(task: pb.Task, swarm: Swarm) -> Verdict:
    """What to say of a task."""
    service = swarm.services.get(task.service_id)
    over = task.status.state > RUNNING
    lost = _lost_node(task, swarm)
    if service is not None and _counts_for_job(task, service):
        return _kept("it counts for its job, which would run it again: remove the service")
    if service is not None and task.desired_state <= RUNNING and not over:
        return _kept(
            "its service wants it, and would replace it at once: update the service, scale it, or"
            " docker service update --force"
        )
    if service is not None and over:
        return Verdict(True, f"it is over ({state(task.status.state)}): history of its service")
    if lost:
        return _ghost(f"{lost}, so that nobody will ever report its end")
    if over:
        return _ghost(f"it is over ({state(task.status.state)}), and its service is gone")
    if not task.service_id:
        return _kept(
            "a container on its node is attached to a network by it: docker network disconnect"
        )
    if task.desired_state <= RUNNING and service is None:
        return _ghost("its service is gone, and nobody has told it to end: its node will stop it")
    return _kept("its node is stopping it: wait, or look at the node if that takes long")


def is_ghost(task: pb.Task, swarm: Swarm) -> bool:
    """Whether nobody looks after it any more."""
    return verdict(task, swarm).ghost


def _kept(why: str) -> Verdict:
    return Verdict(removable=False, why=why)


def _ghost(why: str) -> Verdict:
    return Verdict(removable=True, why=why, ghost=True)


def _lost_node(task: pb.Task, swarm: Swarm) -> str:
    """What is wrong with its node, if the node will not answer; nothing if it has or needs none."""
    if not task.node_id:
        return (
            "" if task.service_id in swarm.services else "it has no node, and its service is gone"
        )
    node = swarm.nodes.get(task.node_id)
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
