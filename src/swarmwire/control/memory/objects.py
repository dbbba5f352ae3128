"""All objects but services: what a manager does to one that is created or changed.

Source: SwarmKit controlapi, secret.go, config.go, network.go, node.go, cluster.go, volume.go,
extension.go, resource.go.
"""

import secrets
from collections.abc import Callable
from typing import Any, Final

from swarmwire import pb
from swarmwire.control.errors import control_error
from swarmwire.control.memory.store import KINDS, MANAGER, MemoryStore, as_answer
from swarmwire.rules import (
    validate_cluster_spec,
    validate_config_spec,
    validate_config_spec_update,
    validate_network_spec,
    validate_secret_spec,
    validate_secret_spec_update,
    validate_volume_spec,
    validate_volume_spec_update,
)

_DRIVERS: Final = ("bridge", "host", "ipvlan", "macvlan", "overlay", "remote")
"""Drivers of networks that every node has."""

_VALIDATE: dict[str, Callable[[Any], None]] = {
    "config": validate_config_spec,
    "network": validate_network_spec,
    "secret": validate_secret_spec,
    "volume": validate_volume_spec,
}


def create_specified(store: MemoryStore, kind: str, request: Any) -> Any:
    """Store a new secret, config, network or volume."""
    spec = request.spec if request.HasField("spec") else None
    as_answer(lambda: _VALIDATE[kind](spec))
    name = request.spec.annotations.name
    if kind == "network":
        _refuse_missing_drivers(store, request.spec)
        if request.spec.ingress:
            _refuse_second_ingress(store)
    elif kind == "secret" and request.spec.HasField("driver"):
        driver = request.spec.driver.name
        if not _has_plugin(store, "secretprovider", driver):
            raise control_error("Unknown", f'plugin "{driver}" not found')
    elif kind == "volume":
        _refuse_missing_secrets(store, request.spec)
    if _name_taken(store, kind, name):
        if kind in ("secret", "config"):
            raise control_error("AlreadyExists", f"{kind} {name} already exists")
        raise control_error("Unknown", "name conflicts with an existing object")
    new = KINDS[kind](spec=request.spec)
    store.put(new)
    return new


def _refuse_missing_drivers(store: MemoryStore, spec: pb.NetworkSpec) -> None:
    """Refuse a network for whose driver no node has a plugin.

    Source: moby daemon/libnetwork/cnmallocator/provider.go, ValidateNetworkDriver and
    ValidateIPAMDriver.
    """
    driver, pools = spec.driver_config.name, spec.ipam.driver.name
    missing = []
    if driver and driver not in _DRIVERS and not _has_plugin(store, "Network", driver):
        missing.append(driver)
    if pools and pools.lower() != "default" and not _has_plugin(store, "IPAM", pools):
        missing.append(pools)
    for name in missing:
        raise control_error("InvalidArgument", f"error during lookup of plugin {name}")


def _refuse_missing_secrets(store: MemoryStore, spec: pb.VolumeSpec) -> None:
    missing = [one.secret for one in spec.secrets if store.get("secret", one.secret) is None]
    if missing:
        what = "secret" if len(missing) == 1 else "secrets"
        raise control_error("InvalidArgument", f"{what} not found: {', '.join(missing)}")


def _has_plugin(store: MemoryStore, kind: str, name: str) -> bool:
    return any(
        (plugin.type, plugin.name) == (kind, name)
        for node in store.all("node")
        for plugin in node.description.engine.plugins
    )


def create_extension(store: MemoryStore, request: pb.CreateExtensionRequest) -> pb.Extension:
    """Store a new kind of resources."""
    name = request.annotations.name
    if not name:
        raise control_error("InvalidArgument", "extension name must be provided")
    if name in KINDS or _name_taken(store, "extension", name):
        raise control_error("AlreadyExists", f"extension {name} already exists")
    new = pb.Extension(annotations=request.annotations, description=request.description)
    store.put(new)
    return new


def create_resource(store: MemoryStore, request: pb.CreateResourceRequest) -> pb.Resource:
    """Store a new object of a kind of its own."""
    name = request.annotations.name
    if not name:
        raise control_error("InvalidArgument", "Resource must have a name")
    if not request.kind:
        raise control_error("InvalidArgument", "Resource must belong to an Extension")
    if not _name_taken(store, "extension", request.kind):
        raise control_error("InvalidArgument", f"Kind {request.kind} is not registered")
    if _name_taken(store, "resource", name):
        raise control_error("AlreadyExists", f"A resource with name {name} already exists")
    new = pb.Resource(annotations=request.annotations, kind=request.kind)
    if request.HasField("payload"):
        new.payload.CopyFrom(request.payload)
    store.put(new)
    return new


def update_labels(store: MemoryStore, kind: str, request: Any) -> Any:
    """Replace the labels of a secret or config; nothing else of it can change."""
    id_, version = getattr(request, f"{kind}_id"), getattr(request, f"{kind}_version")
    if not id_ or not request.HasField(f"{kind}_version"):
        raise control_error("InvalidArgument", "invalid argument")
    new = _copied(store, kind, id_)
    if not request.HasField("spec"):
        # a manager would crash
        raise control_error("InvalidArgument", "invalid argument")
    check = validate_secret_spec_update if kind == "secret" else validate_config_spec_update
    as_answer(lambda: check(new.spec, request.spec))
    _refuse_old(new, version)
    _replace_labels(new.spec.annotations, request.spec.annotations)
    store.put(new)
    return new


def update_node(store: MemoryStore, request: pb.UpdateNodeRequest) -> pb.Node:
    """Replace the spec of a node."""
    _refuse_incomplete(request, "node")
    new: pb.Node = _copied(store, "node", request.node_id)
    demoted = MANAGER == new.spec.desired_role != request.spec.desired_role
    managers = [node for node in store.all("node") if node.role == MANAGER]
    if demoted and len(managers) == 1:
        reason = "attempting to demote the last manager of the swarm"
        raise control_error("FailedPrecondition", reason)
    _refuse_old(new, request.node_version)
    new.spec.CopyFrom(request.spec)
    store.put(new)
    return new


def update_cluster(store: MemoryStore, request: pb.UpdateClusterRequest) -> pb.Cluster:
    """Replace the spec of the cluster, and make those keys anew that are to be."""
    _refuse_incomplete(request, "cluster")
    as_answer(lambda: validate_cluster_spec(request.spec))
    new: pb.Cluster = _copied(store, "cluster", request.cluster_id)
    _refuse_old(new, request.cluster_version)
    new.spec.CopyFrom(request.spec)
    tokens = new.root_ca.join_tokens
    if request.rotation.worker_join_token:
        tokens.worker = new_token(store)
    if request.rotation.manager_join_token:
        tokens.manager = new_token(store)
    if not new.spec.encryption_config.auto_lock_managers:
        del new.unlock_keys[:]
    elif not new.unlock_keys or request.rotation.manager_unlock_key:
        del new.unlock_keys[:]
        new.unlock_keys.add(
            subsystem="manager", key=store.new_id().encode() + secrets.token_bytes(7)
        )
    store.put(new)
    return new


def update_volume(store: MemoryStore, request: pb.UpdateVolumeRequest) -> pb.Volume:
    """Replace labels and availability of a volume."""
    if not request.volume_id:
        raise control_error("InvalidArgument", "VolumeID must not be empty")
    if not request.HasField("spec"):
        raise control_error("InvalidArgument", "Spec must not be empty")
    if not request.HasField("volume_version"):
        raise control_error("InvalidArgument", "VolumeVersion must not be empty")
    new: pb.Volume = _copied(store, "volume", request.volume_id)
    as_answer(lambda: validate_volume_spec_update(new.spec, request.spec))
    _refuse_old(new, request.volume_version)
    _replace_labels(new.spec.annotations, request.spec.annotations)
    new.spec.availability = request.spec.availability
    store.put(new)
    return new


def update_resource(store: MemoryStore, request: pb.UpdateResourceRequest) -> pb.Resource:
    """Replace what is given of a resource."""
    if not request.resource_id or not request.HasField("resource_version"):
        raise control_error("InvalidArgument", "must include ID and version")
    new: pb.Resource = _copied(store, "resource", request.resource_id)
    if request.HasField("annotations"):
        if request.annotations.name != new.annotations.name:
            raise control_error("InvalidArgument", "cannot change resource name")
        new.annotations.CopyFrom(request.annotations)
    if request.HasField("payload"):
        new.payload.CopyFrom(request.payload)
    if request.resource_version.index != new.meta.version.index:
        raise control_error("InvalidArgument", "update out of sequence")
    store.put(new)
    return new


def new_token(store: MemoryStore) -> str:
    """A join token of the right form, that nobody takes."""
    return f"SWMTKN-1-{store.new_id()}{store.new_id()}-{store.new_id()}"


def _copied(store: MemoryStore, kind: str, id_: str) -> Any:
    stored = store.get(kind, id_)
    if stored is None:
        raise control_error("NotFound", f"{kind} {id_} not found")
    copy = type(stored)()
    copy.CopyFrom(stored)
    return copy


def _refuse_incomplete(request: Any, kind: str) -> None:
    complete = request.HasField(f"{kind}_version") and request.HasField("spec")
    if not getattr(request, f"{kind}_id") or not complete:
        raise control_error("InvalidArgument", "invalid argument")


def _refuse_old(stored: Any, version: pb.Version) -> None:
    if version.index != stored.meta.version.index:
        raise control_error("Unknown", "update out of sequence")


def _refuse_second_ingress(store: MemoryStore) -> None:
    for network in store.all("network"):
        if network.spec.ingress:
            reason = f"ingress network ({network.id}) is already present"
            raise control_error("AlreadyExists", reason)


def _name_taken(store: MemoryStore, kind: str, name: str) -> bool:
    own = kind in ("extension", "resource")
    names = (one.annotations.name if own else one.spec.annotations.name for one in store.all(kind))
    return name.lower() in (taken.lower() for taken in names)


def _replace_labels(annotations: pb.Annotations, given: pb.Annotations) -> None:
    annotations.labels.clear()
    annotations.labels.update(given.labels)
