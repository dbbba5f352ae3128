"""What every handler has: the manager, the mirror of its swarm, and what a client may do."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final
from weakref import WeakValueDictionary

from swarmwire import pb
from swarmwire.control import KINDS, Control, NoSuchObject
from swarmwire.gateway.auditing import Auditor, about_write
from swarmwire.gateway.counts import RequestCounts
from swarmwire.gateway.feed import EventFeed
from swarmwire.gateway.lookups import DistributionLookup, ImageLookups
from swarmwire.gateway.message import RequestRefused
from swarmwire.gateway.mirror import Mirror, Opened
from swarmwire.gateway.permission import EVERYTHING
from swarmwire.gateway.planned import (
    DryRuns,
    WritePlan,
    effect_of,
    plan_of_write,
    verdict_of,
)
from swarmwire.gateway.routing import Route, RoutedRequest
from swarmwire.gateway.stacks import has_stack, stack_of
from swarmwire.gateway.view import ClientView
from swarmwire.policy import PolicyViolation, refusal_text
from swarmwire.releases import AnyRelease, as_release

_MANY: Final = 50
_COSTLY: Final = frozenset({"spec.size", "template.work"})
"""Rules on specs that would take long to plan."""
_log: Final = logging.getLogger("swarmwire.gateway")


class GatewayContext:
    """A manager, the mirror of its swarm, and the settings of a gateway.

    Args:
        opened: connects to the manager; it must show secrets, which have to be sent back.
        release: the release of the engine whose answers are given, the newest if none.
        tell: is told in a sentence what happens to the connection; a log if nobody is.
        max_stale: for how many seconds without news from the manager it still answers reads.
        node_id: the node that ``/info`` tells; the leader if none.
        distribution: looks images up in registries, as ``gateway.distribution`` makes one; nobody
            does if it is None.
        audit: records what is decided; nobody does if it is None.
        observed: is told of each request that is routed, before it is answered.
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
        audit: Auditor | None = None,
        observed: Callable[[Route, RoutedRequest], None] | None = None,
    ) -> None:
        self.release = as_release(release)
        self.mirror = Mirror(opened, self.release, tell, max_stale=max_stale)
        self.feed = EventFeed(self.mirror)
        self.counts = RequestCounts()
        self.node_id = node_id
        self.lookups = None if distribution is None else ImageLookups(distribution)
        self.audit = audit
        self.observed = observed
        self.dry_runs = DryRuns(time.monotonic)
        self.closing = asyncio.Event()
        self._new_stacks = asyncio.Lock()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
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

    @asynccontextmanager
    async def turn(self, routed: RoutedRequest, spec: Any) -> AsyncIterator[None]:
        """One write of a stack at a time, from its judgement until what it made is counted.

        Those that make the first object of a stack wait for each other, too: stacks are counted.

        Args:
            routed: the request; who may do everything waits for nobody.
            spec: what will be sent.
        """
        if routed.request.permission is EVERYTHING:
            yield
            return
        stack = stack_of(spec)
        async with AsyncExitStack() as locks:
            if not has_stack(self.mirror, stack):
                await locks.enter_async_context(self._new_stacks)
            lock = self._turns.get(stack)
            if lock is None:
                lock = self._turns[stack] = asyncio.Lock()
            await locks.enter_async_context(lock)
            yield

    def judge(
        self,
        routed: RoutedRequest,
        operation: str,
        kind: str,
        new: pb.Message | None,
        old: pb.Message | None,
    ) -> WritePlan | None:
        """Refuse a write that the permission does not allow, or that cannot be recorded.

        The plan of the write is made if anybody wants to know it: of services alone, and of no
        spec that is refused for its size or for many things, because that would take long.

        Raises:
            RequestRefused: 403, with all violations, or because the policy is another one by now;
                503: it cannot be recorded, or what it is judged by is too old.
        """
        request = routed.request
        self.refuse_former(routed)
        if request.permission is not EVERYTHING:
            self.mirror.refuse_stale()
        found = tuple(request.permission.judge_write(operation, kind, new, old))
        asks = request.permission.judges_effects or routed.is_dry_run or routed.trail is not None
        plan = None
        if asks and kind == "service" and new is not None and not _is_beyond_measure(found):
            plan = plan_of_write(self.mirror, operation, new, old)
            planned = routed.is_dry_run or self.dry_runs.knows(
                request.identity, operation, new, old
            )
            if not found:
                is_update = operation != "service.create"
                effect = effect_of(plan, was_planned=planned, is_update=is_update)
                found = tuple(request.permission.judge_effect(effect))
        if routed.trail is not None:
            verdict = verdict_of(plan, self.mirror, operation, old)
            about = about_write(operation, kind, new, old, verdict)
            routed.trail.decided(about, found, is_dry_run=routed.is_dry_run)
        if found:
            raise _refused(routed, found)
        if routed.is_dry_run:
            self.dry_runs.remember(request.identity, operation, new, old)
        return plan

    def judge_image(self, routed: RoutedRequest, image: str) -> None:
        """Refuse to ask a registry about an image that the permission does not let run.

        Raises:
            RequestRefused: 403, with all violations.
        """
        found = tuple(routed.request.permission.judge_image(image))
        if not found:
            return
        if routed.trail is not None:
            routed.trail.decided({}, found, is_dry_run=False)
        raise _refused(routed, found)

    def refuse_former(self, routed: RoutedRequest) -> None:
        """Refuse what began to be asked under a policy that says something else by now.

        Bodies come slowly, and requests wait for others: until then it may not do any more what it
        might do when it came.

        Raises:
            RequestRefused: 403.
        """
        if not routed.request.still_holds():
            text = "the policy has changed while you were asking: ask again"
            raise RequestRefused(403, text)

    def refuse_outdated(self, routed: RoutedRequest, version: int, old: Any) -> None:
        """Refuse an update of another version than the one that was judged.

        Raises:
            RequestRefused: 500, in the manager's words.
        """
        is_judged = routed.request.permission is not EVERYTHING or routed.is_dry_run
        if not is_judged or old.meta.version.index == version:
            return
        raise RequestRefused(500, "rpc error: code = Unknown desc = update out of sequence")


def _refused(routed: RoutedRequest, found: Sequence[PolicyViolation]) -> RequestRefused:
    name = routed.request.identity
    return RequestRefused(403, refusal_text(name, found) if name else "; ".join(map(str, found)))


def _is_beyond_measure(found: Sequence[PolicyViolation]) -> bool:
    return len(found) >= _MANY or any(one.rule in _COSTLY for one in found)
