"""Where a value stands in a file, and values that know it.

A stack file is one tree of ``Located`` values from its text to the bodies that are made of it:
each step (merge keys, interpolation, short forms, several files, conversion) makes new values at
the places of the old ones. That is what the source map is made of.
"""

from typing import Any, NamedTuple

from swarmwire.stack.yaml.timestamps import Timestamp


class Place(NamedTuple):
    """A place in a stack file.

    Attributes:
        file: the file's name as it was given.
        line: from 1 on; 0 if the value stands in no line.
        column: in characters, from 1 on; 0 as above.
    """

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class GeneralMap(dict[Any, "Located"]):
    """A mapping that has a key which is not text. The docker command stumbles over most of them."""


class Located:
    """A value and its place.

    Attributes:
        value: text, a number, a truth value, None, a ``Timestamp``, a list of ``Located`` or a
            mapping to ``Located``.
        place: where the value begins.
        key: where its key begins, if it has one.
    """

    __slots__ = ("key", "place", "value")

    def __init__(self, value: Any, place: Place, key: Place | None = None) -> None:
        self.value = value
        self.place = place
        self.key = key

    def __repr__(self) -> str:
        # Values may be secrets.
        return f"Located({type(self.value).__name__} at {self.place})"

    def with_value(self, value: Any) -> "Located":
        """Another value at the same place."""
        return Located(value, self.place, self.key)

    def keyed(self, key: Place) -> "Located":
        """The same value under a key at another place."""
        return Located(self.value, self.place, key)


def plain(located: Located) -> Any:
    """The value without places."""
    value = located.value
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    return value


def go_type(value: Any) -> str:
    """The Go type that the docker command holds the value in, as ``%T`` writes it."""
    match value:
        case None:
            return "<nil>"
        case bool():
            return "bool"
        case int():
            return "int" if value < 2**63 else "uint64"
        case float():
            return "float64"
        case str():
            return "string"
        case Timestamp():
            return "time.Time"
        case list():
            return "[]interface {}"
        case GeneralMap():
            return "map[interface {}]interface {}"
    return "map[string]interface {}"
