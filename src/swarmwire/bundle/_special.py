"""Networks that no one has to create: every swarm has them. Pure."""

from typing import Literal

from swarmwire import pb

_PREDEFINED = "com.docker.swarm.predefined"
_INTERNAL = "com.docker.swarm.internal"


def special(network: pb.Network) -> Literal["", "ingress", "predefined"]:
    """Whether it is the ingress network, or one of those that each node has.

    Source: moby convert/network.go, IsIngressNetwork; SwarmKit manager/allocator/networkallocator,
    PredefinedLabel.
    """
    annotations = network.spec.annotations
    if network.spec.ingress or (annotations.name == "ingress" and _INTERNAL in annotations.labels):
        return "ingress"
    return "predefined" if _PREDEFINED in annotations.labels else ""
