"""The tables of a policy file, read with all that is wrong with them, and on which lines."""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from swarmwire.errors import render_path
from swarmwire.policy.errors import PolicyProblem
from swarmwire.policy.toml_lines import KeyPath

_Value = TypeVar("_Value")

_SIZE: Final = re.compile(r"([0-9]{1,15})([KMGT]iB)?")
_UNITS: Final = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
_WORDS: Final = {
    str: "a text",
    bool: "true or false",
    int: "a number",
    list: "a list",
    dict: "a table",
}


class PolicyTable:
    """One table, whose keys are asked for one after the other.

    What is wrong is put down and told at the end; a reader goes on with what is asked of a key that
    is not there.
    """

    def __init__(
        self,
        values: dict[str, Any],
        path: KeyPath,
        lines: dict[KeyPath, int],
        problems: list[PolicyProblem],
    ) -> None:
        self.values = values
        self._path = path
        self._lines = lines
        self._problems = problems
        self._asked: set[str] = set()

    def problem(self, reason: str, *steps: str | int) -> None:
        """Put down what is wrong, at a key or an element below, or with the table."""
        path = (*self._path, *steps)
        line = next(
            (self._lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self._lines), 0
        )
        self._problems.append(PolicyProblem(line, render_path(path), reason))

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self.values

    def value(self, key: str, type_: type[_Value], default: _Value) -> _Value:
        """The value of a key, of that very type."""
        self._asked.add(key)
        if key not in self.values:
            return default
        value = self.values[key]
        if isinstance(value, type_) and (type_ is bool or not isinstance(value, bool)):
            return value
        self.problem(f"must be {_WORDS[type_]}", key)
        return default

    def number(self, key: str, least: int = 0) -> int | None:
        """A whole number that is not below ``least``; None if there is none."""
        if not self.has(key):
            self._asked.add(key)
            return None
        number = self.value(key, int, least)
        if number < least:
            self.problem(f"must be {least} or more", key)
        return max(number, least)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts that are not empty."""
        found: list[str] = []
        for place, item in enumerate(self.value(key, list, [])):
            if isinstance(item, str) and item:
                found.append(item)
            else:
                self.problem("must be a text" if item != "" else "is empty", key, place)
        return tuple(found)

    def words(self, key: str, known: Iterable[str]) -> tuple[str, ...]:
        """A list of words, each of which must be known."""
        every = tuple(known)
        return self.read_each(key, lambda word: _known(word, every))

    def read_each(self, key: str, read: Callable[[str], _Value]) -> tuple[_Value, ...]:
        """A list of texts, each understood by ``read``, which raises ``ValueError``."""
        found: list[_Value] = []
        for place, item in enumerate(self.value(key, list, [])):
            if not isinstance(item, str):
                self.problem("must be a text", key, place)
                continue
            try:
                found.append(read(item))
            except ValueError as err:
                self.problem(str(err), key, place)
        return tuple(found)

    def size(self, key: str) -> int | None:
        """Bytes: a number, or a text such as ``64MiB``; None if there are none."""
        self._asked.add(key)
        if key not in self.values:
            return None
        value = self.values[key]
        found = _SIZE.fullmatch(str(value)) if isinstance(value, str | int) else None
        if found is None or isinstance(value, bool):
            self.problem("must be a size such as 64MiB or 2GiB", key)
            return None
        return int(found[1]) * _UNITS.get(found[2] or "", 1)

    def cpus(self, key: str) -> int | None:
        """CPUs as a number, in billionths; None if there are none."""
        self._asked.add(key)
        if key not in self.values:
            return None
        value = self.values[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10**6:
            self.problem("must be a number of CPUs such as 0.5 or 2", key)
            return None
        return round(value * 1_000_000_000)

    def table(self, key: str) -> "PolicyTable":
        """The table of a key; an empty one if there is none."""
        return self._below(key, self.value(key, dict, {}))

    def tables(self, key: str) -> "dict[str, PolicyTable]":
        """All tables within the table of a key, by their keys."""
        outer = self.table(key)
        return {name: outer.table(name) for name in outer.values}

    def _below(self, key: str, values: dict[str, Any]) -> "PolicyTable":
        return PolicyTable(values, (*self._path, key), self._lines, self._problems)

    def refuse_unknown(self) -> None:
        """Put down every key that nobody asked for."""
        for key in self.values:
            if key not in self._asked:
                self.problem(f"unknown key{_near(key, self._asked)}", key)


def _known(word: str, every: tuple[str, ...]) -> str:
    if word not in every:
        raise ValueError(f"must be one of {', '.join(every)}")
    return word


def _near(key: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    near = get_close_matches(key, sorted(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""
