"""States of tasks and nodes as messages hold them, durations, and copies."""

from typing import Final, TypeVar

from swarmwire import pb
from swarmwire.control.memory import Committed, StoreChange

NEW: Final = pb.TaskStatus(state="NEW").state
PENDING: Final = pb.TaskStatus(state="PENDING").state
ASSIGNED: Final = pb.TaskStatus(state="ASSIGNED").state
ACCEPTED: Final = pb.TaskStatus(state="ACCEPTED").state
PREPARING: Final = pb.TaskStatus(state="PREPARING").state
READY: Final = pb.TaskStatus(state="READY").state
STARTING: Final = pb.TaskStatus(state="STARTING").state
RUNNING: Final = pb.TaskStatus(state="RUNNING").state
COMPLETE: Final = pb.TaskStatus(state="COMPLETE").state
SHUTDOWN: Final = pb.TaskStatus(state="SHUTDOWN").state
FAILED: Final = pb.TaskStatus(state="FAILED").state
REJECTED: Final = pb.TaskStatus(state="REJECTED").state
REMOVE: Final = pb.TaskStatus(state="REMOVE").state
ORPHANED: Final = pb.TaskStatus(state="ORPHANED").state

ACTIVE: Final = pb.NodeSpec.ACTIVE
PAUSE: Final = pb.NodeSpec.PAUSE
DRAIN: Final = pb.NodeSpec.DRAIN

NODE_UNKNOWN: Final = pb.NodeStatus.UNKNOWN
NODE_DOWN: Final = pb.NodeStatus.DOWN
NODE_READY: Final = pb.NodeStatus.READY

MANAGER: Final = pb.Node(role="MANAGER").role
WORKER: Final = pb.Node(role="WORKER").role

SECOND: Final = 1_000_000_000
MILLISECOND: Final = 1_000_000

MAX_CHANGES: Final = 200
"""A manager splits larger batches into transactions of so many objects."""

_Object = TypeVar("_Object", bound=pb.Message)


def nanoseconds(duration: pb.Duration) -> int:
    """A duration in nanoseconds."""
    return duration.seconds * SECOND + duration.nanos


def moment(stamp: pb.Timestamp) -> int:
    """A time in nanoseconds since 1970."""
    return stamp.seconds * SECOND + stamp.nanos


def set_moment(stamp: pb.Timestamp, now: int) -> None:
    """Set a time to so many nanoseconds since 1970."""
    stamp.seconds, stamp.nanos = divmod(now, SECOND)


def copied(stored: _Object) -> _Object:
    """A copy of a stored object, to be changed and put back."""
    out = type(stored)()
    out.CopyFrom(stored)
    return out


def is_mode(service: pb.Service | None, *modes: str) -> bool:
    """Whether there is a service, and it has one of the modes: ``replicated``, ``global_job``."""
    return service is not None and service.spec.WhichOneof("mode") in modes


def invalid_node(node: pb.Node | None) -> bool:
    """Whether tasks have to leave a node. Source: orchestrator/task.go, InvalidNode."""
    if node is None:
        return True
    return node.status.state == NODE_DOWN or node.spec.availability == DRAIN


def of_kinds(done: Committed, *kinds: str) -> list[StoreChange]:
    """The changes of a transaction that are about objects of some kinds."""
    return [change for change in done.changes if change.kind in kinds]
