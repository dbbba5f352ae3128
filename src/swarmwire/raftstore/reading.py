"""A manager's folder read: with its keys the store, without them what else it tells."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from swarmwire import pb
from swarmwire.errors import DecodeError, StoreError, WrongKey
from swarmwire.raftstore import facts as node_facts
from swarmwire.raftstore.archive import Progress, Room
from swarmwire.raftstore.entry import EntryReader
from swarmwire.raftstore.facts import Facts, facts
from swarmwire.raftstore.files import read_given
from swarmwire.raftstore.folder import Folder, StoredSegment, opened, read_segments
from swarmwire.raftstore.journal import Journal
from swarmwire.raftstore.keys import KeyRing, open_keys, read_key_file, read_unlock_key
from swarmwire.raftstore.replay import History, ReplayPass, note_history
from swarmwire.raftstore.snapshot import Limits, PassStart, look_through, newest
from swarmwire.raftstore.store import Recovery, StoreFinding, says_fips
from swarmwire.raftstore.task_database import tasks
from swarmwire.raftstore.verdict import (
    about_snapshot,
    no_beginning,
    put_aside,
    refuse_limit,
    refuse_without_snapshot,
    told,
)

_KEY_FILE: Final = "certificates/swarm-node.key"
_TASKS: Final = "worker/tasks.db"
_LARGE: Final = 24 << 20
_LARGE_SNAPSHOT: Final = 32 << 20


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
        unpack_into: in which folder a tar is unpacked, into a hidden one that nobody else can
            read, and that is removed at the end; None: the system's temporary folder.
        in_memory: unpack a tar into memory; only names of files are in a folder then. Linux only.
    """

    unlock_keys: tuple[str, ...] = field(default=(), repr=False)
    key_files: tuple[Path, ...] = ()
    at: int | None = None
    until: int | None = None
    uncommitted: bool | None = None
    deleted: bool = False
    partial: bool = False
    running: bool = False
    unpack_into: Path | None = None
    in_memory: bool = False


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
    room = Room(options.unpack_into, options.in_memory)
    with opened(Path(path), progress, room) as folder:
        if not options.running and folder.is_in_use():
            raise StoreError(
                "a manager is running on this folder: ask it (swarmwire ls), or copy the folder "
                "and read the copy; --running reads it as it is at this moment",
                file=str(path),
            )
        try:
            segments = folder.segments()
            if not segments and not folder.snapshots():
                raise _nothing(folder)
            return _Recoverer(folder, segments, options, unlock_keys, progress).recover()
        except StoreError as err:
            if not folder.losses:
                raise
            reason = f"{err.reason}; and {folder.losses[0]}"
            raise type(err)(reason, file=err.file, offset=err.offset) from None


def _keep_memory() -> None:
    """Have glibc keep the memory of one large record for the next.

    Else it gives each back to the system, and to get it again takes as long as to decrypt it. It
    learns from large pieces that are freed, though nobody wrote into them; other allocators do not
    mind.
    """
    bytes(_LARGE)


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
        self._findings = [
            StoreFinding(kind="damaged-tar", reason=reason, loses=True) for reason in folder.losses
        ]
        self._keys_are_fips = False
        is_sealed = folder.wal_is_sealed or folder.snap_is_sealed
        self._ring = KeyRing(self._keys(unlock_keys) if is_sealed else ())

    def recover(self) -> Recovery:
        found = list(self._findings)
        try:
            # to know the time of an entry, all of it must be parsed
            return self._recover(lazily=self._options.until is None)
        except DecodeError:  # an object cannot be parsed: what was there before it is to be kept
            self._findings = found
            return self._recover(lazily=False)

    def _recover(self, *, lazily: bool) -> Recovery:
        start = self._start()
        log = self._log_from(start)
        sealed = self._folder.wal_is_sealed
        reader = EntryReader(self._ring if sealed else None, lazily=lazily)
        history = History() if self._options.deleted else None
        if history is not None and start.index:
            self._note_history(start, history, reader)
        journal = Journal(start.index, sealed=sealed)
        reading = ReplayPass(start, journal, reader, self._limits)
        reading.history = history
        reading.follow(read_segments(log, self._progress))
        store = reading.replay.store
        self._judge(start, reading)
        myself = pb.RaftMember() if journal.myself is None else journal.myself
        return Recovery(
            store=store,
            position=reading.position(),
            myself=myself,
            members=reading.replay.members,
            findings=self._findings,
            uncommitted=reading.uncommitted,
            deleted=history.deleted(store) if history else [],
            fips=self._keys_are_fips or self._ring.has_opened_fernet or says_fips(store, myself),
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
                self._find(
                    StoreFinding(kind="anomaly", reason=err.reason, loses=False, file=_KEY_FILE)
                )
        elif not files:
            raise WrongKey(
                "the node's key is missing: without it nothing of the raft log can be read",
                file=_KEY_FILE,
            )
        self._keys_are_fips = any(each.is_fips for each in files)
        try:
            return open_keys(files, unlock_keys)
        except WrongKey as err:
            raise WrongKey(err.reason, file=_KEY_FILE) from None

    def _start(self) -> PassStart:
        ring = self._ring if self._folder.snap_is_sealed else None
        limits = self._limits
        start, damaged = newest(self._folder.snapshots(), self._snapshot, ring, limits)
        self._findings += damaged
        return start

    def _snapshot(self, name: str) -> bytes | None:
        """A snapshot's file. A large one is looked through before it is taken into memory."""
        folder = self._folder
        if folder.size(name) > _LARGE_SNAPSHOT:
            look_through(folder.chunks(name), name, sealed=folder.snap_is_sealed)
        return folder.read(name)

    def _log_from(self, start: PassStart) -> list[StoredSegment]:
        """The segments that may hold entries after the start."""
        segments = self._segments
        first = max(
            (number for number, each in enumerate(segments) if each.first <= start.index), default=0
        )
        if not start.index and segments and segments[0].first > 1 and not self._options.partial:
            raise no_beginning(segments[0].first, segments[0].name, self._limits)
        return segments[first:]

    def _note_history(self, start: PassStart, history: History, reader: EntryReader) -> None:
        segments = read_segments(self._segments)
        unreadable = note_history(
            segments,
            start.index,
            reader,
            history,
            sealed=self._folder.wal_is_sealed,
        )
        if unreadable:
            reason = (
                f"{unreadable} entries before the snapshot are sealed with a key that is gone: "
                "what was removed there cannot be found"
            )
            self._find(
                StoreFinding(kind="unreadable-entry", reason=reason, loses=False, last=start.index)
            )

    def _judge(self, start: PassStart, reading: ReplayPass) -> None:
        """Say what is missing as a whole; refuse where nothing is left to stand on."""
        name = self._segments[0].name if self._segments else "raft"
        if not start.index:
            refuse_without_snapshot(
                reading, name, partial=self._options.partial, limits=self._limits
            )
        refuse_limit(reading.position(), self._options.at)
        self._findings += about_snapshot(start, reading.journal, is_alone=not self._segments)
        self._findings += map(put_aside, self._folder.left_over())
        self._findings += told(reading, self._options.at)

    def _find(self, finding: StoreFinding) -> None:
        self._findings.append(finding)


@dataclass(frozen=True, slots=True)
class Keyless:
    """What a folder tells without any key.

    Attributes:
        facts: who the node is, whose, and where the managers were.
        myself: the manager as its log names it: raft id, node id, address; None without a log.
        entries: how many entries the log holds.
        last_index: the last of them; 0 if there is none.
        commit: the last one known to be committed.
        term: the last term.
        snapshots: the files of snapshots, the newest first.
        tasks: the tasks that ran on this node when its engine ended without stopping them: images,
            arguments, environments, mounts, names of secrets and configs; never their content.
        problems: what could not be read.
    """

    facts: Facts
    myself: pb.RaftMember | None
    entries: int
    last_index: int
    commit: int
    term: int
    snapshots: tuple[str, ...]
    tasks: list[pb.Task] = field(repr=False)
    problems: tuple[str, ...]


def keyless(path: str | Path, options: Options | None = None) -> Keyless:
    """What a manager's or a worker's folder tells without any key.

    Args:
        path: as for ``read``.
        options: where a tar is unpacked; all others mean nothing here.

    Raises:
        StoreError: there is no such folder, or it may not be read.
    """
    problems: list[str] = []
    options = options or Options()
    with opened(Path(path), room=Room(options.unpack_into, options.in_memory)) as folder:
        problems += folder.losses
        known = facts(
            node_certificate=_content(folder, node_facts.NODE_CERTIFICATE, problems),
            root_certificate=_content(folder, node_facts.ROOT_CERTIFICATE, problems),
            engine_state=_content(folder, node_facts.ENGINE_STATE, problems),
            managers=_content(folder, node_facts.MANAGERS, problems),
        )
        problems += [f"{each.file}: {each.reason}" for each in known.unread]
        journal = Journal(0, sealed=folder.wal_is_sealed)
        entries = sum(1 for _ in journal.committed(read_segments(folder.segments())))
        return Keyless(
            facts=known,
            myself=journal.myself,
            entries=entries + len(journal.held),
            last_index=journal.last,
            commit=journal.commit,
            term=journal.term,
            snapshots=tuple(folder.snapshots()),
            tasks=_tasks(folder, problems),
            problems=tuple(problems),
        )


def _content(folder: Folder, name: str, problems: list[str]) -> bytes | None:
    try:
        return folder.read(name)
    except StoreError as err:
        problems.append(str(err))
        return None


def _tasks(folder: Folder, problems: list[str]) -> list[pb.Task]:
    try:
        database = _content(folder, _TASKS, problems)
        return [] if database is None else tasks(database, _TASKS)
    except StoreError as err:
        problems.append(str(err))
        return []
