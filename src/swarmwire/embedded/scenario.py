"""What containers of an embedded swarm do: which images or services fail, when and how.

Without a rule a container runs until it is stopped, and ends with 0 at once.
"""

from fnmatch import fnmatchcase
from typing import Any, Final, Literal

import msgspec

from swarmwire import pb
from swarmwire.embedded.clock import as_nanoseconds

Hang = Literal["", "preparing", "starting", "stopping"]

NodeEvent = Literal["kill", "stop", "start", "drain", "pause", "activate", "label"]


class Selection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which tasks a rule is about; what is not given does not matter.

    Attributes:
        image: a pattern of the image as the spec names it: ``shop/web:*``.
        service: a pattern of the service's name.
        command: the command and its arguments, exactly.
        slot: the slot's number; of a global service there is none.
        node: the node's host name.
        healthcheck: whether the spec has a test of the container's health.
    """

    image: str = "*"
    service: str = "*"
    command: list[str] | None = None
    slot: int | None = None
    node: str = ""
    healthcheck: bool | None = None

    def fits(self, task: pb.Task, hostname: str) -> bool:
        """Whether a task, on the node of that name, is one of them."""
        container = task.spec.container
        tested = bool(container.healthcheck.test) and container.healthcheck.test[0] != "NONE"
        words = [*container.command, *container.args]
        return (
            fnmatchcase(container.image, self.image)
            and fnmatchcase(task.service_annotations.name, self.service)
            and (self.command is None or self.command == words)
            and (self.slot is None or self.slot == task.slot)
            and (not self.node or self.node == hostname)
            and (self.healthcheck is None or self.healthcheck == tested)
        )


class Behaviour(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a container does. Durations are in nanoseconds.

    Attributes:
        reject: the text with which its node refuses it while it prepares.
        pull: how long its image takes to come.
        fail_start: the text with which it cannot be started.
        exit: the code with which it ends by itself; None: it does not.
        after: how long it runs until then.
        healthy: when its test succeeds for the first time; None: at the first look.
        unhealthy: when its test has failed often enough; None: never.
        stop: the code with which it ends on the stop signal; None: it ignores the signal.
        stopping: how long it takes to end on the signal.
        hang: a state in which it stays.
        stdout: the lines that it writes there when it starts.
        stderr: likewise; they come after those of ``stdout``.
    """

    reject: str = ""
    pull: int = 0
    fail_start: str = ""
    exit: int | None = None
    after: int = 0
    healthy: int | None = None
    unhealthy: int | None = None
    stop: int | None = 0
    stopping: int = 0
    hang: Hang = ""
    stdout: tuple[str, ...] = ()
    stderr: tuple[str, ...] = ()


RUNS: Final = Behaviour()


class ScenarioRule(msgspec.Struct, frozen=True, kw_only=True):
    """What some tasks do."""

    match: Selection
    then: Behaviour


class ScenarioEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happens to a node.

    Attributes:
        at: when, in nanoseconds since the swarm began.
        node: the node's host name.
        do: what happens.
        labels: the labels that it has from then on, for ``label``.
    """

    at: int
    node: str
    do: NodeEvent
    labels: dict[str, str] = {}


class Scenario(msgspec.Struct, kw_only=True):
    """Rules, of which the first one that fits a task counts, and events.

    Attributes:
        rules: in their order.
        events: in any order.
    """

    rules: list[ScenarioRule] = []
    events: list[ScenarioEvent] = []

    def behaviour(self, task: pb.Task, hostname: str) -> Behaviour:
        """What a task does on the node of that name."""
        return next((rule.then for rule in self.rules if rule.match.fits(task, hostname)), RUNS)


class ScenarioCalls:
    """What containers do, said by calls. Durations are texts (``"2s"``), or seconds."""

    def on(self, then: Behaviour, **match: Any) -> None:
        """Have the containers of some tasks do something; the newest rule counts first.

        Args:
            then: what they do.
            match: which ones, as ``Selection`` has it: ``image="shop/web:*"``, ``slot=2``.
        """
        raise NotImplementedError

    def reject(self, text: str = "No such image", **match: Any) -> None:
        """Have nodes refuse some tasks with a text."""
        self.on(Behaviour(reject=text), **match)

    def exit(self, code: int, after: float | str = 0, **match: Any) -> None:
        """Have the containers of some tasks end by themselves with a code."""
        self.on(Behaviour(exit=code, after=as_nanoseconds(after)), **match)

    def hang(
        self, state: Literal["preparing", "starting", "stopping"] = "starting", **match: Any
    ) -> None:
        """Have some tasks stay in a state; from ``stopping`` they are killed after a while."""
        self.on(Behaviour(hang=state), **match)

    def unhealthy(self, after: float | str = 0, **match: Any) -> None:
        """Have the health of some containers fail for good, if their spec has a test of it."""
        self.on(Behaviour(unhealthy=as_nanoseconds(after)), **match)

    def slow_pull(self, takes: float | str, **match: Any) -> None:
        """Have the images of some tasks come slowly."""
        self.on(Behaviour(pull=as_nanoseconds(takes)), **match)
