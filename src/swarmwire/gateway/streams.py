"""A stream that tells when it ends, however it does."""

from collections.abc import AsyncGenerator, Callable
from types import TracebackType


class EndingStream(AsyncGenerator[bytes, None]):
    """A stream, and what is called once when it ends, or is closed before it began."""

    def __init__(self, inner: AsyncGenerator[bytes, None], ended: Callable[[], None]) -> None:
        self._inner = inner
        self._ended: Callable[[], None] | None = ended

    async def __anext__(self) -> bytes:
        try:
            return await self._inner.__anext__()
        except BaseException:
            self._end()
            raise

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
        ended, self._ended = self._ended, None
        if ended is not None:
            ended()
