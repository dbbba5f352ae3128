"""Follow the changes of a swarm, across restarts of its manager, without a gap.

A stream that breaks is taken up where it broke. If the manager no longer knows what came after
that, all objects are listed and compared with what is known.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

from swarmwire import pb
from swarmwire.control.api import Control
from swarmwire.control.errors import (
    CannotResume,
    ControlError,
    InvalidArgument,
    PermissionDenied,
    TransportError,
    Unauthenticated,
    Unimplemented,
)
from swarmwire.control.kinds import KINDS
from swarmwire.control.known import EVERY_ACTION, KnownObjects, ObjectChange, highest

_FATAL = (InvalidArgument, PermissionDenied, Unauthenticated, Unimplemented)
_PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0)
_CATCHING_UP = 15.0
"""Seconds that a manager has after its start to learn what it missed itself."""


class ChangeFollower:
    """Tells each change once, and what happens to the connection.

    Args:
        opened: connects to the manager; called again whenever the connection is lost.
        kinds: what to follow, by the words of ``KINDS``.
        emit: is told each change.
        tell: is told in a sentence what happens to the connection.
        learned: is told all objects of each kind that there are in the beginning.
        standing: is told True whenever the stream stands and nothing is missed, False when it is
            lost.

    Attributes:
        began: how the stream that stands began: ``listed`` the first time; ``resumed`` where it
            broke; ``compared`` if all objects were listed, and compared with what was known.
    """

    def __init__(  # noqa: PLR0913 - four whom to tell
        self,
        opened: Callable[[], AbstractAsyncContextManager[Control]],
        kinds: Iterable[str],
        emit: Callable[[ObjectChange], None],
        tell: Callable[[str], None],
        *,
        learned: Callable[[str, Sequence[Any]], None] | None = None,
        standing: Callable[[bool], None] | None = None,
    ) -> None:
        # Tasks first: of all objects they say best how far the manager's log is.
        self._kinds = sorted(kinds, key=lambda kind: kind != "task")
        self._opened = opened
        self._emit = emit
        self._tell = tell
        self._learned = learned
        self._standing = standing
        self._known = KnownObjects()
        self._started = asyncio.Event()
        self._lost_at: float | None = None
        self._said = ""
        self._compare = False
        self.began = ""

    async def run(self) -> None:
        """Follow for ever.

        Raises:
            TransportError: no manager could be reached in the first place.
            ControlError: the manager refuses.
        """
        tries = 0
        while True:
            try:
                async with self._opened() as manager:
                    await self._watch(manager)
                reason = "the manager ended the stream"
            except _FATAL:
                raise
            except (TransportError, ControlError) as err:
                if not self._started.is_set():
                    raise
                reason = str(err)
            tries = self._lost(reason, tries)
            await asyncio.sleep(_PAUSES[min(tries, len(_PAUSES) - 1)])

    @asynccontextmanager
    async def running(self, pause: float = 1.0) -> AsyncIterator[None]:
        """Follow meanwhile; it begins once all objects are there.

        A manager that refuses after that, as one does that is no manager any more, is asked again
        every ``pause`` seconds.

        Raises:
            TransportError: no manager could be reached in the first place.
            ControlError: the manager refuses in the first place.
        """
        following = asyncio.create_task(self._run_on(pause))
        started = asyncio.create_task(self._started.wait())
        try:
            await asyncio.wait({following, started}, return_when=asyncio.FIRST_COMPLETED)
            if following.done():
                await following
            yield
        finally:
            for task in (following, started):
                task.cancel()
                with suppress(asyncio.CancelledError, ControlError, TransportError):
                    await task

    async def _run_on(self, pause: float) -> None:
        while True:
            try:
                await self.run()
            except (ControlError, TransportError) as err:
                if not self._started.is_set():
                    raise
                self._lost(f"it refuses: {err}", 0)
            await asyncio.sleep(pause)

    def _lost(self, reason: str, tries: int) -> int:
        """Say what happened, once; the number of tries since then."""
        fresh = self._lost_at is None
        if fresh:
            self._lost_at = time.monotonic()
            if self._standing is not None:
                self._standing(False)
        if reason != self._said:
            self._tell(f"lost the manager, trying again: {reason}")
            self._said = reason
        return 0 if fresh else tries + 1

    async def _watch(self, manager: Control) -> None:
        resumed = self._started.is_set() and not self._compare
        try:
            await self._stream(manager, resumed=resumed)
        except CannotResume as err:
            self._cannot_resume(err)
            raise

    def _cannot_resume(self, err: CannotResume) -> None:
        lost = self._lost_at or time.monotonic()
        behind = "out of order" in err.message
        if not behind or time.monotonic() - lost > _CATCHING_UP:
            self._compare = True

    async def _stream(self, manager: Control, *, resumed: bool) -> None:
        first = True
        async for message in manager.watch(self._request(resumed=resumed)):
            if first:
                await self._begin(manager, resumed=resumed)
                first = False
            for change in self._known.changes(message):
                self._emit(change)
            # Where messages come faster than they are read nothing else gives others a turn.
            await asyncio.sleep(0)

    def _request(self, *, resumed: bool) -> pb.WatchRequest:
        request = pb.WatchRequest()
        for kind in self._kinds:
            request.entries.add(kind=KINDS[kind].stream, action=EVERY_ACTION)
        if resumed:
            request.resume_from.index = self._known.version
        return request

    async def _begin(self, manager: Control, *, resumed: bool) -> None:
        """The stream stands: from here on nothing is missed."""
        if not resumed:
            await self._list(manager)
        if not self._started.is_set():
            self.began = "listed"
            self._tell(f"watching {', '.join(sorted(self._kinds))}")
        elif resumed:
            self.began = "resumed"
            self._tell("connected again; nothing was missed")
        else:
            self.began = "compared"
            self._tell(
                "connected again; the manager no longer knows all changes since, so lists were"
                " compared: each object is shown as it is now, without what it was in between"
            )
        self._started.set()
        self._compare = False
        self._lost_at = None
        self._said = ""
        if self._standing is not None:
            self._standing(True)

    async def _list(self, manager: Control) -> None:
        for number, kind in enumerate(self._kinds):
            objects = await _listed(manager, kind)
            if self._started.is_set():
                for change in self._known.compared(kind, objects):
                    self._emit(change)
            else:
                self._known.learn(kind, objects)
                if self._learned is not None:
                    self._learned(kind, objects)
            if number == 0:
                # What is listed later may be newer, while the first kind changed meanwhile.
                self._known.version = max(self._known.version, highest(objects))


async def _listed(manager: Control, kind: str) -> Sequence[Any]:
    try:
        return await KINDS[kind].listed(manager)
    except Unimplemented:
        return ()  # managers before 23.0 have no volumes
