"""What became of each task in the last hour: when it came into which state. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from swarmwire import pb

SECOND: Final = 1_000_000_000
KEPT: Final = 3600 * SECOND
"""For so long a state that has ended is remembered."""
RUNNING: Final = pb.TaskState.Value("RUNNING")


def moment(stamp: pb.Timestamp) -> int:
    """A time in nanoseconds since 1970, whatever somebody has stored as one."""
    return int(stamp.seconds) * SECOND + int(stamp.nanos)


class Span(NamedTuple):
    """A time in which a task was in one state.

    Attributes:
        state: SwarmKit's number of it.
        begin: nanoseconds since 1970.
        end: likewise; None if it lasts.
    """

    state: int
    begin: int
    end: int | None


class TaskLife(NamedTuple):
    """One task, and its states one after another."""

    task: pb.Task
    spans: Sequence[Span]


class _Life:
    __slots__ = ("changes", "ended", "task")

    def __init__(self, task: pb.Task) -> None:
        self.task = task
        self.changes: list[tuple[int, int]] = []
        self.ended: int | None = None


class TaskHistory:
    """The lives of tasks, also of those that are removed, by service."""

    def __init__(self) -> None:
        self._services: dict[str, dict[str, _Life]] = {}

    def learn(self, task: pb.Task, now: int) -> None:
        """Take in a task that was there before anybody looked: its own times count."""
        born = moment(task.meta.created_at) or now
        since = moment(task.status.timestamp) or born
        life = self._of(task)
        if since > born:
            life.changes.append((0, born))
        life.changes.append((task.status.state, max(born, since)))
        self._close(life, task, max(born, since))

    def put(self, task: pb.Task, now: int) -> None:
        """Take in a task as it is now."""
        life = self._of(task)
        life.task = task
        state = task.status.state
        if not life.changes or life.changes[-1][0] != state:
            life.changes.append((state, now))
        self._close(life, task, now)

    def drop(self, task: pb.Task, now: int) -> None:
        """A task is gone."""
        life = self._of(task)
        life.ended = life.ended or now
        self._forget(task.service_id, now)

    def lives(self, service_id: str, now: int) -> list[TaskLife]:
        """The tasks of a service that lived in the last hour, by slot, the oldest first."""
        self._forget(service_id, now)
        found = [
            TaskLife(each.task, tuple(_spans(each)))
            for each in self._services.get(service_id, {}).values()
            if each.changes
        ]
        found.sort(key=lambda life: (life.task.slot, life.task.node_id, life.spans[0].begin))
        return found

    def _of(self, task: pb.Task) -> _Life:
        lives = self._services.setdefault(task.service_id, {})
        return lives.setdefault(task.id, _Life(task))

    def _close(self, life: _Life, task: pb.Task, now: int) -> None:
        if task.status.state > RUNNING:
            life.ended = life.ended or now

    def _forget(self, service_id: str, now: int) -> None:
        lives = self._services.get(service_id, {})
        for id_ in [id_ for id_, each in lives.items() if _is_old(each, now)]:
            del lives[id_]
        if not lives:
            self._services.pop(service_id, None)


def _is_old(life: _Life, now: int) -> bool:
    return life.ended is not None and life.ended < now - KEPT


def _spans(life: _Life) -> Iterator[Span]:
    for number, (state, begin) in enumerate(life.changes):
        is_last = number == len(life.changes) - 1
        yield Span(state, begin, life.ended if is_last else life.changes[number + 1][1])
