"""The time of a swarm in memory, which only says when something happens in it."""

import time
from collections.abc import Callable


def flowing(
    read: Callable[[], int],
    speed: float,
    outside: Callable[[], int] = time.monotonic_ns,
) -> Callable[[], int]:
    """A clock that runs on between two readings of one that stands until something is due.

    Args:
        read: tells the time of the swarm, in nanoseconds.
        speed: how fast it runs, against the time outside.
        outside: tells that, in nanoseconds.
    """
    seen, at = read(), outside()

    def now() -> int:
        nonlocal seen, at
        told = read()
        if told != seen:
            seen, at = told, outside()
        return seen + int((outside() - at) * speed)

    return now
