"""An entry of the log: sealed, and opened: what it did. Pure.

Source: SwarmKit api/raft.proto (InternalRaftRequest).
"""

import re
from dataclasses import dataclass, field
from typing import Final, cast

from google.protobuf.message import DecodeError as ProtobufDecodeError

from swarmwire import pb
from swarmwire.errors import DecodeError
from swarmwire.raftstore.keys import KeyRing, Sealed
from swarmwire.raftstore.store import Change, Kind, Transaction
from swarmwire.raftstore.wire import LARGE, number

NORMAL: Final = 0
CONF_CHANGE: Final = 1

_ACTIONS: Final = {
    pb.StoreActionKind.Value("STORE_ACTION_CREATE"): "create",
    pb.StoreActionKind.Value("STORE_ACTION_UPDATE"): "update",
    pb.StoreActionKind.Value("STORE_ACTION_REMOVE"): "remove",
}

_MOST_ACTIONS: Final = 10_000
"""Changes in one transaction: a manager writes 200 at most. To look at each of millions of empty
ones takes hours."""

_LENGTH: Final = rb"([\x80-\xff]{0,2}[\0-\x7f])"
_REQUEST_ID: Final = re.compile(rb"(?:\x08[\x80-\xff]{0,9}[\0-\x7f])?")
_ACTION: Final = re.compile(
    rb"\x12"
    + _LENGTH
    + rb"\x08([\x01-\x03])([\x12\x1a\"*2:BJRZ])"
    + _LENGTH
    + rb"\x0a([\x01-\x7f])"
)
"""How managers write an action: what it does, its object, and first in that its id."""
_WORDS: Final = ("", "create", "update", "remove")
_KINDS: Final[dict[bytes, Kind]] = {
    bytes([field.number << 3 | 2]): cast("Kind", field.name)
    for field in pb.StoreAction.DESCRIPTOR.oneofs_by_name["target"].fields
}


@dataclass(slots=True)
class Entry:
    """One entry of the log.

    Attributes:
        index: its place.
        term: the term of the leader that wrote it.
        type: ``NORMAL`` or ``CONF_CHANGE``.
        data: its content, sealed.
        file: the segment.
        offset: where in it the entry's frame begins.
    """

    index: int
    term: int
    type: int
    data: bytes | memoryview = field(repr=False)
    file: str = field(kw_only=True)
    offset: int = field(kw_only=True)


class UnreadableEntry(Exception):
    """The entry's content cannot be read. ``str()`` says why, and shows nothing of it."""


class EntryReader:
    """Opens entries.

    Attributes:
        opened: how many could be opened.
        repairs: how many strings had bytes that are not UTF-8, each replaced by U+FFFD.
        unknown: how many changes were to objects of kinds that nobody knows yet.
    """

    def __init__(self, ring: KeyRing | None, *, lazily: bool = False) -> None:
        """Open with these keys.

        Args:
            ring: the keys of a sealed log; None for a log in plain text.
            lazily: whether small objects stay bytes in the changes. Then whoever parses them
                learns what is wrong with them.
        """
        self.opened = 0
        self.repairs = 0
        self.unknown = 0
        self._ring = ring
        self._lazily = lazily

    def transaction(self, entry: Entry) -> Transaction:
        """What an entry did; nothing for one that only elects a leader or changes the members.

        Raises:
            UnreadableEntry: no key opens it, or it holds no transaction.
        """
        changes: tuple[Change, ...] = ()
        if entry.type == NORMAL:
            content = self._content(entry)
            if self._lazily and len(content) < LARGE:
                found = _split(content)
                if found is not None:
                    return Transaction(entry.index, entry.term, found)
            actions = self._actions(content)
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


def _split(content: bytes) -> tuple[Change, ...] | None:
    """The changes of a transaction, unparsed; None if it is not written as managers write it."""
    request_id = _REQUEST_ID.match(content)
    at = request_id.end() if request_id else 0
    changes = []
    while at < len(content):
        found = _ACTION.match(content, at)
        if found is None:
            return None
        action_size, action, tag, object_size, id_size = found.groups()
        (_, identity_at), (_, action_at), _, _, (_, start), _ = found.regs
        at = action_at + number(action_size)
        end = start + number(object_size)
        identity_end = identity_at + id_size[0]
        if end != at or identity_end > end or end > len(content):
            return None
        try:
            identity = content[identity_at:identity_end].decode()
        except UnicodeDecodeError:
            return None
        changes.append(Change(_WORDS[action[0]], _KINDS[tag], content[start:end], identity))
    return tuple(changes)


def _change(action: pb.StoreAction) -> Change | None:
    kind: Kind | None = action.WhichOneof("target")
    if kind is None:
        return None
    word = _ACTIONS.get(action.action, f"action {action.action}")
    return Change(word, kind, getattr(action, kind))
