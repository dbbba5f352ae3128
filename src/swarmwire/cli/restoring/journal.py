"""The journal of a bundle: what was created from it, in which swarm. Ids only, never a payload.

One line is written for each object, as soon as it is created. A line that was cut short is passed
over: what it told of is then compared, as it is where no journal can be written at all.
"""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from swarmwire.bundle.restore import Key, Kind
from swarmwire.cli.exits import reason_of

NAME: Final = "restore.journal"
_MODE: Final = 0o600
_LARGEST: Final = 256 << 20


class _Line(msgspec.Struct):
    """One object that was created."""

    swarm: str
    kind: Kind
    old: str
    new: str


class FolderJournal:
    """The journal in the folder of a bundle; ``tell`` is given a sentence if none can be kept."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self._path = folder / NAME
        self._tell = tell
        self._is_kept = True

    def known(self, cluster_id: str) -> dict[Key, str]:
        """What was created in a swarm: ids there, by kind and id in the dead one."""
        try:
            with open(self._opened(os.O_RDONLY), "rb") as file:  # noqa: PTH123 - a descriptor
                lines = file.read().splitlines()
        except OSError:
            return {}
        parsed = (_parsed(line) for line in lines)
        return {(one.kind, one.old): one.new for one in parsed if one and one.swarm == cluster_id}

    def add(self, cluster_id: str, kind: Kind, old_id: str, new_id: str) -> None:
        """Write down one object."""
        if not self._is_kept:
            return
        line = msgspec.json.encode(_Line(cluster_id, kind, old_id, new_id))
        try:
            descriptor = self._opened(os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            try:
                # the line break in front ends a line that was cut short
                os.write(descriptor, b"\n" + line + b"\n")
            finally:
                os.close(descriptor)
        except OSError as err:
            self._is_kept = False
            self._tell(
                f"no journal is kept in {self._path.parent} ({reason_of(err)}):"
                " after an interruption what is there already is compared instead"
            )

    def _opened(self, flags: int) -> int:
        more = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        descriptor = os.open(self._path, flags | more, _MODE)
        found = os.fstat(descriptor)
        if stat.S_ISREG(found.st_mode) and found.st_size <= _LARGEST:
            return descriptor
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no file, or too large for a journal")


def _parsed(line: bytes) -> _Line | None:
    try:
        return msgspec.json.decode(line, type=_Line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
