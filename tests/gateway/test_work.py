"""One client cannot have the gateway for itself, however much its requests ask for."""

import asyncio

import pytest

from swarmwire.gateway import EVERYTHING, work
from swarmwire.gateway import gateway as module
from swarmwire.gateway.listeners import KnownCaller
from swarmwire.gateway.work import MeasuredWork
from swarmwire.policy import ClientLimits, Rate
from tests.gateway.asking import Client, spec

WORK = 1.05
"""Seconds of the processor: after that a client has to wait for 0.2 seconds."""


@pytest.fixture
def processor(monkeypatch):
    """The time that this process took, in seconds: tests say how much that is."""
    taken = [0.0]
    monkeypatch.setattr(work, "thread_time", lambda: taken[0])
    return taken


class Charged:
    """A client whose requests are charged, and the clock by which it has its share again."""

    def __init__(self, gateway):
        self.now = 0.0
        self._client = Client(gateway)
        self._known = KnownCaller("a", EVERYTHING, limits=ClientLimits(Rate(), lambda: self.now))

    async def ask(self, target, method="GET"):
        return await self._client.raw_of(self._known, method, target)


@pytest.fixture
def heavy(gateway, processor, monkeypatch):
    """Each look at the objects takes a little longer than what can be saved up."""
    refuse_stale = gateway.mirror.refuse_stale

    def slow():
        processor[0] += WORK
        return refuse_stale()

    monkeypatch.setattr(gateway.mirror, "refuse_stale", slow)


@pytest.fixture
def hasty(monkeypatch):
    """Nobody is let wait: what would have to is refused."""
    monkeypatch.setattr(module, "_PATIENCE", 0.0)


@pytest.mark.usefixtures("heavy")
async def test_who_asks_for_much_has_to_wait_and_nobody_else(gateway):
    greedy, other = Charged(gateway), Charged(gateway)
    assert (await greedy.ask("/services")).status == 200
    waiting = [asyncio.create_task(greedy.ask("/services")) for _ in range(2)]
    assert (await other.ask("/services")).status == 200
    assert (await greedy.ask("/v1.41/_ping")).status == 200
    assert not any(task.done() for task in waiting)
    greedy.now += 0.3  # it has a quarter of that
    done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert [task.result().status for task in done] == [200]  # the other one waits for its share
    assert not all(task.done() for task in waiting)
    gateway.closing.set()
    assert {task.result().status for task in (await asyncio.wait(waiting))[0]} == {200}


@pytest.mark.usefixtures("heavy", "hasty")
async def test_who_would_wait_for_too_long_is_refused(gateway):
    greedy = Charged(gateway)
    assert (await greedy.ask("/services")).status == 200
    refused = await greedy.ask("/services")
    assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
    assert "too much work at once" in refused.message
    greedy.now += 0.3
    assert (await greedy.ask("/services")).status == 200


@pytest.mark.usefixtures("heavy")
async def test_a_gateway_that_ends_lets_nobody_wait(gateway):
    greedy = Charged(gateway)
    assert (await greedy.ask("/services")).status == 200
    waiting = asyncio.create_task(greedy.ask("/services"))
    await asyncio.sleep(0)
    gateway.closing.set()
    assert (await waiting).status == 200


@pytest.mark.usefixtures("heavy", "hasty")
async def test_writes_are_work_too(gateway, client):
    for name in ("a", "b"):
        await client.post("/services/create", spec(name))
    greedy = Charged(gateway)
    assert [(await greedy.ask(f"/services/{name}", "DELETE")).status for name in "ab"] == [200, 429]


@pytest.mark.usefixtures("heavy", "hasty")
async def test_writes_at_once_are_not_let_in_at_once(gateway, client):
    names = "abcd"
    for name in names:
        await client.post("/services/create", spec(name))
    greedy = Charged(gateway)
    asked = [greedy.ask(f"/services/{name}", "DELETE") for name in names]
    assert [answer.status for answer in await asyncio.gather(*asked)] == [200, 429, 429, 429]


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("step", ["find", "routed"])
async def test_to_read_an_address_is_work(gateway, processor, monkeypatch, step):
    real = getattr(gateway._router, step)

    def slow(*given):
        processor[0] += WORK
        return real(*given)

    monkeypatch.setattr(gateway._router, step, slow)
    greedy = Charged(gateway)
    assert [(await greedy.ask("/services")).status for _ in range(2)] == [200, 429]


async def test_what_is_waited_for_is_no_work(processor):
    async def waits():
        processor[0] += 1
        await asyncio.sleep(0)
        processor[0] += 2
        return "done"

    async def others():
        processor[0] += 100

    took = []

    async def result():
        return await MeasuredWork(waits(), took.append)

    assert (await asyncio.gather(result(), others()))[0] == "done"
    assert took == [1, 2]


def nobody(_seconds):
    """Is told."""


async def test_work_fails_and_is_cancelled_as_it_would_be():
    async def fails():
        await asyncio.sleep(0)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await MeasuredWork(fails(), nobody)
    begun, cleaned = asyncio.Event(), asyncio.Event()

    async def waits():
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            cleaned.set()

    async def measured():
        await MeasuredWork(waits(), nobody)

    task = asyncio.create_task(measured())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cleaned.is_set()
