"""How time passes for whoever waits. Tests hand in a clock of their own."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple


class Clock(NamedTuple):
    """How time passes.

    Attributes:
        now: seconds since whenever.
        sleep: waits for so many seconds.
        patience: for how many seconds a manager may be away.
    """

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    patience: float = 60.0


REAL_TIME: Final = Clock()
