"""A manager's state directory, written for tests: what a test says, byte for byte.

Written from what managers leave on disk, apart from the code that reads it. Everything is kept in
memory until ``write``; the place of each record is remembered, so that a test can damage exactly
what it means.

Source: SwarmKit manager/state/raft (storage, raft.go).
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import google_crc32c
from google.protobuf.message import Message

from swarmwire import pb
from tests.support.raft_folder.disk import (
    put_directories,
    put_files,
    put_identity,
    put_log,
    put_states,
)
from tests.support.raft_folder.history import History
from tests.support.raft_folder.identity import NodeKey
from tests.support.raft_folder.log import Layout, LogWriter
from tests.support.raft_folder.objects import (
    Key,
    cluster,
    config,
    create,
    key_of,
    network,
    node,
    object_id,
    remove,
    secret,
    service,
    task,
    update,
)
from tests.support.raft_folder.sealing import Cipher, key
from tests.support.raft_folder.segment import Place

BEGAN: Final = 1_700_000_000_000_000_000
"""Nanoseconds since 1970: an entry was written as many seconds after it as its index says."""

_SECOND: Final = 1_000_000_000


def member(name: str) -> pb.RaftMember:
    """A manager; its raft id comes from its name."""
    raft_id = int.from_bytes(key(f"raft id of {name}")[:7])
    found = pb.RaftMember(raft_id=raft_id, node_id=object_id(name), addr=f"{name}:2377")
    found.status.SetInParent()
    return found


class RaftFolder(LogWriter):
    """A folder that grows as a manager's does.

    Attributes:
        root: the folder ``swarm``.
        key: the node's key file.
        role: the unit of the node's certificate.
        cluster_id: the organization of the node's certificate.
        history: what is in it.
        snapshots: snapshot files by index: name and bytes.
    """

    def __init__(
        self,
        root: Path,
        *,
        cipher: Cipher = "secretbox",
        layout: Layout = "-v3-encrypted",
        unlock_key: bytes | None = None,
        name: str = "manager-1",
        modern: bool = True,
        begin: bool = True,
    ) -> None:
        """Begin a folder.

        Args:
            root: the folder ``swarm``; made by ``write``.
            cipher: how records and keys are sealed.
            layout: the end of the names of the directories of log and snapshots; the two that do
                not end in "encrypted" hold plain text.
            unlock_key: what the key file is locked with; None if it is not.
            name: the manager; its keys and ids come from it.
            modern: whether snapshot markers tell the voters, as they do since etcd 3.5.
            begin: whether the first entries of a new swarm are written.
        """
        super().__init__(member(name), key(f"{name} dek"), cipher, layout)
        self.root = root
        self.key = NodeKey(self.dek, unlock_key=unlock_key)
        self.key.cipher = "fernet" if cipher == "fernet" else "secretbox"
        self.role = "swarm-manager"
        self.cluster_id = object_id("cluster")
        self.history = History()
        self.snapshots: dict[int, tuple[str, bytes]] = {}
        self._modern = modern
        self.marker(0, 0)
        if begin:
            self.add_member(self.myself)
            self.elect()

    def transaction(self, *actions: pb.StoreAction, commit: bool = True) -> Place:
        """Write one entry with these actions, and the hard state that commits it.

        Each object gets the version and times that a manager would give it.
        """
        request = pb.InternalRaftRequest(id=self.index + 1, action=actions)
        for action in request.action:
            self._stamp(action)
        place = self.entry(request.SerializeToString(deterministic=True))
        self.history.actions[place.index] = tuple(request.action)
        if commit:
            self.commit()
        return place

    def add_member(self, who: pb.RaftMember, *, commit: bool = True) -> Place:
        """Write the entry that adds a manager."""
        change = pb.raftpb.ConfChange(type=pb.raftpb.ConfChangeAddNode, node_id=who.raft_id)
        change.context = who.SerializeToString(deterministic=True)
        return self._change_members(change, commit=commit)

    def remove_member(self, who: pb.RaftMember, *, commit: bool = True) -> Place:
        """Write the entry that removes a manager."""
        change = pb.raftpb.ConfChange(type=pb.raftpb.ConfChangeRemoveNode, node_id=who.raft_id)
        return self._change_members(change, commit=commit)

    def elect(self, *, commit: bool = True) -> Place:
        """Begin the next term: a leader's first entry is empty."""
        self.term += 1
        place = self.entry(b"")
        if commit:
            self.commit()
        return place

    def rewind(self, index: int) -> None:
        """Go back to ``index``: the next entry overwrites what stands behind it."""
        self.index = index
        self.history.forget_from(index + 1)

    def snapshot(self, *, marker: bool = True, file: bool = True) -> int:
        """Take a snapshot at the commit index, which is returned."""
        at = self.commit_index
        if marker:
            self.marker(at, self.term, self._voters(at) if self._modern else None)
        if file:
            self.add_snapshot(at, self.term, self.snapshot_message(at).SerializeToString())
        return at

    def snapshot_message(self, at: int) -> pb.Snapshot:
        """What a snapshot at an index holds."""
        found = pb.Snapshot()
        members, removed = self.history.members(at)
        found.membership.members.extend(members.values())
        found.membership.removed.extend(removed)
        found.store.SetInParent()
        for (kind, _), message in self.history.objects(at).items():
            getattr(found.store, f"{kind}s").append(message)
        return found

    def add_snapshot(self, index: int, term: int, content: bytes) -> str:
        """Add a snapshot file with any content; its name is returned."""
        outer = pb.raftpb.Snapshot(data=self.seal(content))
        outer.metadata.conf_state.voters.extend(self._voters(index))
        outer.metadata.index = index
        outer.metadata.term = term
        data = outer.SerializeToString(deterministic=True)
        file = pb.snappb.Snapshot(crc=google_crc32c.value(data), data=data)
        name = f"raft/snap{self.layout}/{term:016x}-{index:016x}.snap"
        self.snapshots[index] = (name, file.SerializeToString(deterministic=True))
        return name

    def collect(self) -> None:
        """Remove all snapshots but the newest, and the segments that it makes superfluous."""
        newest = max(self.snapshots)
        self.snapshots = {newest: self.snapshots[newest]}
        while len(self.segments) > 1 and self.segments[1].first <= newest + 1:
            self.drop_segment(0)

    def receive_snapshot(
        self, index: int, objects: Iterable[Message], managers: Iterable[pb.RaftMember]
    ) -> None:
        """Go on from the leader's snapshot, as a manager does that joins late."""
        self.index = self.commit_index = index
        self.history.base = {key_of(each): each for each in objects}
        self.history.base_members = {each.raft_id: each for each in managers}
        self.snapshot()
        self.commit()

    def begin_rotation(self, unlock_key: bytes) -> None:
        """Lock the key file, and seal what follows with a new key; the old one stays for now."""
        self.key.unlock_key = unlock_key
        self.dek = self.key.pending = key(f"after {self.dek.hex()}")

    def finish_rotation(self) -> None:
        """Keep the new key only."""
        self.key.dek, self.key.pending = self.key.pending, None

    def objects(
        self, at: int | None = None, *, without: tuple[int, ...] = ()
    ) -> dict[Key, Message]:
        """The objects at an index, the commit index if none is given, less some entries."""
        return self.history.objects(self.commit_index if at is None else at, without=without)

    def snapshot_file(self, index: int) -> Path:
        """The file of a snapshot."""
        return self.root / self.snapshots[index][0]

    def write(self, *, tail: int = 4096) -> Path:
        """Write everything; return the root.

        Args:
            tail: how many zeros stand behind the last segment, as a hole. A manager leaves as many
                as the file needs to have 64,000,000 bytes.
        """
        put_log(self.root, self.segments, tail=tail)
        put_files(self.root, dict(self.snapshots.values()), 0o644)
        put_directories(self.root, (f"raft/wal{self.layout}", f"raft/snap{self.layout}"))
        put_identity(self.root, self.key, self.cluster_id, self.role, self.myself)
        put_states(self.root, self.myself, self.history.members(self.index)[0].values())
        return self.root

    def _change_members(self, change: pb.raftpb.ConfChange, *, commit: bool) -> Place:
        change.id = self.index + 1
        place = self.entry(change.SerializeToString(deterministic=True), kind=1)
        self.history.conf_changes[place.index] = change
        if commit:
            self.commit()
        return place

    def _voters(self, index: int) -> list[int]:
        return sorted(self.history.members(index)[0])

    def _stamp(self, action: pb.StoreAction) -> None:
        kind = action.WhichOneof("target")
        if kind is None:
            return
        message = getattr(action, kind)
        if action.action == pb.StoreActionKind.STORE_ACTION_REMOVE:
            message.MergeFrom(self.objects(self.index).get(key_of(message), message))
            return
        meta = message.meta
        meta.version.index = self.index
        when = BEGAN + (self.index + 1) * _SECOND
        if action.action == pb.StoreActionKind.STORE_ACTION_CREATE:
            meta.created_at.FromNanoseconds(when)
        meta.updated_at.FromNanoseconds(when)


def fill(folder: RaftFolder) -> RaftFolder:
    """Put something of several kinds into a folder, change some of it and remove some."""
    folder.transaction(create(cluster(folder.cluster_id)))
    folder.transaction(create(node("worker-1")), create(network("front")))
    folder.transaction(create(secret("password", b"hunter2")))
    folder.transaction(create(secret("doomed")))
    folder.transaction(create(config("settings", bytes(range(256)) * 10)))
    folder.transaction(create(service("web")), create(task("web", 1)), create(task("web", 2)))
    folder.transaction(remove(secret("doomed")))
    folder.transaction(update(service("web", "busybox:2", replicas=3)), remove(task("web", 2)))
    return folder
