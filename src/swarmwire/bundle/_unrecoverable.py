"""What a manager's folder does not hold, in plain sentences with numbers. Pure."""

from collections.abc import Iterator
from typing import Final

from swarmwire import pb
from swarmwire.raftstore.store import Store

_RUNNING: Final = pb.TaskState.Value("RUNNING")


def not_recoverable(store: Store) -> list[str]:
    """What of this swarm nobody can get out of a manager's folder, one sentence each."""
    return [
        *_mounts(store),
        *_containers(store),
        *_history(store),
        *_nodes(store),
        *_elsewhere(store),
    ]


def _mounts(store: Store) -> Iterator[str]:
    mounts = {
        (mount.type, mount.source)
        for service in store.services.values()
        for mount in service.spec.task.container.mounts
    }
    named = sum(kind == pb.Mount.VOLUME and bool(source) for kind, source in mounts)
    bound = sum(kind == pb.Mount.BIND for kind, _ in mounts)
    yield (
        "The data of volumes is not in a manager's folder: it lies on the nodes"
        f" (services name {_many(named, 'volume')} and {_many(bound, 'path')} of hosts)."
    )


def _containers(store: Store) -> Iterator[str]:
    running = sum(task.status.state == _RUNNING for task in store.tasks.values())
    images = {each.spec.task.container.image for each in store.services.values()} - {""}
    yield (
        "Containers, and all that was written in them or logged, are not there"
        f" ({_many(running, 'task')} ran at last)."
    )
    count = _many(len(images), "image")
    yield f"Images are not there: {count} must be pulled again, or be on the nodes."


def _history(store: Store) -> Iterator[str]:
    yield (
        "Tasks that the manager had pruned are gone"
        f" (it still knew {_many(len(store.tasks), 'task')}); tasks are not restored, new ones"
        " are made."
    )


def _nodes(store: Store) -> Iterator[str]:
    count = len(store.nodes)
    what = "1 node gets" if count == 1 else f"{count} nodes get"
    yield f"Old node ids are of no use: {what} a new id and certificate by joining a new swarm."
    bound = sum(any(map(_names_a_node, _constraints(each))) for each in store.services.values())
    if bound:
        verb = "is" if bound == 1 else "are"
        yield f"{_many(bound, 'service')} {verb} bound to a node by its old id (node.id)."


def _constraints(service: pb.Service) -> list[str]:
    return list(service.spec.task.placement.constraints)


def _names_a_node(constraint: str) -> bool:
    return constraint.lower().lstrip().startswith("node.id")


def _elsewhere(store: Store) -> Iterator[str]:
    driven = sum(each.spec.HasField("driver") for each in store.secrets.values())
    if driven:
        yield f"The payload of {_many(driven, 'secret')} is kept by a secret driver, not here."
    if store.volumes:
        count = _many(len(store.volumes), "cluster volume")
        yield f"{count} (CSI) can be listed, but are not written into a bundle."
    for cluster in store.clusters.values():
        if not cluster.root_ca.ca_key:
            yield "The key of the root CA is not there: an external CA signs for this swarm."


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
