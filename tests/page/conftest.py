"""The page of a swarm in memory, in a real Chromium."""

import asyncio
import contextlib
import os
import shutil
import threading

import pytest

from swarmwire import pb
from swarmwire.control import connect
from swarmwire.control.listener import listen
from swarmwire.embedded.flowing import flowing
from swarmwire.page import ObservedSwarm, SwarmObserver
from swarmwire.page.server import page_served
from swarmwire.page.site import Site
from tools.demo_swarm import demo_services, demo_swarm, deploy

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


class Shown:
    """A swarm, its page, and a thread in which both run."""

    def __init__(self, swarm, specs, *, speed=1.0):
        self.swarm = swarm
        self.speed = speed
        self._exits = contextlib.AsyncExitStack()
        self._page = None
        self.listening = None
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()
        self.do(self._begin(specs))

    def do(self, work):
        """Do something in the thread of the swarm."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(120)

    def stop_page(self):
        self.do(self._page.aclose())

    def start_page(self):
        self.do(self._listen())

    def close(self):
        self.do(self._page.aclose())
        self.do(self._exits.aclose())
        if self.listening is not None:
            self.do(self.listening.aclose())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(30)
        self.loop.close()

    async def _begin(self, specs):
        await deploy(self.swarm, specs)
        with contextlib.suppress(Exception):  # some of them wait for ever
            await self.swarm.settle(within="2m")
        await self._exits.enter_async_context(self.swarm)
        ticking = asyncio.create_task(self._tick())
        self._exits.callback(ticking.cancel)
        now = flowing(self.swarm.clock.now, self.speed)
        self.seen = ObservedSwarm(now=now, origin="a swarm in memory")
        self.observer = SwarmObserver(self._itself, self.seen)
        await self._exits.enter_async_context(self.observer.running())
        self.address = "tcp://127.0.0.1:0"
        await self._listen()

    async def _tick(self):
        """Ask now and then, so that its time runs also while nothing is due."""
        while True:
            await self.swarm.list_nodes(pb.ListNodesRequest())
            await asyncio.sleep(0.02)

    async def _listen(self):
        self._page = contextlib.AsyncExitStack()
        site = Site(self.seen, self.observer)
        self.url = await self._page.enter_async_context(page_served(site, self.address))
        self.address = self.url.replace("http", "tcp").rstrip("/")

    @contextlib.asynccontextmanager
    async def _itself(self):
        yield self.swarm

    async def look_through(self, place):
        """Look at the swarm through a manager's socket from now on."""
        await self.listen_at(place)
        self.seen = ObservedSwarm(now=self.seen.now)
        self.observer = SwarmObserver(lambda: connect(place), self.seen)
        await self._exits.enter_async_context(self.observer.running())
        await self._page.aclose()
        await self._listen()

    async def listen_at(self, place):
        self.listening = contextlib.AsyncExitStack()
        await self.listening.enter_async_context(listen(self.swarm, place))


@pytest.fixture(scope="module")
def chromium():
    # Not for longer: Playwright keeps a loop running, beside which no other can be run.
    if CHROMIUM is None:
        reason = "no chromium: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    sync_api = pytest.importorskip("playwright.sync_api", reason="no playwright")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def running():
    """Begin a swarm with its page: what is begun ends with the test."""
    begun = []

    def begin(specs=None, *, nodes=5, speed=1.0):
        swarm = demo_swarm(speed=speed, nodes=nodes)
        begun.append(Shown(swarm, demo_services() if specs is None else specs, speed=speed))
        return begun[-1]

    yield begin
    for each in begun:
        each.close()


@pytest.fixture
def shown(running):
    return running()


@pytest.fixture
def tab(chromium):
    """A tab that allows no error of a script."""
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.failures = []
    page.on("pageerror", lambda error: page.failures.append(str(error)))
    page.on(
        "console",
        lambda message: (
            page.failures.append(message.text)
            if message.type == "error" and "Failed to load" not in message.text
            else None
        ),
    )
    yield page
    context.close()
    assert page.failures == []
