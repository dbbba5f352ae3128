"""Published ports that other services hold. Pure.

Source: SwarmKit manager/controlapi/service.go, checkPortConflicts.
"""

from collections.abc import Iterator, Sequence

from swarmwire import pb


def port_problems(
    spec: pb.ServiceSpec, others: Sequence[pb.Service], *, has_ingress: bool
) -> Iterator[str]:
    """Why a manager refuses the ports of a new service."""
    ports = spec.endpoint.ports
    if not has_ingress and any(one.publish_mode == pb.PortConfig.INGRESS for one in ports):
        yield "service needs ingress network, but no ingress network is present"
    for port in ports:
        if port.publish_mode == pb.PortConfig.INGRESS and port.protocol not in _PROTOCOLS:
            # as control.guard: managers store it, and crash on it at every start
            yield f"managers do not know protocol {port.protocol} of port {port.target_port}"
        if port.published_port:
            yield from _taken(port, others)


def port_notes(service: pb.Service) -> Iterator[str]:
    """The ports that the dead swarm had chosen itself: nobody can tell those of the new one."""
    asked = service.spec.endpoint.ports
    wanted = {(one.target_port, one.protocol) for one in asked if not one.published_port}
    for port in service.endpoint.ports:
        if port.published_port and (port.target_port, port.protocol) in wanted:
            had = f"had port {port.published_port} for port {port.target_port}"
            yield f"{had}; the swarm chooses anew"


_PROTOCOLS = tuple(pb.PortConfig.Protocol.values())


def _taken(port: pb.PortConfig, others: Sequence[pb.Service]) -> Iterator[str]:
    for other in others:
        if any(
            _conflict(port, held) for held in (*other.spec.endpoint.ports, *other.endpoint.ports)
        ):
            name = other.spec.annotations.name
            yield f"port {port.published_port} is already in use by service {name}"


def _conflict(port: pb.PortConfig, held: pb.PortConfig) -> bool:
    same = (port.published_port, port.protocol) == (held.published_port, held.protocol)
    both_host = port.publish_mode == held.publish_mode == pb.PortConfig.HOST
    return same and not both_host
