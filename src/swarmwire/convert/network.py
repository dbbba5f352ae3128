"""Networks, in the two shapes of the Engine API, and the request that creates one."""

from ipaddress import ip_address
from typing import Final

from swarmwire import engine, pb
from swarmwire.convert import older
from swarmwire.convert._entry import entry
from swarmwire.convert._nested import fill_map, text_map
from swarmwire.convert._net import read_network, read_unmapped_address
from swarmwire.convert.common import (
    annotations_to_grpc,
    driver_from_grpc,
    read_time,
    stored_from_grpc,
)
from swarmwire.engine.address import mask_prefix, parse_prefix, unmap_address
from swarmwire.errors import ConvertError, FieldError
from swarmwire.networks import is_ingress
from swarmwire.releases import AnyRelease

_SWARM_SCOPE: Final = "swarm"
_EXTRA: Final = f"/{pb.netextra.Extra.DESCRIPTOR.full_name}"
"""How the type of what the allocator adds ends; any other type is passed over."""
_ADDRESS_SIZES: Final = (0, 4, 16)


@entry(engine.NetworkCreateRequest, older.network_create_to_grpc)
def network_create_to_grpc(
    request: engine.NetworkCreateRequest, *, lossless: bool = False, release: AnyRelease = None
) -> pb.NetworkSpec:
    """The spec that a manager is sent for a request to create a network.

    Prefixes lose their host bits, as in the engine. ``lossless`` keeps the auxiliary addresses.

    Raises:
        ConvertError: kind "type" at ``IPAM.Config[n]``: a hand-built address that is none.

    Source: moby convert/network.go, BasicNetworkCreateToGRPC.
    """
    out = pb.NetworkSpec()
    annotations_to_grpc(request.name, request.labels, out.annotations)
    out.driver_config.name = request.driver
    if request.options:
        fill_map(request.options, out.driver_config.options)
    out.internal = request.internal
    out.attachable = request.attachable
    out.ingress = request.ingress
    if request.enable_ipv6:
        out.ipv6_enabled = True
    if request.ipam is not None:
        out.ipam.driver.name = request.ipam.driver or "default"
        if request.ipam.options:
            fill_map(request.ipam.options, out.ipam.driver.options)
        for index, config in enumerate(request.ipam.config or ()):
            try:
                ipam_config_to_grpc(config, out.ipam.configs.add(), lossless=lossless)
            except ValueError as err:
                raise ConvertError("type", str(err), "IPAM", "Config", index) from err
    if request.config_from is not None:
        out.network = request.config_from.network
    return out


@entry(pb.Network, older.network_from_grpc)
def network_from_grpc(network: pb.Network, *, release: AnyRelease = None) -> engine.NetworkResource:
    """A network as ``/networks`` shows it.

    Raises:
        ConvertError: kind "range" at ``Created``: a time that JSON cannot say.

    Source: moby convert/network.go, BasicNetworkFromGRPC.
    """
    spec = network.spec
    out = engine.NetworkResource(
        name=spec.annotations.name,
        id=network.id,
        created=read_time("Created", network.meta.created_at),
        scope=_SWARM_SCOPE,
        driver=network.driver_state.name,
        enable_ipv4=True,
        enable_ipv6=spec.ipv6_enabled,
        internal=spec.internal,
        attachable=spec.attachable,
        ingress=is_ingress(network),
        config_from=engine.NetworkConfigReference(network=spec.network),
        options=text_map(network.driver_state.options) or None,
        labels=text_map(spec.annotations.labels) or None,
    )
    if network.HasField("ipam"):
        out.ipam = engine.IPAM(
            driver=network.ipam.driver.name,
            options=text_map(network.ipam.driver.options) or None,
            config=[ipam_config_from_grpc(config) for config in network.ipam.configs[:]],
        )
    return out


@entry(pb.Network, older.network_inspect_from_grpc)
def network_inspect_from_grpc(
    network: pb.Network, *, release: AnyRelease = None
) -> engine.NetworkInspect:
    """A network as ``/networks/{id}`` shows it: with the use of its addresses, if that was asked.

    A manager adds that to its answer (``Network.extra``) if the request carries
    ``docker.engine.netextra.GetNetworkExtraOptions``. Which containers are in a network only its
    nodes know.

    Raises:
        ConvertError: kind "range" at ``Created``: a time that JSON cannot say; kind "type" at
            ``Status``: what the allocator added is damaged.

    Source: moby convert/network.go, NetworkInspectFromGRPC; netextra/network_extra.go, StatusFrom.
    """
    listed = network_from_grpc(network)
    fields = {name: getattr(listed, name) for name in listed.__struct_fields__}
    out = engine.NetworkInspect(**(fields | {"containers": {}}))
    if network.HasField("extra") and network.extra.type_url.endswith(_EXTRA):
        out.status = network_status_from_grpc(network.extra.value)
    return out


def network_status_from_grpc(extra: bytes) -> engine.NetworkStatus:
    """Source: moby convert/netextra/network_extra.go, StatusFrom."""
    try:
        found = pb.parse(pb.netextra.Extra, extra)
        subnets = {
            _binary_prefix(each.Subnet): engine.SubnetStatus(
                ips_in_use=each.IPsInUse, dynamic_ips_available=each.DynamicIPsAvailable
            )
            for each in found.IPAMStatus
        }
    except (FieldError, ValueError) as err:
        reason = f"what the allocator added cannot be read: {err}"
        raise ConvertError("type", reason, "Status") from err
    return engine.NetworkStatus(ipam=engine.IPAMStatus(subnets=subnets))


def _binary_prefix(data: bytes) -> engine.Prefix:
    """Source: Go netip, Prefix.UnmarshalBinary."""
    if len(data) - 1 not in _ADDRESS_SIZES:
        raise ValueError("unexpected slice size")
    if len(data) == 1:
        return ""
    address, length = ip_address(data[:-1]), data[-1]
    if length > address.max_prefixlen:
        return "invalid Prefix"
    return parse_prefix(f"{address}/{length}")


def ipam_config_to_grpc(
    config: engine.NetworkIPAMConfig, out: pb.IPAMConfig, *, lossless: bool
) -> None:
    """Source: moby convert/network.go, BasicNetworkCreateToGRPC."""
    out.subnet = mask_prefix(config.subnet)
    out.range = mask_prefix(config.ip_range)
    out.gateway = unmap_address(config.gateway)
    if lossless:
        fill_map(config.auxiliary_addresses, out.reserved)


def ipam_config_from_grpc(config: pb.IPAMConfig) -> engine.NetworkIPAMConfig:
    """Source: moby convert/network.go, BasicNetworkFromGRPC."""
    return engine.NetworkIPAMConfig(
        subnet=read_network(config.subnet),
        ip_range=read_network(config.range),
        gateway=read_unmapped_address(config.gateway),
        auxiliary_addresses={
            name: read_unmapped_address(address) for name, address in config.reserved.items()
        },
    )


def attached_network_from_grpc(network: pb.Network) -> engine.Network:
    """A network as it stands in a task.

    Source: moby convert/network.go, networkFromGRPC.
    """
    spec = network.spec
    out = engine.Network(
        **stored_from_grpc(network.id, network.meta),
        spec=engine.NetworkSpec(
            name=spec.annotations.name,
            labels=text_map(spec.annotations.labels),
            ipv6_enabled=spec.ipv6_enabled,
            internal=spec.internal,
            attachable=spec.attachable,
            ingress=is_ingress(network),
            scope=_SWARM_SCOPE,
        ),
    )
    if spec.HasField("driver_config"):
        out.spec.driver_configuration = driver_from_grpc(spec.driver_config)
    if spec.HasField("ipam"):
        out.spec.ipam_options = attached_ipam_from_grpc(spec.ipam)
    if spec.network:
        out.spec.config_from = engine.NetworkConfigReference(network=spec.network)
    if network.HasField("driver_state"):
        out.driver_state = driver_from_grpc(network.driver_state)
    if network.HasField("ipam"):
        out.ipam_options = attached_ipam_from_grpc(network.ipam)
    return out


def attached_ipam_from_grpc(ipam: pb.IPAMOptions) -> engine.IPAMOptions:
    """Source: moby convert/network.go, ipamFromGRPC."""
    return engine.IPAMOptions(
        driver=driver_from_grpc(ipam.driver),
        configs=[
            engine.IPAMConfig(
                subnet=read_network(config.subnet),
                range=read_network(config.range),
                gateway=read_unmapped_address(config.gateway),
            )
            for config in ipam.configs[:]
        ],
    )
