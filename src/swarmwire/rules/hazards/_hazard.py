"""One thing that a manager accepts and that goes wrong later."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from swarmwire.errors import render_path

Who = Literal["manager", "scheduler", "worker"]


@dataclass(frozen=True, slots=True)
class Hazard:
    """A field that a manager accepts, and what comes of it.

    Attributes:
        steps: where, from the object that was given, as in a ``FieldError``.
        reason: what goes wrong, in the engine's words where it has some.
        who: whom it hits. A manager breaks or never gets on with it; a scheduler never finds a
            node; a worker rejects the tasks, which are then started again and again.
    """

    steps: tuple[str | int, ...]
    reason: str
    who: Who

    @property
    def path(self) -> str:
        """Where: ``TaskTemplate.ContainerSpec.Mounts[2].Source``."""
        return render_path(self.steps)


Hazards = Iterator[Hazard]


def under(hazards: Iterable[Hazard], *steps: str | int) -> Hazards:
    """The same hazards, each with ``steps`` in front of its path."""
    for hazard in hazards:
        yield replace(hazard, steps=(*steps, *hazard.steps))
