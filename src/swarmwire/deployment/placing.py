"""Where the new tasks of a whole stack find a place, all its services together."""

from collections.abc import Iterator, Sequence

from swarmwire import pb
from swarmwire.control import KINDS, Control
from swarmwire.deployment.parts import DeploymentPlan
from swarmwire.deployment.wanted import planned_id
from swarmwire.placement import PlacementForecast, WantedService, forecast_placement
from swarmwire.releases import AnyRelease
from swarmwire.scheduling import Cluster
from swarmwire.update import read_cluster, wanted_service


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
    return place_deployment(plan, await read_cluster(control), networks)


def place_deployment(
    plan: DeploymentPlan,
    cluster: Cluster,
    networks: Sequence[pb.Network],
    *,
    release: AnyRelease = None,
) -> PlacementForecast:
    """Where the new tasks of a deploy find a place.

    Services that are removed hold theirs until their tasks have ended, so that they count here.

    Args:
        plan: what is deployed.
        cluster: the whole swarm.
        networks: all networks of the swarm; those that the deploy makes are added.
        release: the engine of the managers; the newest unless it is given.
    """
    new = [
        pb.Network(id=planned_id("network", part.name), spec=part.spec)
        for part in plan.parts
        if (part.kind, part.action) == ("network", "created")
    ]
    return forecast_placement(cluster, [*networks, *new], list(_wanted(plan)), release=release)


def _wanted(plan: DeploymentPlan) -> Iterator[WantedService]:
    for update in plan.updates:
        if update.is_sent and update.planned.moves_tasks:
            yield wanted_service(update.planned)
    for creation in plan.creations:
        yield WantedService(creation.spec)
