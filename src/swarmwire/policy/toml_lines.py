"""TOML, and on which line each key and each element stands, which Python's reader forgets."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from swarmwire.policy.errors import PolicyError, PolicyProblem

KeyPath = tuple[str | int, ...]
"""Keys and indexes of lists, outermost first."""

_PLACE: Final = re.compile(r"^(.*) \(at (?:line (\d+), column \d+|end of document)\)$", re.DOTALL)
_BLANK: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_BASIC: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LITERAL: Final = re.compile(r"'[^'\n]*'")
_LONG: Final = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}(?!")|' + r"'''.*?'{3,5}(?!')", re.DOTALL)
_OTHER: Final = re.compile(r"[^,\]}#\n]*")


class TOMLDocument(NamedTuple):
    """What a file holds, and where.

    Attributes:
        values: as ``tomllib`` gives them.
        lines: from 1 on, by path: of each table, key and element.
    """

    values: dict[str, Any]
    lines: dict[KeyPath, int]


def read_toml(text: str) -> TOMLDocument:
    """Read a text.

    Raises:
        PolicyError: it is not TOML.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as err:
        found = _PLACE.match(str(err))
        last = text.count("\n") + 1
        line = int(found[2] or last) if found else 0
        reason = found[1] if found else str(err)
        raise PolicyError([PolicyProblem(line, "", f"not TOML: {reason}")]) from None
    except RecursionError:
        raise PolicyError([PolicyProblem(0, "", "not TOML: nested too deeply")]) from None
    return TOMLDocument(values, dict(_Scanner(text).lines()))


class _Scanner:
    """Goes over a text that is known to be TOML, and looks at nothing but where things stand."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._at = 0
        self._ends = [at for at, char in enumerate(self._text) if char == "\n"]
        self._tables: dict[KeyPath, int] = {}

    def lines(self) -> Iterator[tuple[KeyPath, int]]:
        table: KeyPath = ()
        before = -1
        while self._skip() and self._at > before:
            before = self._at
            line = self._line()
            if self._takes("[["):
                table = self._within(self._keys())
                number = self._tables.get(table, 0)
                self._tables[table] = number + 1
                yield table, line
                table = (*table, number)
                yield table, line
                self._takes("]]")
            elif self._takes("["):
                table = self._within(self._keys())
                yield table, line
                self._takes("]")
            else:
                yield from self._pair(table)

    def _within(self, keys: KeyPath) -> KeyPath:
        """The path of a table's name: within the last element of a list of tables."""
        path: KeyPath = ()
        for place, key in enumerate(keys):
            path = (*path, key)
            if place < len(keys) - 1 and path in self._tables:
                path = (*path, self._tables[path] - 1)
        return path

    def _pair(self, table: KeyPath) -> Iterator[tuple[KeyPath, int]]:
        line = self._line()
        path = table
        for key in self._keys():
            path = (*path, key)
            yield path, line
        self._takes("=")
        yield from self._value(path)

    def _value(self, path: KeyPath) -> Iterator[tuple[KeyPath, int]]:
        self._skip()
        if self._takes("["):
            number, before = 0, -1
            while self._skip() and not self._takes("]") and self._at > before:
                before = self._at
                yield (*path, number), self._line()
                yield from self._value((*path, number))
                number += 1
                self._takes(",")
        elif self._takes("{"):
            before = -1
            while self._skip() and not self._takes("}") and self._at > before:
                before = self._at
                yield from self._pair(path)
                self._takes(",")
        else:
            self._plain()

    def _plain(self) -> None:
        for form in (_LONG, _BASIC, _LITERAL, _OTHER):
            found = form.match(self._text, self._at)
            if found:
                self._at = found.end()
                return

    def _keys(self) -> KeyPath:
        keys: list[str] = []
        while True:
            self._skip()
            keys.append(self._key())
            if not self._takes("."):
                return tuple(keys)

    def _key(self) -> str:
        for form in (_BARE, _BASIC, _LITERAL):
            found = form.match(self._text, self._at)
            if found:
                self._at = found.end()
                return str(*tomllib.loads(f"{found[0]} = 0"))
        return ""

    def _takes(self, sign: str) -> bool:
        """Whether the sign comes next; then it is passed."""
        self._skip()
        if not self._text.startswith(sign, self._at):
            return False
        self._at += len(sign)
        return True

    def _skip(self) -> bool:
        """Pass blanks and comments; whether there is more."""
        found = _BLANK.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at < len(self._text)

    def _line(self) -> int:
        return bisect_right(self._ends, self._at - 1) + 1
