"""From a store to a bundle: what was asked for, and what was not. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from swarmwire import pb
from swarmwire.bundle._bundle import BUNDLE_KINDS, Bundle, BundleKind, BundleObject, ClusterKeys
from swarmwire.bundle._choice import Choice
from swarmwire.bundle._credentials import holds_login, without_credentials
from swarmwire.bundle._manifest import LeftOut
from swarmwire.bundle._nodes import kept
from swarmwire.bundle._special import special
from swarmwire.raftstore.keys import write_unlock_key
from swarmwire.raftstore.recovery import Deleted
from swarmwire.raftstore.store import Store

_MANAGER: Final = "swarm-manager"
"""The subsystem that an unlock key is for. Source: SwarmKit ca, ManagerRole."""

_FLAGS: Final = {"unlock_key": "--export-unlock-key"}
"""Where the option is not called as the choice is."""


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
    if choice.node_labels:
        nodes = sorted(store.nodes.values(), key=lambda each: (each.description.hostname, each.id))
        out.nodes = [kept(node) for node in nodes]
    return out


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


def cluster_keys(cluster: pb.Cluster, choice: Choice) -> ClusterKeys:
    """The secrets of the swarm itself that were asked for, as far as there are any."""
    root = cluster.root_ca
    tokens = root.join_tokens if choice.join_tokens else pb.JoinTokens()
    if not choice.ca_key or not root.ca_key:
        root = pb.RootCA()
    return ClusterKeys(
        worker_token=tokens.worker,
        manager_token=tokens.manager,
        ca_key=root.ca_key,
        ca_cert=root.ca_cert,
        next_ca_key=root.root_rotation.ca_key,
        next_ca_cert=root.root_rotation.ca_cert,
        unlock_key=_unlock_key(cluster) if choice.unlock_key else "",
    )


def _unlock_key(cluster: pb.Cluster) -> str:
    keys = (each.key for each in cluster.unlock_keys if each.subsystem == _MANAGER)
    key = next(keys, b"")
    return write_unlock_key(key) if key else ""


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
        ("unlock_key", "unlock key", int(bool(_unlock_key(cluster)))),
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
