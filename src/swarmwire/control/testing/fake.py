"""The manager that runs nothing."""

from typing import Any

from swarmwire import pb
from swarmwire.control.memory import MemoryManager, MemoryStore, bootstrap


class FakeManager(MemoryManager):
    """A manager in memory: a ``Control`` without a swarm.

    It starts with a cluster, one node, which is its leader, and the networks that each swarm has.

    Attributes:
        store: what it keeps; ``store.compact()`` makes it forget old changes.
    """

    def __init__(self) -> None:
        super().__init__(MemoryStore())
        bootstrap(self.store)

    def _done(self, name: str, changed: Any) -> None:
        """Do at once what a manager's parts do a moment later, as far as it needs no node."""
        if name == "CreateService" and changed.spec.HasField("endpoint"):
            allocated = pb.Service()
            allocated.CopyFrom(changed)
            allocated.endpoint.spec.CopyFrom(changed.spec.endpoint)
            self.store.put(allocated, versioned=False)
        if name == "RemoveService" and (tasks := self.store.tasks_of(changed.id)):
            self.store.remove(*tasks)
