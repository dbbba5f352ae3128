"""HTTP over a gateway's unix socket, byte by byte; and metrics, read as Prometheus does."""

import asyncio
from contextlib import asynccontextmanager

from prometheus_client.parser import text_string_to_metric_families


@asynccontextmanager
async def connection(path):
    reader, writer = await asyncio.open_unix_connection(str(path), limit=1 << 24)
    try:
        yield reader, writer
    finally:
        writer.close()


async def exchanged(reader, writer, method, target, body=b"", **headers):
    """The status, the headers and the body of one exchange; a stream is left to be read."""
    given = {"Host": "x", "Content-Length": str(len(body))} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    writer.write(f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode() + body)
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    found = dict(line.lower().split(": ", 1) for line in head[1:-2])
    data = b""
    if "content-length" in found:
        data = await reader.readexactly(int(found["content-length"]))
    return int(head[0].split()[1]), found, data


async def page(place, target, method="GET"):
    """The status, the text and the headers of a page."""
    async with connection(place) as both:
        status, headers, data = await exchanged(*both, method, target)
    return status, data.decode(), headers


async def samples(place):
    """Every sample of the metrics, by its name and the values of its labels, in their order."""
    status, text, headers = await page(place, "/metrics")
    assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    return {
        (sample.name, *dict(sorted(sample.labels.items())).values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def waited_for(is_so):
    """Wait until ``await is_so()`` is true."""
    for _ in range(1_500):
        if await is_so():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("waited in vain")
