"""A manager's folder on disk, or in a tar. Nothing in it is written, renamed or locked."""

import fcntl
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from struct import Struct
from typing import Final

from swarmwire.errors import StoreError
from swarmwire.raftstore.archive import LARGEST, Progress, Room, unpacked
from swarmwire.raftstore.files import (
    SMALL,
    FileLog,
    chunks_of,
    explained,
    open_file,
    read_file,
    too_large,
)
from swarmwire.raftstore.journal import Segment

_SNAPSHOT_SUFFIX: Final = ".snap"
_SNAPSHOT: Final = re.compile(r"[0-9a-f]{16}-[0-9a-f]{16}\.snap")
_SEGMENT: Final = re.compile(r"([0-9a-f]{16})-([0-9a-f]{16})\.wal")
_LAYOUTS: Final = (("-v3-encrypted", True), ("-v3", False), ("", False))
"""Endings of the folders' names, the newest first, and whether what is in them is encrypted."""
_LOCK: Final = Struct("@hhqqi0q")
_ANY_LOCK: Final = _LOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
_BELOW: Final = ("", "swarm", "docker/swarm", "var/lib/docker/swarm")
_NAME: Final = re.compile(r"[!-~]{1,200}")
"""What may be a file of the log or a snapshot: managers and engines give no other names."""

_DATABASE: Final = 256 << 20
_SNAPSHOT_MOST: Final = (2 << 30) - 1
"""No message of protobuf is longer."""


@dataclass(slots=True)
class Folder:
    """What a manager's folder holds.

    Attributes:
        root: the folder: the one with ``raft`` and ``certificates`` in it.
        wal: where the log is; None if there is none.
        wal_is_sealed: whether the log is encrypted.
        snap: where the snapshots are; None if there are none.
        snap_is_sealed: whether they are encrypted.
        losses: why something of it may be missing, if it was unpacked from a tar.
    """

    root: Path
    wal: Path | None
    wal_is_sealed: bool
    snap: Path | None
    snap_is_sealed: bool
    losses: list[str] = field(default_factory=list)

    def read(self, name: str) -> bytes | None:
        """A file of the folder; None if it is not there.

        Raises:
            CorruptLog: it is larger than such a file can be.
            StoreError: it cannot be read.
        """
        most = _SNAPSHOT_MOST if name.endswith(_SNAPSHOT_SUFFIX) else SMALL
        with explained(name):
            try:
                descriptor = open_file(self.root / name, name)
            except (FileNotFoundError, NotADirectoryError):
                return None
            return read_file(descriptor, name, _DATABASE if name.endswith(".db") else most)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of a file of the folder, piece by piece.

        Raises:
            StoreError: it cannot be read.
        """
        with explained(name):
            yield from chunks_of(open_file(self.root / name, name))

    def size(self, name: str) -> int:
        """How many bytes a file of the folder has.

        Raises:
            StoreError: it is not there, or may not be looked at.
        """
        with explained(name):
            return (self.root / name).stat().st_size

    def is_in_use(self) -> bool:
        """Whether a manager holds the log. The lock is looked at, never taken."""
        return any(_is_locked(each) for each in self.segments())

    def names(self, folder: Path | None) -> list[str]:
        """The names of what is in one of its folders, sorted."""
        if folder is None:
            return []
        with explained(str(folder.relative_to(self.root))):
            return sorted(
                each.name
                for each in folder.iterdir()
                if _NAME.fullmatch(each.name) and each.is_file()
            )

    def snapshots(self) -> list[str]:
        """The snapshots' files, as seen from the root, the newest first.

        A file with another name than a manager gives comes last, whatever it is.
        """
        names = [each for each in self.names(self.snap) if each.endswith(_SNAPSHOT_SUFFIX)]
        names.sort(key=lambda name: (_SNAPSHOT.fullmatch(name) is not None, name), reverse=True)
        return [f"{self._relative(self.snap)}/{name}" for name in names]

    def left_over(self) -> list[str]:
        """Files that are not read: what the engine put aside before it repaired the log."""
        names = [each for each in self.names(self.wal) if each.endswith(".wal.broken")]
        names += [each for each in self.names(self.snap) if each.endswith(".snap.broken")]
        return names

    def segments(self) -> "list[StoredSegment]":
        """The segments of the log, in order.

        Raises:
            CorruptLog: one is larger than a segment can be.
        """
        found = []
        for name in self.names(self.wal):
            match = _SEGMENT.fullmatch(name)
            if match is not None and self.wal is not None:
                path = self.wal / name
                shown = f"{self._relative(self.wal)}/{name}"
                with explained(shown):
                    size = path.stat().st_size
                if size > LARGEST:
                    raise too_large(shown, size)
                found.append(StoredSegment(int(match[1], 16), int(match[2], 16), path, shown, size))
        return found

    def _relative(self, folder: Path | None) -> str:
        return "" if folder is None else folder.relative_to(self.root).as_posix()


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """One segment of the log, not opened yet.

    Attributes:
        sequence: its number.
        first: the index of the first entry that it may hold.
        path: its file.
        name: the file as seen from the root.
        size: how many bytes it has.
    """

    sequence: int
    first: int
    path: Path
    name: str
    size: int


def _is_locked(segment: StoredSegment) -> bool:
    if not hasattr(fcntl, "F_OFD_GETLK"):  # managers run on Linux; their folders are read anywhere
        return False
    with explained(segment.name):
        descriptor = open_file(segment.path, segment.name)
        try:
            answer = fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, _ANY_LOCK)
        except OSError:  # a file system without locks: nobody can hold one
            return False
        finally:
            os.close(descriptor)
    kind: int = _LOCK.unpack(answer)[0]
    return kind != fcntl.F_UNLCK


def read_segments(
    segments: list[StoredSegment], progress: Progress | None = None
) -> Iterator[Segment]:
    """Each segment, open while it is the current one.

    Raises:
        StoreError: one cannot be read.
    """
    total, done = sum(each.size for each in segments), 0

    def advance(many: int) -> None:
        nonlocal done
        done += many
        if progress is not None:
            progress(done, total)

    for stored in segments:
        log = FileLog(stored.path, stored.name, advance)
        log.open()
        try:
            yield Segment(stored.sequence, stored.first, log, stored is segments[-1])
        finally:
            log.close()


@contextmanager
def opened(
    path: Path, progress: Progress | None = None, room: Room | None = None
) -> Iterator[Folder]:
    """The manager's folder at a path: the folder itself, one above it, or a tar of either.

    Args:
        path: where it is.
        progress: called with the bytes of a tar that are read and those that there are.
        room: where to unpack a tar.

    Raises:
        StoreError: there is none, there are several, or it cannot be read.
    """
    with explained(str(path)):
        mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        yield _folder(_root(path))
    elif stat.S_ISREG(mode):
        losses: list[str] = []
        with unpacked(path, progress, room, losses.append) as root:
            folder = _folder(root)
            folder.losses = losses
            yield folder
    else:
        raise StoreError("neither a folder nor a tar", file=str(path))


def _root(path: Path) -> Path:
    """Where ``raft`` or ``certificates`` are, at the path or where they usually are below it."""
    with explained(str(path)):
        entries = sorted(path.iterdir())
        candidates = [path / below for below in _BELOW]
        candidates += [each / "swarm" for each in entries if each.is_dir()]
        if path.name == "raft":
            candidates.append(path.parent)
        found = [each for each in dict.fromkeys(candidates) if _is_root(each)]
    if not found:
        what = "a folder of a manager (raft and certificates are not in it)"
        raise StoreError("it is empty" if not entries else f"not {what}", file=str(path))
    if len(found) > 1 and found[0] != path:
        names = ", ".join(str(each) for each in found)
        raise StoreError(f"several managers' folders are in it: {names}", file=str(path))
    return found[0]


def _is_root(path: Path) -> bool:
    return (path / "raft").is_dir() or (path / "certificates").is_dir()


def _folder(root: Path) -> Folder:
    wal, wal_is_sealed = _newest(root, "wal")
    snap, snap_is_sealed = _newest(root, "snap")
    return Folder(root, wal, wal_is_sealed, snap, snap_is_sealed)


def _newest(root: Path, kind: str) -> tuple[Path | None, bool]:
    """The newest layout's folder: of logs one with a segment in it, if there is any."""
    found: list[tuple[Path, bool]] = []
    for ending, is_sealed in _LAYOUTS:
        folder = root / "raft" / f"{kind}{ending}"
        with explained(f"raft/{kind}{ending}"):
            if folder.is_dir():
                found.append((folder, is_sealed))
                if kind == "snap" or any(
                    _SEGMENT.fullmatch(each.name) for each in folder.iterdir()
                ):
                    return found[-1]
    return found[0] if found else (None, False)
