"""Where the new tasks of a whole stack find a place, all its services together."""

from collections.abc import Iterator, Sequence
from typing import Final

from swarmwire import pb
from swarmwire.control import KINDS, Control
from swarmwire.deployment.parts import DeploymentPlan
from swarmwire.deployment.wanted import planned_id
from swarmwire.placement import PlacementForecast, WantedService, forecast_placement
from swarmwire.releases import AnyRelease
from swarmwire.scheduling import Cluster
from swarmwire.update import read_cluster, wanted_service

_SUBNET_SIZE: Final = 24
"""Bits of the mask of a subnet that a manager chooses, unless the swarm was made with others."""


async def read_places(control: Control, plan: DeploymentPlan) -> PlacementForecast | None:
    """Where the new tasks of a deploy find a place in the swarm as it is now.

    None if there are none, or if the plan is refused; then nothing is asked of the manager.

    Raises:
        ControlError: the manager says no.
        TransportError: it cannot be reached.
    """
    if plan.is_refused or not list(_wanted(plan)):
        return None
    networks = await KINDS["network"].listed(control)
    swarms = await KINDS["swarm"].listed(control)
    subnet_size = next((one.subnetSize for one in swarms), 0) or _SUBNET_SIZE
    return place_deployment(plan, await read_cluster(control), networks, subnet_size=subnet_size)


def place_deployment(
    plan: DeploymentPlan,
    cluster: Cluster,
    networks: Sequence[pb.Network],
    *,
    subnet_size: int = _SUBNET_SIZE,
    release: AnyRelease = None,
) -> PlacementForecast:
    """Where the new tasks of a deploy find a place.

    Services that are removed hold theirs until their tasks have ended, so that they count here.

    Args:
        plan: what is deployed.
        cluster: the whole swarm.
        networks: all networks of the swarm; those that the deploy makes are added.
        subnet_size: bits of the mask of the subnets that the managers choose.
        release: the engine of the managers; the newest unless it is given.
    """
    new = [
        _made(planned_id("network", part.name), part.spec, subnet_size)
        for part in plan.parts
        if (part.kind, part.action) == ("network", "created")
    ]
    return forecast_placement(cluster, [*networks, *new], list(_wanted(plan)), release=release)


def _made(id_: str, spec: pb.NetworkSpec, subnet_size: int) -> pb.Network:
    """A network as it will be; of a subnet that a manager chooses only the size is known."""
    network = pb.Network(id=id_, spec=spec)
    if not any(config.subnet for config in spec.ipam.configs):
        del network.spec.ipam.configs[:]
        network.spec.ipam.configs.add(subnet=f"0.0.0.0/{subnet_size}")
    return network


def _wanted(plan: DeploymentPlan) -> Iterator[WantedService]:
    for update in plan.updates:
        if update.is_sent and update.planned.moves_tasks:
            yield wanted_service(update.planned)
    for creation in plan.creations:
        yield WantedService(creation.spec)
