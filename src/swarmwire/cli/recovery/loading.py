"""Read a bundle from its folder."""

import os
from pathlib import Path

from swarmwire.bundle import Bundle, Manifest, bundle_from_files, read_manifest
from swarmwire.cli.__main__ import reason_of
from swarmwire.errors import StoreError

_MANIFEST = "manifest.json"


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
    return read_manifest(_Folder(path).read(_MANIFEST))


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
            with open(os.open(place, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:  # noqa: PTH123 - a descriptor
                return file.read()
        except FileNotFoundError:
            raise
        except NotADirectoryError:
            raise StoreError("not the folder of a bundle", file=str(self._path)) from None
        except (OSError, ValueError) as err:
            reason = reason_of(err) if isinstance(err, OSError) else "not the name of a file"
            raise StoreError(reason, file=name) from None
