"""A swarm kept in a file: one table of SQLite, written with each transaction of the store."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from google.protobuf.message import DecodeError

from swarmwire.control.memory import KINDS, REMOVE, Committed
from swarmwire.embedded.errors import UnusableState

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS objects (
    kind TEXT NOT NULL, id TEXT NOT NULL, message BLOB NOT NULL, PRIMARY KEY (kind, id)
)
"""
_PUT: Final = "INSERT OR REPLACE INTO objects (kind, id, message) VALUES (?, ?, ?)"
_DELETE: Final = "DELETE FROM objects WHERE kind = ? AND id = ?"
_META: Final = ("version", "now")
_MAGIC: Final = b"SQLite format 3\0"


class KeptSwarm(NamedTuple):
    """A swarm as it was kept.

    Attributes:
        version: of the store.
        now: its time, in nanoseconds since 1970.
        objects: all objects.
    """

    version: int
    now: int
    objects: list[Any]


class StateFile:
    """The file. It belongs to one process at a time."""

    def __init__(self, path: Path | str, now: Callable[[], int]) -> None:
        """Open a file, or begin one. ``now`` tells the swarm's time.

        Raises:
            UnusableState: it cannot be opened, or is something else.
        """
        self._path = str(path)
        self._now = now
        _refuse_other_files(Path(path))
        try:
            # the swarm may be handed from the thread that made it to the one that runs it
            self._database = sqlite3.connect(self._path, timeout=1, check_same_thread=False)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            with self._database:
                self._database.execute("BEGIN IMMEDIATE")
                self._database.execute(_TABLE)
        except sqlite3.Error as err:
            raise UnusableState(self._path, str(err)) from err

    def read(self) -> KeptSwarm | None:
        """What is kept; None if nothing is.

        Raises:
            UnusableState: it is not what a swarm writes.
        """
        meta: dict[str, int] = {}
        objects = []
        try:
            for kind, id_, message in self._database.execute("SELECT * FROM objects ORDER BY id"):
                if kind == "meta":
                    meta[id_] = int(message)
                else:
                    objects.append(KINDS[kind].FromString(message))
        except (sqlite3.Error, KeyError, ValueError, DecodeError) as err:
            raise UnusableState(self._path, "it holds something else than a swarm") from err
        if not objects and not meta:
            return None
        if set(meta) != set(_META):
            raise UnusableState(self._path, "it holds something else than a swarm")
        return KeptSwarm(meta["version"], meta["now"], objects)

    def write(self, done: Committed) -> None:
        """Keep one transaction of the store, in one of the file.

        Raises:
            UnusableState: the file cannot be written.
        """
        removed = [(each.kind, each.new.id) for each in done.changes if each.action == REMOVE]
        put = [
            (each.kind, each.new.id, each.new.SerializeToString())
            for each in done.changes
            if each.action != REMOVE
        ]
        meta = [("meta", "version", str(done.version)), ("meta", "now", str(self._now()))]
        try:
            with self._database:
                self._database.executemany(_PUT, [*put, *meta])
                self._database.executemany(_DELETE, removed)
        except sqlite3.Error as err:
            raise UnusableState(self._path, str(err)) from err

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


def _refuse_other_files(path: Path) -> None:
    """SQLite takes a short file for an empty one, and would write over it."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except FileNotFoundError:
        return
    except OSError as err:
        raise UnusableState(str(path), err.strerror or type(err).__name__) from err
    if start and start != _MAGIC:
        raise UnusableState(str(path), "it holds something else than a swarm")
