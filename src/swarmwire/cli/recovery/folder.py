"""Write files into a new folder that nobody else can read, and that appears whole or not at all.

The files are written into a hidden folder beside it, which is given its name when all is on disk.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from swarmwire.bundle import BundleFile
from swarmwire.cli import exits
from swarmwire.cli.__main__ import reason_of

_READABLE = stat.S_IRWXG | stat.S_IRWXO
_AT_ONCE = 16


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
