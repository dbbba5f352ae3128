"""What a plan needs of a live manager: the service, its tasks, the nodes, the networks' names."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from swarmwire import pb
from swarmwire.cli.exits import Stop, Unreadable
from swarmwire.cli.live.connection import opened
from swarmwire.cli.live.options import Where
from swarmwire.cli.planning.usage import ERROR
from swarmwire.control import NotFound
from swarmwire.control.sync import BlockingControl


class Snapshot(NamedTuple):
    """A service with its surroundings, as a manager told them."""

    service: pb.Service
    tasks: tuple[pb.Task, ...]
    nodes: tuple[pb.Node, ...]
    networks: tuple[pb.Network, ...] = ()

    @property
    def names(self) -> dict[str, str]:
        """Names of networks by their ID."""
        return {network.id: network.spec.annotations.name for network in self.networks}

    @property
    def hosts(self) -> dict[str, str]:
        """Names of nodes by their ID."""
        return {node.id: node.description.hostname for node in self.nodes}


def connected(where: Where, *, secrets: bool = False) -> BlockingControl:
    """The manager there where the options say."""
    return BlockingControl(opened(where, secrets=secrets))


def snapshot(control: BlockingControl, service: pb.Service) -> Snapshot:
    """The surroundings of ``service``."""
    return Snapshot(
        service,
        tasks_of(control, service.id),
        tuple(control.list_nodes(pb.ListNodesRequest()).nodes),
        tuple(control.list_networks(pb.ListNetworksRequest()).networks),
    )


def tasks_of(control: BlockingControl, service: str) -> tuple[pb.Task, ...]:
    """All tasks of a service."""
    filters = pb.ListTasksRequest.Filters(service_ids=[service])
    return tuple(control.list_tasks(pb.ListTasksRequest(filters=filters)).tasks)


def get(control: BlockingControl, service: str) -> pb.Service:
    """The service of an ID, as it is stored."""
    return control.get_service(pb.GetServiceRequest(service_id=service)).service


def find(control: BlockingControl, given: str) -> pb.Service:
    """The service of an ID, a name, or the beginning of an ID: in this order, as the engine.

    Raises:
        Stop: there is none, or more than one.
    """
    if given:
        try:
            return get(control, given)
        except NotFound:
            pass
    filters = pb.ListServicesRequest.Filters(names=[given])
    found = list(control.list_services(pb.ListServicesRequest(filters=filters)).services)
    if not found:
        filters = pb.ListServicesRequest.Filters(id_prefixes=[given])
        found = list(control.list_services(pb.ListServicesRequest(filters=filters)).services)
    if not found:
        raise Stop(ERROR, f"service {given} not found")
    if len(found) > 1:
        raise Stop(ERROR, f"service {given} is ambiguous ({len(found)} matches found)")
    return found[0]


def resolve_networks(
    spec: pb.ServiceSpec, networks: Iterable[pb.Network], *, absent: Mapping[str, str] | None = None
) -> None:
    """Put the ID of each network where its name stands, or the beginning of its ID.

    ``absent`` are names of networks that are yet to be made, with what stands for their ID.

    Raises:
        Unreadable: there is no such network, or more than one.
    """
    listed = list(networks)
    for index, attachment in enumerate(spec.task.networks):
        given = attachment.target
        if absent and given in absent:
            attachment.target = absent[given]
            continue
        found = (
            [network for network in listed if network.id == given]
            or [network for network in listed if network.spec.annotations.name == given]
            or [network for network in listed if network.id.startswith(given)]
        )
        if len(found) != 1:
            what = f"is ambiguous ({len(found)} matches found)" if found else "not found"
            raise Unreadable(f"TaskTemplate.Networks[{index}].Target: network {given} {what}")
        attachment.target = found[0].id
