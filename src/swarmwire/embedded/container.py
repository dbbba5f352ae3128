"""A simulated container: when it ends, and with what, by what the scenario says of it."""

from dataclasses import dataclass
from typing import Final

from swarmwire import pb
from swarmwire.embedded.scenario import Behaviour
from swarmwire.embedded.states import nanoseconds, set_moment
from swarmwire.embedded.timing import Timing

_KILLED: Final = 137
NEVER: Final = 1 << 62


def written_by(task: pb.Task, behaviour: Behaviour, now: int) -> list[pb.LogMessage]:
    """The lines that the container of a task writes when it starts; one if none are given."""
    lines = [("LOG_STREAM_STDOUT", line) for line in behaviour.stdout]
    lines += [("LOG_STREAM_STDERR", line) for line in behaviour.stderr]
    if not lines:
        name = f"{task.service_annotations.name}.{task.slot or task.node_id}"
        lines = [("LOG_STREAM_STDOUT", f"{name}: {task.spec.container.image} was started")]
    found = []
    for stream, line in lines:
        message = pb.LogMessage(stream=stream, data=f"{line}\n".encode())
        message.context.service_id = task.service_id
        message.context.node_id = task.node_id
        message.context.task_id = task.id
        set_moment(message.timestamp, now)
        found.append(message)
    return found


@dataclass
class Ending:
    """How a container ends.

    Attributes:
        at: when its node notices it, in nanoseconds since 1970; ``NEVER``: it does not end.
        code: its exit code.
        unhealthy: whether it was stopped because its test failed.
    """

    at: int
    code: int = 0
    unhealthy: bool = False


class SimulatedContainer:
    """One container.

    Attributes:
        started_at: when it was started, in nanoseconds since 1970.
        ended: how it has ended, if it has.
    """

    def __init__(self, task: pb.Task, behaviour: Behaviour, timing: Timing) -> None:
        self.behaviour = behaviour
        self.started_at: int | None = None
        self.ended: Ending | None = None
        container = task.spec.container
        test = container.healthcheck.test
        self.is_tested = bool(test) and test[0] != "NONE"
        self._timing = timing
        given = container.HasField("stop_grace_period")
        self._grace = nanoseconds(container.stop_grace_period) if given else timing.grace

    def ending(self) -> Ending:
        """How it ends if nobody stops it."""
        if self.ended is not None:
            return self.ended
        if self.started_at is None:
            return Ending(NEVER)
        behaviour, endings = self.behaviour, [Ending(NEVER)]
        if behaviour.exit is not None:
            at = self.started_at + behaviour.after + self._timing.exited
            endings.append(Ending(at, behaviour.exit))
        if self.is_tested and behaviour.unhealthy is not None:
            at = self.started_at + behaviour.unhealthy
            takes, code = self.stopping()
            endings.append(Ending(at + takes + self._timing.exited, code, unhealthy=True))
        return min(endings, key=lambda ending: ending.at)

    def comes_up_at(self) -> int:
        """When it counts as started: at once, or when its test succeeds."""
        if self.started_at is None:
            return NEVER
        behaviour = self.behaviour
        if not self.is_tested:
            return self.started_at
        if behaviour.healthy is None and behaviour.unhealthy is not None:
            return NEVER
        return self.started_at + (behaviour.healthy or 0)

    def stopping(self) -> tuple[int, int]:
        """How long it takes to end on the signal, and with what code."""
        behaviour = self.behaviour
        if behaviour.stop is None or behaviour.hang == "stopping":
            return self._grace, _KILLED
        return min(behaviour.stopping, self._grace), behaviour.stop
