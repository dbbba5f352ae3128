"""Control over gRPC: one call is one request. Deadlines, repeats of reads, and errors by cause.

Where the manager is, and how to get there, is the way's business (``_local``, ``remote``).
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Protocol

import grpc
import grpc.aio

from swarmwire import pb
from swarmwire.control._channel import Line
from swarmwire.control._handshake import hung_up
from swarmwire.control.errors import (
    DeadlinePassed,
    NotLeader,
    NotTLS,
    TransportError,
    Unavailable,
    control_error,
)
from swarmwire.control.methods import Answer, AsyncCalls, Methods, Request, Streaming, Unary
from swarmwire.errors import SwarmwireError

DEADLINE = 20.0
"""Seconds, as the engine gives its own calls."""

_SLOWEST = 20.0
_SLOW = {Methods.create_network.place, Methods.create_secret.place}
"""A manager looks 15 s for a plugin before it says that there is none."""

_PAUSES = (0.1, 0.4, 1.0)
"""Before a read is repeated: a manager that changes its leader answers again within seconds."""

GO_NAMES = {
    grpc.StatusCode.CANCELLED: "Canceled",
    grpc.StatusCode.UNKNOWN: "Unknown",
    grpc.StatusCode.INVALID_ARGUMENT: "InvalidArgument",
    grpc.StatusCode.DEADLINE_EXCEEDED: "DeadlineExceeded",
    grpc.StatusCode.NOT_FOUND: "NotFound",
    grpc.StatusCode.ALREADY_EXISTS: "AlreadyExists",
    grpc.StatusCode.PERMISSION_DENIED: "PermissionDenied",
    grpc.StatusCode.RESOURCE_EXHAUSTED: "ResourceExhausted",
    grpc.StatusCode.FAILED_PRECONDITION: "FailedPrecondition",
    grpc.StatusCode.ABORTED: "Aborted",
    grpc.StatusCode.OUT_OF_RANGE: "OutOfRange",
    grpc.StatusCode.UNIMPLEMENTED: "Unimplemented",
    grpc.StatusCode.INTERNAL: "Internal",
    grpc.StatusCode.UNAVAILABLE: "Unavailable",
    grpc.StatusCode.DATA_LOSS: "DataLoss",
    grpc.StatusCode.UNAUTHENTICATED: "Unauthenticated",
}
"""The statuses of gRPC, as Go writes them."""


_BROKEN = frozenset({"Socket closed", "Broken pipe", "Connection reset by peer", "GOAWAY received"})
"""What gRPC says itself when a connection ends under a call."""


class Way(Protocol):
    """How to get to a manager."""

    async def open(self, seconds: float) -> Line:
        """A line to the manager, or a ``TransportError`` with the cause."""
        ...


class Client(AsyncCalls):
    """Calls over gRPC. Use it in one event loop, and close it there."""

    def __init__(self, way: Way, deadline: float = DEADLINE) -> None:
        self._way = way
        self._deadline = deadline
        self._line: Line | None = None
        self._opening = asyncio.Lock()
        self._has_met = False

    async def open(self) -> None:
        """Look whether the manager is there, so that errors come now."""
        await self._opened()

    async def close(self) -> None:
        """Hang up. Streams that are still read end with an error."""
        line, self._line = self._line, None
        if line is not None:
            await line.close()

    async def unary(self, method: Unary[Request, Answer], request: Request) -> Answer:
        """Make one call; a read is repeated while the manager is unavailable."""
        data = _encoded(method.request, request)
        deadline = max(self._deadline, _SLOWEST if method.place in _SLOW else 0)
        ends = time.monotonic() + deadline
        for pause in _PAUSES if method.reads else ():
            try:
                return await self._once(method, data, ends)
            except Unavailable:
                if time.monotonic() + pause >= ends:
                    raise
            await asyncio.sleep(pause)
        return await self._once(method, data, ends)

    async def stream(
        self, method: Streaming[Request, Answer], request: Request
    ) -> AsyncGenerator[Answer, None]:
        """Make one call, without a deadline; it ends with the iterator."""
        data = _encoded(method.request, request)
        line = await self._opened()
        try:
            async with line as channel:
                ask: grpc.aio.UnaryStreamMultiCallable[bytes, bytes]
                ask = channel.unary_stream(method.path)
                call = ask(data)
                try:
                    async for answer in call:
                        yield pb.parse(method.answer, answer)
                finally:
                    call.cancel()
        except grpc.aio.AioRpcError as err:
            raise await self._explained(err, line, reads=True) from err

    async def _once(self, method: Unary[Request, Answer], data: bytes, ends: float) -> Answer:
        line = await self._opened()
        try:
            async with line as channel:
                left = max(ends - time.monotonic(), 0.001)
                ask: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]
                ask = channel.unary_unary(method.path)
                answer = await ask(data, timeout=left)
        except grpc.aio.AioRpcError as err:
            raise await self._explained(err, line, reads=method.reads) from err
        return pb.parse(method.answer, answer)

    async def _opened(self) -> Line:
        async with self._opening:
            if self._line is None:
                try:
                    self._line = await self._way.open(self._deadline)
                except NotTLS as err:
                    if self._has_met:
                        raise hung_up(err) from err
                    raise
                self._has_met = True
            return self._line

    async def _explained(
        self, err: grpc.aio.AioRpcError, line: Line, *, reads: bool
    ) -> SwarmwireError:
        """What happened. After it, the next call looks for the manager again if there is need."""
        code = err.code()
        if code is grpc.StatusCode.DEADLINE_EXCEEDED or _is_late(err):
            reason = "the manager did not answer in time: it may have lost its leader, or be busy"
            return DeadlinePassed(line.address, reason, uncertain=not reads)
        words = err.details() or ""
        if code is grpc.StatusCode.UNAVAILABLE and words in _BROKEN:
            words = "the manager hung up"
        error = control_error(GO_NAMES.get(code, code.name), words)
        if isinstance(error, NotLeader | Unavailable):
            await self._forget(line)
        if code is grpc.StatusCode.UNAVAILABLE:
            try:
                await self._opened()
            except TransportError as cause:
                cause.uncertain = not reads
                return cause
        return error

    async def _forget(self, line: Line) -> None:
        if self._line is line:
            self._line = None
            await line.retire()


def _is_late(err: grpc.aio.AioRpcError) -> bool:
    """Whether the manager noticed before we did that the time is over; it says so in words only."""
    return err.code() is grpc.StatusCode.UNKNOWN and "context deadline exceeded" in (
        err.details() or ""
    )


def _encoded(expected: type[pb.Message], request: pb.Message) -> bytes:
    if not isinstance(request, expected):
        raise TypeError(f"expected {expected.__name__}, got {type(request).__name__}")
    return request.SerializeToString()
