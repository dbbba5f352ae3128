"""One pass over a log: from a snapshot on, entry by entry, as far as is wanted. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from swarmwire.raftstore.entry import CONF_CHANGE, NORMAL, Entry
from swarmwire.raftstore.journal import Journal, Segment
from swarmwire.raftstore.recovery import Finding, FindingKind, Members, Position, Transaction
from swarmwire.raftstore.replay import EntryReader, History, Replay, UnreadableEntry
from swarmwire.raftstore.store import Store, written_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far to go.

    Attributes:
        at: the last entry to apply; None for all.
        until: apply nothing that was written later, nanoseconds since 1970; None for all.
        uncommitted: whether to apply entries past the commit index; None: as the engine would, all
            of them if the manager is the only one, none if there are others.
    """

    at: int | None = None
    until: int | None = None
    uncommitted: bool | None = None


@dataclass(slots=True)
class Start:
    """Where a pass begins: a snapshot, or nothing at all.

    Attributes:
        store: the objects.
        members: the managers.
        index: the entry up to which the snapshot holds everything; 0 without one.
        term: its term.
    """

    store: Store = field(default_factory=Store)
    members: Members = field(default_factory=Members)
    index: int = 0
    term: int = 0


class Reading:
    """One pass.

    Attributes:
        journal: the log, as far as it was read.
        replay: the store, as far as it followed.
        uncommitted: what lies past the commit index and was not applied.
        findings: what was met on the way, without the journal's own.
        history: is told every transaction that is applied; None if nobody asked.
    """

    history: History | None = None

    def __init__(self, start: Start, journal: Journal, reader: EntryReader, limits: Limits) -> None:
        """A pass from ``start`` on."""
        self.journal = journal
        self.replay = Replay(start.store, start.members, start.index, start.term)
        self.uncommitted: list[Transaction] = []
        self.findings: list[Finding] = []
        self._start = start.index
        self._reader = reader
        self._limits = limits
        self._is_past_limit = False

    def follow(self, segments: Iterable[Segment]) -> None:
        """Read the segments and apply what is to be applied."""
        for entry in self.journal.committed(segments):
            self._take(entry)
        at = self._limits.at
        held = tuple(each for each in self.journal.held if at is None or each.index <= at)
        if held and not self._is_past_limit:
            self._take_held(held)
        self._conclude()

    def position(self) -> Position:
        """Where the store stands."""
        times = (written_at(message) for _, message in self.replay.store)
        return Position(
            index=self.replay.index,
            term=self.replay.term,
            commit=self.journal.commit,
            last_index=max(self.journal.last, self._start),
            snapshot_index=self._start,
            first_index=self.journal.first,
            updated_at=max((time for time in times if time is not None), default=None),
        )

    def _take(self, entry: Entry) -> None:
        if self._is_past_limit or self._is_past(entry.index):
            return
        try:
            if entry.type == NORMAL:
                self._apply(self._reader.transaction(entry))
            elif entry.type == CONF_CHANGE:
                self.replay.change_members(entry, self._reader.conf_change(entry))
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

    def _is_past(self, index: int) -> bool:
        self._is_past_limit = self._limits.at is not None and index > self._limits.at
        return self._is_past_limit

    def _take_held(self, held: tuple[Entry, ...]) -> None:
        included = self._limits.uncommitted
        alone = self._is_alone(held)
        first, last, loses = held[0].index, held[-1].index, False
        if alone if included is None else included:
            for entry in held:
                self._take(entry)
            why = "as a manager that is alone commits them" if alone else "as was asked for"
            tail = f"applied, {why}"
        else:
            self.uncommitted = [each for entry in held if (each := self._opened(entry))]
            tail, loses = self._left_out()
        what = f"lies entry {first}" if first == last else f"lie entries {first} to {last}"
        reason = f"past the commit index {what}: {tail}"
        self.findings.append(
            Finding(kind="past-commit", reason=reason, loses=loses, first=first, last=last)
        )

    def _left_out(self) -> tuple[str, bool]:
        """What to say of entries that are left out, and whether that loses something."""
        tail = "left out, because the other managers may never have agreed on them"
        if self.journal.is_commit_doubtful:
            return f"{tail}; but the mark that they had may be in a damaged place", True
        # a manager marks an entry as committed after it has answered, when it writes the next
        answered = (
            "a request that was answered may be among them, which --uncommitted applies; they were "
            "agreed on if another manager's folder has them as committed"
        )
        changed = {change.kind for each in self.uncommitted for change in each.changes}
        return f"{tail}; {answered}" if changed - {"task"} else tail, False

    def _is_alone(self, held: tuple[Entry, ...]) -> bool:
        """Whether the manager needs nobody to commit what it holds."""
        members = set(self.replay.members.members)
        if not self._start and self.journal.first != 1:
            return False  # who else there is was told before
        if not members:
            return sum(entry.type == CONF_CHANGE for entry in held) <= 1
        myself = self.journal.myself
        return len(members) == 1 and (myself is None or myself.raft_id in members)

    def _opened(self, entry: Entry) -> Transaction | None:
        try:
            return self._reader.transaction(entry)
        except UnreadableEntry as unreadable:
            self._lose(entry, str(unreadable), loses=False)
            return None

    def _lose(self, entry: Entry, why: str, *, loses: bool = True) -> None:
        first, file, offset = entry.index, entry.file, entry.offset
        before = self.findings[-1] if self.findings else None
        if before and before.kind == "unreadable-entry" and before.last == entry.index - 1:
            first, file, offset = before.first or first, before.file, before.offset or offset
            self.findings.pop()
        what = f"entry {first}" if first == entry.index else f"entries {first} to {entry.index}"
        self.findings.append(
            Finding(
                kind="unreadable-entry",
                reason=f"{what} cannot be read: {why}",
                loses=loses,
                file=file,
                offset=offset,
                first=first,
                last=entry.index,
            )
        )

    def _conclude(self) -> None:
        """What can be said only at the end."""
        journal = self.journal
        last = max(journal.last, self._start)
        if journal.commit > last:
            reason = (
                f"the manager had committed everything up to {journal.commit}, and the log ends at "
                f"{last}: what was written between is lost"
            )
            self.findings.append(
                Finding(
                    kind="lost-entries",
                    reason=reason,
                    loses=True,
                    first=last + 1,
                    last=journal.commit,
                )
            )
        marker = max(journal.markers, default=0)
        if marker > last:
            reason = (
                f"a snapshot was taken at entry {marker}; neither its file is here, nor the "
                f"entries after {last} up to it"
            )
            self.findings.append(
                Finding(
                    kind="missing-snapshot", reason=reason, loses=True, first=last + 1, last=marker
                )
            )
        if self.replay.misfits and not any(each.loses for each in journal.findings):
            reason = (
                f"{self.replay.misfits} changes created what was there, or changed or removed what "
                "was not; they were applied, where a manager drops the transaction"
            )
            self._find("anomaly", reason)
        for anomaly in self.replay.anomalies:
            self._find("anomaly", anomaly)
        if self._reader.repairs:
            reason = (
                f"{self._reader.repairs} strings held bytes that are not UTF-8; they read U+FFFD"
            )
            self._find("anomaly", reason)
        if self._reader.unknown:
            reason = f"{self._reader.unknown} changes were to objects of unknown kinds; left out"
            self._find("anomaly", reason, loses=True)

    def _find(self, kind: FindingKind, reason: str, *, loses: bool = False) -> None:
        self.findings.append(Finding(kind=kind, reason=reason, loses=loses))


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
