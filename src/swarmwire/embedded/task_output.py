"""What containers of an embedded swarm write: a line when they start, unless somebody adds more."""

from typing import Final

from swarmwire import pb
from swarmwire.control.memory import REMOVE, Committed, MemoryManager
from swarmwire.embedded.states import RUNNING

_STDOUT: Final = pb.LogMessage(stream="LOG_STREAM_STDOUT").stream
_AT_ONCE: Final = 100
"""Tasks that are gone whose lines are forgotten together."""


class TaskOutput:
    """Has the tasks of a swarm write their lines, and forgets those of tasks that are gone."""

    def __init__(self, manager: MemoryManager) -> None:
        self._manager = manager
        self._gone: set[str] = set()

    def notice(self, done: Committed) -> None:
        """Look at a transaction of the store."""
        started = []
        for change in done.changes:
            if change.kind != "task":
                continue
            if change.action == REMOVE:
                self._gone.add(change.new.id)
            elif _starts(change.new, change.old):
                started.append(_line(change.new))
        if started:
            self._manager.log(*started)
        if len(self._gone) >= _AT_ONCE:
            self._manager.forget_lines(self._gone)
            self._gone = set()


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
