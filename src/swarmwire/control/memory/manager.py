"""The manager in memory: which method does what."""

import copy
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any

from swarmwire import pb
from swarmwire.control.errors import control_error
from swarmwire.control.memory import logs, objects, removal, select, services
from swarmwire.control.memory.store import KINDS, Feed, MemoryStore, kind_of
from swarmwire.control.methods import Answer, AsyncCalls, Request, Streaming, Unary
from swarmwire.control.selection import selected
from swarmwire.rules import with_defaults

_VERBS = ("Get", "List", "Create", "Update", "Remove")
_VAGUE = ("node", "task", "service", "network", "cluster")
"""Of these a manager does not say that it is the id which is missing."""


class MemoryManager(AsyncCalls):
    """A manager's API over a store in memory: a ``Control`` whose parts run elsewhere, or nowhere.

    Attributes:
        store: what it keeps; ``store.compact()`` makes it forget old changes.
    """

    def __init__(self, store: MemoryStore) -> None:
        """Serve ``store`` as it is."""
        self.store = store
        self._logs: list[pb.LogMessage] = []
        self._log_feed = Feed()

    def put(self, *given: pb.Message) -> None:
        """Store objects as they are, as the parts of a manager do that run tasks and nodes.

        An object without an id is given one. Those who watch are told.
        """
        self.store.put(*copy.deepcopy(given), versioned=False)

    def objects(self, kind: str) -> list[Any]:
        """Copies of all stored objects of a kind (``service``), secrets included, by id."""
        return copy.deepcopy(self.store.all(kind))

    def log(self, *lines: pb.LogMessage) -> None:
        """Have tasks write lines."""
        self._logs += lines
        self._log_feed.tell(lines)

    def readable_lines(self) -> Sequence[pb.LogMessage]:
        """The lines that can be read: of tasks whose containers are there."""
        return self._logs

    async def unary(self, method: Unary[Request, Answer], request: Request) -> Answer:
        """Do what a manager does."""
        answer = method.answer()
        if method.place in _OTHERS:
            answer.MergeFrom(_OTHERS[method.place](self.store, request))
        else:
            self._control(method.place.removeprefix("Control/"), request, answer)
        return answer

    async def stream(
        self, method: Streaming[Request, Answer], request: Request
    ) -> AsyncGenerator[Answer, None]:
        """Stream changes, or lines."""
        async with aclosing(self._streamed(method.place, request)) as answers:
            async for answer in answers:
                yield copy.deepcopy(answer)

    def _streamed(self, place: str, request: Any) -> AsyncGenerator[Any, None]:
        if place == "Watch/Watch":
            return self._watched(request)
        return logs.subscribed(self.readable_lines(), self._log_feed, request)

    def _control(self, name: str, request: Any, answer: Any) -> None:
        verb = next(verb for verb in _VERBS if name.startswith(verb))
        kind = name.removeprefix(verb).lower()
        if verb == "List":
            found = self._selected(kind[:-1], request.filters)
            getattr(answer, kind).extend(_shown(one) for one in found)
        elif verb == "Get":
            one = _shown(self._wanted(kind, request, f"{kind} {{id}} not found"))
            if getattr(request, "insert_defaults", False):
                one.spec.CopyFrom(with_defaults(one.spec))
            getattr(answer, kind).CopyFrom(one)
        elif verb == "Remove":
            one = self._wanted(kind, request, _MISSED[kind])
            removal.remove(self.store, kind, one, request)
            self._done(name, one)
        else:
            changed = _CHANGES[name](self.store, request)
            self._done(name, changed)
            getattr(answer, kind).CopyFrom(_shown(changed))

    def _selected(self, kind: str, filters: Any) -> list[Any]:
        """The stored objects of a kind that a list with these filters shows."""
        return selected(kind, self.store.all(kind), filters)

    def _done(self, name: str, changed: Any) -> None:
        """For subclasses: ``changed`` was created, changed or removed by the method ``name``."""

    def _wanted(self, kind: str, request: Any, missed: str) -> Any:
        id_ = getattr(request, f"{kind}_id")
        if not id_ and kind != "volume":
            ask = "present" if kind == "resource" else "provided"
            reason = f"{kind} ID must be {ask}"
            raise control_error("InvalidArgument", "invalid argument" if kind in _VAGUE else reason)
        one = self.store.get(kind, id_)
        if one is None:
            raise control_error("NotFound", missed.format(id=id_))
        return one

    async def _watched(self, request: pb.WatchRequest) -> AsyncGenerator[pb.WatchMessage, None]:
        select.refuse_unclear(request)
        resumes = request.HasField("resume_from")
        before = self.store.since(request.resume_from.index) if resumes else []
        with self.store.feed.listening() as queue:
            yield pb.WatchMessage()
            for message in before:
                if found := select.events(message, request, replayed=True):
                    yield found
            while True:
                if found := select.events(await queue.get(), request):
                    yield found


def _shown(one: Any) -> Any:
    """A copy without what managers never list."""
    out = copy.deepcopy(one)
    kind = kind_of(out)
    if kind == "secret":
        out.spec.data = b""
    if kind == "cluster":
        out.ClearField("network_bootstrap_keys")
        out.ClearField("unlock_keys")
        out.root_ca.ca_key = b""
        if out.spec.HasField("ca_config"):
            out.spec.ca_config.signing_ca_cert = out.spec.ca_config.signing_ca_key = b""
    return out


def _unlock_key(store: MemoryStore, _: Any) -> pb.GetUnlockKeyResponse:
    cluster = store.all("cluster")[0]
    key = cluster.unlock_keys[0].key if cluster.unlock_keys else b""
    return pb.GetUnlockKeyResponse(unlock_key=key, version=cluster.meta.version)


def _health(_: MemoryStore, request: pb.HealthCheckRequest) -> pb.HealthCheckResponse:
    if request.service not in ("", "ControlAPI"):
        raise control_error("NotFound", "unknown service")
    return pb.HealthCheckResponse(status=pb.HealthCheckResponse.SERVING)


_Do = Callable[[MemoryStore, Any], Any]

_MISSED = dict.fromkeys(KINDS, "") | {
    kind: f"could not find {kind} {{id}}" for kind in ("secret", "config", "extension")
}
_MISSED |= {kind: f"{kind} {{id}} not found" for kind, words in _MISSED.items() if not words}

_CHANGES: dict[str, _Do] = {
    "CreateConfig": lambda store, request: objects.create_specified(store, "config", request),
    "CreateExtension": objects.create_extension,
    "CreateNetwork": lambda store, request: objects.create_specified(store, "network", request),
    "CreateResource": objects.create_resource,
    "CreateSecret": lambda store, request: objects.create_specified(store, "secret", request),
    "CreateService": services.create_service,
    "CreateVolume": lambda store, request: objects.create_specified(store, "volume", request),
    "UpdateCluster": objects.update_cluster,
    "UpdateConfig": lambda store, request: objects.update_labels(store, "config", request),
    "UpdateNode": objects.update_node,
    "UpdateResource": objects.update_resource,
    "UpdateSecret": lambda store, request: objects.update_labels(store, "secret", request),
    "UpdateService": services.update_service,
    "UpdateVolume": objects.update_volume,
}

_OTHERS: dict[str, _Do] = {
    "CA/GetUnlockKey": _unlock_key,
    "Control/ListServiceStatuses": services.service_statuses,
    "Health/Check": _health,
}
