"""Networks that nobody creates: the ingress network, and those that each node has. Pure.

Source: moby convert/network.go, IsIngressNetwork; SwarmKit manager/allocator/networkallocator,
PredefinedLabel.
"""

from typing import Final, Literal

from swarmwire import pb

INTERNAL_LABEL: Final = "com.docker.swarm.internal"
PREDEFINED_LABEL: Final = "com.docker.swarm.predefined"
OF_EACH_ENGINE: Final = ("bridge", "host", "none")
"""The networks that an engine has by itself, and keeps."""
RESERVED_NAMES: Final = (*OF_EACH_ENGINE, "default")
"""Names that nobody's network may have."""


def is_ingress(network: pb.Network) -> bool:
    """Whether it is the ingress network, by its flag or, as of old, by name and label."""
    annotations = network.spec.annotations
    return network.spec.ingress or (
        annotations.name == "ingress" and INTERNAL_LABEL in annotations.labels
    )


def is_predefined(network: pb.Network) -> bool:
    """Whether each swarm makes such a network by itself: those of nodes, ``host``, ``bridge``."""
    return PREDEFINED_LABEL in network.spec.annotations.labels


def special(network: pb.Network) -> Literal["", "ingress", "predefined"]:
    """Which of the two it is; empty for a network that somebody made."""
    if is_ingress(network):
        return "ingress"
    return "predefined" if is_predefined(network) else ""
