"""A trap, and what traps are looked for in."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from swarmwire import pb
from swarmwire.plan._draft import Draft
from swarmwire.plan._walk import Change
from swarmwire.plan.differences import Difference


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


class Update(NamedTuple):
    """An update as the traps see it."""

    draft: Draft
    changes: Sequence[Change]
    differences: Sequence[Difference]
    names: Mapping[str, str]
    rollback: bool

    @property
    def old(self) -> pb.ServiceSpec:
        """The spec that is."""
        return self.draft.old.spec

    @property
    def new(self) -> pb.ServiceSpec:
        """The spec that is wanted."""
        return self.draft.new.spec

    @property
    def ignored(self) -> frozenset[str]:
        """The sections of the spec with a difference that nothing comes of."""
        return frozenset(
            str(change.new_steps[0])
            for change, difference in zip(self.changes, self.differences, strict=True)
            if difference.effect == "ignored"
        )

    def name(self, identity: str) -> str:
        """The name of an object, or its ID."""
        return self.names.get(identity, identity)
