"""The store of a manager's folder: which keys, which snapshot, which segments."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from swarmwire import pb
from swarmwire.errors import CorruptLog, StoreError, WrongKey
from swarmwire.raftstore.archive import Progress
from swarmwire.raftstore.files import Folder, StoredSegment, opened, read_segments
from swarmwire.raftstore.journal import Journal
from swarmwire.raftstore.keys import open_keys, read_key_file, read_unlock_key
from swarmwire.raftstore.opening import read_given
from swarmwire.raftstore.reading import Limits, Reading, Start, note_history
from swarmwire.raftstore.recovery import Finding, Recovery
from swarmwire.raftstore.replay import EntryReader, History
from swarmwire.raftstore.seal import KeyRing, Sealed
from swarmwire.raftstore.snap import read_content, read_snapshot_file
from swarmwire.raftstore.store import written_at
from swarmwire.raftstore.verdict import (
    about_snapshot,
    no_beginning,
    put_aside,
    refuse_limit,
    refuse_without_snapshot,
    told,
)

_KEY_FILE: Final = "certificates/swarm-node.key"
_LARGE: Final = 24 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to read, and with which keys. ``repr()`` does not show the keys.

    Attributes:
        unlock_keys: unlock keys (``SWMKEY-1-…``) that may open the node's key.
        key_files: other copies of ``swarm-node.key``, used beside the folder's own.
        at: the last entry to apply; None for all.
        until: apply nothing that was written later, nanoseconds since 1970; None for all.
        uncommitted: whether to apply entries past the commit index; None: as the engine would, all
            of them if the manager is the only one, none if there are others.
        deleted: whether to look for objects that the log still holds after their removal.
        partial: whether to go on when the beginning of the log is missing, with what is left.
        running: whether to read the folder of a manager that is running.
    """

    unlock_keys: tuple[str, ...] = field(default=(), repr=False)
    key_files: tuple[Path, ...] = ()
    at: int | None = None
    until: int | None = None
    uncommitted: bool | None = None
    deleted: bool = False
    partial: bool = False
    running: bool = False


def read(
    path: str | Path, options: Options | None = None, progress: Progress | None = None
) -> Recovery:
    """Read the store of a manager's folder. Nothing is written or locked.

    Args:
        path: the folder (``/var/lib/docker/swarm`` or a copy), one above it, or a tar of either:
            plain, gz, bz2, xz or zst.
        options: what to read, and with which keys.
        progress: called with the bytes that are done and those that there are: of the tar while it
            is unpacked, then of the log.

    Returns:
        Everything that is sound, and what is amiss. Damage is a finding as long as there is
        something to return.

    Raises:
        WrongKey: a key is missing or does not fit.
        CorruptLog: nothing can be made of the files.
        StoreError: there is no manager's folder, or it cannot be read.
    """
    options = options or Options()
    unlock_keys = tuple(map(read_unlock_key, options.unlock_keys))  # no frame that holds one
    _keep_memory()
    with opened(Path(path), progress) as folder:
        if not options.running and folder.is_in_use():
            raise StoreError(
                "a manager is running on this folder: ask it (swarmwire ls), or copy the folder "
                "and read the copy; --running reads it as it is at this moment",
                file=str(path),
            )
        segments = folder.segments()
        if not segments and not folder.snapshots():
            raise _nothing(folder)
        return _Recoverer(folder, segments, options, unlock_keys, progress).recover()


def _keep_memory() -> None:
    """Have glibc keep the memory of one large record for the next.

    Else it gives each back to the system, and to get it again takes as long as to decrypt it. It
    learns from large pieces that are freed; other allocators do not mind.
    """
    bytearray(_LARGE)


def _nothing(folder: Folder) -> StoreError:
    key = folder.read(_KEY_FILE)
    if key is not None and not read_key_file(key, _KEY_FILE).sealed:
        return StoreError(
            "this node is a worker, or was a manager and is none any more: it has no raft data",
            file="raft",
        )
    return StoreError("there is neither a log nor a snapshot", file="raft")


class _Recoverer:
    def __init__(
        self,
        folder: Folder,
        segments: list[StoredSegment],
        options: Options,
        unlock_keys: tuple[bytes, ...],
        progress: Progress | None,
    ) -> None:
        self._folder = folder
        self._segments = segments
        self._options = options
        self._progress = progress
        self._limits = Limits(at=options.at, until=options.until, uncommitted=options.uncommitted)
        self._findings: list[Finding] = []
        self._history = History() if options.deleted else None
        is_sealed = folder.wal_is_sealed or folder.snap_is_sealed
        self._ring = KeyRing(self._keys(unlock_keys) if is_sealed else ())
        self._reader = EntryReader(self._ring if folder.wal_is_sealed else None)

    def recover(self) -> Recovery:
        start = self._start()
        log = self._log_from(start)
        journal = Journal(start.index, sealed=self._folder.wal_is_sealed)
        if self._history is not None and start.index:
            self._note_history(start, self._history)
        reading = Reading(start, journal, self._reader, self._limits)
        reading.history = self._history
        reading.follow(read_segments(log, self._progress))
        self._judge(start, reading)
        return Recovery(
            store=reading.replay.store,
            position=reading.position(),
            myself=pb.RaftMember() if journal.myself is None else journal.myself,
            members=reading.replay.members,
            findings=self._findings,
            uncommitted=reading.uncommitted,
            deleted=self._history.deleted(reading.replay.store) if self._history else [],
        )

    def _keys(self, unlock_keys: tuple[bytes, ...]) -> tuple[bytes, ...]:
        given = self._options.key_files
        files = [read_key_file(read_given(path), str(path)) for path in given]
        own = self._folder.read(_KEY_FILE)
        if own is not None:
            try:
                files.append(read_key_file(own, _KEY_FILE))
            except StoreError as err:
                if not files:
                    raise
                self._find(Finding(kind="anomaly", reason=err.reason, loses=False, file=_KEY_FILE))
        elif not files:
            raise WrongKey(
                "the node's key is missing: without it nothing of the raft log can be read",
                file=_KEY_FILE,
            )
        try:
            return open_keys(files, unlock_keys)
        except WrongKey as err:
            raise WrongKey(err.reason, file=_KEY_FILE) from None

    def _start(self) -> Start:
        """The newest snapshot that is sound and not too new."""
        options = self._options
        for name in self._folder.snapshots():
            try:
                file = read_snapshot_file(self._folder.read(name) or b"", name)
                if options.at is not None and file.index > options.at:
                    continue
                content = (
                    self._ring.open(file.content) if self._folder.snap_is_sealed else file.content
                )
                store, members = read_content(content, name)
            except CorruptLog as err:
                reason = f"{err.reason}; an older one and the log are used instead"
                self._find(Finding(kind="damaged-snapshot", reason=reason, loses=False, file=name))
                continue
            except Sealed as err:
                raise WrongKey(
                    f"the snapshot is sound, but {err}: the key is of another node or time",
                    file=name,
                ) from None
            times = (written_at(message) for _, message in store)
            newest = max((time for time in times if time is not None), default=0)
            if options.until is None or newest <= options.until:
                return Start(store, members, file.index, file.term)
        return Start()

    def _log_from(self, start: Start) -> list[StoredSegment]:
        """The segments that may hold entries after the start."""
        segments = self._segments
        first = max(
            (number for number, each in enumerate(segments) if each.first <= start.index), default=0
        )
        if not start.index and segments and segments[0].first > 1 and not self._options.partial:
            raise no_beginning(segments[0].first, segments[0].name, self._limits)
        return segments[first:]

    def _note_history(self, start: Start, history: History) -> None:
        segments = read_segments(self._segments)
        unreadable = note_history(
            segments,
            start.index,
            self._reader,
            history,
            sealed=self._folder.wal_is_sealed,
        )
        if unreadable:
            reason = (
                f"{unreadable} entries before the snapshot are sealed with a key that is gone: "
                "what was removed there cannot be found"
            )
            self._find(
                Finding(kind="unreadable-entry", reason=reason, loses=False, last=start.index)
            )

    def _judge(self, start: Start, reading: Reading) -> None:
        """Say what is missing as a whole; refuse where nothing is left to stand on."""
        name = self._segments[0].name if self._segments else "raft"
        if not start.index:
            refuse_without_snapshot(
                reading, self._reader, name, partial=self._options.partial, limits=self._limits
            )
        refuse_limit(reading.position(), self._options.at)
        self._findings += about_snapshot(start, reading.journal, is_alone=not self._segments)
        self._findings += map(put_aside, self._folder.left_over())
        self._findings += told(reading, self._options.at)

    def _find(self, finding: Finding) -> None:
        self._findings.append(finding)
