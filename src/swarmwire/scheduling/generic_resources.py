"""Generic resources of a node: what is enough, what a task takes, what it gives back.

Source: SwarmKit api/genericresource.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from swarmwire import pb


class Generic(NamedTuple):
    """One entry: a number of a kind, or one named thing of it."""

    kind: str
    value: int | str

    @property
    def discrete(self) -> bool:
        """Whether it is a number."""
        return isinstance(self.value, int)


def entries(resources: Iterable[pb.GenericResource]) -> list[Generic]:
    """The entries of a message; one that is neither a number nor a name is left out."""
    found = []
    for each in resources:
        match each.WhichOneof("resource"):
            case "discrete_resource_spec":
                number = each.discrete_resource_spec
                found.append(Generic(number.kind, number.value))
            case "named_resource_spec":
                named = each.named_resource_spec
                found.append(Generic(named.kind, named.value))
    return found


def amount(kind: str, left: Sequence[Generic]) -> int | None:
    """How much of a kind is left, as the first entry of it counts; None if nothing is."""
    found = [each.value for each in left if each.kind == kind]
    if not found:
        return None
    return found[0] if isinstance(found[0], int) else len(found)


def has_enough(left: Sequence[Generic], wanted: Generic) -> bool:
    """Whether an entry of a task fits: a named one never does, nor a kind of which nothing is left.

    Source: HasEnough.
    """
    there = amount(wanted.kind, left)
    return isinstance(wanted.value, int) and there is not None and wanted.value <= there


def claim(left: list[Generic], wanted: Sequence[Generic]) -> list[Generic]:
    """Take a task's reservations from what is left: what is taken.

    If one of them cannot be served at all, none is.

    Source: Claim, selectNodeResources.
    """
    taken: list[Generic] = []
    for each in wanted:
        chosen = _chosen(left, each)
        if chosen is None:
            return []
        taken += chosen
    left[:] = _remaining(left, taken)
    return taken


def _chosen(left: Sequence[Generic], wanted: Generic) -> list[Generic] | None:
    if not isinstance(wanted.value, int):
        return None
    chosen: list[Generic] = []
    for each in left:
        if each.kind != wanted.kind:
            continue
        if isinstance(each.value, int):
            enough = each.value >= wanted.value != 0
            return [*chosen, wanted] if enough else chosen
        chosen.append(each)
        if len(chosen) == wanted.value:
            return chosen
    return chosen or None


def _remaining(left: Sequence[Generic], taken: Sequence[Generic]) -> list[Generic]:
    """What is left after ``taken``; an entry that goes to zero disappears.

    Source: ConsumeNodeResources.
    """
    remaining = []
    for each in left:
        value = each.value
        if isinstance(value, int):
            for other in taken:
                if other.kind == each.kind and isinstance(other.value, int):
                    value -= other.value
                    if value <= 0:
                        break
            else:
                remaining.append(Generic(each.kind, value))
        elif each not in taken:
            remaining.append(each)
    return remaining


def reclaim(left: list[Generic], taken: Sequence[Generic]) -> None:
    """Give back what a task had taken.

    Source: Reclaim.
    """
    for each in taken:
        if not isinstance(each.value, int):
            left.append(each)
            continue
        places = [index for index, other in enumerate(left) if other.kind == each.kind]
        if not places:
            left.append(each)
        elif len(places) == 1 and isinstance(there := left[places[0]].value, int):
            left[places[0]] = Generic(each.kind, there + each.value)
