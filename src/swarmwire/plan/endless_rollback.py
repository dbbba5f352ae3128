"""Updates of global services whose roll-back would never be noted as complete.

A roll-back begins when a new task has failed. Of a global service each node is looked at then: one
whose old task was told to stop, and whose new one has ended for good, gets a new task at once, and
the updater has nothing to do there. If that is so on all nodes, nobody calls the updater, and it is
the one who notes that the roll-back is complete. Tasks run, and the service stays at
``rollback_started`` until it is updated again.

Source: SwarmKit manager/orchestrator/global/global.go, reconcileServices;
manager/orchestrator/restart/restart.go, UpdatableTasksInSlot.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from swarmwire import pb
from swarmwire.plan.trap import PlannedUpdate, Trap
from swarmwire.scheduling import node_matches

_PATH: Final = "TaskTemplate.RestartPolicy.Condition"


def endless_rollback_traps(update: PlannedUpdate) -> Iterator[Trap]:
    """A restart policy that leaves no task behind for the updater to look at."""
    new = update.new
    restarts = any(difference.effect == "restarts" for difference in update.differences)
    if new.WhichOneof("mode") != "global" or update.rollback or not restarts:
        return
    if new.update.failure_action != pb.UpdateConfig.ROLLBACK or new.update.max_failure_ratio >= 1:
        return
    ends = _ends_for_good(new.task)
    where = _all_at_once(new, update.forecast.nodes)
    if ends and where:
        yield Trap(
            code="rollback-never-ends",
            path=_PATH,
            text=f"{ends} {where} If they end so before the update is complete, the manager starts"
            " tasks with the old spec and never notes that the roll-back is complete: the service"
            " stays at rollback_started until it is updated again. Use the restart condition any.",
        )


def _ends_for_good(spec: pb.TaskSpec) -> str:
    """Which new tasks a manager does not restart; empty if it restarts all."""
    if not spec.HasField("restart") or spec.restart.condition == pb.RestartPolicy.ANY:
        return ""
    if spec.restart.condition == pb.RestartPolicy.NONE:
        return "With the restart condition none a new task that ends is not restarted."
    return "With the restart condition on-failure a new task that ends with 0 is not restarted."


def _all_at_once(new: pb.ServiceSpec, nodes: Sequence[pb.Node] | None) -> str:
    """How the tasks of all nodes can be under way together; empty if they cannot."""
    at_once = new.update.parallelism
    if nodes is None:
        return "" if at_once else "The tasks of all nodes are replaced at once (parallelism 0)."
    fitting = sum(
        node.spec.availability == pb.NodeSpec.ACTIVE
        and node.status.state == pb.NodeStatus.READY
        and node_matches(new.task.placement.constraints, node)
        for node in nodes
    )
    if fitting == 1:
        return "It runs on 1 node."
    if fitting and (at_once == 0 or at_once >= fitting):
        return f"The tasks of all {fitting} nodes are replaced at once (parallelism {at_once})."
    return ""
