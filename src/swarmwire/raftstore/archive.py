"""A manager's folder out of a tar, into a temporary folder that nobody else can read.

Only what recovery reads is unpacked, under names of our own, so no name in a tar leads elsewhere;
links are followed only to a file of the tar itself. And only as much is, as a tar can hold of what
is encrypted: that cannot be packed, so whatever unpacks to far more was made to fill disks.
"""

import errno
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

from swarmwire.errors import StoreError
from swarmwire.raftstore.tarstream import DAMAGED, Member, members

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the bytes that are done, and those that there are."""

LARGEST: Final = 4 << 30
"""Bytes of a file. Segments have 64 MB and one transaction, and snapshots less than 2 GiB."""

_WANTED: Final = re.compile(
    r"(?P<root>(?:.*/)?)(?P<name>"
    r"raft(?:/(?:wal|snap)(?:-v3(?:-encrypted)?)?(?:/(?!\.\.?\Z)[!-.0-~]{1,200})?)?"
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


@contextmanager
def unpacked(path: Path, progress: Progress | None = None) -> Iterator[Path]:
    """The manager's folder in a tar (plain, gz, bz2, xz, zst), unpacked as long as it is needed.

    Args:
        path: the tar.
        progress: called with the bytes of it that are read and those that there are.

    Raises:
        StoreError: it is no tar, breaks off, holds none or several of them, or far too much.
    """
    with TemporaryDirectory(prefix="swarmwire-recover-") as temporary:
        try:
            with path.open("rb") as file:
                size = path.stat().st_size
                advance = (lambda: progress(file.tell(), size)) if progress else None
                unpacking = _Unpacking(Path(temporary), size, advance)
                for member in members(file):
                    unpacking.take(member)
            root = unpacking.root()
        except _Refused as refused:
            raise StoreError(str(refused), file=str(path)) from None
        except DAMAGED as err:
            reason = f"not a tar, or a damaged one ({err}): tar itself may still get the folder out"
            raise StoreError(reason, file=str(path)) from None
        except OSError as err:
            raise StoreError(_reason(err, temporary), file=str(path)) from None
        yield root


class _Refused(Exception):
    """The tar is not to be unpacked. ``str()`` says why."""


class _Unpacking:
    """One tar on its way to the disk."""

    def __init__(self, into: Path, size: int, advance: Callable[[], None] | None) -> None:
        self._into = into
        self._advance = advance
        self._room = max(_ROOM, _DENSITY * size)
        self._holes = _HOLES
        self._many = _MANY
        self._rooms: dict[str, Path] = {}
        self._managers: dict[str, None] = {}
        self._copies: dict[str, Path] = {}

    def take(self, member: Member) -> None:
        """Unpack a member, if recovery reads it."""
        header = member.header
        found = _WANTED.fullmatch(header.name)
        if found is None:
            return
        self._many -= 1
        if not self._many:
            raise _Refused(f"there are more than {_MANY} files of managers in it")
        root = found["root"].removeprefix("./")
        if found["name"].startswith(_MARKS):
            self._managers[root] = None
        room = self._rooms.setdefault(root, self._into / str(len(self._rooms)))
        self._put(member, room / found["name"])

    def root(self) -> Path:
        """The one folder of a manager that was unpacked."""
        if not self._managers:
            raise _Refused("no manager's folder is in it")
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
            else:
                target.hardlink_to(copy)
            self._copies[header.name] = target

    def _copy(self, member: Member, target: Path) -> None:
        """Write a member's content, with holes where it is zero."""
        size = member.header.size
        self._holes -= size
        if not 0 <= size <= LARGEST or self._holes < 0:
            raise _Refused(f"a file of {size} bytes is in it, which no manager has")
        with target.open("wb") as out:
            for chunk in member.chunks():
                if chunk != bytes(len(chunk)):
                    self._make_room(len(chunk))
                    out.write(chunk)
                else:
                    out.seek(len(chunk), 1)
                if self._advance is not None:
                    self._advance()
            out.truncate(size)

    def _make_room(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise _Refused(
                "it unpacks to more than a tar of a manager's folder can hold: it was made to fill "
                "the disk"
            )


def _reason(err: OSError, temporary: str) -> str:
    if err.errno == errno.ENOSPC:
        place = Path(temporary).parent
        return f"there is no room in {place} to unpack it: TMPDIR can name another place"
    return err.strerror or str(err)
