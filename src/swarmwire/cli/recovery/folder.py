"""A bundle's folder: written so that it appears whole or not at all, and read.

Nobody else can read it. The files are written into a hidden folder beside it, which is given its
name when all is on disk.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from swarmwire.bundle import (
    MANIFEST,
    Bundle,
    BundleFile,
    Manifest,
    bundle_from_files,
    read_manifest,
)
from swarmwire.cli import exits
from swarmwire.cli.exits import reason_of
from swarmwire.errors import StoreError

_READABLE = stat.S_IRWXG | stat.S_IRWXO
_AT_ONCE = 16
_OF_MANAGERS = ("raft", "certificates", "swarm")

_LARGEST: Final = 256 << 20
"""Bytes of a file; the manifest of a hundred thousand objects has fifty millions."""


def refuse_target(target: str) -> None:
    """Refuse what may not become the folder: what exists, but for an empty folder of one's own.

    Raises:
        Stop: it may not.
    """
    path = Path(target)
    try:
        found = path.lstat()
    except FileNotFoundError:
        _refuse_parent(target, path.parent)
        return
    except (OSError, ValueError) as err:
        raise _refused(target, _reason(err)) from err
    if stat.S_ISLNK(found.st_mode):
        raise _refused(target, "it is a link; name the folder itself")
    if not stat.S_ISDIR(found.st_mode):
        raise _refused(target, "it exists, and is no folder")
    if found.st_mode & _READABLE:
        mode = stat.S_IMODE(found.st_mode)
        raise _refused(target, f"others can look into it (mode {mode:04o}): chmod 700 it first")
    if found.st_uid != os.geteuid():
        raise _refused(target, "it belongs to somebody else")
    try:
        is_empty = not any(path.iterdir())
    except OSError as err:
        raise _refused(target, reason_of(err)) from err
    if not is_empty:
        raise _refused(target, "it is not empty; name a new folder")


def _refuse_parent(target: str, parent: Path) -> None:
    if not parent.is_dir():
        raise _refused(target, f"there is no folder {parent}")
    if not os.access(parent, os.W_OK | os.X_OK, effective_ids=True):
        raise _refused(target, f"you may not write to {parent}")


def _refused(target: str, reason: str) -> exits.Stop:
    return exits.Stop(exits.UNREADABLE, f"{target}: cannot be written to: {reason}")


def _reason(err: OSError | ValueError) -> str:
    return reason_of(err) if isinstance(err, OSError) else "not the name of a folder"


def write_folder(target: str, files: Iterable[BundleFile]) -> None:
    """Write the files; the folder gets mode 0700, they get 0600.

    Raises:
        Stop: they cannot be written; then there is nothing.
    """
    path = Path(os.path.abspath(target))  # noqa: PTH100 - links in it stay
    refuse_target(target)
    try:
        part = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
        try:
            _fill(part, files)
            # An empty folder is replaced; one that has been filled meanwhile is not.
            part.rename(path)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        _sync(path.parent)
    except OSError as err:
        raise _refused(target, reason_of(err)) from err


def _fill(part: Path, files: Iterable[BundleFile]) -> None:
    written = {part: os.O_DIRECTORY}
    for file in files:
        place = part / file.name
        for folder in reversed(place.parents):
            if folder not in written and folder.is_relative_to(part):
                folder.mkdir(mode=0o700)
                folder.chmod(0o700)
                written[folder] = os.O_DIRECTORY
        _write(place, file.data)
        written[place] = 0
    # Side by side, as the disk takes many at once: 6,000 files one by one take 20 seconds.
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(_sync, written.keys(), written.values()))


def _write(place: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with open(os.open(place, flags, 0o600), "wb") as stream:  # noqa: PTH123 - a descriptor
        os.fchmod(stream.fileno(), 0o600)
        stream.write(data)


def _sync(place: Path, flag: int = os.O_DIRECTORY) -> None:
    descriptor = os.open(place, os.O_RDONLY | flag)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def load_bundle(path: str | Path) -> Bundle:
    """The bundle in a folder that ``swarmwire recover -o`` wrote; ``edited`` names changed files.

    Raises:
        StoreError: it is none, it is damaged, it may not be read, or a file was edited so that it
            cannot be understood.
    """
    return bundle_from_files(_Folder(path).read)


def load_manifest(path: str | Path) -> Manifest:
    """What such a folder tells of itself.

    Raises:
        StoreError: it is no bundle.
    """
    return read_manifest(_Folder(path).read(MANIFEST))


class _Folder:
    """A folder whose files are read; links are not followed, so that none leads out of it."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)

    def read(self, name: str) -> bytes:
        """One file.

        Raises:
            FileNotFoundError: it is not there.
            StoreError: it cannot be read.
        """
        place = self._path.joinpath(*name.split("/"))
        try:
            if any(each.is_symlink() for each in (place, *place.parents[: name.count("/")])):
                raise StoreError("is a link, which no bundle has", file=name)
            return _content(place, name)
        except FileNotFoundError:
            if name != MANIFEST:
                raise
            raise StoreError(self._no_bundle()) from None
        except NotADirectoryError:
            raise StoreError(self._no_bundle()) from None
        except (OSError, ValueError) as err:
            reason = reason_of(err) if isinstance(err, OSError) else "not the name of a file"
            raise StoreError(reason, file=name) from None

    def _no_bundle(self) -> str:
        """What it is instead, as far as it can be told."""
        if not self._path.exists():
            return "no bundle: there is no such folder"
        if not self._path.is_dir():
            return "a file, and no bundle: unpack it if it is a tar of one"
        if any(self._path.joinpath(each).is_dir() for each in _OF_MANAGERS):
            return "the folder of a manager, and no bundle: recover -o makes one of it"
        return f"no bundle: {MANIFEST} is missing"


def _content(place: Path, name: str) -> bytes:
    """All of a file; of a pipe or a device nothing, as it may have no end."""
    # a pipe is opened without waiting for who writes into it
    descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise StoreError("is no file", file=name)
        if found.st_size > _LARGEST:
            raise StoreError(f"has {found.st_size} bytes, which no file of a bundle has", file=name)
        return file.read(_LARGEST)
