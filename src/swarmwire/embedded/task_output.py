"""What containers of an embedded swarm write: a line when they start, unless somebody adds more."""

from typing import Final

from swarmwire import pb
from swarmwire.control.memory import REMOVE, Committed, MemoryManager
from swarmwire.embedded.states import RUNNING

_STDOUT: Final = pb.LogMessage(stream="LOG_STREAM_STDOUT").stream


class TaskOutput:
    """Has the tasks of a swarm write their lines, which go with them, as those of containers do."""

    def __init__(self, manager: MemoryManager) -> None:
        self._manager = manager

    def notice(self, done: Committed) -> None:
        """Look at a transaction of the store."""
        started, gone = [], set()
        for change in done.changes:
            if change.kind != "task":
                continue
            if change.action == REMOVE:
                gone.add(change.new.id)
            elif _starts(change.new, change.old):
                started.append(_line(change.new))
        if started:
            self._manager.log(*started)
        if gone:
            self._manager.forget_lines(gone)


def _starts(new: pb.Task, old: pb.Task | None) -> bool:
    runs = new.status.state == RUNNING
    return runs and (old is None or old.status.state != RUNNING)


def _line(task: pb.Task) -> pb.LogMessage:
    name = f"{task.service_annotations.name}.{task.slot or task.node_id}"
    return pb.LogMessage(
        context=pb.LogContext(service_id=task.service_id, node_id=task.node_id, task_id=task.id),
        timestamp=task.status.timestamp,
        stream=_STDOUT,
        data=f"{name}: {task.spec.container.image} was started\n".encode(),
    )
