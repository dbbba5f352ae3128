"""What somebody wants to have in a bundle, besides the services. Pure."""

from dataclasses import dataclass
from typing import Self


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

    @classmethod
    def everything(
        cls, *, join_tokens: bool = False, ca_key: bool = False, unlock_key: bool = False
    ) -> Self:
        """All that a new swarm can use; secrets of the old swarm itself only if named."""
        return cls(
            networks=True,
            configs=True,
            secrets=True,
            node_labels=True,
            registry_auth=True,
            join_tokens=join_tokens,
            ca_key=ca_key,
            unlock_key=unlock_key,
        )
