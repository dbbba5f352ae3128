"""Work on elements one by one, or in batches on several cores: same results, same order."""

# ruff: noqa: PLC0415 - only --jobs needs what is imported late

import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

from swarmwire.cli.exits import UNREADABLE, Stop
from swarmwire.cli.streams import Element

if TYPE_CHECKING:
    from concurrent.futures import Future

_Result = TypeVar("_Result")

_BATCH_OBJECTS = 128
_BATCH_BYTES = 1 << 19
_BATCHES_PER_JOB = 3


def ordered(
    work: Callable[[list[Element]], list[_Result]], elements: Iterable[Element], jobs: int
) -> Generator[_Result, None, None]:
    """The result of each element, in order. ``jobs`` 0 stands for all cores.

    A few batches at most are under way, however long the input.
    """
    if jobs == 1:
        for element in elements:
            yield from work([element])
        return
    batches = _batches(elements)
    few = list(islice(batches, 2))
    if len(few) == 1:
        yield from work(few[0])
    elif few:
        yield from _spread(work, chain(few, batches), jobs or _cores())


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _batches(elements: Iterable[Element]) -> Iterator[list[Element]]:
    batch: list[Element] = []
    size = 0
    for element in elements:
        batch.append(element)
        size += len(element.raw)
        if len(batch) >= _BATCH_OBJECTS or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _spread(
    work: Callable[[list[Element]], list[_Result]], batches: Iterator[list[Element]], jobs: int
) -> Iterator[_Result]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
    under_way: deque[Future[list[_Result]]] = deque()
    try:
        for batch in batches:
            # Submitting may start a worker. It inherits the mask: Ctrl-C is ours alone to answer.
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                under_way.append(pool.submit(work, batch))
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
            if len(under_way) >= jobs * _BATCHES_PER_JOB:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()
    except BrokenProcessPool as err:
        raise Stop(UNREADABLE, "a worker was killed; is there enough memory for --jobs?") from err
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
