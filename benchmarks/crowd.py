"""Many clients of one socket at once: some poll as Traefik does, others listen for events."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

_LARGEST_HEAD = 1 << 20


class Polled(NamedTuple):
    """What came of polling.

    Attributes:
        answers: how many a second.
        slowest: after how many seconds 99 of 100 were there, from when each was to be asked for.
    """

    answers: float
    slowest: float


def polled(path: Path, version: str, clients: int, seconds: float, pace: float = 0) -> Polled:
    """Let clients ask, each on a connection of its own.

    Args:
        path: the unix socket that they ask.
        version: of the API.
        clients: how many.
        seconds: for how long.
        pace: how many requests a second each of them wants; one that has to wait for an answer
            makes up for it afterwards. 0: the next as soon as the last is answered.
    """
    return asyncio.run(_polled(path, version, clients, seconds, pace))


async def _polled(path: Path, version: str, clients: int, seconds: float, pace: float) -> Polled:
    opened = [await asyncio.open_unix_connection(path, limit=_LARGEST_HEAD) for _ in range(clients)]
    start = time.monotonic()
    end = start + seconds
    took: list[float] = []

    async def client(number: int) -> None:
        reader, writer = opened[number]
        targets = _targets(version, number)
        due = start + number / clients / pace if pace else start
        while due < end and time.monotonic() < end:
            if (early := due - time.monotonic()) > 0:
                await asyncio.sleep(early)
            writer.write(_request(next(targets)))
            await _body(reader)
            took.append(time.monotonic() - due)
            due = due + 1 / pace if pace else time.monotonic()
        writer.close()

    await asyncio.gather(*map(client, range(clients)))
    return Polled(len(took) / seconds, sorted(took)[len(took) * 99 // 100])


def _targets(version: str, first: int) -> Iterator[str]:
    """What Traefik asks again and again; the clients do not begin together."""
    scope = quote(json.dumps({"scope": {"swarm": True}}))
    running = quote(json.dumps({"desired-state": {"running": True}, "service": {"web-1": True}}))
    targets = ["/version", "/services", f"/networks?filters={scope}", f"/tasks?filters={running}"]
    at = first % len(targets)
    return cycle(f"/v{version}{target}" for target in (*targets[at:], *targets[:at]))


def _request(target: str) -> bytes:
    return f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


async def _body(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    at = head.find(b"content-length: ")
    if at >= 0:
        await reader.readexactly(int(head[at + 16 : head.find(b"\r", at)]))
        return
    while size := int(await reader.readline(), 16):
        await reader.readexactly(size + 2)
    await reader.readline()


def told(path: Path, version: str, listeners: int, happen: Callable[[], None]) -> float:
    """Seconds until every listener has heard of something that happens."""

    async def all_told() -> float:
        opened = await asyncio.gather(*(_listening(path, version) for _ in range(listeners)))
        await asyncio.sleep(1)
        start = time.monotonic()
        heard: list[Awaitable[bytes]] = [reader.readuntil(b"\n\r\n") for reader, _ in opened]
        waiting = asyncio.gather(*heard)
        await asyncio.to_thread(happen)
        await asyncio.wait_for(waiting, 60)
        for _, writer in opened:
            writer.close()
        return time.monotonic() - start

    return asyncio.run(all_told())


async def _listening(path: Path, version: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(_request(f"/v{version}/events?filters=%7B%22type%22%3A%5B%22secret%22%5D%7D"))
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer
