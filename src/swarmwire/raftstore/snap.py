"""A snapshot file: bytes in, the store at one index out. Pure.

Source: etcd server/etcdserver/api/snap; SwarmKit manager/state/raft/storage and api/snapshot.proto.
"""

from dataclasses import dataclass, field

import google_crc32c
from google.protobuf.message import DecodeError as ProtobufDecodeError

from swarmwire import pb
from swarmwire.errors import CorruptLog, DecodeError, StoreError
from swarmwire.raftstore.recovery import Members
from swarmwire.raftstore.store import Store


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """A snapshot whose checksum fits, still sealed.

    Attributes:
        index: the entry up to which it holds everything.
        term: the term of that entry.
        content: the sealed content.
    """

    index: int
    term: int
    content: bytes = field(repr=False)


def read_snapshot_file(data: bytes, name: str = "") -> SnapshotFile:
    """The snapshot in a file.

    Raises:
        CorruptLog: it is empty, half-written or damaged.
    """
    outer = pb.snappb.Snapshot()
    inner = pb.raftpb.Snapshot()
    try:
        outer.ParseFromString(data)
        if not outer.crc or not outer.data:
            raise CorruptLog("the snapshot is empty", file=name, offset=0)
        if google_crc32c.value(outer.data) != outer.crc:
            raise CorruptLog("the snapshot does not fit its checksum", file=name, offset=0)
        inner.ParseFromString(outer.data)
    except ProtobufDecodeError:
        raise CorruptLog(
            "the snapshot cannot be parsed, as if it was half written", file=name, offset=0
        ) from None
    if not inner.metadata.index:
        raise CorruptLog("the snapshot tells no index", file=name, offset=0)
    return SnapshotFile(inner.metadata.index, inner.metadata.term, inner.data)


def read_content(content: bytes, name: str = "") -> tuple[Store, Members]:
    """The store and the managers in the opened content of a snapshot.

    Raises:
        CorruptLog: it is no snapshot of a manager.
        StoreError: it is of a version that nobody knows yet.
    """
    try:
        snapshot = pb.parse(pb.Snapshot, content)
    except DecodeError:
        raise CorruptLog("the snapshot's content cannot be parsed", file=name, offset=0) from None
    version = snapshot.version
    if version != pb.Snapshot.V0:
        del content, snapshot  # a traceback may show them
        raise StoreError(f"a snapshot of the unknown version {version}", file=name)
    members = Members(
        {each.raft_id: each for each in snapshot.membership.members},
        list(snapshot.membership.removed),
    )
    return Store.from_snapshot(snapshot.store), members
