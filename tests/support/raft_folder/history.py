"""What a folder should give: the objects and the members at each index, kept beside the bytes."""

from dataclasses import dataclass, field

from google.protobuf.message import Message

from swarmwire import pb
from tests.support.raft_folder.objects import Key, key_of

_ADD, _REMOVE = pb.raftpb.ConfChangeAddNode, pb.raftpb.ConfChangeRemoveNode


@dataclass(slots=True)
class History:
    """Transactions and changes of the members by index, on top of a snapshot if there is one."""

    base: dict[Key, Message] = field(default_factory=dict)
    base_members: dict[int, pb.RaftMember] = field(default_factory=dict)
    actions: dict[int, tuple[pb.StoreAction, ...]] = field(default_factory=dict)
    conf_changes: dict[int, pb.raftpb.ConfChange] = field(default_factory=dict)

    def forget_from(self, index: int) -> None:
        """Drop what was written at ``index`` and after it: it is overwritten."""
        for entries in (self.actions, self.conf_changes):
            for each in [each for each in entries if each >= index]:
                del entries[each]

    def objects(self, at: int, *, without: tuple[int, ...] = ()) -> dict[Key, Message]:
        """The objects at ``at``, as if the entries ``without`` had never been."""
        found = dict(self.base)
        for index in sorted(self.actions):
            if index <= at and index not in without:
                for action in self.actions[index]:
                    _apply(action, found)
        return found

    def members(self, at: int) -> tuple[dict[int, pb.RaftMember], list[int]]:
        """The managers at ``at`` by raft id, and those that left."""
        found, removed = dict(self.base_members), []
        for index in sorted(self.conf_changes):
            change = self.conf_changes[index]
            if index > at:
                break
            if change.type == _ADD:
                found[change.node_id] = pb.RaftMember.FromString(change.context)
            elif change.type == _REMOVE:
                found.pop(change.node_id, None)
                removed.append(change.node_id)
        return found, removed


def _apply(action: pb.StoreAction, objects: dict[Key, Message]) -> None:
    kind = action.WhichOneof("target")
    if kind is None:
        return
    message = getattr(action, kind)
    if action.action == pb.StoreActionKind.STORE_ACTION_REMOVE:
        objects.pop(key_of(message), None)
    elif action.action:
        objects[key_of(message)] = message
