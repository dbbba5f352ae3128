"""What a client asks of a gateway, remembered, so that a policy can be written from it."""

from collections.abc import Sequence
from typing import Any, Final

from swarmwire import pb
from swarmwire.gateway.mirror import Mirror
from swarmwire.gateway.permission import FullPermission
from swarmwire.gateway.routing import Route, RoutedRequest
from swarmwire.policy import ObservedWrite, PolicyViolation, learn
from swarmwire.spec import copied

_LISTS: Final = frozenset({"/services", "/tasks", "/secrets", "/configs", "/networks"})
_REFERRED: Final = ("network", "secret", "config")
_NARROWING: Final = ("id", "label", "name", "names", "service")
"""Filters of lists by which clients look for what they know."""


class ClientObserver(FullPermission):
    """Lets a client do everything, and remembers what that was.

    Args:
        mirror: the gateway's.
    """

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._reads: set[str] = set()
        self._shown: dict[tuple[str, str], pb.Message] = {}
        self._writes: dict[tuple[str, str, bytes], ObservedWrite] = {}
        self._referred: dict[tuple[str, str], Any] = {}
        self._lists_all = False

    def observed(self, route: Route, routed: RoutedRequest) -> None:
        """A request: what ``Gateway`` tells."""
        if route.method == "GET" and route.template in _LISTS:
            filters = routed.parameters.text("filters")
            self._lists_all |= not any(f'"{word}"' in filters for word in _NARROWING)

    def judge_write(
        self, operation: str, kind: str, new: pb.Message | None, old: pb.Message | None, /
    ) -> Sequence[PolicyViolation]:
        """Everything may be written; it is remembered."""
        self._remember_references()
        sent = b"" if new is None else new.SerializeToString(deterministic=True)
        key = (operation, getattr(old, "id", ""), sent)
        if key not in self._writes:
            kept = None if new is None else copied(new)
            self._writes[key] = ObservedWrite(operation, kind, kept, old)
        return ()

    def _remember_references(self) -> None:
        """Keep what specs refer to: in the end it may be gone."""
        for kind in _REFERRED:
            self._referred.update(((kind, one.id), one) for one in self._mirror.shelves[kind])

    def _lookup(self, kind: str, reference: str) -> pb.Message | None:
        found: pb.Message | None = self._referred.get((kind, reference))
        if found is not None:
            return found
        named: list[pb.Message] = [
            one
            for (of_kind, _), one in self._referred.items()
            if of_kind == kind and one.spec.annotations.name == reference
        ]
        return named[-1] if named else None

    def may_read(self, kind: str, /) -> bool:
        """Everything may be read; it is remembered."""
        self._reads.add(kind)
        return True

    def hide(self, kind: str, shown: Any, /) -> Any:
        """Nothing is hidden; it is remembered what was shown."""
        shelf = self._mirror.shelves.get(kind)
        stored = None if shelf is None else shelf.get(shown.id)
        if stored is not None:
            self._shown[kind, shown.id] = stored
        return shown

    def policy(self, name: str, identity: str) -> str:
        """The text of a policy that lets through what was asked for.

        Args:
            name: what to call the client.
            identity: the line of the policy that says who it is: ``socket = "/run/x.sock"``.
        """
        return learn(
            name,
            self._reads,
            list(self._writes.values()),
            identity=identity,
            lookup=self._lookup,
            shown=[(kind, one) for (kind, _), one in self._shown.items()],
            lists_all=self._lists_all,
        )
