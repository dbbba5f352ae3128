"""Which object there is which one here: by id, and what is left over by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from swarmwire.raftstore.store import Kind, StoreObject, name_of


@dataclass(frozen=True, slots=True)
class Paired:
    """The objects of one kind: those of both sides, and those of one. Its repr shows none."""

    both: list[tuple[StoreObject, StoreObject]] = field(repr=False)
    only_here: list[StoreObject] = field(repr=False)
    only_there: list[StoreObject] = field(repr=False)


_BY_ID_ONLY: Final[frozenset[Kind]] = frozenset({"task"})
"""A task that was replaced is another one, though it is in the same place."""


def paired(kind: Kind, here: Mapping[str, StoreObject], there: Mapping[str, StoreObject]) -> Paired:
    """Pair the objects of one kind, in the order of ``here``."""
    partner = {id_: id_ for id_ in here if id_ in there}
    if kind not in _BY_ID_ONLY:
        partner |= _by_name(
            (one for id_, one in here.items() if id_ not in there),
            (one for id_, one in there.items() if id_ not in here),
        )
    taken = set(partner.values())
    return Paired(
        both=[(one, there[partner[id_]]) for id_, one in here.items() if id_ in partner],
        only_here=[one for id_, one in here.items() if id_ not in partner],
        only_there=[one for id_, one in there.items() if id_ not in taken],
    )


def _by_name(here: Iterable[StoreObject], there: Iterable[StoreObject]) -> dict[str, str]:
    """Ids here to ids there, for names that are there once on each side."""
    names_there = _unambiguous(there)
    return {
        one: names_there[name] for name, one in _unambiguous(here).items() if name in names_there
    }


def _unambiguous(objects: Iterable[StoreObject]) -> dict[str, str]:
    """Ids by name. Managers do not tell names apart by case; hosts of nodes may be called alike."""
    ids: dict[str, list[str]] = {}
    for one in objects:
        ids.setdefault(name_of(one).casefold(), []).append(one.id)
    return {name: found[0] for name, found in ids.items() if name and len(found) == 1}
