"""What can go wrong in an embedded swarm."""

from swarmwire.errors import SwarmwireError


class NotSettled(SwarmwireError):
    """The swarm still moves after all the time that it was given.

    Attributes:
        moving: what moves, a sentence for each service.
    """

    def __init__(self, moving: tuple[str, ...], within: str) -> None:
        super().__init__(moving, within)
        self.moving = moving
        self.within = within

    def __str__(self) -> str:
        return f"still moving after {self.within}: {'; '.join(self.moving)}"


class UnusableState(SwarmwireError):
    """The file in which a swarm is kept cannot be used.

    Attributes:
        path: the file.
        reason: why not.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: cannot be the state of a swarm: {self.reason}"
