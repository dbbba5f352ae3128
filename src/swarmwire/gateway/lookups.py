"""Images that clients have looked up: few of one client at once, so that others have a turn."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final
from weakref import WeakKeyDictionary

from swarmwire.policy import ClientLimits

DistributionLookup = Callable[[str, str], Awaitable[bytes]]
"""Given a reference of an image and the header with credentials: the JSON that describes it.

Raises ``RequestRefused``: there is no such image, or no answer.
"""

_AT_ONCE: Final = 4
"""Half of the requests that a registry is sent at once for all of them."""


class ImageLookups:
    """Lookups in registries, in turns.

    Args:
        lookup: what looks an image up.
    """

    def __init__(self, lookup: DistributionLookup) -> None:
        self._lookup = lookup
        self._turns: WeakKeyDictionary[ClientLimits, asyncio.Semaphore] = WeakKeyDictionary()

    def is_busy(self, limits: ClientLimits | None) -> bool:
        """Whether a client would have to wait for its own lookups."""
        return limits is not None and self._turn(limits).locked()

    async def describe(self, limits: ClientLimits | None, image: str, login: str) -> bytes:
        """The JSON that describes an image.

        Args:
            limits: those of its client; whoever has none waits for nobody.
            image: its reference.
            login: the header with credentials.

        Raises:
            RequestRefused: there is no such image, or no answer.
        """
        if limits is None:
            return await self._lookup(image, login)
        async with self._turn(limits):
            return await self._lookup(image, login)

    def _turn(self, limits: ClientLimits) -> asyncio.Semaphore:
        found = self._turns.get(limits)
        if found is None:
            found = self._turns[limits] = asyncio.Semaphore(_AT_ONCE)
        return found
