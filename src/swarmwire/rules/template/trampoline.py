"""Recursion without Python's stack: a function that yields a generator gets its result back.

Templates may nest ten thousand parentheses and call each other a hundred thousand times deep; Go
bears that, and Python's stack does not.
"""

from collections.abc import Generator
from typing import Any, TypeVar

_Result = TypeVar("_Result")

Steps = Generator["Steps[Any]", Any, _Result]


def run(steps: Steps[_Result]) -> _Result:
    """The result of ``steps``, with everything that it yields run in between."""
    stack: list[Steps[Any]] = [steps]
    value: Any = None
    while True:
        try:
            stack.append(stack[-1].send(value))
            value = None
        except StopIteration as stop:
            stack.pop()
            value = stop.value
            if not stack:
                result: _Result = value
                return result
