"""Entries applied to a store, as a manager does when it starts. Pure.

Source: SwarmKit manager/state/raft (processEntry, applyConfChange) and manager/state/store
(ApplyStoreActions). A manager drops a whole transaction that does not fit, here it is applied.
"""

from typing import Final

from google.protobuf.message import DecodeError as ProtobufDecodeError

from swarmwire import pb
from swarmwire.errors import DecodeError
from swarmwire.raftstore.entry import NORMAL, Entry
from swarmwire.raftstore.recovery import Change, Deleted, Members, Transaction
from swarmwire.raftstore.seal import KeyRing, Sealed
from swarmwire.raftstore.store import Kind, Store

_ACTIONS: Final = {
    pb.StoreActionKind.Value("STORE_ACTION_CREATE"): "create",
    pb.StoreActionKind.Value("STORE_ACTION_UPDATE"): "update",
    pb.StoreActionKind.Value("STORE_ACTION_REMOVE"): "remove",
}


_MOST_ACTIONS: Final = 10_000
"""Changes in one transaction: a manager writes 200 at most. To look at each of millions of empty
ones takes hours."""


class UnreadableEntry(Exception):
    """The entry's content cannot be read. ``str()`` says why, and shows nothing of it."""


class EntryReader:
    """Opens entries.

    Attributes:
        opened: how many could be opened.
        repairs: how many strings had bytes that are not UTF-8, each replaced by U+FFFD.
        unknown: how many changes were to objects of kinds that nobody knows yet.
    """

    def __init__(self, ring: KeyRing | None) -> None:
        """With the keys of a sealed log; None for a log in plain text."""
        self.opened = 0
        self.repairs = 0
        self.unknown = 0
        self._ring = ring

    def transaction(self, entry: Entry) -> Transaction:
        """What an entry did; nothing for one that only elects a leader or changes the members.

        Raises:
            UnreadableEntry: no key opens it, or it holds no transaction.
        """
        changes: tuple[Change, ...] = ()
        if entry.type == NORMAL:
            actions = self._actions(self._content(entry))
            changes = tuple(change for each in actions if (change := _change(each)) is not None)
            self.unknown += len(actions) - len(changes)
        return Transaction(entry.index, entry.term, changes)

    def conf_change(self, entry: Entry) -> pb.raftpb.ConfChange:
        """The change of the members that an entry is.

        Raises:
            UnreadableEntry: no key opens it, or it is none.
        """
        try:
            return pb.raftpb.ConfChange.FromString(self._content(entry))
        except ProtobufDecodeError:
            raise UnreadableEntry("it holds no change of the managers") from None

    def _content(self, entry: Entry) -> bytes:
        try:
            content = bytes(entry.data) if self._ring is None else self._ring.open(entry.data)
        except Sealed as sealed:
            raise UnreadableEntry(str(sealed)) from None
        self.opened += 1
        return content

    def _actions(self, content: bytes) -> list[pb.StoreAction]:
        repairs: list[pb.Repair] = []
        try:
            request = pb.parse(pb.InternalRaftRequest, content, repairs)
        except DecodeError:
            raise UnreadableEntry("it holds no transaction") from None
        if len(request.action) > _MOST_ACTIONS:
            raise UnreadableEntry(f"it holds {len(request.action)} changes, which none has")
        self.repairs += len(repairs)
        return list(request.action)


class Replay:
    """A store that follows the log.

    Attributes:
        store: the objects at ``index``.
        members: the managers at ``index``.
        index: the last entry that was applied.
        term: its term.
        misfits: how many changes created what was there, or changed what was not.
        anomalies: what else did not fit, in words.
    """

    def __init__(self, store: Store, members: Members, index: int, term: int) -> None:
        self.store = store
        self.members = members
        self.index = index
        self.term = term
        self.misfits = 0
        self.anomalies: list[str] = []

    def pass_over(self, entry: Entry) -> None:
        """Count an entry that could not be read as applied."""
        self.index, self.term = entry.index, entry.term

    def apply(self, transaction: Transaction) -> None:
        """Do what a transaction did."""
        for change in transaction.changes:
            objects = self.store.of(change.kind)
            self.misfits += (change.message.id in objects) is (change.action == "create")
            match change.action:
                case "remove":
                    objects.pop(change.message.id, None)
                case "create" | "update":
                    objects[change.message.id] = change.message
                case unknown:
                    self.anomalies.append(
                        f"entry {transaction.index}: {unknown} of a {change.kind} is unknown"
                    )
        self.index, self.term = transaction.index, transaction.term

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


class History:
    """Objects that the log has seen, and which of them are gone."""

    def __init__(self) -> None:
        self._seen: dict[tuple[Kind, str], Deleted] = {}

    def note(self, transaction: Transaction) -> None:
        """Remember what a transaction wrote or removed. Tasks come and go by themselves."""
        for change in transaction.changes:
            if change.kind != "task":
                removed = transaction.index if change.action == "remove" else None
                key = change.kind, change.message.id
                self._seen.pop(key, None)
                self._seen[key] = Deleted(change.kind, change.message, removed)

    def deleted(self, store: Store) -> list[Deleted]:
        """Those that a store no longer has, the last removed last."""
        return [
            seen for (kind, identity), seen in self._seen.items() if identity not in store.of(kind)
        ]


def _change(action: pb.StoreAction) -> Change | None:
    kind: Kind | None = action.WhichOneof("target")
    if kind is None:
        return None
    word = _ACTIONS.get(action.action, f"action {action.action}")
    return Change(word, kind, getattr(action, kind))
