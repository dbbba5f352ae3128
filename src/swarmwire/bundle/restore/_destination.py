"""Where a restore goes: what is there, what an earlier run made, and how to go about it. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from swarmwire.bundle.restore._options import Options
from swarmwire.bundle.restore._steps import Kind, Known
from swarmwire.bundle.restore._swarm import Swarm


class Destination(NamedTuple):
    """The new swarm as the steps see it.

    Attributes:
        swarm: what it has.
        known: what an earlier run created in it.
        options: how to restore.
        network_names: names of the dead swarm's networks by id, also of those that the bundle
            does not hold.
    """

    swarm: Swarm
    known: Known
    options: Options
    network_names: Mapping[str, str]

    def made(self, kind: Kind, old_id: str) -> Any | None:
        """What an earlier run created for an object of the dead swarm, if it is there still."""
        return self.swarm.with_id(kind, self.known.get((kind, old_id), ""))
