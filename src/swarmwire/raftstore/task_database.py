"""What a node's agent wrote down of its tasks, in plain text: ``worker/tasks.db``. Pure.

The file is a bolt database: pages of a tree, whose root stands in the younger of two meta pages.
Pages have no checksums. So everything is checked before it is followed, and no byte is used twice;
that bounds the work by the size of the file, whatever it holds.

Source: bbolt internal/common (meta.go, page.go, bucket.go); SwarmKit agent/storage.go.
"""

from collections.abc import Iterator
from struct import Struct
from typing import Final, NamedTuple

from swarmwire import pb
from swarmwire.errors import CorruptLog, DecodeError

_PAGE: Final = Struct("<QHHI")  # number, flags, count, overflow
_META: Final = Struct("<IIIIQQQQQQ")  # magic, version, page size, flags, root, …, checksum
_BRANCH: Final = Struct("<IIQ")  # position, length of the key, page
_LEAF: Final = Struct("<IIII")  # flags, position, length of the key, length of the value
_BUCKET: Final = Struct("<QQ")  # page of the root, sequence

_PATH: Final = (b"v1", b"tasks")
_DATA: Final = b"data"
_STATUS: Final = b"status"

_IS_BRANCH: Final = 0x01
_IS_LEAF: Final = 0x02
_IS_BUCKET: Final = 0x01

_MAGIC: Final = 0xED0CDAED
_VERSION: Final = 2
_PAGE_SIZES: Final = tuple(1024 << power for power in range(7))
"""A page is as large as the machine's own, and so at most 64 KiB."""
_MOST: Final = 32 << 20
"""Bytes of all tasks. One has a few thousand, and what was made for it takes thirty times as many
in memory."""


def tasks(database: bytes, name: str = "") -> list[pb.Task]:
    """The tasks in the agent's database, each with its last status, in the order of their ids.

    A node that was stopped in an orderly way has none; one that was killed has those that it ran.

    Args:
        database: the bytes of ``worker/tasks.db``.
        name: what to call the file in errors.

    Raises:
        CorruptLog: the file is no such database, or it is damaged.

    Source: SwarmKit agent/storage.go, WalkTasks and GetTaskStatus.
    """
    tree = _Pages(database, name)
    elements = tree.elements(tree.root)
    for key in _PATH:
        found = next((each for each in elements if each.key == key), None)
        if found is None:
            return []
        elements = tree.bucket(found)
    return [_task(tree, element) for element in elements]


class _Element(NamedTuple):
    """One key with its value, which may be a bucket. Offsets are those in the file."""

    offset: int
    key: bytes
    value: int
    end: int
    is_bucket: bool


class _Page(NamedTuple):
    """One page, or the page that a small bucket holds in place of its own."""

    offset: int
    end: int
    is_leaf: bool
    entries: int


class _Pages:
    """The pages of a database. Each is read once; to meet one again is damage."""

    def __init__(self, data: bytes, name: str) -> None:
        self._data = data
        self._name = name
        self._page_size, self.root = self._youngest_meta()
        self._met: set[int] = set()
        self._room = _MOST

    def corrupt(self, reason: str, offset: int) -> CorruptLog:
        """The error for damage at ``offset``."""
        return CorruptLog(reason, file=self._name, offset=offset)

    def elements(self, root: int) -> Iterator[_Element]:
        """The keys and values of the bucket whose root is that page, in order."""
        waiting = [root]
        while waiting:
            page = self._page(waiting.pop())
            if page.is_leaf:
                yield from self._leaf(page)
            else:
                waiting.extend(reversed(self._children(page)))

    def bucket(self, element: _Element) -> Iterator[_Element]:
        """The keys and values of the bucket that a value is, in order."""
        if not element.is_bucket or element.value + _BUCKET.size > element.end:
            raise self.corrupt("a value stands where a bucket should be", element.offset)
        root, _ = _BUCKET.unpack_from(self._data, element.value)
        return self.elements(root) if root else self._leaf(self._inline_page(element))

    def value(self, element: _Element) -> bytes:
        """The bytes of a value."""
        if element.is_bucket:
            raise self.corrupt("a bucket stands where a value should be", element.offset)
        self._room -= element.end - element.value
        if self._room < 0:
            raise self.corrupt("there are larger tasks than a node can have", element.offset)
        return self._data[element.value : element.end]

    def _youngest_meta(self) -> tuple[int, int]:
        """The size of a page and the root, by the sound meta page of the last transaction."""
        found: list[tuple[int, int, int]] = []
        for offset in (0, *_PAGE_SIZES):
            at = offset + _PAGE.size
            if at + _META.size > len(self._data):
                break
            magic, version, size, _, root, _, _, _, transaction, checksum = _META.unpack_from(
                self._data, at
            )
            is_sound = magic == _MAGIC and version == _VERSION and size in _PAGE_SIZES
            if is_sound and offset in {0, size} and checksum == self._checksum(at):
                found.append((transaction, size, root))
        if not found:
            raise self.corrupt("not the database of a node's tasks: no sound meta page", 0)
        _, size, root = max(found)
        return size, root

    def _checksum(self, meta: int) -> int:
        """FNV-1a of all of a meta page but the checksum at its end."""
        value = 0xCBF29CE484222325
        for byte in self._data[meta : meta + _META.size - 8]:
            value = ((value ^ byte) * 0x100000001B3) & 0xFFFF_FFFF_FFFF_FFFF
        return value

    def _page(self, number: int) -> _Page:
        offset = number * self._page_size
        if offset + _PAGE.size > len(self._data):
            raise self.corrupt(f"page {number} lies behind the end of the file", len(self._data))
        found, _, _, overflow = _PAGE.unpack_from(self._data, offset)
        end = offset + (overflow + 1) * self._page_size
        if found != number:
            raise self.corrupt(f"another page stands where page {number} should be", offset)
        if end > len(self._data):
            raise self.corrupt(f"page {number} goes on behind the end of the file", offset)
        numbers = range(number, number + overflow + 1)
        if not self._met.isdisjoint(numbers):
            raise self.corrupt(f"page {number} has two places in the tree", offset)
        self._met.update(numbers)
        return self._head(offset, end)

    def _inline_page(self, element: _Element) -> _Page:
        offset = element.value + _BUCKET.size
        if offset + _PAGE.size > element.end:
            raise self.corrupt("a bucket is cut short", element.offset)
        page = self._head(offset, element.end)
        if not page.is_leaf:
            raise self.corrupt("a small bucket holds other pages", offset)
        return page

    def _head(self, offset: int, end: int) -> _Page:
        _, flags, count, _ = _PAGE.unpack_from(self._data, offset)
        if flags not in {_IS_BRANCH, _IS_LEAF}:
            raise self.corrupt("a page is of another kind than a tree has", offset)
        return _Page(offset, end, flags == _IS_LEAF, count)

    def _children(self, page: _Page) -> list[int]:
        first = page.offset + _PAGE.size
        if first + page.entries * _BRANCH.size > page.end:
            raise self.corrupt("a page has more children than room", page.offset)
        return [
            _BRANCH.unpack_from(self._data, first + number * _BRANCH.size)[2]
            for number in range(page.entries)
        ]

    def _leaf(self, page: _Page) -> Iterator[_Element]:
        first = page.offset + _PAGE.size
        room = page.end - first - page.entries * _LEAF.size
        if room < 0:
            raise self.corrupt("a page has more keys than room", page.offset)
        for offset in range(first, page.end - room, _LEAF.size):
            flags, position, key_length, value_length = _LEAF.unpack_from(self._data, offset)
            key = offset + position
            value = key + key_length
            end = value + value_length
            room -= end - key
            if key < first + page.entries * _LEAF.size or end > page.end or room < 0:
                raise self.corrupt("a key or its value lies outside of its page", offset)
            yield _Element(offset, self._data[key:value], value, end, is_bucket=flags == _IS_BUCKET)


def _task(tree: _Pages, element: _Element) -> pb.Task:
    """The task in the bucket of its id."""
    parts = {each.key: each for each in tree.bucket(element) if each.key in {_DATA, _STATUS}}
    if _DATA not in parts:
        raise tree.corrupt("a task without its data", element.offset)
    try:
        task = pb.parse(pb.Task, tree.value(parts[_DATA]))
        if _STATUS in parts:
            status = pb.parse(pb.TaskStatus, tree.value(parts[_STATUS]))
            task.status.CopyFrom(status)
    except DecodeError:
        raise tree.corrupt("a task that cannot be parsed", element.offset) from None
    if task.id.encode() == element.key:
        return task
    del task  # a traceback may show it, and with it the variables of a container
    raise tree.corrupt("a task stands at the id of another", element.offset)
