"""The gateway behind its server: bytes of a client in; out come answers, and it still serves."""
# ruff: noqa: INP001 - a script and its target, not a package

import asyncio
import contextlib
import logging
import random
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from swarmwire.control import Control, protected
from swarmwire.control.testing import FakeManager
from swarmwire.gateway import Gateway
from swarmwire.gateway.listeners import Listener
from swarmwire.gateway.server import serving

SECRET = b"aHVudGVyMg=="
"""What no answer repeats where no HTTP could be read."""
PING = b"GET /_ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
_SILENCE = 0.05
"""Seconds after which a connection that says nothing is left: most such requests are not whole."""
_PATIENCE = 60.0
_OURS = b"the gateway failed"
_END = b"\r\n\r\n"


class BrokenPromise(AssertionError):
    """The gateway did what it must not."""


class GatewayUnderFire:
    """A gateway of a small swarm in memory on a unix socket, in a loop of its own."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self._runner = asyncio.Runner()
        self._stack = contextlib.AsyncExitStack()
        self._runner.run(self._begin())

    async def _begin(self) -> None:
        manager = protected(FakeManager(), secrets=True)

        @contextlib.asynccontextmanager
        async def opened() -> AsyncIterator[Control]:
            yield manager

        folder = self._stack.enter_context(tempfile.TemporaryDirectory())
        self._path = str(Path(folder) / "gateway.sock")
        self._gateway = Gateway(opened, tell=lambda _: None)
        await self._stack.enter_async_context(self._gateway.running())
        listener = Listener(f"unix://{self._path}")
        await self._stack.enter_async_context(serving(self._gateway, [listener], drain=1))
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: self.complaints.append(str(context))
        )
        self._stack.enter_context(_listening(self.complaints))

    def close(self) -> None:
        """End it.

        Raises:
            BrokenPromise: something of its clients is left.
        """
        self._runner.run(self._ended())
        self._runner.close()

    async def _ended(self) -> None:
        counts = self._gateway.counts
        for _ in range(500):
            left = (counts.connections, counts.in_flight, sum(counts.streams.values()))
            if left == (0, 0, 0):
                break
            await asyncio.sleep(0.01)
        else:
            raise BrokenPromise(f"connections, requests and streams are left: {left}")
        await self._stack.aclose()

    def run(self, data: bytes, expected: int = 0) -> list[int]:
        """Send ``data`` through a connection of its own; the statuses of what comes back.

        So many answers are waited for as are ``expected``; others only for a moment.

        Raises:
            BrokenPromise: an answer is an error of ours or no HTTP, something is logged, or others
                are not served any more.
        """
        return self._runner.run(self._sent(data, expected))

    async def _sent(self, data: bytes, expected: int) -> list[int]:
        statuses = self._judged(await self._exchanged(data, expected))
        if self._judged(await self._exchanged(PING, 1)) != [200]:
            raise BrokenPromise("others are not served any more")
        if self.complaints:
            raise BrokenPromise(f"complained: {self.complaints}")
        return statuses

    async def _exchanged(self, data: bytes, expected: int) -> bytes:
        reader, writer = await asyncio.open_unix_connection(self._path)
        found = bytearray()
        try:
            writer.write(data)
            with contextlib.suppress(TimeoutError, ConnectionError):
                patience = _PATIENCE if expected else _SILENCE
                while piece := await asyncio.wait_for(reader.read(1 << 16), patience):
                    found += piece
                    if found.count(b"HTTP/1.") >= expected:
                        patience = _SILENCE
        finally:
            writer.transport.abort()
        return bytes(found)

    def _judged(self, answers: bytes) -> list[int]:
        statuses = []
        for status, body in answered(answers):
            if _OURS in body or (status >= 500 and b'"message"' not in body and body):
                raise BrokenPromise(f"an error of ours: {status} {body[:200]!r}")
            if status == 400 and b"is no HTTP" in body and SECRET in body:
                raise BrokenPromise("what was sent is repeated")
            statuses.append(status)
        return statuses


def answered(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The status and the body of each answer; the last one may be cut short.

    Raises:
        BrokenPromise: this is no HTTP.
    """
    while data:
        head, found, data = data.partition(_END)
        words = head.split(b" ", 2)
        if words[0] not in (b"HTTP/1.1", b"HTTP/1.0") or len(words) < 3 or not found:
            raise BrokenPromise(f"no answer: {head[:80]!r}")
        status = int(words[1])
        lines = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if status == 100:
            continue
        if b"chunked" in lines.get(b"transfer-encoding", b""):
            yield status, data  # a stream is the last answer of a connection
            return
        size = int(lines.get(b"content-length", b"0"))
        if data.startswith((b"HTTP/1.1 ", b"HTTP/1.0 ")):  # the answer to HEAD has no body
            size = 0
        body, data = data[:size], data[size:]
        yield status, body


@contextlib.contextmanager
def _listening(complaints: list[str]) -> Iterator[None]:
    """Hear what is logged."""

    class Hearing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            complaints.append(record.getMessage())

    hearing = Hearing(logging.WARNING)
    names = ("swarmwire", "asyncio", "aiohttp")
    for name in names:
        logging.getLogger(name).addHandler(hearing)
    try:
        yield
    finally:
        for name in names:
            logging.getLogger(name).removeHandler(hearing)


# Requests that are odd on purpose

_METHODS = (b"GET", b"POST", b"HEAD", b"DELETE", b"PUT", b"OPTIONS", b"PATCH", b"get", b"G\0T", b"")
_PATHS = (
    *(b"/services", b"/v1.41/services", b"/services/create", b"/services/x/update?version=1"),
    *(b"/secrets/create", b"/configs/create", b"/networks/create", b"/swarm/update?version=1"),
    *(b"/nodes/x/update?version=z", b"/tasks", b"/events", b"/services/x/logs?stdout=1", b"/info"),
    *(
        b"/distribution/x/json",
        b"/volumes/create",
        b"/networks/%2F%2e%2e/x",
        b"//a//b/../c",
        b"//a%0d%0aX:y",
    ),
    *(b"/v9.9/x", b"/v1./x", b"/v/x", b"http://x/services", b"/services?filters=%7B"),
    *(
        b"/tasks?filters={{{{",
        b"/services?filters=%7B%22name%22%3A%5B1%5D%7D",
        b"/tasks?filters=[1]",
    ),
    *(b"/events?since=x", b"/events?since=1e400&until=0", b"/services?status=%00"),
    *(
        b"/nodes?filters=%ff",
        b"/swarm/update?version=99999999999999999999",
        b"/%ff%fe",
        b"/volumes",
    ),
)
_ODD_PATHS = (
    b"*",
    b"",
    b"?",
    b"/%",
    b"/%zz",
    b"/\xff\xfe",
    b"/a b",
    b"/\r",
    b"x",
    b"http:///",
    b"#",
)
_VERSIONS = (b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/9", b"X", b"")
_BODIES = (
    *(b"", b"{}", b"[]", b"null", b"{", b'{"Name":', b'{"Name":"\xff"}', b"\0", b'"x"', b"1e999"),
    b'{"Name":"x","Data":"' + SECRET + b'"}',
    b'{"Name":"x","TaskTemplate":{"ContainerSpec":{"Image":"x"}}}',
    b'{"Name":"\\ud800","TaskTemplate":null}',
    b"[" * 20_000,
    b'{"a":' * 3_000,
)
_LINES = (
    *(b"Host: x", b"Host: y", b"Host:", b": x", b"Content-Type: application/json"),
    *(b"Content-Type: text/\xff", b"Content-Type: application/json; charset=utf-16"),
    *(b"Content-Length: 0", b"Content-Length: 5", b"Content-Length: -1", b"Content-Length: 5, 6"),
    *(b"Content-Length: 99999999999999999999", b"Content-Length: +3", b"Content-Length: 0x5"),
    *(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked, identity"),
    *(
        b"Transfer-Encoding: gzip",
        b"Transfer-Encoding: \x0bchunked",
        b"Transfer-Encoding: xchunked",
    ),
    *(b"Content-Encoding: gzip", b"Content-Encoding: br", b"Content-Encoding: deflate"),
    *(b"Connection: close", b"Connection: keep-alive", b"Connection: upgrade", b"Upgrade: tcp"),
    *(b"Upgrade: h2c", b"Upgrade: websocket", b"Sec-WebSocket-Key: x", b"Expect: 100-continue"),
    *(b"Expect: 200-ok", b"Accept: */*;q=x", b"Accept: application/json-seq;q=9e999"),
    *(b"X-Registry-Auth: \xff", b"X-Registry-Auth: e30=", b"version: 1.41", b" folded: x"),
    *(b"X-Swarmwire-Dry-Run: 1", b"X-Swarmwire-Dry-Run: 2", b"X: " + b"y" * 9_000, b"no colon"),
    *(b"X\0: y", b"X: \0", b"X: y\rZ: w", b"\xff: x", b"Cookie: " + SECRET),
)
_CHUNKS = (
    *(
        b"0\r\n\r\n",
        b"5\r\nhello\r\n0\r\n\r\n",
        b"2\r\n{}\r\n0\r\n\r\n",
        b"2;x=y\r\n{}\r\n0\r\n\r\n",
    ),
    *(
        b"5\r\nhel",
        b"zz\r\nhello\r\n",
        b"-1\r\n",
        b"fffffffffffffffff\r\nx\r\n",
        b"5\nhello\n0\n\n",
    ),
    *(
        b"2\r\n{}x\r\n0\r\n\r\n",
        b"0\r\nTrailer: x\r\n\r\n",
        b"0\r\n: x\r\n\r\n",
        b"\r\n",
        b"0x2\r\n{}\r\n",
    ),
    *(b"2 \r\n{}\r\n0\r\n\r\n", b"2\r\n{}\r\n" * 50 + b"0\r\n\r\n", SECRET),
)


def odd_request(numbers: random.Random) -> bytes:
    """Bytes that are nearly a request, or several of them, or begin as one."""
    pipelined = numbers.choice((1,) * 6 + (2, 3, 30))
    data = b"".join(_request(numbers) for _ in range(pipelined))
    change = numbers.randrange(10)
    if change == 0:
        data = data[: numbers.randrange(len(data) + 1)]
    elif change == 1:
        place = numbers.randrange(len(data) + 1)
        data = data[:place] + numbers.randbytes(numbers.choice((1, 2, 20))) + data[place:]
    return data


def _request(numbers: random.Random) -> bytes:
    choice = numbers.choice
    path = choice(_PATHS) if numbers.random() < 0.9 else choice(_ODD_PATHS)
    if numbers.random() < 0.02:
        path += b"?x=" + SECRET * choice((100, 10_000, 100_000))
    words = (choice(_METHODS[:5]) if numbers.random() < 0.9 else choice(_METHODS), path)
    version = _VERSIONS[0] if numbers.random() < 0.9 else choice(_VERSIONS)
    line = b" ".join((*words, version))
    lines = [choice(_LINES) for _ in range(choice((0,) * 12 + (1, 1, 1, 2, 8, 200)))]
    kind = numbers.choice(("none", "sized", "sized", "chunked", "odd"))
    body = {"none": b"", "chunked": choice(_CHUNKS)}.get(kind) or choice(_BODIES)
    if kind in ("sized", "chunked"):
        lines.append(b"Content-Type: application/json")
    if kind == "none":
        body = b""
    elif kind == "sized":
        lines.append(b"Content-Length: %d" % len(body))
    elif kind == "chunked":
        lines.append(b"Transfer-Encoding: chunked")
    end = b"\r\n" if numbers.random() < 0.95 else b"\n"
    return end.join((line, b"Host: x", *lines, b"", body))
