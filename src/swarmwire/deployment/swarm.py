"""What a manager stores beside a stack, as far as a deploy of it depends on that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from swarmwire import pb
from swarmwire.control import Control, InvalidArgument, OutOfDate
from swarmwire.plan import release_of
from swarmwire.releases import NEWEST, Release
from swarmwire.stack.body.building import NAMESPACE
from swarmwire.update.live import tasks_of


@dataclass(frozen=True)
class SwarmNow:
    """The objects of a swarm, as a manager told them.

    Attributes:
        stack: the name of the stack in question.
        services: all services.
        tasks: the tasks of the stack's services.
        nodes: all nodes.
        networks: all networks.
        secrets: all secrets, without their data.
        configs: all configs.
    """

    stack: str
    services: tuple[pb.Service, ...] = field(default=(), repr=False)
    tasks: tuple[pb.Task, ...] = field(default=(), repr=False)
    nodes: tuple[pb.Node, ...] = field(default=(), repr=False)
    networks: tuple[pb.Network, ...] = field(default=(), repr=False)
    secrets: tuple[pb.Secret, ...] = field(default=(), repr=False)
    configs: tuple[pb.Config, ...] = field(default=(), repr=False)

    @property
    def release(self) -> Release:
        """The release of the engine that leads the swarm; the newest if that is not told."""
        return release_of(self.nodes) or NEWEST

    @property
    def hosts(self) -> dict[str, str]:
        """The host names of the nodes by ID."""
        return {node.id: node.description.hostname for node in self.nodes}

    @property
    def of_stack(self) -> dict[str, pb.Service]:
        """The services of the stack by name."""
        return {one.spec.annotations.name: one for one in self.services if self.owns(one)}

    def owns(self, message: pb.Service | pb.Network | pb.Secret | pb.Config) -> bool:
        """Whether an object belongs to the stack, by its label."""
        labels = message.spec.annotations.labels
        return NAMESPACE in labels and labels[NAMESPACE] == self.stack


async def read_swarm(control: Control, stack: str) -> SwarmNow:
    """All that a deploy of a stack depends on.

    Raises:
        ControlError: the manager says no.
        TransportError: it cannot be reached.
    """
    services = tuple((await control.list_services(pb.ListServicesRequest())).services)
    swarm = SwarmNow(
        stack,
        services,
        (),
        tuple((await control.list_nodes(pb.ListNodesRequest())).nodes),
        tuple((await control.list_networks(pb.ListNetworksRequest())).networks),
        tuple((await control.list_secrets(pb.ListSecretsRequest())).secrets),
        tuple((await control.list_configs(pb.ListConfigsRequest())).configs),
    )
    own = [service.id for service in swarm.of_stack.values()]
    return replace(swarm, tasks=await tasks_of(control, *own)) if own else swarm


async def changed_secrets(
    control: Control, secrets: Sequence[pb.Secret], wanted: Mapping[str, bytes]
) -> frozenset[str]:
    """The names of those secrets whose data is another than the wanted one. Changes nothing.

    No manager gives the data out, but it compares it: an update is refused for other data, and
    else because its version, 0, is one that no object ever has.

    Args:
        control: the manager.
        secrets: as it stores them.
        wanted: data by the secret's name; of secrets that are not in it nothing is asked.

    Raises:
        ControlError: the manager says something else.
        TransportError: it cannot be reached.

    Source: SwarmKit manager/controlapi/secret.go, UpdateSecret; manager/state/store, update.
    """
    found = set()
    for secret in secrets:
        name = secret.spec.annotations.name
        data = wanted.get(name)
        if not data:
            continue
        spec = pb.SecretSpec(annotations=secret.spec.annotations, data=data)
        try:
            await control.update_secret(
                pb.UpdateSecretRequest(
                    secret_id=secret.id, secret_version=pb.Version(index=0), spec=spec
                )
            )
        except OutOfDate:
            continue
        except InvalidArgument:
            found.add(name)
    return frozenset(found)
