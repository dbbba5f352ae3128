"""A manager's folder out of a tar, into a temporary folder that nobody else can read, or memory.

Only what recovery reads is unpacked, under names of our own, so no name in a tar leads elsewhere;
links are followed only to a file of the tar itself. And only as much is, as a tar can hold of what
is encrypted: that cannot be packed, so whatever unpacks to far more was made to fill disks. Of a
tar that breaks off everything before that place is unpacked.
"""

import errno
import os
import re
import resource
import tarfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final, TypeAlias

from swarmwire.errors import StoreError
from swarmwire.raftstore.files import explained
from swarmwire.raftstore.tarstream import BrokenTar, Member, members

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the bytes that are done, and those that there are."""

LARGEST: Final = 4 << 30
"""Bytes of a file. Segments have 64 MB and one transaction, and snapshots less than 2 GiB."""

_WANTED: Final = re.compile(
    r"(?P<root>(?:.*/)?)(?P<name>"
    r"raft(?:/(?:wal|snap)(?:-v3(?:-encrypted)?)?"
    r"(?:/[!-.0-~]{1,194}\.(?:wal|snap)(?:\.broken)?)?)?"
    r"|certificates(?:/\.?swarm-[!-.0-~]{1,100})?"
    r"|worker/tasks\.db|docker-state\.json|state\.json)",
    re.DOTALL,
)
_MARKS: Final = ("raft/", "certificates/swarm-")
"""What shows that the folder around it is a manager's."""

_MANY: Final = 20_000
"""Files to unpack."""
_ROOM: Final = 1 << 30
"""Bytes that any tar may unpack to, without zeros."""
_DENSITY: Final = 100
"""How many times its own size a larger tar may unpack to: old logs are not encrypted."""
_HOLES: Final = 64 << 30
"""Bytes that any tar may unpack to, with zeros, which take time, but no room."""
_SHOWN: Final = 5
_PREFIX: Final = "swarmwire-recover-"


@dataclass(frozen=True, slots=True)
class Room:
    """Where a tar is unpacked.

    Attributes:
        folder: in which folder, into a hidden one that nobody else can read; None: the system's
            temporary folder.
        in_memory: keep all content in memory: a folder then holds names only.
    """

    folder: Path | None = None
    in_memory: bool = False


@contextmanager
def unpacked(
    path: Path,
    progress: Progress | None = None,
    room: Room | None = None,
    tell: Callable[[str], None] | None = None,
) -> Iterator[Path]:
    """The manager's folder in a tar (plain, gz, bz2, xz, zst), unpacked as long as it is needed.

    Args:
        path: the tar.
        progress: called with the bytes of it that are read and those that there are.
        room: where to unpack it.
        tell: called with why not all of it could be unpacked.

    Raises:
        StoreError: it is no tar, holds no manager's folder or several of them, or far too much.
    """
    room = room or Room()
    if room.in_memory and not hasattr(os, "memfd_create"):
        raise StoreError("files in memory are to be had on Linux only", file=str(path))
    temporary = _temporary(room)
    with temporary as into, ExitStack() as memory:
        try:
            with path.open("rb") as file:
                size = path.stat().st_size
                advance = (lambda: progress(file.tell(), size)) if progress else None
                unpacking = _Unpacking(
                    Path(into), size, advance, memory if room.in_memory else None
                )
                losses = unpacking.unpack(file)
            root = unpacking.root(losses)
        except _Refused as refused:
            raise StoreError(str(refused), file=str(path)) from None
        except tarfile.TarError as err:
            raise StoreError(_not_a_tar(str(err)), file=str(path)) from None
        except OSError as err:
            raise StoreError(_reason(err, into, room), file=str(path)) from None
        if tell is not None:
            for loss in losses:
                tell(loss)
        yield root


def _temporary(room: Room) -> "TemporaryDirectory[str]":
    if room.folder is None:
        return TemporaryDirectory(prefix=_PREFIX)
    with explained(str(room.folder)):
        return TemporaryDirectory(prefix=f".{_PREFIX}", dir=room.folder)


class _Refused(Exception):
    """The tar is not to be unpacked. ``str()`` says why."""


class _Unpacking:
    """One tar on its way to the disk, or into memory."""

    def __init__(
        self,
        into: Path,
        size: int,
        advance: Callable[[], None] | None,
        memory: ExitStack | None,
    ) -> None:
        self._into = into
        self._advance = advance
        self._memory = memory
        self._room = max(_ROOM, _DENSITY * size)
        self._holes = _HOLES
        self._many = _MANY if memory is None else min(_MANY, _open_files() // 2)
        self._wanted = 0
        self._rooms: dict[str, Path] = {}
        self._managers: dict[str, None] = {}
        self._copies: dict[str, Path] = {}

    def unpack(self, file: IO[bytes]) -> list[str]:
        """Unpack what recovery reads; the reasons why something of it may be missing."""
        losses = []
        try:
            for member in members(file):
                self.take(member)
        except BrokenTar as broken:
            losses.append(
                f"the tar breaks off or is damaged ({broken}): what is behind that place is not in"
                " it, or cannot be reached; another copy may have it"
            )
        if self._wanted > self._many:
            losses.append(
                f"there are more than {self._many} files of managers in the tar: the others were"
                " not unpacked"
            )
        return losses

    def take(self, member: Member) -> None:
        """Unpack a member, if recovery reads it."""
        header = member.header
        found = _WANTED.fullmatch(header.name)
        if found is None:
            return
        self._wanted += 1
        if self._wanted > self._many:
            return
        root = found["root"].removeprefix("./")
        if found["name"].startswith(_MARKS):
            self._managers[root] = None
        room = self._rooms.setdefault(root, self._into / str(len(self._rooms)))
        self._put(member, room / found["name"])

    def root(self, losses: list[str]) -> Path:
        """The one folder of a manager that was unpacked."""
        if not self._managers:
            raise _Refused(_not_a_tar(losses[0]) if losses else "no manager's folder is in it")
        if len(self._managers) > 1:
            names = ", ".join(root or "." for root in islice(self._managers, _SHOWN))
            more = ", …" if len(self._managers) > _SHOWN else ""
            raise _Refused(f"several managers' folders are in it: {names}{more}")
        return self._rooms[next(iter(self._managers))]

    def _put(self, member: Member, target: Path) -> None:
        header = member.header
        copy = self._copies.get(header.linkname) if header.islnk() else None
        if header.isdir():
            target.mkdir(parents=True, exist_ok=True)
        elif (header.isreg() or copy) and copy != target and not target.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)  # the last one of a name counts
            if copy is None:
                self._copy(member, target)
            elif self._memory is None:
                target.hardlink_to(copy)
            else:
                target.symlink_to(copy.readlink())
            self._copies[header.name] = target

    def _copy(self, member: Member, target: Path) -> None:
        """Write a member's content, with holes where it is zero."""
        size = member.header.size
        self._holes -= size
        if not 0 <= size <= LARGEST or self._holes < 0:
            raise _Refused(f"a file of {size} bytes is in it, which no manager has")
        with self._new(target) as out:
            for chunk in member.chunks():
                if chunk != bytes(len(chunk)):
                    self._make_room(len(chunk))
                    out.write(chunk)
                else:
                    out.seek(len(chunk), os.SEEK_CUR)
                    out.truncate()
                if self._advance is not None:
                    self._advance()

    def _new(self, target: Path) -> IO[bytes]:
        """A new file: on the disk, or in memory, with a link to it on the disk."""
        if self._memory is None:
            return target.open("wb")
        descriptor = os.memfd_create(target.name)
        self._memory.callback(os.close, descriptor)
        target.symlink_to(f"/proc/self/fd/{descriptor}")
        return open(descriptor, "wb", closefd=False)

    def _make_room(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise _Refused(
                "it unpacks to more than a tar of a manager's folder can hold: it was made to fill "
                "the disk"
            )


def _not_a_tar(reason: str) -> str:
    return f"not a tar, or a damaged one ({reason}): tar itself may still get the folder out"


def _open_files() -> int:
    """How many files may be open at once."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def _reason(err: OSError, into: str, room: Room) -> str:
    if err.errno == errno.ENOSPC:
        place = Path(into).parent
        hint = ": TMPDIR can name another place" if room.folder is None else ""
        return f"there is no room in {place} to unpack it{hint}"
    return err.strerror or str(err)
