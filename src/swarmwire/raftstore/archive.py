"""A manager's folder out of a tar, into a temporary folder that nobody else can read.

Only what recovery reads is unpacked, under names of our own, so no name in a tar leads elsewhere.
"""

import re
import sys
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final, TypeAlias

from swarmwire.errors import StoreError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the bytes that are done, and those that there are."""

_WANTED: Final = re.compile(
    r"(?P<root>(?:.*/)?)(?P<name>"
    r"raft(?:/(?:wal|snap)(?:-v3(?:-encrypted)?)?(?:/[^/]+)?)?"
    r"|certificates(?:/\.?swarm-[^/]+)?"
    r"|worker/tasks\.db|docker-state\.json|state\.json)"
)
_MARKS: Final = ("raft/", "certificates/swarm-")
"""What shows that the folder around it is a manager's."""
_CHUNK: Final = 1 << 20
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_DAMAGED: Final = (tarfile.TarError, EOFError, LZMAError, zlib.error, zstd.ZstdError)


@contextmanager
def unpacked(path: Path, progress: Progress | None = None) -> Iterator[Path]:
    """The manager's folder in a tar (plain, gz, bz2, xz, zst), unpacked as long as it is needed.

    Args:
        path: the tar.
        progress: called with the bytes of it that are read and those that there are.

    Raises:
        StoreError: it is no tar, breaks off, or holds none or several of them.
    """
    with TemporaryDirectory(prefix="swarmwire-recover-") as temporary:
        try:
            with path.open("rb") as file, _tar(file) as tar:
                size = path.stat().st_size
                advance = (lambda: progress(file.tell(), size)) if progress else None
                root = _unpack(tar, Path(temporary), str(path), advance)
        except _DAMAGED as err:
            raise StoreError(f"not a tar, or a damaged one ({err})", file=str(path)) from None
        except OSError as err:
            raise StoreError(err.strerror or str(err), file=str(path)) from None
        yield root


@contextmanager
def _tar(file: IO[bytes]) -> Iterator[tarfile.TarFile]:
    is_zstd = file.read(len(_ZSTD)) == _ZSTD
    file.seek(0)
    if not is_zstd:
        with tarfile.open(fileobj=file, mode="r|*") as tar:
            yield tar
        return
    with zstd.ZstdFile(file) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
        yield tar


def _unpack(
    tar: tarfile.TarFile, into: Path, name: str, advance: Callable[[], None] | None
) -> Path:
    rooms: dict[str, Path] = {}
    managers: list[str] = []
    copies: dict[str, Path] = {}
    for member in tar:
        found = _WANTED.fullmatch(member.name)
        if found is None:
            continue
        root = found["root"].removeprefix("./")
        if found["name"].startswith(_MARKS) and root not in managers:
            managers.append(root)
        target = rooms.setdefault(root, into / str(len(rooms))) / found["name"]
        if member.isdir():
            target.mkdir(parents=True, exist_ok=True)
        elif member.isreg():
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(tar, member, target, advance)
            copies[member.name] = target
        elif member.islnk() and member.linkname in copies:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.hardlink_to(copies[member.linkname])
    if not managers:
        raise StoreError("no manager's folder is in it", file=name)
    if len(managers) > 1:
        names = ", ".join(root or "." for root in managers)
        raise StoreError(f"several managers' folders are in it: {names}", file=name)
    return rooms[managers[0]]


def _copy(
    tar: tarfile.TarFile,
    member: tarfile.TarInfo,
    target: Path,
    advance: Callable[[], None] | None,
) -> None:
    """Write a member's content, with holes where it is zero."""
    content = tar.extractfile(member)
    if content is None or target.is_dir():
        return
    with content, target.open("wb") as out:
        while chunk := content.read(_CHUNK):
            if chunk != bytes(len(chunk)):
                out.write(chunk)
            else:
                out.seek(len(chunk), 1)
            if advance is not None:
                advance()
        out.truncate(member.size)
