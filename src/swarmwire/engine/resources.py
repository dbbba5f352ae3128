"""What a task may use, and what is kept free for it.

Source: moby api/types/swarm/task.go.
"""

from swarmwire.engine.base import EngineObject
from swarmwire.engine.units import Bytes, Int64, NanoCPUs


class NamedGenericResource(EngineObject):
    """One resource with a name of its own, such as one GPU."""

    kind: str = ""
    value: str = ""


class DiscreteGenericResource(EngineObject):
    """A number of resources of a kind."""

    kind: str = ""
    value: Int64 = 0


class GenericResource(EngineObject):
    """A resource that users define; exactly one of its two forms is to be given."""

    named_resource_spec: NamedGenericResource | None = None
    discrete_resource_spec: DiscreteGenericResource | None = None


class Resources(EngineObject):
    """What is kept free for a task, or what a node has."""

    nano_cpus: NanoCPUs = 0
    memory_bytes: Bytes = 0
    generic_resources: list[GenericResource] = []


class Limit(EngineObject):
    """What a task may use at most."""

    nano_cpus: NanoCPUs = 0
    memory_bytes: Bytes = 0
    pids: Int64 = 0


class ResourceRequirements(EngineObject):
    """Limits and reservations of a task."""

    limits: Limit | None = None
    reservations: Resources | None = None
    swap_bytes: Bytes | None = None
    memory_swappiness: Int64 | None = None
