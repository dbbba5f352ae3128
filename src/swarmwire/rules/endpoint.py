"""Published ports. Source: SwarmKit controlapi, validateEndpointSpec."""

from swarmwire import pb
from swarmwire.rules._problems import Problems, invalid


def endpoint_problems(endpoint: pb.EndpointSpec) -> Problems:
    """No routing mesh under DNS round robin, and no port published twice."""
    published: set[tuple[int, int]] = set()
    round_robin = endpoint.mode == pb.EndpointSpec.DNSRR
    for index, port in enumerate(endpoint.ports):
        if round_robin and port.publish_mode == pb.PortConfig.INGRESS:
            reason = "EndpointSpec: port published with ingress mode can't be used with dnsrr mode"
            yield invalid(reason, "Ports", index, kind="conflict")
        if port.published_port == 0:
            continue
        key = (port.published_port, port.protocol)
        if key in published:
            reason = "EndpointSpec: duplicate published ports provided"
            yield invalid(reason, "Ports", index, kind="conflict")
        published.add(key)
