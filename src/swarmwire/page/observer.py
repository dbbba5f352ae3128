"""Follow a manager, so that what is shown of its swarm is what it is now."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from swarmwire.control import ChangeFollower, Control
from swarmwire.page.observed import SHOWN, ObservedSwarm


class SwarmObserver:
    """Keeps an ``ObservedSwarm`` up to date.

    Args:
        opened: connects to the manager; called again whenever the connection is lost.
        swarm: what is kept up to date; a new one if it is not given.
        tell: is told in a sentence what happens to the connection.

    Attributes:
        blind_since: seconds since 1970, since when the manager is not heard of; None while it is.
    """

    def __init__(
        self,
        opened: Callable[[], AbstractAsyncContextManager[Control]],
        swarm: ObservedSwarm | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._opened = opened
        self._tell = tell
        self.swarm = ObservedSwarm() if swarm is None else swarm
        self.blind_since: float | None = time.time()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow meanwhile; it begins once all objects are there.

        Raises:
            TransportError: no manager can be reached.
            ControlError: it refuses.
        """
        follower = ChangeFollower(
            self._opened,
            SHOWN,
            self.swarm.apply,
            self._tell,
            learned=self._learned,
            standing=self._stands,
        )
        async with follower.running():
            yield

    def _learned(self, kind: str, objects: Sequence[Any]) -> None:
        self.swarm.learn(kind, objects)

    def _stands(self, standing: bool) -> None:  # noqa: FBT001 - what a follower tells
        if standing:
            self.blind_since = None
        elif self.blind_since is None:
            self.blind_since = time.time()
        self.swarm.touch()
