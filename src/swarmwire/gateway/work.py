"""For how long the work on a request keeps everybody else waiting."""

from collections.abc import Awaitable, Generator
from time import thread_time
from typing import Any, Generic, TypeVar

_Result = TypeVar("_Result")


class MeasuredWork(Generic[_Result]):
    """Something to be awaited, and what it takes of the processor itself: not what it waits for.

    Attributes:
        seconds: what it took up to now.
    """

    def __init__(self, work: Awaitable[_Result]) -> None:
        self._work = work
        self.seconds = 0.0

    def __await__(self) -> Generator[Any, Any, _Result]:
        """Do it, from one wait to the next."""
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
                self.seconds += thread_time() - began
            try:
                step, given = steps.send, (yield waited_for)
            except BaseException as err:  # noqa: BLE001 - it is for the work to catch, or not
                step, given = steps.throw, err
