"""The members of a tar, one after the other, in memory that does not grow with what is in it. Pure.

By itself tarfile remembers every member, reads headers of any size, and takes a damaged header for
the end of the tar: all behind it would be missing, and nobody told. And of a member that breaks off
it gives nothing at all.
"""

import bz2
import gzip
import lzma
import re
import sys
import tarfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any, Final, Protocol, cast

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CHUNK: Final = 1 << 20

_HEADER: Final = 4 << 20
"""Bytes of one member's headers; long names and lists of holes are in them."""
_PIECES: Final = 10_000
"""Pieces between the holes of a file that is copied."""
_DICTIONARY: Final = 512 << 20
"""Bytes that xz may keep of what it unpacked; its own highest setting takes 65 MiB."""
_BLOCK: Final = bytes(tarfile.BLOCKSIZE)
_DAMAGED: Final = (
    EOFError,
    lzma.LZMAError,
    zlib.error,
    gzip.BadGzipFile,
    zstd.ZstdError,
)
"""What says that compressed bytes are damaged. For bz2 it is an ``OSError`` without a number."""
_BZIP: Final = re.compile(rb"BZh[1-9]1AY&SY")


class BrokenTar(Exception):
    """From here on nothing can be read of the tar. ``str()`` says why."""


class Member:
    """One member of a tar, which has to be read before the next one is asked for."""

    def __init__(self, header: tarfile.TarInfo, stream: "_Stream") -> None:
        self.header = header
        self._stream = stream

    def chunks(self) -> Iterator[bytes]:
        """The content of a file, with zeros where it has holes.

        Raises:
            BrokenTar: it breaks off; what was there has been given.
            TarError: it is like no file's.
        """
        whole = [(0, self.header.size)]
        pieces: list[tuple[int, int]] = cast("Any", self.header).sparse or whole
        if len(pieces) > _PIECES:
            raise tarfile.ReadError("a file with more holes than any has")
        self._stream.seek(self.header.offset_data)
        position = 0
        for start, length in pieces:
            if not length:  # GNU tar marks the end of a file so, and what is left of the list
                continue
            if not position <= start <= start + length <= self.header.size:
                raise tarfile.ReadError("a file with holes where none can be")
            yield from _zeros(start - position)
            yield from self._piece(length)
            position = start + length
        yield from _zeros(self.header.size - position)

    def _piece(self, length: int) -> Iterator[bytes]:
        while length:
            self._stream.allow(CHUNK)
            wanted = min(CHUNK, length)
            chunk = self._stream.read(wanted)
            if chunk:
                yield chunk
            if len(chunk) < wanted:
                raise BrokenTar(self._stream.broken or "it breaks off")
            length -= wanted


def _zeros(length: int) -> Iterator[bytes]:
    for done in range(0, length, CHUNK):
        yield bytes(min(CHUNK, length - done))


def members(file: IO[bytes]) -> Iterator[Member]:
    """Each member of a tar: plain, gz, bz2, xz or zst.

    Raises:
        BrokenTar: it breaks off, or is damaged; what came before has been given.
        TarError: it is no tar, or one that was made to do harm.
    """
    stream = _Stream(_plain(file))
    try:
        tar = tarfile.TarFile(fileobj=cast("IO[bytes]", stream))
    except tarfile.TarError as err:
        raise tarfile.ReadError(stream.broken or str(err)) from None
    with tar:
        header = tar.next()
        while header is not None:
            yield Member(header, stream)
            tar.pax_headers = {}  # what is said of all members adds up, and tells nothing here
            header = _next(tar, stream)


def _next(tar: tarfile.TarFile, stream: "_Stream") -> tarfile.TarInfo | None:
    """The next header; None at the end, which is two blocks of zeros."""
    stream.seek(tar.offset)
    stream.allow(_HEADER)
    try:
        return tarfile.TarInfo.fromtarfile(tar)
    except tarfile.HeaderError:
        is_end = stream.last == _BLOCK and not any(stream.read(tarfile.BLOCKSIZE))
        if not is_end or stream.broken:
            reason = stream.broken or "it breaks off, or a header in it is damaged"
            raise BrokenTar(reason) from None
        return None


class _Source(Protocol):
    def read(self, size: int, /) -> bytes:
        """Some of the next bytes, at most as many; none at the end."""


class _Stream:
    """What tarfile reads from: forwards only, and not more at once than is allowed.

    Attributes:
        last: the bytes that were read last.
        broken: why nothing more can be read of what is compressed; empty while it can.
    """

    def __init__(self, source: _Source) -> None:
        self.last = b""
        self.broken = ""
        self._source = source
        self._at = 0
        self._allowed = _HEADER

    def allow(self, size: int) -> None:
        """Let as many bytes be read before this is called again."""
        self._allowed = size

    def tell(self) -> int:
        """How many bytes there were before."""
        return self._at

    def seek(self, position: int, /) -> None:
        """Pass over what is before the position."""
        if position < self._at:
            raise tarfile.ReadError("a member begins before the end of the one before it")
        while self._at < position:
            if not self._some(min(CHUNK, position - self._at)):
                raise BrokenTar(self.broken or "it breaks off")

    def read(self, size: int, /) -> bytes:
        """As many bytes; fewer only at the end."""
        self._allowed -= size
        if size < 0 or self._allowed < 0:
            raise tarfile.ReadError("a header is longer than any is")
        found = bytearray()
        while len(found) < size and (some := self._some(size - len(found))):
            found += some
        self.last = bytes(found)
        return self.last

    def close(self) -> None:
        """Do nothing: the file is its owner's to close."""

    def _some(self, size: int) -> bytes:
        try:
            found = b"" if self.broken else self._source.read(size)
        except _DAMAGED as err:
            found, self.broken = b"", str(err)
        except OSError as err:
            if err.errno is not None:
                raise
            found, self.broken = b"", str(err)
        self._at += len(found)
        return found


class _Decompressor(Protocol):
    """What the modules for bz2, xz and zst have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Decompressed:
    """The content of a compressed file, which may hold several streams."""

    def __init__(self, file: IO[bytes], new: Callable[[], _Decompressor]) -> None:
        self._file = file
        self._new = new
        self._current = new()

    def read(self, size: int, /) -> bytes:
        """Some of the next bytes, at most as many; none at the end."""
        while True:
            data = b""
            if self._current.eof:
                data = self._following()
                if not data:
                    return b""
                self._current = self._new()
            elif self._current.needs_input:
                data = self._file.read(CHUNK)
                if not data:
                    raise EOFError("it breaks off")
            found = self._current.decompress(data, size)
            if found:
                return found

    def _following(self) -> bytes:
        """What follows a stream, without the zeros that may fill it up."""
        data = self._current.unused_data.lstrip(b"\0")
        while not data and (some := self._file.read(CHUNK)):
            data = some.lstrip(b"\0")
        return data


class _Gunzipped:
    """The content of a gz file. ``GzipFile.read`` forgets what it has when the file breaks off."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = gzip.GzipFile(fileobj=file)

    def read(self, size: int, /) -> bytes:
        """Some of the next bytes, at most as many; none at the end."""
        return self._file.read1(size)


def _plain(file: IO[bytes]) -> _Source:
    """The bytes of a tar, by how a file begins."""
    head = file.read(10)
    file.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return _Gunzipped(file)
    if _BZIP.match(head):
        return _Decompressed(file, bz2.BZ2Decompressor)
    if head.startswith((b"\xfd7zXZ", b"]\0\0")):
        return _Decompressed(file, lambda: lzma.LZMADecompressor(memlimit=_DICTIONARY))
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return _Decompressed(file, zstd.ZstdDecompressor)
    return file
