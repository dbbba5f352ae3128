"""From a store to a bundle: what was asked for, and what a bundle does not hold. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from swarmwire import pb
from swarmwire.bundle.cluster import cluster_keys, kept, unlock_key
from swarmwire.bundle.contents import BUNDLE_KINDS, Bundle, BundleKind, BundleObject, Choice
from swarmwire.bundle.credentials import holds_login, without_credentials
from swarmwire.bundle.manifest import LastPlace, LeftOut
from swarmwire.networks import special
from swarmwire.raftstore import Deleted, Store

_FLAGS: Final = {"unlock_key": "--export-unlock-key"}
"""Where the option is not called as the choice is."""
_READY: Final = pb.TaskState.Value("READY")
_COMPLETE: Final = pb.TaskState.Value("COMPLETE")
_RUNNING: Final = pb.TaskState.Value("RUNNING")


def bundle_from_store(store: Store, choice: Choice, deleted: Sequence[Deleted] = ()) -> Bundle:
    """The bundle of a store: services, and what else was asked for, by name.

    Messages are those of the store; only services that have to lose credentials are copied.

    Args:
        store: the store.
        choice: what was asked for.
        deleted: removed objects, if they are to be in it too.
    """
    cluster = next(iter(store.clusters.values()), pb.Cluster())
    out = Bundle(cluster_id=cluster.id, keys=cluster_keys(cluster, choice))
    if deleted:
        out.deleted = Bundle(cluster_id=cluster.id)
        _fill(out.deleted, {kind: _deleted(deleted, kind) for kind in BUNDLE_KINDS}, choice)
        removed = _deleted(deleted, "network")
        out.network_names.update((each.id, each.spec.annotations.name) for each in removed)
    _fill(out, {kind: _living(store, kind) for kind in BUNDLE_KINDS}, choice)
    # The living come last: a name that was given again means them.
    for id_, network in store.networks.items():
        out.network_names.pop(id_, None)
        out.network_names[id_] = network.spec.annotations.name
    if out.deleted is not None:
        out.deleted.network_names = out.network_names
    out.ran = sorted(set(_last_places(store)))
    if choice.node_labels:
        nodes = sorted(store.nodes.values(), key=lambda each: (each.description.hostname, each.id))
        out.nodes = [kept(node) for node in nodes]
    return out


def _last_places(store: Store) -> Iterator[LastPlace]:
    for task in store.tasks.values():
        state = task.status.state
        # a container was made, or is about to be: the image was there
        if not (_READY <= state <= _COMPLETE or task.status.container.container_id):
            continue
        if task.service_id in store.services and task.node_id:
            node = store.nodes.get(task.node_id, pb.Node())
            yield LastPlace(
                service=task.service_id,
                image=task.spec.container.image,
                node=task.node_id,
                hostname=node.description.hostname,
            )


def _living(store: Store, kind: BundleKind) -> list[BundleObject]:
    return list(store.of(kind).values())  # type: ignore[arg-type] # of this kind


def _deleted(deleted: Sequence[Deleted], kind: BundleKind) -> list[BundleObject]:
    return [each.message for each in deleted if each.kind == kind]  # type: ignore[misc]


def _fill(out: Bundle, objects: dict[BundleKind, list[BundleObject]], choice: Choice) -> None:
    for kind in BUNDLE_KINDS:
        if kind == "service" or getattr(choice, f"{kind}s"):
            out.of(kind).extend(sorted(objects[kind], key=_rank))
    if not choice.registry_auth:
        out.services = [without_credentials(each) for each in out.services]


def _rank(message: BundleObject) -> tuple[str, str]:
    return message.spec.annotations.name, message.id


def left_out(store: Store, choice: Choice) -> list[LeftOut]:
    """What the store holds and was not asked for, with the option that asks for it."""
    return [
        found
        for name, found in _optional(store).items()
        if found.count and not getattr(choice, name)
    ]


def not_there(store: Store, choice: Choice) -> list[LeftOut]:
    """What was asked for, and the store does not hold."""
    return [
        found
        for name, found in _optional(store).items()
        if not found.count and getattr(choice, name)
    ]


def _optional(store: Store) -> dict[str, LeftOut]:
    """How much there is of all that has to be asked for, by the name in a choice."""
    cluster = next(iter(store.clusters.values()), pb.Cluster())
    root = cluster.root_ca
    services, nodes = store.services.values(), store.nodes.values()
    there = (
        ("networks", "networks", sum(not special(each) for each in store.networks.values())),
        ("configs", "configs", len(store.configs)),
        ("secrets", "secrets", len(store.secrets)),
        ("node_labels", "nodes with labels", sum(map(_has_labels, nodes))),
        ("registry_auth", "services with registry credentials", logins(services)),
        ("join_tokens", "join tokens", bool(root.join_tokens.worker) * 2),
        ("ca_key", "key of the root CA", int(bool(root.ca_key))),
        ("unlock_key", "unlock key", int(bool(unlock_key(cluster)))),
    )
    return {
        name: LeftOut(what=what, count=count, flag=_FLAGS.get(name, f"--{name.replace('_', '-')}"))
        for name, what, count in there
    }


def _has_labels(node: pb.Node) -> bool:
    return bool(node.spec.annotations.labels)


def logins(services: Iterable[pb.Service]) -> int:
    """How many of the services hold credentials for a registry."""
    return sum(holds_login(each.spec) for each in services)


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
        "The data of volumes is on the nodes"
        f" (services use {_many(named, 'volume')} and {_many(bound, 'path')} of hosts)."
    )


def _containers(store: Store) -> Iterator[str]:
    running = sum(task.status.state == _RUNNING for task in store.tasks.values())
    images = {each.spec.task.container.image for each in store.services.values()} - {""}
    yield (
        "Containers, the files written in them and their logs are on the nodes"
        f" ({_many(running, 'task')} ran at the end)."
    )
    count = _many(len(images), "image")
    yield f"Images are not in it: {count} must be pulled again, or be on the nodes."


def _history(store: Store) -> Iterator[str]:
    yield (
        "Tasks are not restored: the new swarm makes new ones"
        f" ({_many(len(store.tasks), 'task')} known)."
    )


def _nodes(store: Store) -> Iterator[str]:
    count = len(store.nodes)
    what = "1 node gets" if count == 1 else f"{count} nodes get"
    yield f"Old node IDs are of no use: {what} a new ID and certificate by joining a new swarm."
    bound = sum(any(map(_names_a_node, _constraints(each))) for each in store.services.values())
    if bound:
        verb = "is" if bound == 1 else "are"
        yield f"{_many(bound, 'service')} {verb} bound to a node by its old ID (node.id)."


def _constraints(service: pb.Service) -> list[str]:
    return list(service.spec.task.placement.constraints)


def _names_a_node(constraint: str) -> bool:
    return constraint.lower().lstrip().startswith("node.id")


def _elsewhere(store: Store) -> Iterator[str]:
    driven = sum(each.spec.HasField("driver") for each in store.secrets.values())
    if driven:
        yield f"The payload of {_many(driven, 'secret')} is kept by a secret driver."
    if store.volumes:
        count = _many(len(store.volumes), "cluster volume")
        yield f"{count} (CSI) can be listed, but are not written into a bundle."
    for cluster in store.clusters.values():
        if not cluster.root_ca.ca_key:
            yield "The key of the root CA is elsewhere: an external CA signs for this swarm."


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
