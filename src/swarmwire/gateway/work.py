"""For how long the work on a request keeps everybody else waiting."""

from collections.abc import Awaitable, Callable, Generator
from time import thread_time
from typing import Any, Generic, TypeVar

_Result = TypeVar("_Result")


class MeasuredWork(Generic[_Result]):
    """Something to be awaited, and what it takes of the processor itself: not what it waits for.

    Args:
        work: what is to be awaited.
        took: is told the seconds of each step, from one wait to the next.
    """

    def __init__(self, work: Awaitable[_Result], took: Callable[[float], None]) -> None:
        self._work = work
        self._took = took

    def __await__(self) -> Generator[Any, Any, _Result]:
        """Do it."""
        steps = self._work.__await__()
        step, given = steps.send, None
        while True:
            began = thread_time()
            try:
                waited_for = step(given)
            except StopIteration as end:
                result: _Result = end.value
                return result
            finally:
                self._took(thread_time() - began)
            try:
                step, given = steps.send, (yield waited_for)
            except BaseException as err:  # noqa: BLE001 - it is for the work to catch, or not
                step, given = steps.throw, err
