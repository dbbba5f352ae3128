"""What somebody wants to have in a bundle, besides the services. Pure."""

from dataclasses import dataclass
from typing import Final

USABLE: Final = ("networks", "configs", "secrets", "node_labels", "registry_auth")
"""What a new swarm can use. The others are secrets of the old swarm itself."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for. Services are always in a bundle.

    Attributes:
        networks: networks.
        configs: configs with their payloads.
        secrets: secrets with their payloads.
        node_labels: nodes with their labels.
        registry_auth: the credentials for registries that services were given.
        join_tokens: the swarm's join tokens.
        ca_key: the key and the certificate of the swarm's root CA.
        unlock_key: the key of autolock.
    """

    networks: bool = False
    configs: bool = False
    secrets: bool = False
    node_labels: bool = False
    registry_auth: bool = False
    join_tokens: bool = False
    ca_key: bool = False
    unlock_key: bool = False
