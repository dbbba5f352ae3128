"""A page that shows a swarm in memory rolling out: until Ctrl-C, or to the end of one roll-out.

Without a terminal it ends by itself, so that ``make run`` does.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from typing import NamedTuple

from swarmwire.control import Control
from swarmwire.embedded import Behaviour, NotSettled, Swarm
from swarmwire.embedded.flowing import flowing
from swarmwire.page import ObservedSwarm, SwarmObserver
from swarmwire.page.server import page_served
from swarmwire.page.site import Site
from swarmwire.page.views.rollout import rollout_status
from tools.demo_swarm import SECOND, demo_services, demo_swarm, deploy, update_image

SPEED = 2.0
WATCHED = "shop_web"


class DemoPage(NamedTuple):
    """The address of a page, what it shows, and the swarm."""

    address: str
    seen: ObservedSwarm
    swarm: Swarm

    def state_of(self, name: str) -> str:
        """How the roll-out of a service stands."""
        return rollout_status(self.seen, self.seen.found("service", name)).word


@contextlib.asynccontextmanager
async def demo_page(*, speed: float = SPEED) -> AsyncIterator[DemoPage]:
    """Run the swarm of examples and its page meanwhile."""
    swarm = demo_swarm(speed=speed)
    swarm.on(Behaviour(exit=1, after=SECOND), image="shop/api:broken")
    await deploy(swarm, demo_services())
    with contextlib.suppress(NotSettled):  # what finds no place waits for ever
        await swarm.settle(within="5m")

    @contextlib.asynccontextmanager
    async def itself() -> AsyncIterator[Control]:
        yield swarm

    async with swarm:
        now = flowing(swarm.clock.now, speed)
        seen = ObservedSwarm(now=now, origin="a swarm in memory")
        observer = SwarmObserver(itself, seen)
        async with (
            observer.running(),
            page_served(Site(seen, observer), "tcp://127.0.0.1:0") as address,
        ):
            yield DemoPage(address, seen, swarm)


async def until(shown: DemoPage, name: str, word: str) -> None:
    """Wait until the roll-out of a service is so far."""
    while shown.state_of(name) != word:  # noqa: ASYNC110 - the page is looked at, as people do
        await asyncio.sleep(0.1)


async def main() -> None:
    """Roll out one image after another, as long as somebody looks."""
    async with demo_page() as shown:
        print(f"== a page that shows a swarm rolling out: {shown.address}", flush=True)
        is_watched = sys.stdout.isatty()
        if is_watched:
            print("   Ctrl-C ends it")
        version = 2
        while True:
            await update_image(shown.swarm, WATCHED, f"shop/web:{version}")
            await until(shown, WATCHED, "completed")
            if not is_watched:
                print(f"   {WATCHED} was rolled out to shop/web:{version}; its page ends")
                return
            await asyncio.sleep(5)
            version += 1


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
