"""A list of objects as pieces of bytes that are joined once, and again where something changed.

One buffer of all would be copied at each change, one piece for each object would be written one by
one; both are several times slower than pieces of some 128 KiB.
"""

import asyncio
from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator
from typing import Final

PIECE: Final = 128 << 10
"""How many bytes a piece should have."""

_FIRST_GUESS: Final = 50


Text = bytes | memoryview
"""The JSON of one object; a view if it is a part of a piece."""


class _Page:
    __slots__ = ("data", "ids", "is_new")

    def __init__(self, ids: list[str]) -> None:
        self.ids = ids
        self.data: bytes | None = None
        self.is_new = True


class PagedList:
    """Ids in their order, and the bytes of what they stand for.

    Args:
        written: the bytes of an object, by its id.
        kept: is told where these are now: a part of a piece. So there need be no others of them.
    """

    def __init__(
        self, written: Callable[[str], Text], kept: Callable[[str, memoryview], None]
    ) -> None:
        self._written = written
        self._kept = kept
        self._pages: list[_Page] = []

    def fill(self, ids: Iterable[str]) -> None:
        """Begin anew, with these."""
        every = sorted(ids)
        step = _FIRST_GUESS
        self._pages = [_Page(every[at : at + step]) for at in range(0, len(every), step)]

    def add(self, id_: str) -> None:
        """Take in an object that is not there yet."""
        if not self._pages:
            self._pages.append(_Page([id_]))
            return
        page = self._pages[self._place(id_)]
        insort(page.ids, id_)
        page.data = None

    def change(self, id_: str) -> None:
        """Forget the bytes of an object that is there."""
        self._pages[self._place(id_)].data = None

    def drop(self, id_: str) -> None:
        """Take away an object that is there."""
        place = self._place(id_)
        page = self._pages[place]
        page.ids.remove(id_)
        page.data = None
        if not page.ids:
            del self._pages[place]

    def pieces(self) -> list[bytes]:
        """The whole list as JSON, in pieces that are shared: without the line break at its end."""
        self._join()
        if not self._pages:
            return [b"[]"]
        first, *others = (page.data or b"" for page in self._pages)
        return [b"[" + first[1:], *others, b"]"]

    def ids(self) -> list[str]:
        """All ids, in their order."""
        return [id_ for page in self._pages for id_ in page.ids]

    def _place(self, id_: str) -> int:
        """Which page an id belongs to."""
        return max(bisect_right(self._pages, id_, key=lambda page: page.ids[0]) - 1, 0)

    def _join(self) -> None:
        """Join what has changed; split what became large, put together what is small."""
        if all(page.data is not None for page in self._pages):
            return
        pages: list[_Page] = []
        for page in self._pages:
            for part in self._sized(page):
                # at once, so that the texts of one page are gone before those of the next are made
                self._keep(part)
                last = pages[-1] if pages else None
                size = len(part.data or b"")
                if last is not None and len(last.data or b"") + size <= PIECE:
                    last.ids += part.ids
                    last.data = (last.data or b"") + (part.data or b"")
                    last.is_new = True
                else:
                    pages.append(part)
        self._pages = pages
        for page in pages:
            self._keep(page)

    def _keep(self, page: _Page) -> None:
        if not page.is_new:
            return
        page.is_new = False
        whole, at = memoryview(page.data or b""), 0
        for id_ in page.ids:
            size = len(self._written(id_))
            self._kept(id_, whole[at + 1 : at + 1 + size])
            at += 1 + size

    def _sized(self, page: _Page) -> Iterator[_Page]:
        if page.data is None:
            page.data = b"," + b",".join(map(self._written, page.ids))
            page.is_new = True
        if len(page.data) <= 2 * PIECE or len(page.ids) == 1:
            yield page
            return
        half = len(page.ids) // 2
        for ids in (page.ids[:half], page.ids[half:]):
            yield from self._sized(_Page(ids))


async def grouped(texts: Iterable[bytes]) -> list[bytes]:
    """A list of JSON texts as a JSON list, in pieces. After each of them others have their turn."""
    pieces = []
    for piece in _pieces(texts):
        pieces.append(piece)
        await asyncio.sleep(0)
    return pieces


def _pieces(texts: Iterable[bytes]) -> Iterator[bytes]:
    group: list[bytes] = []
    size, start = 0, b"["
    for text in texts:
        group += (start, text)
        size, start = size + len(text), b","
        if size >= PIECE:
            yield b"".join(group)
            group, size = [], 0
    group.append(b"]" if start == b"," else b"[]")
    yield b"".join(group)
