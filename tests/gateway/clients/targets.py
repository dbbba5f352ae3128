"""What a client of the matrix talks to: an engine, a gateway over it, a gateway over embedded."""

import asyncio
import json
import threading
import time
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from swarmwire.control import connect, protected
from swarmwire.embedded import Swarm
from swarmwire.gateway import Gateway
from swarmwire.gateway.listeners import Listener
from swarmwire.gateway.server import serving
from tests.support.dockerd import Dockerd, UnixConnection


class Target(NamedTuple):
    """A socket that speaks Docker's API.

    Attributes:
        name: ``engine``, ``gateway`` or ``embedded``.
        socket: where it listens.
    """

    name: str
    socket: Path

    @property
    def host(self) -> str:
        """As ``DOCKER_HOST`` names it."""
        return f"unix://{self.socket}"

    @property
    def hostname(self) -> str:
        """The first node's."""
        return str(self.get("/nodes")[0]["Description"]["Hostname"])

    def get(self, path: str) -> Any:
        """What a path holds, in the newest version of the API."""
        return json.loads(self._request("GET", path))

    def post(self, path: str, body: Any) -> Any:
        """The answer to a change."""
        return json.loads(self._request("POST", path, body))

    def _request(self, method: str, path: str, body: Any = None) -> bytes:
        connection = UnixConnection(self.socket)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json"})
            response = connection.getresponse()
            body = response.read()
            assert response.status < 300, body
            return body
        finally:
            connection.close()

    def clear(self) -> None:
        """Remove everything that clients leave in a swarm."""
        for kind in ("services", "secrets", "configs", "networks"):
            for one in self.get(f"/{kind}"):
                is_own = kind != "networks" or (one["Scope"] == "swarm" and not one["Ingress"])
                if is_own:
                    self._request("DELETE", f"/{kind}/{one.get('ID') or one['Id']}")
        self.wait_until_still()

    def wait_until_still(self, timeout: float = 120) -> None:
        """Wait until every task is as it should be and nothing changes."""
        deadline = time.monotonic() + timeout
        seen = None
        while True:
            services, tasks = self.get("/services"), self.get("/tasks")
            now = [(one["ID"], one["Version"]) for one in (*services, *tasks)]
            networks = self.get("/networks?filters=%7B%22scope%22%3A%5B%22swarm%22%5D%7D")
            moving = [*filter(_moves, (*services, *tasks))] or not all(
                one["Driver"] for one in networks
            )
            if now == seen and not moving:
                return
            seen = now
            assert time.monotonic() < deadline, "the swarm does not come to rest"
            time.sleep(0.3)


def _moves(one: dict[str, Any]) -> bool:
    """Whether something is still to become of a service or a task."""
    if "Spec" in one and "DesiredState" not in one:
        state = one.get("UpdateStatus", {}).get("State", "")
        return state in ("updating", "rollback_started")
    state, desired = one["Status"]["State"], one["DesiredState"]
    if desired in ("ready", "running", "complete"):
        return state not in ("pending", "running", "complete", "failed", "rejected")
    return state in ("new", "pending", "assigned", "accepted", "preparing", "starting", "running")


@contextmanager
def served(path, world, *, listeners=None, **settings):
    """A gateway in a thread of its own, on a socket.

    ``world`` is entered around it and gives what connects to its manager; ``listeners`` says who is
    who, given the gateway.
    """
    began, ends = threading.Event(), asyncio.Event()
    loops, failed = [], []

    async def run():
        loops.append(asyncio.get_running_loop())
        async with world() as opened:
            gateway = Gateway(opened, tell=lambda _: None, **settings)
            doors = [Listener(f"unix://{path}")] if listeners is None else listeners(gateway)
            async with gateway.running(), serving(gateway, doors, drain=1):
                began.set()
                await ends.wait()

    def live():
        try:
            asyncio.run(run())
        except BaseException as err:  # noqa: BLE001 - told by the thread that waits
            failed.append(err)
            began.set()

    thread = threading.Thread(target=live)
    thread.start()
    try:
        assert began.wait(30)
        assert not failed, failed
        yield path
    finally:
        if not failed:
            loops[0].call_soon_threadsafe(ends.set)
        thread.join(30)


@asynccontextmanager
async def manager_of(daemon: Dockerd):
    """The manager of an engine."""
    yield partial(connect, daemon.control_socket, secrets=True)


@asynccontextmanager
async def embedded_swarm(**options):
    """A swarm in memory, which lives meanwhile."""
    swarm = Swarm(begins=time.time_ns(), **options)
    swarm.exit(0, command=["true"])
    async with swarm:

        @asynccontextmanager
        async def opened():
            yield protected(swarm, secrets=True)

        yield opened
