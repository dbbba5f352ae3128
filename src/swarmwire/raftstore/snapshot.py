"""Snapshot files: bytes in, the store at one index out, where a pass over the log begins. Pure.

Source: etcd server/etcdserver/api/snap; SwarmKit manager/state/raft/storage and api/snapshot.proto.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

import google_crc32c
from google.protobuf.message import DecodeError as ProtobufDecodeError

from swarmwire import pb
from swarmwire.errors import CorruptLog, DecodeError, StoreError, WrongKey
from swarmwire.raftstore.keys import KeyRing, Sealed
from swarmwire.raftstore.store import FindingKind, Members, Store, StoreFinding, written_at
from swarmwire.raftstore.wire import number, parse_around

_OUTER_DATA: Final = 0x12
_INNER_DATA: Final = 0x0A
"""The tags of what a snapshot's file holds, and of the sealed content in that."""
_VARINT: Final = rb"([\x80-\xff]{0,9}[\0-\x7f])"
_OUTER: Final = re.compile(rb"\x08" + _VARINT + rb"\x12" + _VARINT)
_INNER: Final = re.compile(rb"\x0a" + _VARINT)
_PIECE: Final = 1 << 20
_STRETCH: Final = 4096
"""Bytes that are all zero in nothing that is encrypted."""


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
class PassStart:
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
    content: bytes | memoryview = field(repr=False)


def look_through(chunks: Iterable[bytes], name: str, *, sealed: bool) -> None:
    """Refuse a file that is no snapshot, in the memory of one piece of it.

    Args:
        chunks: its content.
        name: what to call it in errors.
        sealed: whether its content is encrypted. Then no stretch of it is zeros.

    Raises:
        CorruptLog: it is damaged, or zeros.
    """
    chunks = iter(chunks)
    first = next(chunks, b"")
    outer = _OUTER.match(first)
    inner = None if outer is None else _INNER.match(first, outer.end())
    if outer is None or inner is None or not any(first[inner.end() : inner.end() + 1]):
        raise _not_parsed(name)
    crc = google_crc32c.value(first[outer.end() :])
    left = number(outer[2]) - len(first) + outer.end()
    for chunk in chunks:
        if sealed and len(chunk) >= _STRETCH and not any(chunk[:_STRETCH]):
            raise CorruptLog("zeros stand in the snapshot", file=name, offset=0)
        crc = google_crc32c.extend(crc, chunk)
        left -= len(chunk)
    if left:
        raise _not_parsed(name)
    if crc != number(outer[1]):
        raise _does_not_fit(name)


def _checksum(content: memoryview) -> int:
    """The checksum, without a copy of all of the content."""
    crc = 0
    for start in range(0, len(content), _PIECE):
        crc = google_crc32c.extend(crc, bytes(content[start : start + _PIECE]))
    return int(crc)


def _not_parsed(name: str) -> CorruptLog:
    reason = "the snapshot cannot be parsed, as if it was half written"
    return CorruptLog(reason, file=name, offset=0)


def _does_not_fit(name: str) -> CorruptLog:
    return CorruptLog("the snapshot does not fit its checksum", file=name, offset=0)


def read_snapshot_file(data: bytes, name: str = "") -> SnapshotFile:
    """The snapshot in a file.

    Raises:
        CorruptLog: it is empty, half-written or damaged.
    """
    outer = pb.snappb.Snapshot()
    inner = pb.raftpb.Snapshot()
    try:
        found = parse_around(outer, memoryview(data), _OUTER_DATA)
        content = memoryview(outer.data) if found is None else found
        if not outer.crc or not content:
            raise CorruptLog("the snapshot is empty", file=name, offset=0)
        if _checksum(content) != outer.crc:
            raise _does_not_fit(name)
        found = parse_around(inner, content, _INNER_DATA)
    except ProtobufDecodeError:
        raise _not_parsed(name) from None
    if not inner.metadata.index:
        raise CorruptLog("the snapshot tells no index", file=name, offset=0)
    return SnapshotFile(
        inner.metadata.index, inner.metadata.term, inner.data if found is None else found
    )


def read_content(content: bytes | memoryview, name: str = "") -> tuple[Store, Members]:
    """The store and the managers in the opened content of a snapshot.

    Raises:
        CorruptLog: it is no snapshot of a manager.
        StoreError: it is of a version that nobody knows yet.
    """
    try:
        snapshot = pb.parse(pb.Snapshot, bytes(content))
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


def newest(
    names: Iterable[str],
    read: Callable[[str], bytes | None],
    ring: KeyRing | None,
    limits: Limits,
) -> tuple[PassStart, list[StoreFinding]]:
    """The newest snapshot that is sound and not too new, and what is amiss with those before it.

    Args:
        names: the files, the newest first.
        read: what gives the bytes of one.
        ring: the keys of sealed snapshots; None for such in plain text.
        limits: how new it may be.

    Raises:
        WrongKey: one is sound, and no key opens it.
        StoreError: one cannot be read, or is of a version that nobody knows yet.
    """
    damaged: list[StoreFinding] = []
    for name in names:
        try:
            start = _start_from(read(name) or b"", name, ring, limits)
        except CorruptLog as err:
            reason = f"{err.reason}; an older one and the log are used instead"
            kind: FindingKind = "damaged-snapshot"
            damaged.append(StoreFinding(kind=kind, reason=reason, loses=False, file=name))
            continue
        except Sealed as err:
            raise WrongKey(
                f"the snapshot is sound, but {err}: the key is of another node or time", file=name
            ) from None
        if start is not None:
            return start, damaged
    return PassStart(), damaged


def _start_from(data: bytes, name: str, ring: KeyRing | None, limits: Limits) -> PassStart | None:
    """The start that a file gives; None if it is newer than wanted."""
    file = read_snapshot_file(data, name)
    if limits.at is not None and file.index > limits.at:
        return None
    store, members = read_content(file.content if ring is None else ring.open(file.content), name)
    if limits.until is not None:
        times = (written_at(message) for _, message in store)
        if max((time for time in times if time is not None), default=0) > limits.until:
            return None
    return PassStart(store, members, file.index, file.term)
