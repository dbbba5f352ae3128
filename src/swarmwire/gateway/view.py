"""What one client sees of the mirror: which objects, and what of them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

from swarmwire import engine
from swarmwire.control import KINDS, AmbiguousReference, Control, NoSuchObject, resolve
from swarmwire.gateway.message import RequestRefused
from swarmwire.gateway.mirror import Mirror
from swarmwire.gateway.pages import grouped
from swarmwire.gateway.permission import EVERYTHING, Permission
from swarmwire.gateway.shelf import StoredEntry
from swarmwire.gateway.showing import engine_object
from swarmwire.releases import Release

_NAMED: Final = re.compile(r"service '[^']*' \(([0-9a-z]+)\)")
_USER: Final = re.compile(r"in use by (service|task) ([0-9a-z]+)")
_USERS: Final = re.compile(r"(in use by the following services?: )(\S+(?:, \S+)*)")
"""How managers say which other objects are in the way."""
_MOST_SHOWN: Final = 200_000
_Shown = dict[tuple[str, str], tuple[StoredEntry, bytes]]
_shown: "WeakKeyDictionary[Permission, _Shown]" = WeakKeyDictionary()
"""What each permission leaves of each object, as JSON."""


class ClientView:
    """The mirror through a permission. What it shows of an object is written once a version."""

    def __init__(self, mirror: Mirror, release: Release, permission: Permission) -> None:
        self._mirror = mirror
        self._release = release
        self.permission = permission
        self.sees_all = permission is EVERYTHING

    def sees(self, kind: str, message: Any) -> bool:
        """Whether the object exists for the client."""
        return self.permission.may_read(kind) and self.permission.sees(kind, message)

    def objects(self, kind: str) -> Iterator[Any]:
        """All objects of a kind, by id."""
        if not self.permission.may_read(kind):
            return iter(())
        return (one for one in self._mirror.shelves[kind] if self.permission.sees(kind, one))

    def visible(self, kind: str, objects: Iterable[Any]) -> list[Any]:
        """Those of the objects that the client sees."""
        return [one for one in objects if self.sees(kind, one)]

    def found(self, kind: str, reference: str) -> Any:
        """The object with that id or name, or whose id begins so.

        Raises:
            NoSuchObject: there is none for this client.
            AmbiguousReference: there are several.

        Source: moby daemon/cluster/helpers.go.
        """
        shelf = self._mirror.shelves[kind]
        one = shelf.get(reference)
        found = [] if one is None else self.visible(kind, [one])
        found = found or self.visible(kind, shelf.named(reference))
        found = found or self.visible(kind, shelf.beginning(reference))
        if not found:
            raise NoSuchObject(f"{kind} {reference} not found")
        if len(found) > 1:
            text = f"{kind} {reference} is ambiguous ({len(found)} matches found)"
            raise AmbiguousReference(text)
        return found[0]

    async def found_anywhere(self, control: Control, kind: str, reference: str) -> Any:
        """As ``found``; what the mirror does not have yet is asked of the manager.

        Raises:
            NoSuchObject, AmbiguousReference: as ``found``.
            ControlError, TransportError: the manager cannot tell.
        """
        try:
            return self.found(kind, reference)
        except NoSuchObject:
            if not self.permission.may_read(kind):
                raise
        try:
            one = await resolve(control, KINDS[kind], reference)
        except AmbiguousReference as err:
            if self.sees_all:
                raise
            # of how many that it does not see is not told
            raise NoSuchObject(f"{kind} {reference} not found") from err
        if not self.sees(kind, one):
            raise NoSuchObject(f"{kind} {reference} not found")
        self._mirror.put(kind, one)
        return one

    def told(self, text: str) -> str:
        """What a manager says, without the names and ids of what the client does not see.

        Source: SwarmKit manager/controlapi service.go, network.go, secret.go, config.go.
        """
        if self.sees_all:
            return text
        text = _NAMED.sub(
            lambda found: found[0] if self._sees_id("service", found[1]) else "another service",
            text,
        )
        text = _USER.sub(
            lambda found: (
                found[0] if self._sees_id(found[1], found[2]) else f"in use by another {found[1]}"
            ),
            text,
        )
        return _USERS.sub(lambda found: found[1] + self._seen_names(found[2].split(", ")), text)

    def _sees_id(self, kind: str, id_: str) -> bool:
        one = self._mirror.shelves[kind].get(id_)
        return one is not None and self.sees(kind, one)

    def _seen_names(self, names: list[str]) -> str:
        shelf = self._mirror.shelves["service"]
        seen = [name for name in names if self.visible("service", shelf.named(name))]
        return ", ".join([*seen, *(["others"] if len(seen) < len(names) else [])])

    def json(self, kind: str, message: Any) -> bytes:
        """The JSON of an object that the client sees."""
        shelf = self._mirror.shelves[kind]
        stored: Any = shelf.get(message.id)
        if stored is not message:
            return self.written(kind, message)
        if self.sees_all:
            return shelf.json(message.id)
        entry = shelf.entry(message.id)
        known = self._known.get((kind, message.id))
        if known is not None and known[0] is entry:
            return known[1]
        data = self.written(kind, message)
        if len(self._known) > _MOST_SHOWN:
            self._known.clear()
        self._known[kind, message.id] = (entry, data)
        return data

    def written(self, kind: str, message: Any) -> bytes:
        """The JSON of any object, stored or not, that the client sees."""
        shown = engine_object(kind, message, self._release)
        return self.hidden(kind, shown)

    def hidden(self, kind: str, shown: Any) -> bytes:
        """The JSON of an object of the Engine API, without what is hidden from the client."""
        return engine.encode(self.permission.hide(kind, shown), release=self._release)

    async def everything(self, kind: str, objects: Iterable[Any]) -> Sequence[bytes]:
        """The JSON list of these objects, in pieces."""
        return await grouped(self.json(kind, one) for one in objects)

    def all_pieces(self, kind: str) -> Sequence[bytes] | None:
        """The JSON list that nobody filters, in pieces; None if the client does not see all."""
        return self._mirror.shelves[kind].pieces() if self.sees_all else None

    @property
    def _known(self) -> _Shown:
        return _shown.setdefault(self.permission, {})


def refuse_unreadable(permission: Permission, kind: str) -> None:
    """Refuse what is no list, so that there is nothing to leave out.

    Raises:
        RequestRefused: 403.
    """
    if not permission.may_read(kind):
        raise RequestRefused(403, f"the policy does not let you read {kind}")
