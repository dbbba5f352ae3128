"""The run of every command over files: read, work on each object, write; on as many cores as asked.

Results come in the order of the objects, and a run ends as the first trouble asks.
"""

# ruff: noqa: PLC0415 - only --cores needs what is imported late

import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from swarmwire.cli import exits
from swarmwire.cli.messages import Messages
from swarmwire.cli.reading import sources
from swarmwire.cli.reading.streams import Element, Splitter
from swarmwire.cli.terminal import is_terminal
from swarmwire.cli.writing import opened_output

if TYPE_CHECKING:
    from concurrent.futures import Future

_Result = TypeVar("_Result")

_BATCH_OBJECTS = 128
_BATCH_BYTES = 1 << 19
_BATCHES_PER_CORE = 3


class ObjectOutcome(NamedTuple):
    """What became of one object."""

    data: Any
    """What the framing writes of it: the converted object, or a report."""
    error: str = ""
    """Why it was refused; then there is nothing to write."""
    garbled: bool = False
    """Whether it was not even an object of the kind that is read."""
    warnings: tuple[str, ...] = ()


class Sheet(Protocol):
    """How outcomes are written one after the other, see ``writing``."""

    def add(self, data: Any) -> bytes:
        """What to write for one more object."""

    def skip(self) -> bytes:
        """What to write when there would have been one more object, but it was refused."""

    def end(self) -> bytes:
        """What to write after the last object."""


class FileRun(NamedTuple):
    """What a command does with its files."""

    files: tuple[str, ...]
    splitter: Callable[[str], Splitter]
    work: Callable[[list[Element]], list[ObjectOutcome]]
    sheet: Sheet
    output: str | None
    cores: int = 1
    keep_going: bool = False
    quiet: bool = False


def run(job: FileRun) -> int:
    """Do it; the exit code.

    Raises:
        Stop: something is wrong, and ``--keep-going`` is not given.
    """
    with (
        Messages(quiet=job.quiet, total=_total_size(job.files)) as messages,
        opened_output(job.output) as out,
    ):
        trouble = _Trouble(messages, keep_going=job.keep_going)
        write = _writer(job, out, messages)

        def before_read(size: int) -> None:
            out.flush()
            messages.read(size)

        elements = sources.elements(
            job.files, job.splitter, before_read=before_read, unreadable=trouble.unreadable
        )
        try:
            with closing(ordered(job.work, elements, job.cores)) as outcomes:
                for outcome in outcomes:
                    for warning in outcome.warnings:
                        messages.warn(warning)
                    write(job.sheet.skip() if outcome.error else job.sheet.add(outcome.data))
                    trouble.met(outcome)
        except exits.Stop:
            write(job.sheet.skip())
            out.flush()
            raise
        write(job.sheet.end())
        out.flush()
    return trouble.code


def _writer(job: FileRun, out: IO[bytes], messages: Messages) -> Callable[[bytes], None]:
    """Writes to ``out``, and makes room for that on a terminal with a bar."""
    shares_terminal = job.output in (None, "-") and is_terminal(sys.stdout)

    def write(data: bytes) -> None:
        if data and shares_terminal:
            messages.make_room()
        out.write(data)
        if data and shares_terminal:
            out.flush()

    return write


class _Trouble:
    """What went wrong so far: ends the run at the first, or keeps the worst exit code."""

    def __init__(self, messages: Messages, *, keep_going: bool) -> None:
        self._messages = messages
        self._keep_going = keep_going
        self.code = exits.CLEAN

    def unreadable(self, message: str) -> None:
        """An input cannot be read.

        Raises:
            Stop: unless the run keeps going.
        """
        self._meet(exits.UNREADABLE, message)

    def met(self, outcome: ObjectOutcome) -> None:
        """An object is finished, or was refused.

        Raises:
            Stop: it was refused, unless the run keeps going.
        """
        if outcome.error:
            self._meet(exits.UNREADABLE if outcome.garbled else exits.REFUSED, outcome.error)
        else:
            self._messages.done()

    def _meet(self, code: int, message: str) -> None:
        if not self._keep_going:
            raise exits.Stop(code, message)
        self._messages.say(message)
        self.code = max(self.code, code)


def _total_size(files: tuple[str, ...]) -> int | None:
    """The bytes in all files; None if one of them is no regular file."""
    total = 0
    for file in files:
        try:
            total += os.stat(sys.stdin.fileno() if file == "-" else file).st_size or -1  # noqa: PTH116
        except (OSError, ValueError):
            return None
    return total if total > 0 else None


def ordered(
    work: Callable[[list[Element]], list[_Result]], elements: Iterable[Element], cores: int
) -> Generator[_Result, None, None]:
    """The result of each element, in order. ``cores`` 0 stands for all cores.

    A few batches at most are under way, however long the input.
    """
    if cores == 1:
        for element in elements:
            yield from work([element])
        return
    batches = _batches(elements)
    few = list(islice(batches, 2))
    if len(few) == 1:
        yield from work(few[0])
    elif few:
        yield from _spread(work, chain(few, batches), cores or _cores())


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
    work: Callable[[list[Element]], list[_Result]], batches: Iterator[list[Element]], cores: int
) -> Iterator[_Result]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(cores, mp_context=get_context("spawn"))
    under_way: deque[Future[list[_Result]]] = deque()
    try:
        for batch in batches:
            # Submitting may start a worker. It inherits the mask: Ctrl-C is ours alone to answer.
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                under_way.append(pool.submit(work, batch))
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
            if len(under_way) >= cores * _BATCHES_PER_CORE:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()
    except BrokenProcessPool as err:
        raise exits.Stop(
            exits.UNREADABLE, "a worker was killed; is there enough memory for --cores?"
        ) from err
    finally:
        # The interpreter waits for the workers too, but its end then races with theirs.
        pool.shutdown(wait=True, cancel_futures=True)
