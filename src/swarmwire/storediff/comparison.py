"""What a comparison gives."""

from collections.abc import Mapping
from typing import Any

import msgspec

from swarmwire.raftstore.store import Kind
from swarmwire.spec import Operation


class ObjectDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between what is here and what is there.

    Attributes:
        path: where, in the JSON names of the Engine API, from the spec on.
        operation: ``added`` if only there, ``removed`` if only here, ``changed``; ``reordered``:
            the elements that both lists have stand in another order.
        here: the value here, as in the Engine API's JSON; None if there is none.
        there: the value there.
        hidden: whether a part of the values is not shown, because it may be a secret.
    """

    path: str
    operation: Operation
    here: Any
    there: Any
    hidden: bool = False


class Untold(msgspec.Struct, frozen=True, kw_only=True):
    """What one of the two sides does not tell, so that nothing can be said about it.

    Attributes:
        kinds: kinds of objects that it does not list at all.
        paths: paths that it leaves empty, by kind.
    """

    kinds: frozenset[Kind] = frozenset()
    paths: Mapping[Kind, frozenset[str]] = {}


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """An object that one side alone has.

    Attributes:
        kind: which kind.
        name: the name that people know it by.
        id: its id.
        version: the log index of its last change.
    """

    kind: Kind
    name: str
    id: str
    version: int


class Both(msgspec.Struct, frozen=True, kw_only=True):
    """An object that both sides have, and of which there is something to tell.

    Attributes:
        kind: which kind.
        name: the name that people know it by.
        here_id: its id here.
        there_id: its id there; another one if it was created anew under its name.
        here_version: the log index of its last change here.
        there_version: the same there; the two tell of age only within one swarm.
        differences: what differs of what was asked for, in the order of the document.
        untold: paths that one side does not tell, and that the other one has a value for.
    """

    kind: Kind
    name: str
    here_id: str
    there_id: str
    here_version: int
    there_version: int
    differences: tuple[ObjectDifference, ...] = ()
    untold: tuple[str, ...] = ()

    @property
    def has_new_id(self) -> bool:
        """Whether it is the same by name only."""
        return self.here_id != self.there_id


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many objects of a kind there are.

    Attributes:
        kind: which kind.
        here: how many there are here.
        there: how many there are there.
        equal: how many both have, without a difference; those with a new id are among them.
        different: how many both have, with differences.
        new_ids: how many both have under one name, with different ids.
        only_here: how many are only here.
        only_there: how many are only there.
        compared: whether they were compared; if not, the numbers after ``there`` say nothing.
    """

    kind: Kind
    here: int
    there: int
    equal: int = 0
    different: int = 0
    new_ids: int = 0
    only_here: int = 0
    only_there: int = 0
    compared: bool = True


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between two stores. ``msgspec.json.encode`` writes it.

    Attributes:
        counts: how many there are of each kind that is on either side.
        both: objects that both have, as far as there is something to tell of them.
        only_here: objects that are only here.
        only_there: objects that are only there.
        untold_kinds: kinds that one side does not list, and that the other one has.
    """

    counts: tuple[Count, ...]
    both: tuple[Both, ...]
    only_here: tuple[Listed, ...]
    only_there: tuple[Listed, ...]
    untold_kinds: tuple[Kind, ...] = ()

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs that could be compared; new ids alone are no difference."""
        return not (
            self.only_here or self.only_there or any(each.differences for each in self.both)
        )
