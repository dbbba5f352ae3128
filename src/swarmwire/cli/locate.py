"""Find the place in a JSON text that a path names. Pure, and only used where there are findings."""

import re
from typing import NamedTuple

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]:,]|[^ \t\r\n{}\[\]:,"]++', re.DOTALL)


class Place(NamedTuple):
    """A place in a file; both count from 1, columns in characters."""

    line: int
    column: int


class Locator:
    """The places of all keys and elements of one object, which begins at ``start`` of its file."""

    def __init__(self, raw: bytes, start: Place) -> None:
        self._raw = raw
        self._start = start
        self._offsets = _offsets(raw)

    def place(self, path: str) -> Place:
        """Where ``path`` stands, or the nearest thing around it that is there."""
        wanted = _canonical(path)
        while wanted and wanted not in self._offsets:
            wanted = wanted.rpartition("\0")[0]
        return self._place(self._offsets.get(wanted, 0))

    def _place(self, offset: int) -> Place:
        line_start = self._raw.rfind(b"\n", 0, offset) + 1
        column = len(self._raw[line_start:offset].decode("utf-8", "replace")) + 1
        if line_start == 0:
            return Place(self._start.line, self._start.column + column - 1)
        return Place(self._start.line + self._raw.count(b"\n", 0, offset), column)


def _canonical(path: str) -> str:
    """The steps of a path, in lower case, each before a NUL or the end.

    The engine takes keys in any case, and a map's key, which is in brackets, may hold dots.
    """
    steps = re.findall(r"\[[^\]]*\]|[^.\[\]]+", path)
    return "\0".join(step.strip("[]") for step in steps).lower()


class _Level:
    """An object or list that is open while its text is walked through."""

    __slots__ = ("index", "key", "path")

    def __init__(self, path: str, *, is_list: bool) -> None:
        self.path = path
        self.index = 0 if is_list else -1
        self.key: str | None = None

    def step(self) -> str:
        """The path of the member at hand."""
        last = str(self.index) if self.index >= 0 else self.key or ""
        return f"{self.path}\0{last}".lstrip("\0").lower()

    def next(self) -> None:
        """Go on to the next member."""
        self.key = None
        self.index += self.index >= 0


def _offsets(raw: bytes) -> dict[str, int]:
    """Where each key and each element begins."""
    offsets: dict[str, int] = {}
    levels = [_Level("", is_list=False)]
    for token in _TOKEN.finditer(raw):
        text = token[0]
        level = levels[-1]
        if level.index >= 0 and text not in b"]},:":
            offsets.setdefault(level.step(), token.start())
        if text in b"{[":
            levels.append(_Level(level.step(), is_list=text == b"["))
        elif text in b"]}":
            levels.pop()
        elif text == b",":
            level.next()
        elif text != b":" and level.index < 0 and level.key is None:
            level.key = text[1:-1].decode("utf-8", "replace")
            offsets[level.step()] = token.start()
    return offsets
