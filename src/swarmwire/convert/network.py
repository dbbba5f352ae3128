"""Networks, in the two shapes of the Engine API, and the request that creates one."""

from typing import Final

from swarmwire import engine, pb
from swarmwire.convert._entry import entry
from swarmwire.convert._nested import fill_map, text_map
from swarmwire.convert._net import read_network, read_unmapped_address
from swarmwire.convert.common import (
    annotations_to_grpc,
    driver_from_grpc,
    read_time,
    stored_from_grpc,
)
from swarmwire.engine.address import mask_prefix, unmap_address
from swarmwire.errors import ConvertError

_SWARM_SCOPE: Final = "swarm"


@entry(engine.NetworkCreateRequest)
def network_create_to_grpc(
    request: engine.NetworkCreateRequest, *, lossless: bool = False
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


@entry(pb.Network)
def network_from_grpc(network: pb.Network) -> engine.NetworkResource:
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


def is_ingress(network: pb.Network) -> bool:
    """Whether it is the ingress network, by its flag or, as of old, by name and label.

    Source: moby convert/network.go, IsIngressNetwork.
    """
    annotations = network.spec.annotations
    return network.spec.ingress or (
        annotations.name == "ingress" and "com.docker.swarm.internal" in annotations.labels
    )
