"""A stream that can be ended from outside, and tells when it ends, however it does."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from types import TracebackType


class EndingStream(AsyncGenerator[bytes, None]):
    """A stream, and what is called once when it ends, or is closed before it began."""

    def __init__(self, inner: AsyncGenerator[bytes, None], ended: Callable[[], None]) -> None:
        self._inner = inner
        self._ended: Callable[[], None] | None = ended
        self._coming: asyncio.Future[bytes] | None = None
        self._is_over = False

    def end(self) -> None:
        """Have no more of it: whoever reads it finds its end, now or at the next look."""
        self._is_over = True
        if self._coming is not None:
            self._coming.cancel()

    async def __anext__(self) -> bytes:
        try:
            return await self._next()
        except BaseException:
            self._end()
            raise

    async def _next(self) -> bytes:
        if self._is_over:
            await self._inner.aclose()
            raise StopAsyncIteration
        self._coming = asyncio.ensure_future(self._inner.__anext__())
        try:
            return await self._coming
        except asyncio.CancelledError:
            if self._is_left():
                raise
            raise StopAsyncIteration from None
        finally:
            self._coming = None

    def _is_left(self) -> bool:
        """Whether it is the reader that is cancelled, and not what it waits for."""
        reader = asyncio.current_task()
        return not self._is_over or (reader is not None and reader.cancelling() > 0)

    async def asend(self, value: None) -> bytes:
        """See AsyncGenerator."""
        del value
        return await self.__anext__()

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
        ended, self._ended = self._ended, None
        if ended is not None:
            ended()
