"""Find the place in a JSON text that a path names. Pure, and only used where there are findings."""

import json
import re
from typing import Final, NamedTuple

import msgspec

from swarmwire.cli.reading.json_stream import TO_BRACKET

_STEP = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")
_BETWEEN = re.compile(rb"[ \t\r\n,]*+")
_KEY = re.compile(rb'"((?:[^"\\]++|\\.)*+)"[ \t\r\n]*+:[ \t\r\n]*+', re.DOTALL)
_decoder: Final = msgspec.json.Decoder(dict[str, msgspec.Raw] | list[msgspec.Raw])
_SCALAR = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[^ \t\r\n,\]}]*+', re.DOTALL)


class TextPlace(NamedTuple):
    """A place in a file; both count from 1, columns in characters."""

    line: int
    column: int


class _Member(NamedTuple):
    """A key with its value, or an element of a list: where it begins, and where its value does."""

    start: int
    value: int


class Locator:
    """The places of all keys and elements of one object, which begins at ``start`` of its file.

    ``raw`` is whole JSON. Only the objects and lists along the paths asked for are looked into.
    """

    def __init__(self, raw: bytes, start: TextPlace) -> None:
        self._raw = raw
        self._start = start
        self._members: dict[int, dict[str, _Member]] = {}
        self._ends: dict[int, int] = {}

    def place(self, path: str) -> TextPlace:
        """Where ``path`` stands, or the nearest thing around it that is there."""
        found = _Member(0, 0)
        for bracketed, name in _STEP.findall(path):
            # as the engine: keys in any case
            inner = self._within(found.value).get((bracketed or name).lower())
            if inner is None:
                break
            found = inner
        return self._place(found.start)

    def _within(self, at: int) -> dict[str, _Member]:
        if at not in self._members:
            self._members[at] = self._read(at) if self._raw[at : at + 1] in (b"{", b"[") else {}
        return self._members[at]

    def _read(self, at: int) -> dict[str, _Member]:
        """The members of the object or list that begins at ``at``."""
        raw = self._raw
        is_list = raw[at] == ord("[")
        members: dict[str, _Member] = {}
        values = iter(self._values(at))
        start = _end(_BETWEEN.match(raw, at + 1))
        while raw[start] not in b"}]":
            key = None if is_list else _KEY.match(raw, start)
            value = start if key is None else key.end()
            name = str(len(members)) if key is None else _text(key[1])
            members[name] = _Member(start, value)
            start = _end(_BETWEEN.match(raw, self._skip(value, next(values, b""))))
        return members

    def _values(self, at: int) -> list[bytes]:
        """The texts of the values within, in their order; fewer, or none, if keys are repeated.

        msgspec finds the end of a value a hundred times faster than a pattern.
        """
        end = self._ends.get(at, len(self._raw))
        try:
            found = _decoder.decode(self._raw[at:end])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return []
        return list(map(bytes, found if isinstance(found, list) else found.values()))

    def _skip(self, at: int, value: bytes) -> int:
        """Where the value that begins at ``at`` ends; ``value`` is what it may be."""
        end = at + len(value)
        # a repeated key has the value of another place, which may begin alike: 1 and 12
        if value and self._raw.startswith(value, at) and self._raw[end] in b" \t\r\n,]}":
            self._ends[at] = end
            return end
        if self._raw[at] not in b"{[":
            return _end(_SCALAR.match(self._raw, at))
        depth = 0
        for bracket in TO_BRACKET.finditer(self._raw, at):
            depth += 1 if bracket[1] in b"{[" else -1
            if not depth:
                return bracket.end()
        raise AssertionError("whole JSON closes its brackets")

    def _place(self, offset: int) -> TextPlace:
        line_start = self._raw.rfind(b"\n", 0, offset) + 1
        column = len(self._raw[line_start:offset].decode("utf-8", "replace")) + 1
        if line_start == 0:
            return TextPlace(self._start.line, self._start.column + column - 1)
        return TextPlace(self._start.line + self._raw.count(b"\n", 0, offset), column)


def _text(key: bytes) -> str:
    text = key.decode("utf-8", "replace")
    if "\\" in text:
        text = str(json.loads(f'"{text}"', strict=False))
    return text.lower()


def _end(match: re.Match[bytes] | None) -> int:
    assert match is not None  # the pattern matches the empty text
    return match.end()
