"""The runs of ``ls`` and ``nodes``: services with how many of their tasks run, and nodes."""

from collections.abc import Iterable, Mapping, Sequence

from swarmwire import convert, engine, pb
from swarmwire.cli.kinds import shown
from swarmwire.cli.live.connection import release_at
from swarmwire.cli.tables import Cell, Row, Table, short, table, word
from swarmwire.cli.writing import raw_json, write_list, write_table
from swarmwire.control import KINDS, Control, Unimplemented
from swarmwire.plan import release_of
from swarmwire.releases import Release

Statuses = Mapping[str, pb.ListServiceStatusesResponse.ServiceStatus]

_MODES = {
    "replicated": "replicated",
    "global": "global",
    "replicated_job": "replicated job",
    "global_job": "global job",
}
_UPDATE_MOODS = {
    "completed": "good",
    "updating": "busy",
    "rollback started": "busy",
    "paused": "bad",
    "rollback paused": "bad",
    "rollback completed": "bad",
}
_STATES = {"ready": "good", "down": "bad", "disconnected": "bad", "unknown": "busy"}
_AVAILABILITIES = {"pause": "busy", "drain": "busy"}


async def show_services(control: Control, format_: str, *, raw: bool) -> None:
    """Write the services: as text for people, as JSON, or ``raw``, as messages."""
    # as the engine: those of plugins are not listed
    filters = {} if raw else {"runtimes": ["container"]}
    services = await KINDS["service"].listed(control, **filters)
    if raw:
        write_list(map(raw_json, services))
        return
    found = await statuses(control, services)
    if format_ == "json":
        release = await release_at(control)
        write_list(
            engine.encode(with_status(each, found, release), release=release) for each in services
        )
    else:
        write_table(services_table(services, found))


async def show_nodes(control: Control, format_: str, *, raw: bool) -> None:
    """Write the nodes: as text for people, as JSON, or ``raw``, as messages."""
    nodes = await KINDS["node"].listed(control)
    if raw:
        write_list(map(raw_json, nodes))
    elif format_ == "json":
        release = release_of(nodes)
        write_list(shown("node", node, release) for node in nodes)
    else:
        write_table(nodes_table(nodes))


async def statuses(control: Control, services: Sequence[pb.Service]) -> Statuses:
    """How many tasks each service has; nothing if the manager is older than 20.10."""
    request = pb.ListServiceStatusesRequest(services=[service.id for service in services])
    try:
        answer = await control.list_service_statuses(request)
    except Unimplemented:
        return {}
    return {status.service_id: status for status in answer.statuses}


def with_status(
    service: pb.Service, found: Statuses, release: Release | None = None
) -> engine.Service:
    """A service as the engine lists it with its status."""
    shown = convert.service_from_grpc(service, release=release)
    status = found.get(service.id)
    if status is not None:
        shown.service_status = engine.ServiceStatus(
            running_tasks=status.running_tasks,
            desired_tasks=status.desired_tasks,
            completed_tasks=status.completed_tasks,
        )
    return shown


def services_table(services: Iterable[pb.Service], found: Statuses) -> Table:
    """All services, by name."""
    ordered = sorted(services, key=lambda service: service.spec.annotations.name)
    return table(
        "ID|NAME|MODE|REPLICAS|IMAGE|PORTS|UPDATE", [_service_row(each, found) for each in ordered]
    )


def _service_row(service: pb.Service, found: Statuses) -> Row:
    spec = service.spec
    update = ""
    if service.HasField("update_status"):
        update = word(pb.UpdateStatus.UpdateState, service.update_status.state)
    return (
        short(service.id),
        spec.annotations.name,
        _MODES.get(spec.WhichOneof("mode") or "", "?"),
        _replicas(service, found),
        spec.task.container.image,
        _ports(service),
        Cell(update, _UPDATE_MOODS.get(update, "")),
    )


def _replicas(service: pb.Service, found: Statuses) -> Cell:
    """Running and desired tasks; of a job also how many have to complete."""
    status = found.get(service.id)
    if status is None:
        return Cell("?")
    text = f"{status.running_tasks}/{status.desired_tasks}"
    mode = service.spec.WhichOneof("mode")
    if mode == "replicated_job":
        total = service.spec.replicated_job.total_completions
        return Cell(f"{text} ({status.completed_tasks}/{total} completed)")
    if mode == "global_job":
        total = status.completed_tasks + status.desired_tasks
        return Cell(f"{text} ({status.completed_tasks}/{total} completed)")
    return Cell(text, "good" if status.running_tasks >= status.desired_tasks else "bad")


def _ports(service: pb.Service) -> str:
    ports = service.endpoint.ports or service.spec.endpoint.ports
    return ", ".join(map(_port, ports))


def _port(port: pb.PortConfig) -> str:
    protocol = word(pb.PortConfig.Protocol, port.protocol)
    published = str(port.published_port or "?")
    host = "host:" if port.publish_mode == pb.PortConfig.HOST else "*:"
    return f"{host}{published}->{port.target_port}/{protocol}"


def nodes_table(nodes: Iterable[pb.Node]) -> Table:
    """All nodes, by the names of their hosts."""
    ordered = sorted(nodes, key=lambda node: (node.description.hostname, node.id))
    return table(
        "ID|HOSTNAME|ROLE|AVAILABILITY|STATE|MANAGER|ENGINE|ADDRESS|MESSAGE",
        map(_node_row, ordered),
    )


def _node_row(node: pb.Node) -> Row:
    state = word(pb.NodeStatus.State, node.status.state)
    availability = word(pb.NodeSpec.Availability, node.spec.availability)
    return (
        short(node.id),
        node.description.hostname,
        _role(node),
        Cell(availability, _AVAILABILITIES.get(availability, "")),
        Cell(state, _STATES.get(state, "")),
        _manager(node),
        node.description.engine.engine_version,
        node.manager_status.addr or node.status.addr,
        node.status.message,
    )


def _role(node: pb.Node) -> str:
    """The role it has; and the one that it is to have, while that is another one."""
    role, wanted = word(pb.NodeRole, node.role), word(pb.NodeRole, node.spec.desired_role)
    return role if role == wanted else f"{role}, to be {wanted}"


def _manager(node: pb.Node) -> Cell:
    if not node.HasField("manager_status"):
        return Cell("")
    reachability = word(pb.RaftMemberStatus.Reachability, node.manager_status.reachability)
    if reachability != "reachable":
        return Cell(reachability, "bad")
    return Cell("leader" if node.manager_status.leader else reachability, "good")
