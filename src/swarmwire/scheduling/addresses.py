"""How many addresses networks have left, and how many a service needs.

Source: SwarmKit manager/allocator; moby daemon/libnetwork/cnmallocator.
"""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

import msgspec

from swarmwire import pb
from swarmwire.expected import expect, expect_each
from swarmwire.networks import is_ingress
from swarmwire.scheduling.cluster import Cluster
from swarmwire.scheduling.node_info import RUNNING
from swarmwire.scheduling.scheduler import schedule

NO_ATTACHMENT: Final = "node is missing network attachments, ip addresses may be exhausted"
"""What a node says of a task whose network has no address left for the node itself."""


class AddressUse(msgspec.Struct, frozen=True, kw_only=True):
    """The addresses of one network that a manager gives out.

    Attributes:
        network: its ID.
        name: its name.
        size: how many there are for use: without a gateway, the first and the last one.
        services: how many services hold one, for their virtual addresses.
        tasks: how many tasks do, also waiting ones.
        nodes: how many nodes do.
    """

    network: str
    name: str
    size: int
    services: int = 0
    tasks: int = 0
    nodes: int = 0

    @property
    def free(self) -> int:
        """How many are left."""
        return self.size - self.services - self.tasks - self.nodes


class AddressDemand(msgspec.Struct, frozen=True, kw_only=True):
    """What new tasks of a service need of one network; as text, a sentence without full stop.

    Attributes:
        use: the network as it is.
        services: 1 if the service needs a virtual address there that it does not have.
        tasks: one for each new task that has none yet.
        nodes: one for each node that runs a task in the network for the first time.
        stay_new: how many tasks stay ``NEW`` for want of an address. A manager says nothing of
            them, and its scheduler does not look at them.
        nodes_without: how many of these nodes get none. They reject tasks after half a minute.

    Source of the last: moby daemon/cluster/executor/container/adapter.go, waitNodeAttachments.
    """

    use: AddressUse
    services: int
    tasks: int
    nodes: int
    stay_new: int
    nodes_without: int = 0

    @property
    def adds(self) -> int:
        """How many addresses are wanted."""
        return self.services + self.tasks + self.nodes

    def __str__(self) -> str:
        free = "1 free address" if self.use.free == 1 else f"{self.use.free} free addresses"
        text = f"network {self.use.name} has {free} of {self.use.size}, this adds {self.adds}"
        comes_of_it = "; ".join(self._comes_of_it())
        return f"{text}: {comes_of_it}" if comes_of_it else text

    def _comes_of_it(self) -> Iterator[str]:
        if self.stay_new:
            stay = "1 task stays" if self.stay_new == 1 else f"{self.stay_new} tasks stay"
            yield f"{stay} NEW, and no manager says why"
        if self.nodes_without:
            number = self.nodes_without
            nodes = "1 node gets none" if number == 1 else f"{number} nodes get none"
            yield f"{nodes} and will reject tasks: {NO_ATTACHMENT}"


def addresses(cluster: Cluster, networks: Sequence[pb.Network]) -> dict[str, AddressUse]:
    """The addresses of each network, by its ID; those without addresses of a manager are left out.

    Raises:
        ConvertError: kind "type": one of ``networks`` is none.
    """
    expect_each(pb.Network, networks)
    return _use(AddressHolders(cluster), networks)


def _use(held: "AddressHolders", networks: Sequence[pb.Network]) -> dict[str, AddressUse]:
    found = {}
    for network in networks:
        size = _size(network)
        if size is not None:
            found[network.id] = AddressUse(
                network=network.id,
                name=network.spec.annotations.name,
                size=size,
                services=len(held.services.get(network.id, ())),
                tasks=len(held.tasks.get(network.id, ())),
                nodes=len(held.nodes.get(network.id, ())),
            )
    return found


def address_demand(
    cluster: Cluster, networks: Sequence[pb.Network], service: pb.Service, new: Sequence[pb.Task]
) -> tuple[AddressDemand, ...]:
    """What ``new`` tasks of ``service``, and itself, need of each of its networks.

    Which nodes they come to is what ``schedule`` says, were there addresses for all of them.

    Raises:
        ConvertError: kind "type": an object is no such message.
    """
    expect(pb.Service, service)
    expect_each(pb.Network, networks)
    expect_each(pb.Task, new)
    return AddressDemands(cluster, networks).of(service, new)


class AddressDemands:
    """What services need of their networks, of one cluster that is counted once for all of them."""

    def __init__(self, cluster: Cluster, networks: Sequence[pb.Network]) -> None:
        self._cluster = cluster
        self._networks = networks
        self._held = AddressHolders(cluster)
        self._use = _use(self._held, networks)

    def of(self, service: pb.Service, new: Sequence[pb.Task]) -> tuple[AddressDemand, ...]:
        """See ``address_demand``."""
        ready = [_pending(task) for task in new]
        nodes = set(schedule(self._cluster, ready).placed.values())
        return tuple(
            self._demand(network, service, new, nodes)
            for network in self._networks
            if network.id in self._use and takes_part(service, network)
        )

    def _demand(
        self, network: pb.Network, service: pb.Service, new: Sequence[pb.Task], nodes: set[str]
    ) -> AddressDemand:
        held, use = self._held, self._use[network.id]
        virtual = service.spec.endpoint.mode == pb.EndpointSpec.VIP
        vips = int(virtual and service.id not in held.services.get(network.id, ()))
        # all nodes have one there anyway
        fresh = set() if is_ingress(network) else nodes - held.nodes.get(network.id, set())
        without = [task for task in new if task.id not in held.tasks.get(network.id, ())]
        for_tasks = use.free - vips
        for_nodes = max(0, for_tasks - len(without))
        return AddressDemand(
            use=use,
            services=vips,
            tasks=len(without),
            nodes=len(fresh),
            # without a virtual address no task of the service gets any
            stay_new=len(without) if for_tasks < 0 else max(0, len(without) - for_tasks),
            nodes_without=max(0, len(fresh) - for_nodes) if for_tasks > 0 else 0,
        )


class AddressHolders:
    """Who holds addresses of a manager.

    Attributes:
        services: the IDs of services with a virtual address, by the ID of the network.
        tasks: the IDs of tasks that are not over, likewise.
        nodes: the IDs of nodes, likewise.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.services: dict[str, set[str]] = {}
        self.tasks: dict[str, set[str]] = {}
        self.nodes: dict[str, set[str]] = {}
        for service in (cluster.services or {}).values():
            for vip in service.endpoint.virtual_ips:
                if vip.addr:
                    self.services.setdefault(vip.network_id, set()).add(service.id)
        for task in cluster.tasks:
            # of tasks that are over only the text is left
            if task.status.state <= RUNNING:
                _note(self.tasks, task.id, task.networks)
        for node in cluster.nodes:
            _note(self.nodes, node.id, (*node.attachments, node.attachment))


def _note(
    held: dict[str, set[str]], holder: str, attachments: Sequence[pb.NetworkAttachment]
) -> None:
    for each in attachments:
        if each.addresses:
            held.setdefault(each.network.id, set()).add(holder)


def _pending(task: pb.Task) -> pb.Task:
    out = pb.Task()
    out.CopyFrom(task)
    out.status.CopyFrom(pb.TaskStatus(state="PENDING"))
    return out


def takes_part(service: pb.Service, network: pb.Network) -> bool:
    """Whether tasks of the service are attached to the network, by its ID or name."""
    spec = service.spec
    if is_ingress(network):
        return any(
            port.publish_mode == pb.PortConfig.INGRESS
            for port in (*spec.endpoint.ports, *service.endpoint.ports)
        )
    attached = spec.task.networks or spec.networks
    return any(each.target in (network.id, network.spec.annotations.name) for each in attached)


def _size(network: pb.Network) -> int | None:
    """How many addresses are for use; None if a manager gives out none, or chooses the subnet."""
    configs = network.ipam.configs
    if not network.HasField("driver_state"):
        # not allocated yet: it will have what it asks for
        overlay = network.spec.driver_config.name in ("", "overlay")
        configs = network.spec.ipam.configs if overlay else configs
    sizes = list(_pool_sizes(configs))
    return sum(sizes) if sizes else None


def _pool_sizes(configs: Sequence[pb.IPAMConfig]) -> Iterator[int]:
    for config in configs:
        subnet = _network(config.subnet)
        pool = _network(config.range) if config.range else subnet
        if subnet is None or pool is None:
            continue
        taken: set[IPv4Address | IPv6Address] = set()
        if subnet.version == 4 and subnet.prefixlen < 31:
            taken |= {subnet.network_address, subnet.broadcast_address}
        gateway = _address(config.gateway)
        # one that is not given is taken from the pool
        others = 1 if gateway is None else 0
        taken |= set() if gateway is None else {gateway}
        yield max(0, pool.num_addresses - others - sum(each in pool for each in taken))


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text.partition("/")[0])
    except ValueError:
        return None
