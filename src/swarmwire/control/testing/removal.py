"""What has to be so that an object can be removed. Source: SwarmKit controlapi, the removals."""

from typing import Any

from swarmwire import pb
from swarmwire.control.errors import control_error
from swarmwire.control.testing.store import MANAGER, Store

_PREDEFINED = "com.docker.swarm.predefined"


def remove(store: Store, kind: str, one: Any, request: Any) -> None:
    """Remove an object, with what goes with it, or refuse to."""
    if kind in ("secret", "config"):
        _refuse_referenced(store, kind, one)
    elif kind == "network":
        _refuse_network(store, one)
    elif kind == "node":
        _refuse_node(one, force=request.force)
    elif kind == "extension" and _has_resources(store, one):
        reason = "cannot delete extension because objects of this type exist in the data store"
        raise control_error("Unknown", reason)
    tasks = [task for task in store.all("task") if task.service_id == one.id]
    store.remove(one, *(tasks if kind == "service" else ()))


def _refuse_referenced(store: Store, kind: str, one: Any) -> None:
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


def _refuse_network(store: Store, network: pb.Network) -> None:
    annotations = network.spec.annotations
    if annotations.labels.get(_PREDEFINED) == "true":
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


def _has_resources(store: Store, extension: pb.Extension) -> bool:
    name = extension.annotations.name
    return any(resource.kind == name for resource in store.all("resource"))
