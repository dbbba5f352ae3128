"""Networks, in the two shapes that the engine knows, and a service's endpoint in them.

``Network`` is what stands in a task; ``NetworkResource`` is what ``/networks`` answers.

Source: moby api/types/swarm/network.go and api/types/network.
"""

from types import NoneType

from swarmwire.engine.address import parse_address, parse_prefix
from swarmwire.engine.base import EngineObject, written
from swarmwire.engine.common import Annotations, Driver, StoredObject
from swarmwire.engine.units import Address, Int64, Prefix, Timestamp, UInt32, UInt64, zero_time


class PortConfig(EngineObject):
    """A port that a service publishes."""

    name: str = ""
    protocol: str = ""
    target_port: UInt32 = 0
    published_port: UInt32 = 0
    publish_mode: str = ""


class EndpointSpec(EngineObject):
    """How a service is to be reached."""

    mode: str = ""
    ports: list[PortConfig] = []


class EndpointVirtualIP(EngineObject):
    """The address of a service in a network."""

    network_id: str = ""
    addr: Prefix = ""


class Endpoint(EngineObject):
    """How a service is reached."""

    spec: EndpointSpec = written(EndpointSpec)
    ports: list[PortConfig] = []
    virtual_ips: list[EndpointVirtualIP] = []


class NetworkAttachmentConfig(EngineObject):
    """A network that tasks are to join."""

    target: str = ""
    aliases: list[str] = []
    driver_opts: dict[str, str] = {}


class NetworkConfigReference(EngineObject):
    """The network whose configuration another one uses."""

    network: str = written(str)


class IPAMConfig(EngineObject):
    """A pool of addresses, as a task's network shows it."""

    subnet: Prefix = ""
    range: Prefix = ""
    gateway: Address = ""

    def __post_init__(self) -> None:
        if self.subnet:
            self.subnet = parse_prefix(self.subnet)
        if self.range:
            self.range = parse_prefix(self.range)
        if self.gateway:
            self.gateway = parse_address(self.gateway)


class IPAMOptions(EngineObject):
    """Address management, as a task's network shows it."""

    driver: Driver = written(Driver)
    configs: list[IPAMConfig] = []


class NetworkSpec(Annotations):
    """What was asked of a network."""

    driver_configuration: Driver | None = None
    ipv6_enabled: bool = False
    internal: bool = False
    attachable: bool = False
    ingress: bool = False
    ipam_options: IPAMOptions | None = None
    config_from: NetworkConfigReference | None = None
    scope: str = ""


class Network(StoredObject):
    """A network as it stands in a task."""

    spec: NetworkSpec = written(NetworkSpec)
    driver_state: Driver = written(Driver)
    ipam_options: IPAMOptions | None = None


class NetworkAttachment(EngineObject):
    """A network that a task has joined, and its addresses there."""

    network: Network = written(Network)
    addresses: list[Prefix] = []


class NetworkIPAMConfig(EngineObject):
    """A pool of addresses, as ``/networks`` reads and shows it."""

    subnet: Prefix = ""
    ip_range: Prefix = ""
    gateway: Address = ""
    auxiliary_addresses: dict[str, Address] = {}

    def __post_init__(self) -> None:
        if self.subnet:
            self.subnet = parse_prefix(self.subnet)
        if self.ip_range:
            self.ip_range = parse_prefix(self.ip_range)
        if self.gateway:
            self.gateway = parse_address(self.gateway)
        if self.auxiliary_addresses:
            self.auxiliary_addresses = {
                name: parse_address(text) if text else ""
                for name, text in self.auxiliary_addresses.items()
            }


class IPAM(EngineObject):
    """Address management, as ``/networks`` reads and shows it."""

    driver: str = written(str)
    options: dict[str, str] | None = written(NoneType)
    config: list[NetworkIPAMConfig] | None = written(NoneType)


class NetworkCreateRequest(EngineObject):
    """The body that creates a network."""

    name: str = written(str)
    driver: str = written(str)
    scope: str = written(str)
    enable_ipv4: bool | None = None
    enable_ipv6: bool | None = None
    ipam: IPAM | None = written(NoneType)
    internal: bool = written(bool)
    attachable: bool = written(bool)
    ingress: bool = written(bool)
    config_only: bool = written(bool)
    config_from: NetworkConfigReference | None = written(NoneType)
    options: dict[str, str] | None = written(NoneType)
    labels: dict[str, str] | None = written(NoneType)


class PeerInfo(EngineObject):
    """Another engine of an overlay network."""

    name: str = written(str)
    ip: Address = written(str)


class EndpointResource(EngineObject):
    """A container in a network."""

    name: str = written(str)
    endpoint_id: str = written(str)
    mac_address: str = written(str)
    ipv4_address: Prefix = written(str)
    ipv6_address: Prefix = written(str)


class NetworkResource(EngineObject):
    """A network as ``/networks`` shows it."""

    name: str = written(str)
    id: str = written(str, "Id")
    created: Timestamp = written(zero_time)
    scope: str = written(str)
    driver: str = written(str)
    enable_ipv4: bool = written(bool)
    enable_ipv6: bool = written(bool)
    ipam: IPAM = written(IPAM)
    internal: bool = written(bool)
    attachable: bool = written(bool)
    ingress: bool = written(bool)
    config_from: NetworkConfigReference = written(NetworkConfigReference)
    config_only: bool = written(bool)
    options: dict[str, str] | None = written(NoneType)
    labels: dict[str, str] | None = written(NoneType)
    peers: list[PeerInfo] = []
    containers: dict[str, EndpointResource] | None = None
    """Listed by releases through 28.5."""


class NetworkTask(EngineObject):
    """A task of a service in a network, in the verbose answer."""

    name: str = written(str)
    endpoint_id: str = written(str)
    endpoint_ip: Address = written(str)
    info: dict[str, str] | None = written(NoneType)


class ServiceInfo(EngineObject):
    """A service in a network, in the verbose answer."""

    vip: Address = written(str)
    ports: list[str] | None = written(NoneType)
    local_lb_index: Int64 = written(int)
    tasks: list[NetworkTask] | None = written(NoneType)


class SubnetStatus(EngineObject):
    """How many addresses of a subnet are in use."""

    ips_in_use: UInt64 = written(int)
    dynamic_ips_available: UInt64 = written(int)


class IPAMStatus(EngineObject):
    """The use of each subnet of a network."""

    subnets: dict[Prefix, SubnetStatus] = {}


class NetworkStatus(EngineObject):
    """What the allocator tells of a network."""

    ipam: IPAMStatus = written(IPAMStatus)


class NetworkInspect(NetworkResource):
    """A network as ``/networks/{id}`` shows it."""

    containers: dict[str, EndpointResource] | None = written(NoneType)
    services: dict[str, ServiceInfo] = {}
    status: NetworkStatus | None = None
