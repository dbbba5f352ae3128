"""Follow a manager, so that what is shown of its swarm is what it is now."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, Final

from swarmwire.control import ChangeFollower, Control, ControlError, TransportError
from swarmwire.page.observed import SHOWN, ObservedSwarm

_PAUSE: Final = 1.0


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
        self._filled = asyncio.Event()
        self.swarm = ObservedSwarm() if swarm is None else swarm
        self.blind_since: float | None = time.time()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow meanwhile; it begins once all objects are there.

        Raises:
            TransportError: no manager can be reached.
            ControlError: it refuses.
        """
        following = asyncio.create_task(self._follow())
        filled = asyncio.create_task(self._filled.wait())
        try:
            await asyncio.wait({following, filled}, return_when=asyncio.FIRST_COMPLETED)
            if following.done():
                await following
            yield
        finally:
            for task in (following, filled):
                task.cancel()
                with suppress(asyncio.CancelledError, ControlError, TransportError):
                    await task

    async def _follow(self) -> None:
        while True:
            follower = ChangeFollower(
                self._opened,
                SHOWN,
                self.swarm.apply,
                self._tell,
                learned=self._learned,
                standing=self._stands,
            )
            try:
                await follower.run()
            except (ControlError, TransportError) as err:
                if not self._filled.is_set():
                    raise
                self._tell(f"the manager refuses, trying again: {err}")
            self._stands(False)
            await asyncio.sleep(_PAUSE)

    def _learned(self, kind: str, objects: Sequence[Any]) -> None:
        self.swarm.learn(kind, objects)

    def _stands(self, standing: bool) -> None:  # noqa: FBT001 - what a follower tells
        if standing:
            self.blind_since = None
            self._filled.set()
        elif self.blind_since is None:
            self.blind_since = time.time()
        self.swarm.touch()
