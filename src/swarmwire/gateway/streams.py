"""A stream that a client has for as long as its policy says so, and that is counted meanwhile."""

import asyncio
from collections.abc import AsyncGenerator
from types import TracebackType

from swarmwire.policy import ClientLimits


class EndingStream(AsyncGenerator[bytes, None]):
    """A stream that is counted until it ends, is closed before it began, or is allowed no more.

    Args:
        inner: the stream.
        limits: those of its client.
    """

    def __init__(self, inner: AsyncGenerator[bytes, None], limits: ClientLimits) -> None:
        self._inner = inner
        self._limits = limits
        self._over = asyncio.Event()
        self._is_counted = limits.open_stream(self._over.set)

    @property
    def is_allowed(self) -> bool:
        """Whether its client may have one more."""
        return self._is_counted

    async def __anext__(self) -> bytes:
        try:
            return await self._next()
        except BaseException:
            self._end()
            raise

    async def _next(self) -> bytes:
        coming = asyncio.ensure_future(self._inner.__anext__())
        over = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait({coming, over}, return_when=asyncio.FIRST_COMPLETED)
            if not self._over.is_set():
                return await coming
        finally:
            over.cancel()
            if not coming.done():
                coming.cancel()
                await asyncio.wait({coming})
        if not coming.cancelled():
            coming.exception()  # nobody is told of it any more
        await self._inner.aclose()
        raise StopAsyncIteration

    async def asend(self, value: None) -> bytes:
        """See AsyncGenerator."""
        return await self._inner.asend(value)

    async def athrow(
        self,
        typ: type[BaseException] | BaseException,
        val: object = None,
        tb: TracebackType | None = None,
    ) -> bytes:
        """See AsyncGenerator."""
        del val, tb
        error = typ if isinstance(typ, BaseException) else typ()
        return await self._inner.athrow(error)

    async def aclose(self) -> None:
        """See AsyncGenerator."""
        try:
            await self._inner.aclose()
        finally:
            self._end()

    def _end(self) -> None:
        if self._is_counted:
            self._is_counted = False
            self._limits.close_stream(self._over.set)
