"""What became of each value of a spec: generic, over the fields of the objects."""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from swarmwire.check._fields import Steps, fields_of, is_struct
from swarmwire.errors import MapKey


class Difference(NamedTuple):
    """A value that is not the same after as before.

    ``vanished``: nothing is left of it. ``changed``: it is another. ``filled``: there was none.
    """

    kind: Literal["vanished", "changed", "filled"]
    steps: Steps
    before: Any
    after: Any


def differences(before: Any, after: Any, steps: Steps = ()) -> Iterator[Difference]:
    """Every difference between two objects of one type, each where it begins.

    An empty list or map is as good as none. What is filled in where there was nothing is told of
    single values only.
    """
    if before == after:
        return
    for field in fields_of(type(before)).values():
        old = getattr(before, field.attribute)
        new = getattr(after, field.attribute)
        if old == new:
            continue
        at = (*steps, field.name)
        if old == field.empty or old in ([], {}):
            if not is_struct(new) and not isinstance(new, list | dict):
                yield Difference("filled", at, old, new)
        elif new is None or (new == field.empty and not is_struct(new)):
            yield Difference("vanished", at, old, None)
        else:
            yield from _unequal(old, new, at)


def _unequal(old: Any, new: Any, at: Steps) -> Iterator[Difference]:
    if is_struct(old):
        yield from differences(old, new, at)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(old, new, at)
    elif isinstance(old, dict):
        yield from _maps(old, new, at)
    elif old == old or new == new:  # noqa: PLR0124 - a number that is none is not itself
        yield Difference("changed", at, old, new)


def _maps(old: dict[str, Any], new: dict[str, Any], at: Steps) -> Iterator[Difference]:
    for key, value in old.items():
        inner = (*at, MapKey(key))
        if key not in new:
            yield Difference("vanished", inner, value, None)
        elif value != new[key]:
            yield from _unequal(value, new[key], inner)


def _lists(old: list[Any], new: list[Any], at: Steps) -> Iterator[Difference]:
    for index, partner in enumerate(_partners(old, new)):
        inner = (*at, index)
        if partner is None:
            yield Difference("vanished", inner, old[index], None)
        elif old[index] != new[partner]:
            yield from _unequal(old[index], new[partner], inner)


def _partners(old: list[Any], new: list[Any]) -> list[int | None]:
    """For each element of ``old`` the place in ``new`` of what became of it.

    As many as are missing were dropped: the first that are not what they should be.
    """
    dropped = len(old) - len(new)
    partners: list[int | None] = []
    place = 0
    for item in old:
        if dropped > 0 and (place == len(new) or item != new[place]):
            partners.append(None)
            dropped -= 1
        else:
            partners.append(place)
            place += 1
    return partners
