"""Control for scripts and notebooks: the same calls, blocking.

An event loop in a thread of its own makes the calls. There is no logic here.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Collection, Coroutine, Generator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

from swarmwire.control import connection
from swarmwire.control.api import Control
from swarmwire.control.client import DEADLINE
from swarmwire.control.layer import Layer
from swarmwire.control.methods import Answer, BlockingCalls, Request, Streaming, Unary

_Result = TypeVar("_Result")
_UNWINDING = 0.01
"""Seconds between two looks at whether an interrupted call has ended."""


class BlockingControl(BlockingCalls):
    """A Control whose methods block. Close it, or use it as a context manager."""

    def __init__(self, opened: AbstractAsyncContextManager[Control]) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._opened = opened
        try:
            self._inner = Layer(self._wait(opened.__aenter__))
        except BaseException:
            self._stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._loop.is_closed():
            return
        try:
            self._wait(partial(self._opened.__aexit__, None, None, None))
        finally:
            self._stop()

    def unary(self, method: Unary[Request, Answer], request: Request) -> Answer:
        """Make one call and return its answer."""
        return self._wait(partial(self._inner.unary, method, request))

    def stream(
        self, method: Streaming[Request, Answer], request: Request
    ) -> Generator[Answer, None, None]:
        """Make one call and return its answers as they come."""
        return self.iterate(lambda _: self._inner.stream(method, request))

    @property
    def inner(self) -> Control:
        """The Control that does not block, for use within ``run`` and ``iterate``."""
        return self._inner

    def run(self, work: Callable[[Control], Coroutine[Any, Any, _Result]]) -> _Result:
        """Do some work with the Control that does not block, and wait for its end."""
        return self._wait(partial(work, self._inner))

    def iterate(
        self, work: Callable[[Control], AsyncGenerator[_Result, None]]
    ) -> Generator[_Result, None, None]:
        """Do some work with the Control that does not block; what it yields comes as it comes."""
        answers = work(self._inner)
        try:
            while True:
                try:
                    yield self._wait(partial(_next, answers))
                except StopAsyncIteration:
                    return
        finally:
            if not self._loop.is_closed():
                self._wait(partial(_closed, answers))

    def _wait(self, work: Callable[[], Coroutine[Any, Any, _Result]]) -> _Result:
        # The work is made where it is awaited: Ctrl-C may come at any moment here, and would leave
        # a coroutine behind that nobody awaits.
        done: Future[_Result] = Future()
        begun: list[asyncio.Task[_Result]] = []

        def begin() -> None:
            task = self._loop.create_task(work())
            begun.append(task)
            task.add_done_callback(partial(_hand_over, done))

        def give_up() -> None:
            for task in begun:
                task.cancel()

        try:
            self._loop.call_soon_threadsafe(begin)
            return done.result()
        except BaseException:
            self._loop.call_soon_threadsafe(give_up)
            raise

    def _stop(self) -> None:
        self._wait(self._loop.shutdown_asyncgens)
        self._wait(self._loop.shutdown_default_executor)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def _hand_over(done: Future[_Result], task: asyncio.Task[_Result]) -> None:
    """What became of a task, to the thread that waits for it."""
    if task.cancelled():
        done.cancel()
    elif (error := task.exception()) is not None:
        done.set_exception(error)
    else:
        done.set_result(task.result())


async def _next(answers: AsyncGenerator[_Result, None]) -> _Result:
    return await anext(answers)


async def _closed(answers: AsyncGenerator[_Result, None]) -> None:
    """Close it, once a call that was interrupted has come to its end."""
    while getattr(answers, "ag_running", False):  # noqa: ASYNC110 - nobody tells when it stops
        await asyncio.sleep(_UNWINDING)
    await answers.aclose()


def blocking(control: Control) -> BlockingControl:
    """Any Control that is bound to no event loop yet, as a blocking one."""
    return BlockingControl(nullcontext(control))


def connect(
    socket: str | Path | None = None,
    *,
    certificates: str | Path | None = None,
    secrets: bool = False,
    allow: Collection[str] = (),
    deadline: float = DEADLINE,
) -> BlockingControl:
    """Connect to the manager of this node; see ``connection.connect``."""
    opened = connection.connect(
        socket, certificates=certificates, secrets=secrets, allow=allow, deadline=deadline
    )
    return BlockingControl(opened)


def connect_remote(
    *addresses: str,
    certificates: str | Path,
    secrets: bool = False,
    allow: Collection[str] = (),
    deadline: float = DEADLINE,
) -> BlockingControl:
    """Connect to the leader of a swarm; see ``connection.connect_remote``."""
    opened = connection.connect_remote(
        *addresses, certificates=certificates, secrets=secrets, allow=allow, deadline=deadline
    )
    return BlockingControl(opened)
