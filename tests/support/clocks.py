"""A clock for tests: waiting takes no time, and moves it on."""

import asyncio

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
