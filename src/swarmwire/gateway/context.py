"""What every handler has: the manager, the mirror of its swarm, and what a client may do."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from swarmwire import pb
from swarmwire.control import KINDS, Control, NoSuchObject
from swarmwire.gateway.counts import RequestCounts
from swarmwire.gateway.feed import EventFeed
from swarmwire.gateway.message import RequestRefused
from swarmwire.gateway.mirror import Mirror, Opened
from swarmwire.gateway.permission import EVERYTHING
from swarmwire.gateway.routing import RoutedRequest
from swarmwire.gateway.view import ClientView
from swarmwire.policy import refusal_text
from swarmwire.releases import AnyRelease, as_release

_log: Final = logging.getLogger("swarmwire.gateway")

DistributionLookup = Callable[[str, str], Awaitable[bytes]]
"""Given a reference of an image and the header with credentials: the JSON that describes it."""


class GatewayContext:
    """A manager, the mirror of its swarm, and the settings of a gateway.

    Args:
        opened: connects to the manager; it must show secrets, which have to be sent back.
        release: the release of the engine whose answers are given, the newest if none.
        tell: is told in a sentence what happens to the connection; a log if nobody is.
        max_stale: for how many seconds without news from the manager it still answers reads.
        node_id: the node that ``/info`` tells; the leader if none.
        distribution: looks images up in registries; nobody does if it is None.
    """

    def __init__(  # noqa: PLR0913 - settings
        self,
        opened: Opened,
        *,
        release: AnyRelease = None,
        tell: Callable[[str], None] = _log.info,
        max_stale: float = 15.0,
        node_id: str = "",
        distribution: DistributionLookup | None = None,
    ) -> None:
        self.release = as_release(release)
        self.mirror = Mirror(opened, self.release, tell, max_stale=max_stale)
        self.feed = EventFeed(self.mirror)
        self.counts = RequestCounts()
        self.node_id = node_id
        self.distribution = distribution
        self.closing = asyncio.Event()
        self._opened = opened
        self._control: Control | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow the manager meanwhile; it begins once all objects are there.

        Raises:
            TransportError: no manager can be reached.
            ControlError: it refuses.
        """
        async with self._opened() as control:
            self._control = control
            async with self.mirror.running(control):
                yield

    @property
    def control(self) -> Control:
        """The manager. Only while the gateway is running."""
        if self._control is None:
            raise RequestRefused(503, "the gateway is starting")
        return self._control

    def view(self, routed: RoutedRequest) -> ClientView:
        """What the client of a request sees.

        Raises:
            RequestRefused: 503: what is known is too old.
        """
        self.mirror.refuse_stale()
        return ClientView(self.mirror, self.release, routed.request.permission)

    async def stored(self, routed: RoutedRequest, kind: str, reference: str) -> Any:
        """The object that a write is about, as the manager has it now.

        Raises:
            NoSuchObject, AmbiguousReference: as for reading.
        """
        one = await self.view(routed).found_anywhere(self.control, kind, reference)
        now = await KINDS[kind].read(self.control, one.id)
        if not routed.request.permission.sees(kind, now):
            raise NoSuchObject(f"{kind} {reference} not found")
        return now

    def judge(
        self,
        routed: RoutedRequest,
        operation: str,
        kind: str,
        new: pb.Message | None,
        old: pb.Message | None,
    ) -> None:
        """Refuse a write that the permission does not allow.

        Raises:
            RequestRefused: 403, with all violations.
        """
        found = routed.request.permission.judge_write(operation, kind, new, old)
        if found:
            name = routed.request.identity
            text = refusal_text(name, found) if name else "; ".join(map(str, found))
            raise RequestRefused(403, text)

    def refuse_outdated(self, routed: RoutedRequest, version: int, old: Any) -> None:
        """Refuse an update of another version than the one that was judged.

        Raises:
            RequestRefused: 500, in the manager's words.
        """
        if routed.request.permission is EVERYTHING or old.meta.version.index == version:
            return
        raise RequestRefused(500, "rpc error: code = Unknown desc = update out of sequence")
