"""Whether a swarm still moves."""

from typing import Final

from swarmwire import pb
from swarmwire.control.memory import MemoryStore
from swarmwire.embedded.states import (
    COMPLETE,
    MILLISECOND,
    NODE_READY,
    READY,
    RUNNING,
    SECOND,
    nanoseconds,
)

_QUIET: Final = 1200 * MILLISECOND
_DEFAULT_DELAY: Final = 5 * SECOND
_ROLLING: Final = (pb.UpdateStatus.UPDATING, pb.UpdateStatus.ROLLBACK_STARTED)


def moving(store: MemoryStore) -> tuple[str, ...]:
    """What moves: roll-outs, and tasks on living nodes that have not reached what is desired."""
    found = [
        f"service {service.spec.annotations.name}: {service.update_status.message}"
        for service in store.all("service")
        if service.HasField("update_status") and service.update_status.state in _ROLLING
    ]
    for task in store.unordered("task"):
        if task.node_id and _moves(task, store.get("node", task.node_id)):
            state = pb.TaskState.Name(task.status.state).lower()
            wanted = pb.TaskState.Name(task.desired_state).lower()
            name = task.service_annotations.name
            found.append(f"a task of {name} is {state}, and wanted {wanted}")
    return tuple(found)


def quiet_time(store: MemoryStore) -> int:
    """How long nothing may happen before all is over: longer than the longest restart delay."""
    delays = [_delay(service.spec.task) for service in store.unordered("service")]
    return _QUIET + max(delays, default=0)


def _delay(spec: pb.TaskSpec) -> int:
    if spec.restart.HasField("delay"):
        return nanoseconds(spec.restart.delay)
    return _DEFAULT_DELAY


def _moves(task: pb.Task, node: pb.Node | None) -> bool:
    if node is None or node.status.state != NODE_READY:
        return False
    state, wanted = task.status.state, task.desired_state
    if wanted == READY:
        return state < READY
    if wanted == COMPLETE:
        return state < RUNNING
    if wanted < COMPLETE:
        return state < wanted
    return state <= RUNNING
