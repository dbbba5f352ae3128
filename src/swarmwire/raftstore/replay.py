"""One pass over a log: its entries applied to a store, as a manager does when it starts. Pure.

Source: SwarmKit manager/state/raft (processEntry, applyConfChange) and manager/state/store
(ApplyStoreActions). A manager drops a whole transaction that does not fit, here it is applied.
"""

from collections.abc import Iterable
from typing import cast

from google.protobuf.message import DecodeError as ProtobufDecodeError

from swarmwire import pb
from swarmwire.raftstore.entry import CONF_CHANGE, NORMAL, Entry, EntryReader, UnreadableEntry
from swarmwire.raftstore.journal import Journal, Segment
from swarmwire.raftstore.snapshot import Limits, PassStart
from swarmwire.raftstore.store import (
    KINDS,
    Change,
    Deleted,
    Kind,
    Members,
    Position,
    Store,
    StoreFinding,
    StoreObject,
    Transaction,
    written_at,
)


class History:
    """Objects that the log has seen, and which of them are gone."""

    def __init__(self) -> None:
        self._seen: dict[tuple[Kind, str], tuple[Change, int | None]] = {}

    def note(self, transaction: Transaction) -> None:
        """Remember what a transaction wrote or removed. Tasks come and go by themselves."""
        for change in transaction.changes:
            if change.kind != "task":
                removed = transaction.index if change.action == "remove" else None
                key = change.kind, change.id
                self._seen.pop(key, None)
                self._seen[key] = change, removed

    def deleted(self, store: Store) -> list[Deleted]:
        """Those that a store no longer has, the last removed last."""
        return [
            Deleted(kind, change.message, removed)
            for (kind, identity), (change, removed) in self._seen.items()
            if identity not in store.of(kind)
        ]


class ReplayPass:
    """One pass.

    Attributes:
        journal: the log, as far as it was read.
        replay: the store, as far as it followed.
        uncommitted: what lies past the commit index and was not applied.
        findings: what was met on the way, without the journal's own.
        history: is told every transaction that is applied; None if nobody asked.
        start: the index of the snapshot that it began from; 0 without one.
        reader: what opened the entries.
    """

    history: History | None = None

    def __init__(
        self, start: PassStart, journal: Journal, reader: EntryReader, limits: Limits
    ) -> None:
        """A pass from ``start`` on."""
        self.journal = journal
        self.replay = Replay(start.store, start.members, start.index, start.term)
        self.uncommitted: list[Transaction] = []
        self.findings: list[StoreFinding] = []
        self.start = start.index
        self.reader = reader
        self._limits = limits
        self._is_past_limit = False

    def follow(self, segments: Iterable[Segment]) -> None:
        """Read the segments and apply what is to be applied.

        Raises:
            DecodeError: an object that stayed bytes until now cannot be parsed.
        """
        for entry in self.journal.committed(segments):
            self._take(entry)
        at = self._limits.at
        held = tuple(each for each in self.journal.held if at is None or each.index <= at)
        if held and not self._is_past_limit:
            self._take_held(held)

    def position(self) -> Position:
        """Where the store stands."""
        times = (written_at(message) for _, message in self.replay.store)
        return Position(
            index=self.replay.index,
            term=self.replay.term,
            commit=self.journal.commit,
            last_index=max(self.journal.last, self.start),
            snapshot_index=self.start,
            first_index=self.journal.first,
            updated_at=max((time for time in times if time is not None), default=None),
        )

    def _take(self, entry: Entry) -> None:
        at = self._limits.at
        self._is_past_limit |= at is not None and entry.index > at
        if self._is_past_limit:
            return
        try:
            if entry.type == NORMAL:
                self._apply(self.reader.transaction(entry))
            elif entry.type == CONF_CHANGE:
                self.replay.change_members(entry, self.reader.conf_change(entry))
            else:
                self._lose(entry, "a change of the managers in a form that Swarm never writes")
                self.replay.pass_over(entry)
        except UnreadableEntry as unreadable:
            self._lose(entry, str(unreadable))
            self.replay.pass_over(entry)

    def _apply(self, transaction: Transaction) -> None:
        if self._limits.until is not None:
            written = transaction.written_at
            self._is_past_limit = written is not None and written > self._limits.until
            if self._is_past_limit:
                return
        if self.history is not None:
            self.history.note(transaction)
        self.replay.apply(transaction)

    def _take_held(self, held: tuple[Entry, ...]) -> None:
        included = self._limits.uncommitted
        if included or (included is None and self._is_alone(held)):
            for entry in held:
                self._take(entry)
            if not included:
                return  # a manager that is alone commits them when it starts: that is no news
            tail, loses = "applied, as was asked for", False
        else:
            self.uncommitted = [each for entry in held if (each := self._opened(entry))]
            tail, loses = self._left_out()
        first, last = held[0].index, held[-1].index
        what = f"lies entry {first}" if first == last else f"lie entries {first} to {last}"
        reason = f"past the commit index {what}: {tail}"
        self.findings.append(
            StoreFinding(kind="past-commit", reason=reason, loses=loses, first=first, last=last)
        )

    def _left_out(self) -> tuple[str, bool]:
        """What to say of entries that are left out, and whether that loses something."""
        tail = "left out, because the other managers may never have agreed on them"
        if self.journal.is_commit_doubtful:
            return f"{tail}; but the mark that they had may be in a damaged place", True
        # a manager marks an entry as committed after it has answered, when it writes the next
        answered = (
            "a request that was answered may be among them, and then it is missing: --uncommitted "
            "applies them; they were agreed on if another manager's folder has them as committed"
        )
        changed = {change.kind for each in self.uncommitted for change in each.changes}
        if not changed - {"task"}:
            return tail, False
        return f"{tail}; {answered}", self._limits.uncommitted is None

    def _is_alone(self, held: tuple[Entry, ...]) -> bool:
        """Whether the manager needs nobody to commit what it holds."""
        members = set(self.replay.members.members)
        if not self.start and self.journal.first != 1:
            return False  # who else there is was told before
        if not members:
            return sum(entry.type == CONF_CHANGE for entry in held) <= 1
        myself = self.journal.myself
        return len(members) == 1 and (myself is None or myself.raft_id in members)

    def _opened(self, entry: Entry) -> Transaction | None:
        try:
            transaction = self.reader.transaction(entry)
        except UnreadableEntry as unreadable:
            self._lose(entry, str(unreadable), loses=False)
            return None
        for change in transaction.changes:
            change.parse()
        return transaction

    def _lose(self, entry: Entry, why: str, *, loses: bool = True) -> None:
        first, file, offset = entry.index, entry.file, entry.offset
        before = self.findings[-1] if self.findings else None
        if before and before.kind == "unreadable-entry" and before.last == entry.index - 1:
            first, file, offset = before.first or first, before.file, before.offset or offset
            self.findings.pop()
        what = f"entry {first}" if first == entry.index else f"entries {first} to {entry.index}"
        self.findings.append(
            StoreFinding(
                kind="unreadable-entry",
                reason=f"{what} cannot be read: {why}",
                loses=loses,
                file=file,
                offset=offset,
                first=first,
                last=entry.index,
            )
        )


class Replay:
    """A store that follows the log.

    Attributes:
        members: the managers at ``index``.
        index: the last entry that was applied.
        term: its term.
        misfits: how many changes created what was there, or changed what was not.
        repairs: how many strings had bytes that are not UTF-8, in what stayed bytes until the end.
        anomalies: what else did not fit, in words.
    """

    def __init__(self, store: Store, members: Members, index: int, term: int) -> None:
        self._store = store
        self._objects: dict[Kind, dict[str, StoreObject | Change]] = {
            kind: cast("dict[str, StoreObject | Change]", store.of(kind)) for kind in KINDS
        }
        self._is_settled = True
        self.members = members
        self.index = index
        self.term = term
        self.misfits = 0
        self.repairs = 0
        self.anomalies: list[str] = []

    @property
    def store(self) -> Store:
        """The objects at ``index``.

        Raises:
            DecodeError: one that stayed bytes until now cannot be parsed.
        """
        if not self._is_settled:
            self._settle()
        return self._store

    def pass_over(self, entry: Entry) -> None:
        """Count an entry that could not be read as applied."""
        self.index, self.term = entry.index, entry.term

    def apply(self, transaction: Transaction) -> None:
        """Do what a transaction did."""
        for change in transaction.changes:
            objects = self._objects[change.kind]
            self.misfits += (change.id in objects) is (change.action == "create")
            match change.action:
                case "remove":
                    objects.pop(change.id, None)
                case "create" | "update":
                    objects[change.id] = change
                    self._is_settled = False
                case unknown:
                    self.anomalies.append(
                        f"entry {transaction.index}: {unknown} of a {change.kind} is unknown"
                    )
        self.index, self.term = transaction.index, transaction.term

    def _settle(self) -> None:
        """Parse what is left of all that was bytes."""
        repairs: list[pb.Repair] = []
        for objects in self._objects.values():
            for identity, each in objects.items():
                if isinstance(each, Change):
                    objects[identity] = each.parse(repairs)
        self.repairs += len(repairs)
        self._is_settled = True

    def change_members(self, entry: Entry, change: pb.raftpb.ConfChange) -> None:
        """Add, change or remove a manager."""
        members = self.members
        match change.type:
            case pb.raftpb.ConfChangeRemoveNode:
                members.members.pop(change.node_id, None)
                members.removed.append(change.node_id)
            case _:
                try:
                    member = pb.RaftMember.FromString(change.context)
                except ProtobufDecodeError:
                    self.anomalies.append(f"entry {entry.index} adds a manager that cannot be read")
                    member = pb.RaftMember(raft_id=change.node_id)
                members.members[change.node_id] = member
        self.index, self.term = entry.index, entry.term


def note_history(
    segments: Iterable[Segment], until: int, reader: EntryReader, history: History, *, sealed: bool
) -> int:
    """Tell ``history`` what the log holds up to an index, though a snapshot has its outcome.

    Returns:
        How many entries no key opens: those before a rotation of the key.
    """
    unreadable = 0
    for entry in Journal(0, sealed=sealed).committed(segments):
        if entry.index > until:
            break
        if entry.type != NORMAL:
            continue
        try:
            history.note(reader.transaction(entry))
        except UnreadableEntry:
            unreadable += 1
    return unreadable
