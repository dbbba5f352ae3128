"""The raft store of a dead manager, read offline: snapshots and log, sealed or not.

``read`` gives everything that is sound, and says what is missing. Nothing is written or locked.
"""

from swarmwire.raftstore.archive import Progress
from swarmwire.raftstore.facts import Facts
from swarmwire.raftstore.keys import write_unlock_key
from swarmwire.raftstore.reading import Keyless, Options, keyless, read
from swarmwire.raftstore.store import (
    KINDS,
    Change,
    Deleted,
    Kind,
    Members,
    Position,
    Recovery,
    Store,
    StoreFinding,
    StoreObject,
    Transaction,
    name_of,
)

__all__ = [
    "KINDS",
    "Change",
    "Deleted",
    "Facts",
    "Keyless",
    "Kind",
    "Members",
    "Options",
    "Position",
    "Progress",
    "Recovery",
    "Store",
    "StoreFinding",
    "StoreObject",
    "Transaction",
    "keyless",
    "name_of",
    "read",
    "write_unlock_key",
]
