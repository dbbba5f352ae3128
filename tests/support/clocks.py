"""Clocks for tests: time that passes only while somebody waits, and time that passes fast."""

import asyncio
import time

from swarmwire.update import Clock


class Moving:
    """Time that passes only while somebody waits."""

    def __init__(self):
        self.now = 1_000.0

    async def sleep(self, seconds):
        self.now += seconds
        await asyncio.sleep(0)

    def clock(self, patience=60.0):
        return Clock(lambda: self.now, self.sleep, patience)


def fast(speed):
    """Time that passes so many times as fast."""

    async def sleep(seconds):
        await asyncio.sleep(seconds / speed)

    return Clock(lambda: time.monotonic() * speed, sleep)
