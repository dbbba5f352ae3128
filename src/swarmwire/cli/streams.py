"""Cut streams of bytes into objects, in constant memory. Pure: bytes in, elements out.

Every splitter is fed with chunks as they come, and gives each object as soon as it is whole:

- ``JSONSplitter``: lists, one object per line, objects one after the other, or a mixture;
- ``FrameSplitter``: messages, each after its length as a varint;
- ``TextSplitter``: messages as text, separated by a line ``# ---``;
- ``WholeSplitter``: all of the input is one object.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from swarmwire.cli.exits import Unreadable

TEXT_SEPARATOR: Final = b"# ---\n"
"""Stands between messages in text form; to protobuf it is a comment."""


class Element(NamedTuple):
    """One object of the input, as it was written."""

    file: str
    number: int
    """Its place among the objects of the file, from 1."""
    in_list: bool
    line: int
    """Where it begins, from 1."""
    column: int
    raw: bytes

    @property
    def label(self) -> str:
        """How messages name it: the file, and in a list or after another object its number."""
        alone = self.number == 1 and not self.in_list
        return self.file if alone else f"{self.file}: object {self.number}"


class Splitter(Protocol):
    """What all splitters can do."""

    def feed(self, data: bytes) -> Iterator[Element]:
        """The objects that are whole now that ``data`` has come. To be exhausted before the next.

        Raises:
            Unreadable: what follows cannot be cut into objects.
        """

    def finish(self) -> Iterator[Element]:
        """The objects that the end of the input makes whole.

        Raises:
            Unreadable: the input breaks off, or is empty where it may not be.
        """


# The text up to the next bracket outside of strings, or up to a string that has no end yet.
_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_TO_BRACKET = re.compile(rb'[^"{}\[\]]*+(?:' + _STRING + rb'[^"{}\[\]]*+)*+([{}\[\]"])', re.DOTALL)
_STRING_REST = re.compile(rb'(?:[^"\\]++|\\.)*+("?)', re.DOTALL)
_SCALAR = re.compile(rb'[^\s,\]}\[{"]++')
_SPACE = re.compile(rb"[ \t\r\n]*+")
_SEPARATION = re.compile(rb"[ \t\r\n,]*+")
_HEAD = re.compile(rb'\{(?:[ \t\r\n]*+"[^"\\]{0,40}+")?')
_LONGEST_SEAM = 128
_LONGEST_SCALAR = 1 << 20
_DEEPEST = 10_000

_TOP, _FIRST, _VALUE, _AFTER = "top", "first", "value", "after"
_STARTS = frozenset(b'{["-0123456789tfn')
_MARKS = (
    (b"\xff\xfe", "UTF-16 text; save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text; save it as UTF-8"),
    (b"\x1f\x8b", "compressed with gzip; unpack it first"),
)

_list_decoder: msgspec.json.Decoder[list[Any]] = msgspec.json.Decoder(list[msgspec.Raw])
_lines_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(msgspec.Raw)


class JSONSplitter:
    """Cuts JSON into its top-level objects; those of a top-level list count each for itself.

    Brackets are counted with a regular expression, which is exact but slow. So the last place in
    the buffer that looks like the seam between the first two objects is taken for a guess, and
    msgspec asked whether the text up to there is a row of whole values. If it is, they are cut at
    msgspec's speed; if not, brackets are counted up to there.
    """

    def __init__(self, file: str) -> None:
        self._file = file
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
            if len(self._buffer) < 3:
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

    def _look_at_start(self) -> None:
        self._fresh = False
        for mark, what in _MARKS:
            if self._buffer.startswith(mark):
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
                bracket = _TO_BRACKET.match(self._buffer, self._scanned)
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


class FrameSplitter:
    """Cuts a stream of messages, each after its length as a varint."""

    _LARGEST = (1 << 31) - 1

    def __init__(self, file: str) -> None:
        self._file = file
        self._buffer = bytearray()
        self._number = self._offset = 0

    def feed(self, data: bytes) -> Iterator[Element]:
        """See ``Splitter``."""
        self._buffer += data
        at = 0
        while (head := self._length(at)) is not None:
            size, start = head
            if start + size > len(self._buffer):
                break
            self._number += 1
            raw = bytes(self._buffer[start : start + size])
            yield Element(self._file, self._number, True, 1, 1, raw)
            at = start + size
        del self._buffer[:at]
        self._offset += at

    def finish(self) -> Iterator[Element]:
        """See ``Splitter``."""
        if self._buffer:
            raise Unreadable(
                f"breaks off within message {self._number + 1}, at offset {self._offset};"
                " is it a stream of messages with their lengths?"
            )
        return iter(())

    def _length(self, at: int) -> tuple[int, int] | None:
        size = 0
        for count, byte in enumerate(self._buffer[at : at + 6]):
            size |= (byte & 0x7F) << (7 * count)
            if size > self._LARGEST:
                break
            if byte < 0x80:
                return size, at + count + 1
        if len(self._buffer) - at < 5 and size <= self._LARGEST:
            return None
        raise Unreadable(
            f"message {self._number + 1} has an impossible length, at offset {self._offset + at};"
            " is it a stream of messages with their lengths?"
        )


class TextSplitter:
    """Cuts messages in text form at the lines that separate them."""

    _SEPARATOR = re.compile(rb"^# ---\r?\n", re.MULTILINE)

    def __init__(self, file: str) -> None:
        self._file = file
        self._buffer = bytearray()
        self._number = 0
        self._line = 1

    def feed(self, data: bytes) -> Iterator[Element]:
        """See ``Splitter``."""
        searched = max(0, self._buffer.rfind(b"\n") + 1)
        self._buffer += data
        at = 0
        while (found := self._SEPARATOR.search(self._buffer, max(at, searched))) is not None:
            yield self._element(bytes(self._buffer[at : found.start()]))
            at = found.end()
            self._line += 1
        del self._buffer[:at]

    def finish(self) -> Iterator[Element]:
        """See ``Splitter``."""
        if not self._number and not self._buffer.strip():
            raise Unreadable("is empty")
        yield self._element(bytes(self._buffer))

    def _element(self, raw: bytes) -> Element:
        self._number += 1
        element = Element(self._file, self._number, False, self._line, 1, raw)
        self._line += raw.count(b"\n")
        return element


class WholeSplitter:
    """All of the input is one object."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._chunks: list[bytes] = []

    def feed(self, data: bytes) -> Iterator[Element]:
        """See ``Splitter``."""
        self._chunks.append(data)
        return iter(())

    def finish(self) -> Iterator[Element]:
        """See ``Splitter``."""
        raw = b"".join(self._chunks)
        if not raw:
            raise Unreadable("is empty")
        yield Element(self._file, 1, False, 1, 1, raw)
