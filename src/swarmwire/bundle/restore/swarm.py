"""The new swarm: read once, then looked up. The reading is the only I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from swarmwire import pb
from swarmwire.bundle.restore.steps import Kind, Known, Message, RestoreOptions
from swarmwire.control import Control
from swarmwire.networks import is_ingress


@dataclass(frozen=True, slots=True)
class LiveSwarm:
    """A live swarm, as its manager told.

    Attributes:
        cluster_id: which one.
        nodes: all nodes.
        networks: all networks.
        secrets: all secrets, without payloads.
        configs: all configs.
        services: all services.
        tasks: all tasks.
    """

    cluster_id: str
    nodes: tuple[pb.Node, ...] = field(default=(), repr=False)
    networks: tuple[pb.Network, ...] = field(default=(), repr=False)
    secrets: tuple[pb.Secret, ...] = field(default=(), repr=False)
    configs: tuple[pb.Config, ...] = field(default=(), repr=False)
    services: tuple[pb.Service, ...] = field(default=(), repr=False)
    tasks: tuple[pb.Task, ...] = field(default=(), repr=False)

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


async def look(control: Control) -> LiveSwarm:
    """Read what the swarm has.

    Raises:
        ControlError: the manager says no.
        TransportError: it cannot be reached.
    """
    clusters = await control.list_clusters(pb.ListClustersRequest())
    return LiveSwarm(
        clusters.clusters[0].id,
        tuple((await control.list_nodes(pb.ListNodesRequest())).nodes),
        tuple((await control.list_networks(pb.ListNetworksRequest())).networks),
        tuple((await control.list_secrets(pb.ListSecretsRequest())).secrets),
        tuple((await control.list_configs(pb.ListConfigsRequest())).configs),
        tuple((await control.list_services(pb.ListServicesRequest())).services),
        tuple((await control.list_tasks(pb.ListTasksRequest())).tasks),
    )


def name_of(message: Message) -> str:
    """The name that people know an object by: a node's is its host's."""
    if isinstance(message, pb.Node):
        return message.description.hostname
    return message.spec.annotations.name


class Destination(NamedTuple):
    """The new swarm as the steps see it.

    Attributes:
        swarm: what it has.
        known: what an earlier run created in it.
        options: how to restore.
        network_names: names of the dead swarm's networks by id, also of those that the bundle
            does not hold.
    """

    swarm: LiveSwarm
    known: Known
    options: RestoreOptions
    network_names: Mapping[str, str]

    def made(self, kind: Kind, old_id: str) -> Any | None:
        """What an earlier run created for an object of the dead swarm, if it is there still."""
        return self.swarm.with_id(kind, self.known.get((kind, old_id), ""))
