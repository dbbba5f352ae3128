"""Cut JSON into its top-level objects as it comes, in constant memory. Pure."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from swarmwire.cli.exits import Unreadable
from swarmwire.cli.reading.forms import LONGEST_MARK, mark_of
from swarmwire.cli.reading.streams import Element

# The text up to the next bracket outside of strings, or up to a string that has no end yet.
_STRING = rb'"(?:[^"\\]++|\\.)*+"'
TO_BRACKET = re.compile(rb'[^"{}\[\]]*+(?:' + _STRING + rb'[^"{}\[\]]*+)*+([{}\[\]"])', re.DOTALL)
_STRING_REST = re.compile(rb'(?:[^"\\]++|\\.)*+("?)', re.DOTALL)
_SCALAR = re.compile(rb'[^\s,\]}\[{"]++')
_SPACE = re.compile(rb"[ \t\r\n]*+")
_SEPARATION = re.compile(rb"[ \t\r\n,]*+")
_HEAD = re.compile(rb'\{(?:[ \t\r\n]*+"[^"\\]{0,40}+")?')
_LONGEST_SEAM = 128
_LONGEST_SCALAR = 1 << 20
_DEEPEST = 10_000

_TOP, _FIRST, _VALUE, _AFTER = "top", "first", "value", "after"
_PLAIN = (b"{", b"[", b" ", b"\t", b"\r", b"\n")
"""A file that begins so has no mark."""
_STARTS = frozenset(b'{["-0123456789tfn')
_LITERAL = re.compile(rb"true|false|null|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")

_list_decoder: msgspec.json.Decoder[list[Any]] = msgspec.json.Decoder(list[msgspec.Raw])
_lines_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(msgspec.Raw)


class JSONSplitter:
    """Cuts JSON into its top-level objects; those of a top-level list count each for itself.

    Brackets are counted with a regular expression, which is exact but slow. So the last place in
    the buffer that looks like the seam between the first two objects is taken for a guess, and
    msgspec asked whether the text up to there is a row of whole values. If it is, they are cut at
    msgspec's speed; if not, brackets are counted up to there.
    """

    def __init__(self, file: str, *, allow_empty: bool = True) -> None:
        self._file = file
        self._allows_empty = allow_empty
        self._buffer = bytearray()
        self._at = 0
        self._line = self._column = 1
        self._number = self._lists = 0
        self._state = _TOP
        # how far the brackets of the value at _at are counted
        self._scanned = self._depth = 0
        self._in_string = False
        self._seam = b""
        self._last_end = -1
        self._guess_from = self._searched = 0
        self._fresh = True

    def feed(self, data: bytes) -> Iterator[Element]:
        """See ``Splitter``."""
        self._discard()
        self._buffer += data
        if self._fresh:
            if len(self._buffer) < LONGEST_MARK and self._buffer[:1] not in _PLAIN:
                return iter(())
            self._look_at_start()
        return self._elements(final=False)

    def finish(self) -> Iterator[Element]:
        """See ``Splitter``."""
        if self._fresh:
            self._look_at_start()
        yield from self._elements(final=True)
        if self._state != _TOP:
            raise Unreadable(f"breaks off within a list, after {self._number} objects")
        if not self._number and not self._lists:
            raise Unreadable("is empty")
        if not self._number and not self._allows_empty:
            raise Unreadable("is an empty list; --allow-empty lets it pass")

    def _look_at_start(self) -> None:
        self._fresh = False
        what = mark_of(bytes(self._buffer[:LONGEST_MARK]))
        if what:
            raise Unreadable(f"not JSON: {what}")
        if self._buffer.startswith(b"\xef\xbb\xbf"):
            self._at = 3

    def _elements(self, *, final: bool) -> Iterator[Element]:
        while self._skip_to_value():
            yield from self._guessed()
            if self._state in (_TOP, _AFTER) and not self._skip_to_value():
                return
            end = self._end_of_value(final=final)
            if end is None:
                return
            self._learn_seam()
            yield self._take(end)

    def _skip_to_value(self) -> bool:
        """Go to the next value; False if the buffer ends before it."""
        while True:
            self._move(_end(_SPACE.match(self._buffer, self._at)))
            if self._at == len(self._buffer):
                return False
            byte = self._buffer[self._at]
            if byte == ord("[") and self._state == _TOP:
                self._state = _FIRST
                self._lists += 1
            elif byte == ord(",") and self._state == _AFTER:
                self._state = _VALUE
            elif byte == ord("]") and self._state in (_FIRST, _AFTER):
                self._state = _TOP
            elif byte in _STARTS and self._state != _AFTER:
                return True
            else:
                raise Unreadable(self._unexpected(byte))
            self._move(self._at + 1)

    def _unexpected(self, byte: int) -> str:
        what = repr(chr(byte)) if 0x20 <= byte < 0x7F else f"byte 0x{byte:02x}"
        return f"not JSON: unexpected {what} at line {self._line}, column {self._column}"

    def _guessed(self) -> Iterator[Element]:
        """The objects up to the last seam in the buffer, if it is one."""
        if not self._seam or self._at < self._guess_from:
            return
        cut = self._buffer.rfind(self._seam, max(self._at, self._searched))
        if cut < 0:
            self._searched = max(self._at, len(self._buffer) - len(self._seam))
            return
        text = bytes(self._buffer[self._at : cut + 1])
        for raw in self._cut(text):
            self._move(_end(_SEPARATION.match(self._buffer, self._at)))
            yield self._take(self._at + len(raw))
        self._guess_from = cut + 1

    def _cut(self, text: bytes) -> list[bytes]:
        """The values in a row of whole ones; none if ``text`` is no such row."""
        try:
            if self._state != _TOP:
                return [bytes(value) for value in _list_decoder.decode(b"[" + text + b"]")]
            values = [bytes(value) for value in _lines_decoder.decode_lines(text)]
        except (msgspec.MsgspecError, RecursionError):
            return []
        return [] if any(value[0] == ord("[") for value in values) else values

    def _end_of_value(self, *, final: bool) -> int | None:
        """Where the value at hand ends; None if that is not in the buffer yet."""
        first = self._buffer[self._at]
        if first in b'{["':
            end = self._end_of_nested()
        else:
            scalar = _end(_SCALAR.match(self._buffer, self._at))
            end = scalar if final or scalar < len(self._buffer) else None
            if scalar - self._at > _LONGEST_SCALAR:
                raise Unreadable(f"not JSON: an endless word at line {self._line}")
            if end is not None and not _LITERAL.fullmatch(self._buffer, self._at, end):
                raise Unreadable(self._unexpected(first))
        if end is None and final:
            raise Unreadable(
                f"breaks off within object {self._number + 1}, which begins at line {self._line}"
            )
        return end

    def _end_of_nested(self) -> int | None:
        """Count brackets on from where the last count ended, up to the end of the value."""
        if self._scanned <= self._at:
            self._depth = 0
            self._in_string = self._buffer[self._at] == ord('"')
            self._scanned = self._at + self._in_string
        while True:
            if self._in_string:
                if not self._leave_string():
                    return None
            else:
                bracket = TO_BRACKET.match(self._buffer, self._scanned)
                if bracket is None:
                    return None
                self._scanned = bracket.end()
                self._count(bracket[1])
            if not self._depth and not self._in_string:
                return self._scanned

    def _leave_string(self) -> bool:
        rest = _STRING_REST.match(self._buffer, self._scanned)
        assert rest is not None  # the pattern matches the empty text
        self._scanned = rest.end()
        self._in_string = not rest[1]
        return not self._in_string

    def _count(self, bracket: bytes) -> None:
        if bracket == b'"':
            self._in_string = True
        elif bracket in b"{[":
            self._depth += 1
            if self._depth > _DEEPEST:
                raise Unreadable(f"nested more than {_DEEPEST} levels deep")
        else:
            self._depth -= 1

    def _take(self, end: int) -> Element:
        raw = bytes(self._buffer[self._at : end])
        self._number += 1
        in_list = self._state != _TOP
        element = Element(self._file, self._number, in_list, self._line, self._column, raw)
        self._move(end)
        self._last_end = end
        if in_list:
            self._state = _AFTER
        return element

    def _learn_seam(self) -> None:
        """Remember what stands between the last object and the one at hand."""
        head = _HEAD.match(self._buffer, self._at)
        if self._last_end > 0 and head is not None:
            seam = bytes(self._buffer[self._last_end - 1 : head.end()])
            self._seam = seam if seam[0] == ord("}") and len(seam) <= _LONGEST_SEAM else b""

    def _move(self, to: int) -> None:
        newlines = self._buffer.count(b"\n", self._at, to)
        if newlines:
            self._line += newlines
            self._column = to - self._buffer.rfind(b"\n", self._at, to)
        else:
            self._column += to - self._at
        self._at = to

    def _discard(self) -> None:
        """Forget what was used, and count all places from the new start."""
        used = self._at
        del self._buffer[:used]
        self._at = 0
        self._scanned = max(0, self._scanned - used)
        self._last_end -= used
        self._guess_from -= used
        self._searched = max(0, self._searched - used)


def _end(match: re.Match[bytes] | None) -> int:
    assert match is not None  # the pattern matches the empty text
    return match.end()
