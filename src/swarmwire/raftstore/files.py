"""How files are opened and read: never without end, and with plain words for what fails.

Links are followed, as engines do. In a manager's folder pipes, sockets and devices are not even
opened: they may wait for ever, have no end, or do something when they are opened.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from swarmwire.errors import CorruptLog, StoreError
from swarmwire.raftstore.wire import Hidden

SMALL: Final = 1 << 20
"""Bytes of a key, a certificate or a state, of which each has a few thousand."""


def open_file(path: Path, name: str) -> int:
    """Open a file of a manager's folder; the descriptor is the caller's to close.

    Raises:
        StoreError: it is something else.
        OSError: it is not there, or cannot be opened.
    """
    if stat.S_ISREG(path.stat().st_mode):
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return descriptor
        os.close(descriptor)
    raise StoreError("not a file that can be read: a folder, a pipe or a device", file=name)


def read_file(descriptor: int, name: str, most: int) -> bytes:
    """All bytes of an open file, which is closed.

    Raises:
        CorruptLog: they are more than ``most``.
        OSError: it cannot be read.
    """
    with open(descriptor, "rb") as file:
        size = os.fstat(descriptor).st_size
        data = b"" if size > most else file.read(max(size, SMALL) + 1)  # a pipe has no size
    size = max(size, len(data))
    if size <= most:
        return Hidden(data) if size <= SMALL else data
    del data  # a traceback may show it
    raise too_large(name, size)


def chunks_of(descriptor: int) -> Iterator[bytes]:
    """The bytes of an open file, piece by piece; it is closed."""
    with open(descriptor, "rb", buffering=0) as file:
        while chunk := file.read(SMALL):
            yield chunk


def read_given(path: Path) -> bytes:
    """A small file that somebody names, which may be a pipe.

    Raises:
        CorruptLog: it is larger than a key.
        StoreError: it cannot be read.
    """
    with explained(str(path)):
        return read_file(os.open(path, os.O_RDONLY | os.O_CLOEXEC), str(path), SMALL)


def too_large(name: str, size: int) -> CorruptLog:
    """The error for a file with as many bytes, or more."""
    return CorruptLog(f"it has {size} bytes or more, which no such file has", file=name)


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn what the system says of a file into a ``StoreError``."""
    try:
        yield
    except PermissionError:
        raise StoreError(
            "permission denied: a manager's folder is readable by root only", file=name
        ) from None
    except OSError as err:
        raise StoreError(err.strerror or str(err), file=name) from None
    except ValueError:  # a zero in it
        raise StoreError("not the name of a file", file=name) from None


class FileLog:
    """A file that is read piece by piece."""

    def __init__(self, path: Path, name: str, advance: Callable[[int], None]) -> None:
        self.name = name
        self.size = 0
        self._advance = advance
        self._path = path
        self._done = 0
        self._descriptor: int | None = None

    def open(self) -> None:
        """Open it; what is opened is closed by ``close``."""
        with explained(self.name):
            self._descriptor = open_file(self._path, self.name)
            self.size = os.fstat(self._descriptor).st_size

    def close(self) -> None:
        """Close it, if it is open."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def read_into(self, buffer: memoryview, offset: int) -> int:
        """Fill ``buffer`` with the bytes from ``offset`` on; return how many there were."""
        assert self._descriptor is not None
        many = 0
        with explained(self.name):
            while many < len(buffer):  # network file systems may give less than there is
                more = os.preadv(self._descriptor, [buffer[many:]], offset + many)
                if not more:
                    break
                many += more
        if many and offset + many > self._done:
            self._advance(offset + many - self._done)
            self._done = offset + many
        return many
