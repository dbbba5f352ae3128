"""Updates of a live manager's services: planned, written, and followed to their end.

    live = await update.snapshot(manager, "web")
    planned = update.plan_update(live, wanted)
    places = update.place_update(planned, await update.read_cluster(manager))
    written = await update.UpdateWriter(manager).write(planned)
    async for event in update.follow(manager, written):
        print(event)

``wait_for`` waits for services that somebody created; ``update.sync`` is the same for code that
blocks. All of it survives restarts of managers and changes of their leader.
"""

from swarmwire.update.attachments import resolve_networks
from swarmwire.update.clock import REAL_TIME, Clock
from swarmwire.update.creating import create_object
from swarmwire.update.errors import (
    NotWritten,
    UncertainWrite,
    UpdateConflict,
)
from swarmwire.update.events import (
    ChangedMeanwhile,
    FollowsNewer,
    ManagerAway,
    ManagerBack,
    RollbackStarted,
    RolloutEnded,
    RolloutEvent,
    RolloutOutcome,
    RolloutProgress,
    SameChangeMeanwhile,
    TaskChanged,
    WriteEvent,
)
from swarmwire.update.following import finished, follow
from swarmwire.update.live import LiveService, read_cluster, snapshot
from swarmwire.update.planned import (
    LiveUpdate,
    place_update,
    plan_rollback,
    plan_update,
    wanted_service,
)
from swarmwire.update.repeat import AWAY, Created, change_in_sequence, create_once, until_answered
from swarmwire.update.settling import WatchLimits
from swarmwire.update.waiting import ServiceState, WrittenChange, wait_for
from swarmwire.update.writing import UpdateWriter, WrittenUpdate

__all__ = [
    "AWAY",
    "REAL_TIME",
    "ChangedMeanwhile",
    "Clock",
    "Created",
    "FollowsNewer",
    "LiveService",
    "LiveUpdate",
    "ManagerAway",
    "ManagerBack",
    "NotWritten",
    "RollbackStarted",
    "RolloutEnded",
    "RolloutEvent",
    "RolloutOutcome",
    "RolloutProgress",
    "SameChangeMeanwhile",
    "ServiceState",
    "TaskChanged",
    "UncertainWrite",
    "UpdateConflict",
    "UpdateWriter",
    "WatchLimits",
    "WriteEvent",
    "WrittenChange",
    "WrittenUpdate",
    "change_in_sequence",
    "create_object",
    "create_once",
    "finished",
    "follow",
    "place_update",
    "plan_rollback",
    "plan_update",
    "read_cluster",
    "resolve_networks",
    "snapshot",
    "until_answered",
    "wait_for",
    "wanted_service",
]
