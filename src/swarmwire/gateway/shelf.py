"""The objects of one kind, as they are now: found by id, name or the beginning of an id.

The JSON of each is written once a version, when it is first asked for.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from swarmwire.gateway.pages import PagedList, Text


class StoredEntry:
    """One object in one version.

    Attributes:
        message: the object.
        json: its JSON, once it was asked for.
    """

    __slots__ = ("json", "message")

    def __init__(self, message: Any) -> None:
        self.message = message
        self.json: Text | None = None


class Shelf:
    """All objects of one kind.

    Args:
        write: the JSON of an object.
        name: what an object is called when it is looked for.
        listed: whether an object stands in the list that nobody filters.
        folds_case: whether names are the same in any case.
    """

    def __init__(
        self,
        write: Callable[[Any], bytes],
        name: Callable[[Any], str],
        *,
        listed: Callable[[Any], bool] = lambda _: True,
        folds_case: bool = False,
    ) -> None:
        self._write = write
        self._name = name
        self._listed = listed
        self._folds_case = folds_case
        self._entries: dict[str, StoredEntry] = {}
        self._ids: list[str] = []
        self._by_name: dict[str, tuple[str, ...]] = {}
        self._pages = PagedList(self.text, self._keep)

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[Any]:
        """Every object, by id."""
        return iter([self._entries[id_].message for id_ in self._ids])

    def fill(self, messages: Iterable[Any]) -> None:
        """Begin anew, with these."""
        self._entries = {one.id: StoredEntry(one) for one in messages}
        self._ids = sorted(self._entries)
        self._by_name = {}
        for one in self:
            self._name_it(one)
        self._pages.fill(one.id for one in self if self._listed(one))

    def put(self, one: Any) -> None:
        """Take in a new object, or a newer version of one."""
        old = self._entries.get(one.id)
        self._entries[one.id] = StoredEntry(one)
        was_listed = old is not None and self._listed(old.message)
        if old is None:
            insort(self._ids, one.id)
        else:
            self._unname(old.message)
        self._name_it(one)
        if self._listed(one):
            (self._pages.change if was_listed else self._pages.add)(one.id)
        elif was_listed:
            self._pages.drop(one.id)

    def drop(self, id_: str) -> Any | None:
        """Take away an object; it is returned, if it was there."""
        entry = self._entries.get(id_)
        if entry is None:
            return None
        if self._listed(entry.message):
            self._pages.drop(id_)
        del self._entries[id_], self._ids[bisect_left(self._ids, id_)]
        self._unname(entry.message)
        return entry.message

    def get(self, id_: str) -> Any | None:
        """The object with that very id."""
        entry = self._entries.get(id_)
        return None if entry is None else entry.message

    def entry(self, id_: str) -> StoredEntry:
        """The object with that very id, which is there, and its JSON."""
        return self._entries[id_]

    def named(self, name: str) -> list[Any]:
        """The objects that are called so, by id."""
        ids = self._by_name.get(name.lower() if self._folds_case else name, ())
        return [self._entries[id_].message for id_ in sorted(ids)]

    def beginning(self, prefix: str) -> list[Any]:
        """The objects whose ids begin so, by id."""
        found = []
        for place in range(bisect_left(self._ids, prefix), len(self._ids)):
            if not self._ids[place].startswith(prefix):
                break
            found.append(self._entries[self._ids[place]].message)
        return found

    def json(self, id_: str) -> bytes:
        """The JSON of an object that is there."""
        return bytes(self.text(id_))

    def text(self, id_: str) -> Text:
        """As ``json``, perhaps as a part of a piece."""
        entry = self._entries[id_]
        if entry.json is None:
            entry.json = self._write(entry.message)
        return entry.json

    def pieces(self) -> Sequence[bytes]:
        """The list that nobody filters, as JSON in pieces."""
        return self._pages.pieces()

    def listed_ids(self) -> list[str]:
        """The ids of all that stand in the list that nobody filters."""
        return self._pages.ids()

    def _keep(self, id_: str, text: memoryview) -> None:
        self._entries[id_].json = text

    def _key(self, one: Any) -> str:
        name = self._name(one)
        return name.lower() if self._folds_case else name

    def _name_it(self, one: Any) -> None:
        key = self._key(one)
        self._by_name[key] = (*self._by_name.get(key, ()), one.id)

    def _unname(self, one: Any) -> None:
        key = self._key(one)
        ids = tuple(id_ for id_ in self._by_name.pop(key, ()) if id_ != one.id)
        if ids:
            self._by_name[key] = ids
