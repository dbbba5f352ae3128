"""Services as rows of a table, with how many of their tasks run. Pure but for ``statuses``."""

from collections.abc import Iterable, Mapping, Sequence

from swarmwire import convert, engine, pb
from swarmwire.cli.live.tables import Cell, Row, Table, table
from swarmwire.cli.live.words import short, word
from swarmwire.control import Control, Unimplemented

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


async def statuses(control: Control, services: Sequence[pb.Service]) -> Statuses:
    """How many tasks each service has; nothing if the manager is older than 20.10."""
    request = pb.ListServiceStatusesRequest(services=[service.id for service in services])
    try:
        answer = await control.list_service_statuses(request)
    except Unimplemented:
        return {}
    return {status.service_id: status for status in answer.statuses}


def with_status(service: pb.Service, found: Statuses) -> engine.Service:
    """A service as the engine lists it with its status."""
    shown = convert.service_from_grpc(service)
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
        "ID|NAME|MODE|REPLICAS|IMAGE|PORTS|UPDATE", [_row(each, found) for each in ordered]
    )


def _row(service: pb.Service, found: Statuses) -> Row:
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
