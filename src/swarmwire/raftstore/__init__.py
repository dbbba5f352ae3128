"""The raft store of a dead manager, read offline: snapshots and log, sealed or not.

``read`` gives everything that is sound, and says what is missing. Nothing is written or locked.
"""

from swarmwire.raftstore._keyless import Keyless, keyless
from swarmwire.raftstore._read import Options, read
from swarmwire.raftstore.archive import Progress
from swarmwire.raftstore.facts import Facts
from swarmwire.raftstore.keys import write_unlock_key
from swarmwire.raftstore.recovery import (
    Change,
    Deleted,
    Finding,
    Members,
    Position,
    Recovery,
    Transaction,
)
from swarmwire.raftstore.store import KINDS, Kind, Store, StoreObject, name_of

__all__ = [
    "KINDS",
    "Change",
    "Deleted",
    "Facts",
    "Finding",
    "Keyless",
    "Kind",
    "Members",
    "Options",
    "Position",
    "Progress",
    "Recovery",
    "Store",
    "StoreObject",
    "Transaction",
    "keyless",
    "name_of",
    "read",
    "write_unlock_key",
]
