"""Requests to a gateway without a server, and what comes back."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import quote

from swarmwire.control import CannotResume, protected
from swarmwire.control.errors import HungUp
from swarmwire.gateway import EVERYTHING, Gateway, Request


class Asked:
    """A response with its body at hand."""

    def __init__(self, response):
        self.response = response
        self.status = response.status
        self.headers = response.headers
        self.body = b"".join(response.body)

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def message(self):
        return self.json["message"]

    def __iter__(self):
        return iter((self.status, self.message))


class Client:
    """One client of a gateway."""

    def __init__(self, gateway, permission=EVERYTHING, identity="", version="1.51"):
        self.gateway = gateway
        self.permission = permission
        self.identity = identity
        self.version = version

    def request(self, method, target, body=b"", **headers):
        path, _, query = target.partition("?")
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return Request(method, path, query, given, body, self.permission, self.identity)

    async def raw(self, method, target, body=b"", **headers):
        return Asked(await self.gateway.respond(self.request(method, target, body, **headers)))

    async def raw_of(self, known, method, target):
        """As a caller that is known."""
        request = replace(
            self.request(method, target),
            permission=known.permission,
            identity=known.name,
            told_by=known.told_by,
            limits=known.limits,
        )
        return Asked(await self.gateway.respond(request))

    async def ask(self, method, target, body=None, **headers):
        if body is not None:
            headers = {"content-type": "application/json"} | headers
        data = b"" if body is None else json.dumps(body).encode()
        prefix = f"/v{self.version}" if self.version else ""
        return await self.raw(method, prefix + target, data, **headers)

    async def get(self, target, **filters):
        if filters:
            named = {key.replace("_", "-").lstrip("-"): value for key, value in filters.items()}
            target += f"{'&' if '?' in target else '?'}filters={quote(json.dumps(named))}"
        return await self.ask("GET", target)

    async def post(self, target, body=None, **headers):
        return await self.ask("POST", target, body, **headers)

    async def delete(self, target):
        return await self.ask("DELETE", target)


class Failing:
    """A manager that can be taken away, and its news with it."""

    def __init__(self, inner):
        self.inner = inner
        self.is_away = asyncio.Event()
        self.forgets = self.is_mute = False

    def __getattr__(self, name):
        async def call(request):
            if self.is_away.is_set():
                raise HungUp("somewhere", "it is away")
            return await getattr(self.inner, name)(request)

        return call

    async def watch(self, request):
        if self.is_away.is_set() or self.is_mute:
            raise HungUp("somewhere", "it is away")
        if self.forgets and request.HasField("resume_from"):
            raise CannotResume("Unknown", "requested index is unavailable due to compaction")
        news = self.inner.watch(request)
        while True:
            coming, away = (
                asyncio.ensure_future(anext(news)),
                asyncio.ensure_future(self.is_away.wait()),
            )
            await asyncio.wait({coming, away}, return_when=asyncio.FIRST_COMPLETED)
            is_lost = away.done()
            away.cancel()
            if is_lost:
                coming.cancel()
                await asyncio.wait({coming})
                raise HungUp("somewhere", "it is away")
            yield await coming


def opener(control):
    """What a gateway opens: always this control."""

    @asynccontextmanager
    async def opened():
        yield protected(control, secrets=True)

    return opened


@asynccontextmanager
async def gateway_of(control, **settings):
    """A running gateway over a control."""
    gateway = Gateway(opener(control), tell=lambda _: None, **settings)
    async with gateway.running():
        yield gateway


def spec(name="web", image="busybox:1", **fields):
    """The body of a new service."""
    return {"Name": name, "TaskTemplate": {"ContainerSpec": {"Image": image}}} | fields
