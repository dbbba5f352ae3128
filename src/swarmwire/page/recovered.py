"""What was recovered of a dead swarm, in the form in which a live one is shown. Pure."""

from swarmwire import raftstore
from swarmwire.bundle import Bundle
from swarmwire.page.observed import ObservedSwarm


def swarm_of_recovery(found: raftstore.Recovery, origin: str) -> ObservedSwarm:
    """What a dead manager's folder gave; what is amiss with it is told as missing."""
    at = found.position.updated_at or 0
    missing = [each.reason for each in found.findings]
    if found.uncommitted:
        number = len(found.uncommitted)
        missing.append(f"{number} transaction{'s'[: number != 1]} past the commit index left out.")
    swarm = ObservedSwarm(now=lambda: at, missing=missing, origin=origin)
    store = found.store
    for kind, objects in (
        ("node", store.nodes),
        ("service", store.services),
        ("network", store.networks),
        ("secret", store.secrets),
        ("config", store.configs),
        ("volume", store.volumes),
        ("task", store.tasks),
    ):
        swarm.learn(kind, objects.values())
    return swarm


def swarm_of_bundle(bundle: Bundle, origin: str) -> ObservedSwarm:
    """What a bundle holds. It has no tasks, and no volumes."""
    missing = ["A bundle holds no tasks: which of them ran, and where, is not in it."]
    missing += [f"{name} was edited since the bundle was written." for name in bundle.edited]
    swarm = ObservedSwarm(now=lambda: 0, missing=missing, origin=origin)
    for kind, objects in (
        ("node", bundle.nodes),
        ("service", bundle.services),
        ("network", bundle.networks),
        ("secret", bundle.secrets),
        ("config", bundle.configs),
    ):
        swarm.learn(kind, objects)
    return swarm
