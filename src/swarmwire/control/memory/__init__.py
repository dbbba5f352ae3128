"""A manager's store and the checks of its API, in memory: what answers calls, without what runs.

``control.testing`` is a manager that runs nothing, ``embedded`` a swarm that lives on the same.
"""

from swarmwire.control.memory.bootstrap import bootstrap, bootstrap_cluster, bootstrap_networks
from swarmwire.control.memory.manager import MemoryManager
from swarmwire.control.memory.store import (
    CREATE,
    KINDS,
    REMOVE,
    UPDATE,
    Committed,
    MemoryStore,
    StoreChange,
    new_id,
)

__all__ = [
    "CREATE",
    "KINDS",
    "REMOVE",
    "UPDATE",
    "Committed",
    "MemoryManager",
    "MemoryStore",
    "StoreChange",
    "bootstrap",
    "bootstrap_cluster",
    "bootstrap_networks",
    "new_id",
]
