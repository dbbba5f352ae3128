"""What has to be so that an object can be removed. Source: SwarmKit controlapi, the removals."""

from typing import Any

from swarmwire import pb
from swarmwire.control.errors import control_error
from swarmwire.control.memory.store import COMPLETE, MANAGER, MemoryStore
from swarmwire.networks import PREDEFINED_LABEL


def remove(store: MemoryStore, kind: str, one: Any, request: Any) -> None:
    """Remove an object, or refuse to; the tasks of a node are given up with it.

    A volume waits for its plugin to delete it, unless that is forced.
    """
    if kind == "volume" and not request.force:
        _mark_volume(store, one)
        return
    if kind in ("secret", "config"):
        _refuse_referenced(store, kind, one)
    elif kind == "network":
        _refuse_network(store, one)
    elif kind == "node":
        _refuse_node(one, force=request.force)
    elif kind == "extension" and _has_resources(store, one):
        reason = "cannot delete extension because objects of this type exist in the data store"
        raise control_error("Unknown", reason)
    store.commit(orphans(store, one) if kind == "node" else (), [one])


def _mark_volume(store: MemoryStore, volume: pb.Volume) -> None:
    if volume.publish_status:
        raise control_error("FailedPrecondition", "volume is still in use")
    marked = pb.Volume()
    marked.CopyFrom(volume)
    marked.pending_delete = True
    store.put(marked)


def _refuse_referenced(store: MemoryStore, kind: str, one: Any) -> None:
    users = []
    for service in store.all("service"):
        references = getattr(service.spec.task.container, f"{kind}s")
        if one.id in (getattr(reference, f"{kind}_id") for reference in references):
            users.append(service.spec.annotations.name)
    if users:
        services = "service" if len(users) == 1 else "services"
        reason = f"is in use by the following {services}: {', '.join(users)}"
        name = one.spec.annotations.name
        raise control_error("InvalidArgument", f"{kind} '{name}' {reason}")


def _refuse_network(store: MemoryStore, network: pb.Network) -> None:
    annotations = network.spec.annotations
    if annotations.labels.get(PREDEFINED_LABEL) == "true":
        reason = "is a swarm predefined network and cannot be removed"
        why = f"network {network.id} ({annotations.name}) {reason}"
        raise control_error("FailedPrecondition", why)
    for service in store.all("service"):
        ports = service.spec.endpoint.ports
        published = any(port.publish_mode == pb.PortConfig.INGRESS for port in ports)
        if network.spec.ingress and published:
            reason = f"cannot be removed because service {service.id} depends on it"
            raise control_error("FailedPrecondition", f"ingress network {reason}")
        used = service.spec.task.networks or service.spec.networks
        if network.id in (one.target for one in used):
            reason = f"network {network.id} is in use by service {service.id}"
            raise control_error("FailedPrecondition", reason)


def _refuse_node(node: pb.Node, *, force: bool) -> None:
    if node.spec.desired_role == MANAGER:
        reason = (
            f"node {node.id} is a cluster manager and is a member of the raft cluster."
            " It must be demoted to worker before removal"
        )
        raise control_error("FailedPrecondition", reason)
    if node.status.state == pb.NodeStatus.READY and not force:
        reason = f"node {node.id} is not down and can't be removed"
        raise control_error("FailedPrecondition", reason)


def _has_resources(store: MemoryStore, extension: pb.Extension) -> bool:
    name = extension.annotations.name
    return any(resource.kind == name for resource in store.all("resource"))


def orphans(store: MemoryStore, node: pb.Node) -> list[pb.Task]:
    """The tasks that end with their node, as they are then. Source: node.go, orphanNodeTasks."""
    found = []
    for task in store.tasks_on(node.id):
        if task.status.state < COMPLETE:
            orphan = pb.Task()
            orphan.CopyFrom(task)
            given_up = "Task belonged to a node that has been deleted"
            orphan.status.CopyFrom(pb.TaskStatus(state="ORPHANED", message=given_up))
            stamp = orphan.status.timestamp
            stamp.seconds, stamp.nanos = divmod(store.now(), 1_000_000_000)
            found.append(orphan)
    return found
