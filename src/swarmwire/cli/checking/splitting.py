"""Tells a stack file from specs in JSON as its bytes come in, and cuts either into objects."""

from collections.abc import Iterator
from typing import Final

from swarmwire.cli.exits import Unreadable
from swarmwire.cli.reading.forms import HEAD, is_stack_text, may_be_json
from swarmwire.cli.reading.json_stream import JSONSplitter
from swarmwire.cli.reading.streams import Element, Splitter, WholeSplitter

_LARGEST: Final = 64 * 2**20


class StackSplitter:
    """All of the input is one stack file."""

    def __init__(self, file: str) -> None:
        self._whole = WholeSplitter(file)
        self._size = 0

    def feed(self, data: bytes) -> Iterator[Element]:
        """See ``Splitter``.

        Raises:
            Unreadable: it is larger than any stack file.
        """
        self._size += len(data)
        if self._size > _LARGEST:
            raise Unreadable(f"is larger than {_LARGEST // 2**20} MiB, and no stack file")
        return self._whole.feed(data)

    def finish(self) -> Iterator[Element]:
        """See ``Splitter``."""
        return self._whole.finish()


class CheckSplitter:
    """A stack file, or specs in JSON."""

    def __init__(self, file: str, *, allow_empty: bool = False) -> None:
        self._file = file
        self._allow_empty = allow_empty
        self._head = b""
        self._inner: Splitter | None = None

    def feed(self, data: bytes) -> Iterator[Element]:
        """See ``Splitter``."""
        if self._inner is not None:
            yield from self._inner.feed(data)
            return
        self._head += data
        if len(self._head) >= HEAD or may_be_json(self._head):
            yield from self._told().feed(self._head)

    def finish(self) -> Iterator[Element]:
        """See ``Splitter``."""
        if self._inner is None:
            yield from self._told().feed(self._head)
        yield from self._told().finish()

    def _told(self) -> Splitter:
        if self._inner is None:
            is_stack = is_stack_text(self._head[:HEAD])
            json = JSONSplitter(self._file, allow_empty=self._allow_empty)
            self._inner = StackSplitter(self._file) if is_stack else json
        return self._inner
