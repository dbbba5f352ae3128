"""The constraint enforcer: tasks that their node does not suit any more are rejected.

Source: SwarmKit manager/orchestrator/constraintenforcer/constraint_enforcer.go.
"""

from swarmwire import pb
from swarmwire.control.memory import UPDATE, Committed
from swarmwire.embedded.batch import Batch
from swarmwire.embedded.states import ACTIVE, ASSIGNED, COMPLETE, REJECTED, copied, set_moment
from swarmwire.scheduling import node_matches


class ConstraintEnforcer:
    """The nodes to be looked at next."""

    name = "constraint enforcer"

    def __init__(self) -> None:
        self._changed: list[pb.Node] = []

    def begin(self, batch: Batch, now: int) -> int | None:
        """Look at all nodes."""
        for node in batch.all("node"):
            self._look_at(batch, node, now)
        return None

    def notice(self, done: Committed) -> bool:
        """Note nodes that were changed."""
        changed = [each.new for each in done.changes if each.kind == "node"]
        if not any(each.action == UPDATE for each in done.changes):
            return False
        self._changed += changed
        return bool(changed)

    def step(self, batch: Batch, now: int) -> int | None:
        """Look at the nodes that were changed."""
        changed, self._changed = self._changed, []
        for node in changed:
            self._look_at(batch, node, now)
        return None

    def _look_at(self, batch: Batch, node: pb.Node, now: int) -> None:
        if node.spec.availability != ACTIVE:
            return
        memory = node.description.resources.memory_bytes
        cpus = node.description.resources.nano_cpus
        for task in batch.tasks_on(node.id):
            if not ASSIGNED <= task.desired_state <= COMPLETE or task.status.state >= COMPLETE:
                continue
            service = batch.service(task.service_id)
            spec = task.spec if service is None else service.spec.task
            if not node_matches(spec.placement.constraints, node):
                _reject(batch, task, now)
                continue
            reserved = task.spec.resources.reservations
            if reserved.memory_bytes > memory or reserved.nano_cpus > cpus:
                _reject(batch, task, now)
                continue
            memory -= reserved.memory_bytes
            cpus -= reserved.nano_cpus
        batch.cut()


def _reject(batch: Batch, task: pb.Task, now: int) -> None:
    new = copied(task)
    new.status.state = REJECTED
    new.status.message = "task rejected by constraint enforcer"
    new.status.err = "assigned node no longer meets constraints"
    set_moment(new.status.timestamp, now)
    batch.put("task", new)
