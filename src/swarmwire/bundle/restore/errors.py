"""Why a restore is not begun.

SwarmwireError
├── SameSwarm    .cluster_id    the bundle comes from the very swarm that it is to go to
└── NotInBundle  .wanted        something was selected that the bundle does not hold
"""

from swarmwire.errors import SwarmwireError


class SameSwarm(SwarmwireError):
    """The bundle comes from the very swarm that it is to go to.

    Attributes:
        cluster_id: the swarm.
    """

    def __init__(self, cluster_id: str) -> None:
        super().__init__(cluster_id)
        self.cluster_id = cluster_id

    def __str__(self) -> str:
        return (
            f"this is swarm {self.cluster_id}, which the bundle comes from:"
            " it may be alive, and may have gone on since"
        )


class NotInBundle(SwarmwireError):
    """Something was selected that the bundle does not hold.

    Attributes:
        wanted: what, as it was written: ``service/web``.
        reason: what is wrong with it.
    """

    def __init__(self, wanted: str, reason: str = "the bundle holds no such object") -> None:
        super().__init__(wanted, reason)
        self.wanted = wanted
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.wanted}: {self.reason}"
