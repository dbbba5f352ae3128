"""Read a bundle from its folder."""

import os
import stat
from pathlib import Path
from typing import Final

from swarmwire.bundle import MANIFEST, Bundle, Manifest, bundle_from_files, read_manifest
from swarmwire.cli.__main__ import reason_of
from swarmwire.errors import StoreError

_OF_MANAGERS = ("raft", "certificates", "swarm")

_LARGEST: Final = 256 << 20
"""Bytes of a file; the manifest of a hundred thousand objects has fifty millions."""


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
