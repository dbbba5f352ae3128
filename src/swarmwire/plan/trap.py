"""A trap, and what traps are looked for in."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from swarmwire import pb
from swarmwire.plan.differences import Difference
from swarmwire.plan.forecast import Forecast
from swarmwire.spec import FieldDifference


class Trap(msgspec.Struct, frozen=True, kw_only=True):
    """Something that surprises people about an update.

    Attributes:
        code: the kind of trap, for programs: ``job-runs-again``.
        path: which field it is about; ``""`` is the whole service.
        text: what happens, and where there is a way round it, which.
    """

    code: str
    text: str
    path: str = ""


class PlannedUpdate(NamedTuple):
    """An update as the traps see it."""

    forecast: Forecast
    found: Sequence[FieldDifference]
    differences: Sequence[Difference]
    names: Mapping[str, str]
    rollback: bool

    @property
    def old(self) -> pb.ServiceSpec:
        """The spec that is."""
        return self.forecast.old.spec

    @property
    def new(self) -> pb.ServiceSpec:
        """The spec that is wanted."""
        return self.forecast.new.spec

    @property
    def ignored(self) -> frozenset[str]:
        """The sections of the spec with a difference that nothing comes of."""
        return frozenset(
            str(each.new_steps[0])
            for each, difference in zip(self.found, self.differences, strict=True)
            if difference.effect == "ignored"
        )

    def name(self, identity: str) -> str:
        """The name of an object, or its ID."""
        return self.names.get(identity, identity)
