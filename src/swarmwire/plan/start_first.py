"""Updates with the order start-first that wait for ever for a node.

A new task is started while the old one still runs. Where the old one stands in its way, it waits
for a node that there is not, and no failure action ever comes to pass: it has not failed.

Source: SwarmKit manager/scheduler/filter.go, HostPortFilter and MaxReplicasFilter;
manager/orchestrator/update/updater.go.
"""

from collections.abc import Iterator
from typing import Final

from swarmwire import pb
from swarmwire.plan.trap import PlannedUpdate, Trap
from swarmwire.scheduling import node_matches

_HANGS: Final = (
    "the new task stays pending, the old one runs on with the old spec, and the failure action"
    " never comes to pass"
)
_GLOBAL: Final = ("global", "global_job")


def start_first_traps(update: PlannedUpdate) -> Iterator[Trap]:
    """Ports of nodes that the old tasks hold, and places on nodes that they take."""
    new = update.new
    config = new.rollback if update.rollback else new.update
    restarts = any(difference.effect == "restarts" for difference in update.differences)
    if config.order != pb.UpdateConfig.START_FIRST or not restarts:
        return
    held = _host_ports(update.old) & _host_ports(new)
    if held and _has_no_room(update, 1):
        port = min(published for published, _ in held)
        text = _told(
            update,
            f"With the order start-first a new task needs a node on which port {port} is free,"
            " and each old task holds it on its own",
        )
        yield Trap(code="start-first-host-port", path="EndpointSpec.Ports", text=text)
    most = new.task.placement.max_replicas
    if most and _has_no_room(update, most):
        text = _told(
            update,
            f"With the order start-first a new task needs a node with fewer than {most} tasks of"
            " the service, and the old ones count",
        )
        path = "TaskTemplate.Placement.MaxReplicas"
        yield Trap(code="start-first-max-replicas", path=path, text=text)


def _host_ports(spec: pb.ServiceSpec) -> set[tuple[int, int]]:
    return {
        (port.published_port, port.protocol)
        for port in spec.endpoint.ports
        if port.publish_mode == pb.PortConfig.HOST and port.published_port
    }


def _told(update: PlannedUpdate, cause: str) -> str:
    if update.forecast.nodes is None:
        return f"{cause}. If no node that fits has room, {_HANGS}. Use stop-first."
    return f"{cause}. No node that fits has room: {_HANGS}. Use stop-first."


def _has_no_room(update: PlannedUpdate, most: int) -> bool:
    """Whether there may be no room beside the old tasks, ``most`` of which fit on a node."""
    nodes = update.forecast.nodes
    if nodes is None or update.new.WhichOneof("mode") in _GLOBAL:
        return nodes is None or most == 1
    constraints = update.new.task.placement.constraints
    fitting = sum(
        node.spec.availability == pb.NodeSpec.ACTIVE
        and node.status.state == pb.NodeStatus.READY
        and node_matches(constraints, node)
        for node in nodes
    )
    return update.old.replicated.replicas >= most * fitting
