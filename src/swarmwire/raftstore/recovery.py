"""What reading a manager's folder gives: the store, where it stands, and what is amiss. Pure."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import msgspec

from swarmwire import pb
from swarmwire.raftstore.store import Kind, Store, StoreObject, written_at

FindingKind: TypeAlias = Literal[
    "damaged-record",
    "torn-tail",
    "lost-entries",
    "missing-segment",
    "damaged-snapshot",
    "missing-snapshot",
    "missing-log",
    "unreadable-entry",
    "past-commit",
    "left-over",
    "anomaly",
]


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is amiss, or that one should know before trusting the store.

    Attributes:
        kind: which, for programs.
        reason: what it is and what it means, one sentence or two, for people.
        loses: whether something that the manager knew may be missing or outdated because of it.
        file: the file, as seen from the swarm's folder.
        offset: where in the file, in bytes.
        first: the first log index that it is about.
        last: the last one.
    """

    kind: FindingKind
    reason: str
    loses: bool
    file: str = ""
    offset: int | None = None
    first: int | None = None
    last: int | None = None


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where in the log the store stands.

    Attributes:
        index: the last entry that the store contains.
        term: its term.
        commit: the last entry known to be committed, by the last hard state.
        last_index: the last entry that the log holds.
        snapshot_index: the entry at which the snapshot was taken; 0 without a snapshot.
        first_index: the first entry that the log holds and that is after the snapshot; 0 if none.
        updated_at: when the youngest object was written, nanoseconds since 1970; None if unknown.
    """

    index: int
    term: int
    commit: int
    last_index: int
    snapshot_index: int
    first_index: int
    updated_at: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """One action of a transaction: what it did, to what.

    Attributes:
        action: ``create``, ``update``, ``remove``, or the number of an unknown one.
        kind: the kind of the object.
        message: the whole object after it; for a removal, as it last was.
    """

    action: str
    kind: Kind
    message: StoreObject = field(repr=False)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One entry of the log: changes that happened together.

    Attributes:
        index: its place in the log.
        term: the term of the leader that wrote it.
        changes: what it did; nothing for entries that elect a leader or change the members.
    """

    index: int
    term: int
    changes: tuple[Change, ...]

    @property
    def written_at(self) -> int | None:
        """When, nanoseconds since 1970, by the youngest object in it; None if it tells no time.

        A removal tells none: it holds the object as it was before.
        """
        times = (written_at(each.message) for each in self.changes if each.action != "remove")
        return max((time for time in times if time is not None), default=None)


@dataclass(frozen=True, slots=True)
class Deleted:
    """An object that the log still holds after its removal.

    Attributes:
        kind: its kind.
        message: as it last was.
        index: the entry that removed it; None if that entry is not there to see.
    """

    kind: Kind
    message: StoreObject = field(repr=False)
    index: int | None


@dataclass(slots=True)
class Members:
    """The managers of the swarm, as the log tells.

    Attributes:
        members: the managers that vote, by raft id.
        removed: raft ids of those that left.
    """

    members: dict[int, pb.RaftMember] = field(default_factory=dict)
    removed: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Recovery:
    """What a manager's folder gave.

    Attributes:
        store: the objects.
        position: where in the log the store stands.
        myself: the manager that wrote the log: raft id, node id, address.
        members: the managers of the swarm at that position.
        findings: what is amiss, in the order in which it was met.
        uncommitted: transactions past the commit index that the store does not contain.
        deleted: objects removed before that position, newest last; only when asked for.
    """

    store: Store
    position: Position
    myself: pb.RaftMember
    members: Members
    findings: list[Finding]
    uncommitted: list[Transaction] = field(default_factory=list)
    deleted: list[Deleted] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether nothing that the manager knew at that position is missing."""
        return not any(finding.loses for finding in self.findings)
