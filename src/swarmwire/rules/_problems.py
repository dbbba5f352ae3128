"""What all rules share: how a problem or a hazard is made, moved up a path and raised.

A rule is a generator of ``InvalidSpec``, in the manager's order. ``validate_…`` raises the first,
``…_problems`` lists all: one implementation, two questions. What a manager accepts and what goes
wrong later is a ``Hazard``.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec
from msgspec.structs import replace

from swarmwire.errors import InvalidSpec, Kind, render_path
from swarmwire.releases import RELEASES, Release

Problems = Iterator[InvalidSpec]
Who = Literal["manager", "scheduler", "worker"]
HazardSeverity = Literal["error", "lost", "hint"]

_OLDEST = RELEASES[0].name


def invalid(reason: str, *steps: str | int, kind: Kind = "range") -> InvalidSpec:
    """A problem that the manager answers with InvalidArgument."""
    return InvalidSpec("InvalidArgument", reason, *steps, kind=kind)


def unknown(reason: str, *steps: str | int, kind: Kind = "range") -> InvalidSpec:
    """A problem that the manager answers with a plain error, which gRPC calls Unknown."""
    return InvalidSpec("Unknown", reason, *steps, kind=kind)


def unimplemented(reason: str, *steps: str | int) -> InvalidSpec:
    """A problem that the manager answers with Unimplemented."""
    return InvalidSpec("Unimplemented", reason, *steps, kind="unsupported")


def under(problems: Iterable[InvalidSpec], *steps: str | int) -> Problems:
    """The same problems, each with ``steps`` in front of its path."""
    for problem in problems:
        yield problem.under(*steps)


def each(problems: Iterable[Iterable[InvalidSpec]], name: str) -> Problems:
    """The problems of every item of a list, each with ``name`` and its index in front."""
    for index, of_item in enumerate(problems):
        yield from under(of_item, name, index)


def raise_first(problems: Iterable[InvalidSpec]) -> None:
    """Raise the first problem; return if there is none."""
    for problem in problems:
        raise problem


class Hazard(msgspec.Struct, frozen=True):
    """A field that a manager accepts, and what comes of it.

    Attributes:
        steps: where, from the object that was given, as in a ``FieldError``.
        reason: what goes wrong, in the engine's words where it has some.
        who: whom it hits. A manager breaks or never gets on with it; a scheduler never finds a
            node; a worker rejects the tasks, which are then started again and again.
        fix: what to do about it; ``""`` where nothing can be said.
        severity: ``error``: no task ever runs as wanted; ``lost``: tasks run without it; ``hint``:
            they run, and it is hardly what was meant.
        first: the first release of the engine that it holds for; ``""`` is the oldest.
        last: the last one; ``""`` is the newest.
    """

    steps: tuple[str | int, ...]
    reason: str
    who: Who
    fix: str = ""
    severity: HazardSeverity = "error"
    first: str = ""
    last: str = ""

    @property
    def path(self) -> str:
        """Where: ``TaskTemplate.ContainerSpec.Mounts[2].Source``."""
        return render_path(self.steps)

    def holds_for(self, release: Release) -> bool:
        """Whether ``release`` behaves so."""
        return release.has(self.first or _OLDEST, self.last)


Hazards = Iterator[Hazard]


def for_release(hazards: Iterable[Hazard], release: Release) -> list[Hazard]:
    """The hazards that hold for a release."""
    return [hazard for hazard in hazards if hazard.holds_for(release)]


def hazards_under(hazards: Iterable[Hazard], *steps: str | int) -> Hazards:
    """The same hazards, each with ``steps`` in front of its path."""
    for hazard in hazards:
        yield replace(hazard, steps=(*steps, *hazard.steps))
