"""The networks of a service by id, as a manager wants them.

Source: moby daemon/cluster/networks.go, populateNetworkID.
"""

from swarmwire import engine
from swarmwire.control import NoSuchObject
from swarmwire.gateway.context import GatewayContext
from swarmwire.gateway.message import RequestRefused
from swarmwire.gateway.routing import RoutedRequest
from swarmwire.networks import OF_EACH_ENGINE


async def with_network_ids(
    context: GatewayContext, routed: RoutedRequest, spec: engine.ServiceSpec
) -> None:
    """Put ids in the place of names in ``spec``: of its task or, if that names none, its own.

    Raises:
        RequestRefused: 500: there is no such network; 404: none in the swarm.
        AmbiguousReference: there are several.
    """
    for network in spec.task_template.networks or spec.networks:
        try:
            found = await context.view(routed).found_anywhere(
                context.control, "network", network.target
            )
        except NoSuchObject as err:
            if network.target in OF_EACH_ENGINE:
                text = f"could not find the corresponding predefined swarm network: {err}"
                raise RequestRefused(404, text) from err
            # as the engine, whose error for it has no class
            raise RequestRefused(500, str(err)) from err
        network.target = found.id
