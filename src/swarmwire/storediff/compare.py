"""Compare two stores, each object once: the time it takes grows with their number, not faster."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from swarmwire.raftstore.store import KINDS, Kind, Store, StoreObject, name_of
from swarmwire.spec import Display
from swarmwire.storediff.comparison import Both, Comparison, Count, Listed, Untold
from swarmwire.storediff.objects import Terms, object_differences
from swarmwire.storediff.pairing import Paired, paired

_ORDER: Final[tuple[Kind, ...]] = (*(kind for kind in KINDS if kind != "task"), "task")
_EVERYTHING: Final = Untold()


def compare(
    here: Store,
    there: Store,
    *,
    untold: Untold = _EVERYTHING,
    tasks: bool = False,
    hide_env: bool = False,
) -> Comparison:
    """What differs between two stores, of what people asked for. Changes neither.

    Objects are the same if their ids are, and what is then left over if their names are. Where an
    object has a new id, what refers to it by the new one does not differ for that. Versions, times,
    addresses and states are not compared.

    Args:
        here: one store.
        there: the other one.
        untold: what one of them does not tell.
        tasks: whether to compare tasks too. Else they are counted.
        hide_env: whether to hide the value of every environment variable.
    """
    told = [kind for kind in _ORDER if here.of(kind) or there.of(kind)]
    skipped = untold.kinds if tasks else untold.kinds | {"task"}
    pairs = {
        kind: paired(kind, here.of(kind), there.of(kind)) for kind in told if kind not in skipped
    }
    work = _Work(untold, Terms(_new_ids(pairs), Display(hide_env=hide_env)))
    both = {
        kind: [
            work.both(kind, *each) for each in sorted(found.both, key=lambda two: _order(two[0]))
        ]
        for kind, found in pairs.items()
    }
    return Comparison(
        counts=tuple(_count(kind, here, there, pairs.get(kind), both.get(kind)) for kind in told),
        both=tuple(each for kind in pairs for each in both[kind] if _is_worth_telling(each)),
        only_here=tuple(_listed(pairs, "only_here")),
        only_there=tuple(_listed(pairs, "only_there")),
        untold_kinds=tuple(kind for kind in told if kind in untold.kinds),
    )


def _new_ids(pairs: dict[Kind, Paired]) -> dict[str, str]:
    return {
        there.id: here.id
        for found in pairs.values()
        for here, there in found.both
        if here.id != there.id
    }


class _Work(NamedTuple):
    """What the comparison of each pair needs."""

    untold: Untold
    terms: Terms

    def both(self, kind: Kind, here: Any, there: Any) -> Both:
        """What there is to tell of an object that both sides have."""
        found = object_differences(kind, here, there, self.terms)
        paths = self.untold.paths.get(kind, frozenset())
        return Both(
            kind=kind,
            name=name_of(here),
            here_id=here.id,
            there_id=there.id,
            here_version=here.meta.version.index,
            there_version=there.meta.version.index,
            differences=tuple(each for each in found if each.path not in paths),
            untold=tuple(each.path for each in found if each.path in paths),
        )


def _is_worth_telling(each: Both) -> bool:
    return bool(each.differences or each.untold or each.has_new_id)


def _count(
    kind: Kind, here: Store, there: Store, found: Paired | None, both: list[Both] | None
) -> Count:
    sizes = len(here.of(kind)), len(there.of(kind))
    if found is None or both is None:
        return Count(kind=kind, here=sizes[0], there=sizes[1], compared=False)
    different = sum(bool(each.differences) for each in both)
    return Count(
        kind=kind,
        here=sizes[0],
        there=sizes[1],
        equal=len(both) - different,
        different=different,
        new_ids=sum(each.has_new_id for each in both),
        only_here=len(found.only_here),
        only_there=len(found.only_there),
    )


def _listed(pairs: dict[Kind, Paired], side: str) -> Iterator[Listed]:
    for kind, found in pairs.items():
        objects: list[StoreObject] = getattr(found, side)
        for each in sorted(objects, key=_order):
            version = each.meta.version.index
            yield Listed(kind=kind, name=name_of(each), id=each.id, version=version)


def _order(each: StoreObject) -> tuple[str, str]:
    return name_of(each), each.id
