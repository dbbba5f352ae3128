"""The page behind a listener of its own: read-only, for this machine unless it is told otherwise.

A browser on this machine can be made to ask for it under a foreign name, so the names under which
it answers are its own (DNS rebinding); what is posted must come from the page itself.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from importlib.resources import files
from pathlib import Path
from socket import socket as Socket  # noqa: N812 - it is a class
from traceback import extract_tb
from typing import Final
from urllib.parse import urlsplit

try:
    from aiohttp import web
except ModuleNotFoundError as err:  # pragma: no cover - said with what to install
    from swarmwire.extras import missing

    raise missing("swarmwire.page.server", err) from err

import msgspec

from swarmwire.gateway.listeners import Listener, ListenerError, OpenToAnybody, bound
from swarmwire.page.rendering import HEADERS
from swarmwire.page.site import LARGEST_TEXT, Site
from swarmwire.page.viewer import Viewer

_STEP: Final = 0.2
"""Seconds between two looks at what is new, at least."""
_REST: Final = 4
"""How much longer than a look it rests after it: large swarms are looked at less often."""
_BEAT: Final = 1.0
"""Seconds after which there is one in any case: times run on."""
_TYPES: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_log: Final = logging.getLogger("swarmwire.page")
_SILENT: Final = logging.Logger("swarmwire.page.http")  # noqa: LOG001 - heard by nobody
_SILENT.addHandler(logging.NullHandler())
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def page_served(site: Site, address: str, *, names: Sequence[str] = ()) -> AsyncIterator[str]:
    """Listen meanwhile; the address of the page.

    Args:
        site: the pages.
        address: ``tcp://127.0.0.1:8642``; port 0 is one that is free. It must be a loopback.
        names: other names under which the page is asked for, as a proxy's in front of it.

    Raises:
        ListenerError: it cannot be bound, or is no loopback.
    """
    socket = _bound(address)
    host = urlsplit(address).hostname or "localhost"
    shown = f"[{host}]" if ":" in host else host
    own = f"{shown}:{socket.getsockname()[1]}"
    door = _Door(site, {own, *_local(own), *names})
    runner = web.AppRunner(
        door.application(), access_log=None, logger=_SILENT, handler_cancellation=True
    )
    try:
        await runner.setup()
        await web.SockSite(runner, socket).start()
        yield f"http://{own}/"
    finally:
        door.closing.set()
        await runner.cleanup()
        socket.close()


def refuse_unusable_page(address: str) -> None:
    """Refuse an address that cannot be bound, before there is anything to show.

    Raises:
        ListenerError: it cannot be bound, or is no loopback.
    """
    _bound(address).close()


def _bound(address: str) -> Socket:
    if urlsplit(address).scheme != "tcp":
        raise ListenerError(address, "expected tcp://host:port")
    try:
        return bound(Listener(address))
    except OpenToAnybody as err:
        reason = "the page is for this machine alone: name a loopback, such as tcp://127.0.0.1:8642"
        raise ListenerError(address, reason) from err


def _local(own: str) -> set[str]:
    port = own.rpartition(":")[2]
    return {f"{name}:{port}" for name in ("localhost", "127.0.0.1", "[::1]")}


class _Door:
    def __init__(self, site: Site, hosts: set[str]) -> None:
        self._site = site
        self._hosts = hosts
        self._files = {
            each.name: each.read_bytes()
            for each in files("swarmwire.page").joinpath("static").iterdir()
        }
        self.closing = asyncio.Event()

    def application(self) -> web.Application:

        @web.middleware
        async def guarded(request: web.Request, handler: _Handler) -> web.StreamResponse:
            return await self._guarded(request, handler)

        found = web.Application(middlewares=[guarded], client_max_size=LARGEST_TEXT)
        found.router.add_get("/static/{name}", self._static)
        found.router.add_get("/events", self._events)
        found.router.add_get("/facts/{task}", self._facts)
        found.router.add_get("/plan", self._plan)
        found.router.add_post("/plan", self._planned)
        found.router.add_get("/{address:.*}", self._page)
        return found

    async def _guarded(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        if request.headers.get("Host", "") not in self._hosts:
            return self._problem(421, "Not here", "This page is not asked for under that name.")
        if request.method == "POST" and not self._is_own(request):
            return self._problem(403, "Not from there", "Plans are asked for by this page alone.")
        try:
            return await handler(request)
        except web.HTTPRequestEntityTooLarge:
            return self._problem(413, "Too large", "A text of more than 1 MiB is not planned.")
        except web.HTTPException as err:
            return self._problem(err.status, err.reason, "There is no such page.")
        except Exception as err:  # noqa: BLE001 - whatever it is, its text may hold what was sent
            last = extract_tb(err.__traceback__)[-1]
            place = f"{Path(last.filename).name}:{last.lineno}"
            _log.error("%s failed: %s at %s", request.path, type(err).__name__, place)
            return self._problem(500, "Failed", "The page failed; its log says where.")

    def _is_own(self, request: web.Request) -> bool:
        origin = request.headers.get("Origin", "")
        return urlsplit(origin).netloc in self._hosts

    async def _page(self, request: web.Request) -> web.StreamResponse:
        view = self._site.view(request.path_qs)
        if view is None:
            return self._problem(404, "Not found", "There is no such page, service or task.")
        return _html(self._site.page(view, request.path_qs))

    async def _plan(self, _: web.Request) -> web.StreamResponse:
        return _html(self._site.plan_page()) if self._site.plans else self._no_plans()

    def _no_plans(self) -> web.Response:
        text = "A plan needs values that are hidden from who looks at this page."
        return self._problem(403, "No plans here", text)

    async def _planned(self, request: web.Request) -> web.StreamResponse:
        if not self._site.plans:
            return self._no_plans()
        form = await request.post()
        text, stack = form.get("text", ""), form.get("stack", "")
        if not isinstance(text, str) or not isinstance(stack, str):
            return self._problem(400, "No text", "A text is wanted, and no file.")
        return _html(self._site.plan_page(text, stack, asked=True))

    async def _facts(self, request: web.Request) -> web.StreamResponse:
        html = self._site.facts(request.match_info["task"])
        return self._problem(404, "Gone", "") if html is None else _html(html)

    async def _static(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        body = self._files.get(name)
        if body is None:
            raise web.HTTPNotFound
        headers = HEADERS | {"Cache-Control": "no-cache"}
        return web.Response(
            body=body,
            content_type=_TYPES[name.rpartition(".")[2]],
            charset="utf-8",
            headers=headers,
        )

    async def _events(self, request: web.Request) -> web.StreamResponse:
        viewer = self._site.viewers.get(request.query.get("token", ""))
        is_new = viewer is None
        if viewer is None:
            view = self._site.view(request.query.get("of", "/"))
            if view is None:
                raise web.HTTPNotFound
            viewer = Viewer(view)
        out = web.StreamResponse(headers=HEADERS | {"Content-Type": "text/event-stream"})
        await out.prepare(request)
        with suppress(ConnectionError):
            await out.write(b"retry: 1000\n\n")
            await self._tell(out, viewer, is_new=is_new)
        return out

    async def _tell(self, out: web.StreamResponse, viewer: Viewer, *, is_new: bool) -> None:
        """Tell what is new until the browser leaves or the page ends."""
        changed = asyncio.Event()
        unlisten = self._site.swarm.listen(changed.set)
        blind = None
        try:
            while not self.closing.is_set():
                changed.clear()
                began = time.monotonic()
                news = viewer.news()
                cost = time.monotonic() - began
                if is_new:
                    news["all"] = True
                    is_new = False
                if (now := self._site.blindness()) != blind:
                    news["blind"] = blind = now
                if news:
                    await out.write(b"data: " + msgspec.json.encode(news) + b"\n\n")
                await asyncio.sleep(max(_STEP, _REST * cost))
                with suppress(TimeoutError):
                    async with asyncio.timeout(_BEAT):
                        await changed.wait()
        finally:
            unlisten()

    def _problem(self, status: int, title: str, text: str) -> web.Response:
        html = self._site.problem_page(title, text)
        return web.Response(status=status, text=html, content_type="text/html", headers=HEADERS)


def _html(html: str) -> web.Response:
    out = web.Response(text=html, content_type="text/html", headers=HEADERS)
    if len(html) > 10_000:
        out.enable_compression()
    return out
