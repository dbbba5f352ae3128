"""A service of a live manager, with what an update of it depends on."""

from typing import NamedTuple

from swarmwire import pb
from swarmwire.control import KINDS, Control, Unimplemented, resolve
from swarmwire.plan import release_of
from swarmwire.releases import NEWEST, Release
from swarmwire.scheduling import Cluster


class LiveService(NamedTuple):
    """A service with its surroundings, as a manager told them.

    Attributes:
        service: the service.
        tasks: its tasks, all of them.
        nodes: all nodes of the swarm.
        networks: all networks of the swarm.
        services: all services of the swarm; None if they were not asked for.
        secrets: all secrets, with nothing but their IDs and names; None likewise.
        configs: all configs, likewise.
    """

    service: pb.Service
    tasks: tuple[pb.Task, ...] = ()
    nodes: tuple[pb.Node, ...] = ()
    networks: tuple[pb.Network, ...] = ()
    services: tuple[pb.Service, ...] | None = None
    secrets: tuple[pb.Secret, ...] | None = None
    configs: tuple[pb.Config, ...] | None = None

    @property
    def name(self) -> str:
        """The name of the service."""
        return self.service.spec.annotations.name

    @property
    def network_names(self) -> dict[str, str]:
        """Names of networks by their ID."""
        return {network.id: network.spec.annotations.name for network in self.networks}

    @property
    def release(self) -> Release:
        """The release of the engine that leads the swarm; the newest if that is not told."""
        return release_of(self.nodes) or NEWEST

    @property
    def hosts(self) -> dict[str, str]:
        """Names of nodes by their ID."""
        return {node.id: node.description.hostname for node in self.nodes}


async def snapshot(control: Control, service: pb.Service | str) -> LiveService:
    """A service with its surroundings.

    Args:
        control: the manager.
        service: the service, or what it is called: see ``control.resolve``.

    Raises:
        NoSuchObject: there is none.
        AmbiguousReference: there are several.
    """
    if isinstance(service, str):
        found: pb.Service = await resolve(control, KINDS["service"], service)
    else:
        found = service
    return LiveService(
        found,
        await tasks_of(control, found.id),
        tuple((await control.list_nodes(pb.ListNodesRequest())).nodes),
        tuple((await control.list_networks(pb.ListNetworksRequest())).networks),
        tuple((await control.list_services(pb.ListServicesRequest())).services),
        await _named_secrets(control),
        await _named_configs(control),
    )


async def read_cluster(control: Control, live: LiveService | None = None) -> Cluster:
    """All that decides where tasks can run, as a manager stores it now.

    Args:
        control: the manager.
        live: a service with its surroundings, so that these are not asked for again.

    Raises:
        ControlError: the manager cannot tell.
    """
    try:
        volumes = await KINDS["volume"].listed(control)
    except Unimplemented:
        volumes = ()  # managers before 23.0 have none
    services = None if live is None else live.services
    return Cluster(
        nodes=await KINDS["node"].listed(control) if live is None else live.nodes,
        tasks=await KINDS["task"].listed(control),
        services=await KINDS["service"].listed(control) if services is None else services,
        volumes=volumes,
    )


async def _named_secrets(control: Control) -> tuple[pb.Secret, ...]:
    """All secrets by ID and name."""
    listed = (await control.list_secrets(pb.ListSecretsRequest())).secrets
    return tuple(
        pb.Secret(id=one.id, spec=pb.SecretSpec(annotations={"name": one.spec.annotations.name}))
        for one in listed
    )


async def _named_configs(control: Control) -> tuple[pb.Config, ...]:
    """All configs by ID and name: without their data, which may be large."""
    listed = (await control.list_configs(pb.ListConfigsRequest())).configs
    return tuple(
        pb.Config(id=one.id, spec=pb.ConfigSpec(annotations={"name": one.spec.annotations.name}))
        for one in listed
    )


async def tasks_of(control: Control, *service_ids: str) -> tuple[pb.Task, ...]:
    """All tasks of some services."""
    filters = pb.ListTasksRequest.Filters(service_ids=service_ids)
    return tuple((await control.list_tasks(pb.ListTasksRequest(filters=filters))).tasks)


async def service_by_id(control: Control, service_id: str) -> pb.Service:
    """The service of an ID, as it is stored.

    Raises:
        NotFound: there is none.
    """
    return (await control.get_service(pb.GetServiceRequest(service_id=service_id))).service
