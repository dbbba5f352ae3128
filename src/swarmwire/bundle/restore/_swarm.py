"""What the new swarm has: read once, then looked up. The reading is the only I/O."""

from dataclasses import dataclass, field
from typing import Any

from swarmwire import pb
from swarmwire.bundle.restore._steps import Kind, Message
from swarmwire.control import Control
from swarmwire.convert.network import is_ingress

_PREDEFINED = "com.docker.swarm.predefined"


@dataclass(frozen=True, slots=True)
class Swarm:
    """A live swarm, as its manager told.

    Attributes:
        cluster_id: which one.
        nodes: all nodes.
        networks: all networks.
        secrets: all secrets, without payloads.
        configs: all configs.
        services: all services.
    """

    cluster_id: str
    nodes: tuple[pb.Node, ...] = field(default=(), repr=False)
    networks: tuple[pb.Network, ...] = field(default=(), repr=False)
    secrets: tuple[pb.Secret, ...] = field(default=(), repr=False)
    configs: tuple[pb.Config, ...] = field(default=(), repr=False)
    services: tuple[pb.Service, ...] = field(default=(), repr=False)

    def of(self, kind: Kind) -> tuple[Any, ...]:
        """All objects of a kind."""
        objects: tuple[Any, ...] = getattr(self, f"{kind}s")
        return objects

    def named(self, kind: Kind, name: str) -> Any | None:
        """The object whose name takes this one, as managers compare names: without case."""
        wanted = name.lower()
        return next((one for one in self.of(kind) if name_of(one).lower() == wanted), None)

    def with_id(self, kind: Kind, id_: str) -> Any | None:
        """The object of an id."""
        return next((one for one in self.of(kind) if one.id == id_), None)

    @property
    def ingress(self) -> pb.Network | None:
        """The network that published ports go through."""
        return next((one for one in self.networks if is_ingress(one)), None)


async def look(control: Control) -> Swarm:
    """Read what the swarm has.

    Raises:
        ControlError: the manager says no.
        TransportError: it cannot be reached.
    """
    clusters = await control.list_clusters(pb.ListClustersRequest())
    return Swarm(
        clusters.clusters[0].id,
        tuple((await control.list_nodes(pb.ListNodesRequest())).nodes),
        tuple((await control.list_networks(pb.ListNetworksRequest())).networks),
        tuple((await control.list_secrets(pb.ListSecretsRequest())).secrets),
        tuple((await control.list_configs(pb.ListConfigsRequest())).configs),
        tuple((await control.list_services(pb.ListServicesRequest())).services),
    )


def name_of(message: Message) -> str:
    """The name that people know an object by: a node's is its host's."""
    if isinstance(message, pb.Node):
        return message.description.hostname
    return message.spec.annotations.name


def is_predefined(network: pb.Network) -> bool:
    """Whether each swarm makes such a network by itself: those of nodes, ``host``, ``bridge``."""
    return _PREDEFINED in network.spec.annotations.labels
