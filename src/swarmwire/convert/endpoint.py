"""How a service is reached: ports, virtual addresses, attachments to networks."""

from swarmwire import engine, pb
from swarmwire.convert._nested import fill_map, text_map
from swarmwire.convert._net import read_prefix
from swarmwire.convert._reading import Reading
from swarmwire.convert.enums import PORT_PROTOCOL, PUBLISH_MODE, RESOLUTION_MODE


def endpoint_spec_to_grpc(spec: engine.EndpointSpec, out: pb.EndpointSpec) -> None:
    """Source: moby convert/service.go, ServiceSpecToGRPC."""
    out.mode = RESOLUTION_MODE.number[spec.mode]
    for port in spec.ports:
        port_config_to_grpc(port, out.ports.add())


def endpoint_spec_from_grpc(spec: pb.EndpointSpec) -> engine.EndpointSpec:
    """Source: moby convert/network.go, endpointSpecFromGRPC."""
    return engine.EndpointSpec(
        mode=RESOLUTION_MODE.word[spec.mode],
        ports=[port_config_from_grpc(port) for port in spec.ports[:]],
    )


def port_config_to_grpc(port: engine.PortConfig, out: pb.PortConfig) -> None:
    """Fill ``out``; an unknown protocol is TCP and an unknown mode is ingress, as in the engine.

    Source: moby convert/service.go, ServiceSpecToGRPC.
    """
    if port.name:
        out.name = port.name
    out.protocol = PORT_PROTOCOL.number[port.protocol]
    out.target_port = port.target_port
    if port.published_port:
        out.published_port = port.published_port
    out.publish_mode = PUBLISH_MODE.number[port.publish_mode]


def port_config_from_grpc(port: pb.PortConfig) -> engine.PortConfig:
    """Source: moby convert/network.go, swarmPortConfigToAPIPortConfig."""
    return engine.PortConfig(
        name=port.name,
        protocol=PORT_PROTOCOL.word[port.protocol],
        target_port=port.target_port,
        published_port=port.published_port,
        publish_mode=PUBLISH_MODE.word[port.publish_mode],
    )


def endpoint_from_grpc(endpoint: pb.Endpoint, reading: Reading) -> engine.Endpoint:
    """Source: moby convert/network.go, endpointFromGRPC."""
    out = engine.Endpoint(
        ports=[port_config_from_grpc(port) for port in endpoint.ports[:]],
        virtual_ips=[virtual_ip_from_grpc(virtual_ip) for virtual_ip in endpoint.virtual_ips[:]],
    )
    if endpoint.HasField("spec"):
        out.spec = reading.part(endpoint_spec_from_grpc, endpoint.spec)
    return out


def virtual_ip_from_grpc(virtual_ip: pb.Endpoint.VirtualIP) -> engine.EndpointVirtualIP:
    """Source: moby convert/network.go, endpointFromGRPC."""
    return engine.EndpointVirtualIP(
        network_id=virtual_ip.network_id, addr=read_prefix(virtual_ip.addr)
    )


def attachment_config_to_grpc(
    attachment: engine.NetworkAttachmentConfig, out: pb.NetworkAttachmentConfig
) -> None:
    """Source: moby convert/service.go, ServiceSpecToGRPC."""
    out.target = attachment.target
    if attachment.aliases:
        out.aliases.extend(attachment.aliases)
    if attachment.driver_opts:
        fill_map(attachment.driver_opts, out.driver_attachment_opts)


def attachment_config_from_grpc(
    attachment: pb.NetworkAttachmentConfig,
) -> engine.NetworkAttachmentConfig:
    """Source: moby convert/service.go, taskSpecFromGRPC."""
    return engine.NetworkAttachmentConfig(
        target=attachment.target,
        aliases=attachment.aliases[:],
        driver_opts=text_map(attachment.driver_attachment_opts),
    )
