"""What a bundle holds, as messages, and what somebody may choose to have in it. Pure."""

from dataclasses import dataclass, field
from typing import Final, Literal, Self, TypeAlias, get_args

from swarmwire import pb
from swarmwire.bundle.credentials import holds_login
from swarmwire.bundle.manifest import LastPlace

BundleKind: TypeAlias = Literal["service", "network", "secret", "config"]
BundleObject: TypeAlias = pb.Service | pb.Network | pb.Secret | pb.Config

BUNDLE_KINDS: Final[tuple[BundleKind, ...]] = get_args(BundleKind)
"""The kinds of which each object has files of its own."""


@dataclass(frozen=True, slots=True)
class ClusterKeys:
    """Secrets of the swarm itself; what was not asked for is empty.

    Attributes:
        worker_token: what lets a worker join.
        manager_token: what lets a manager join.
        ca_key: the private key of the swarm's root CA, in PEM.
        ca_cert: its certificate, in PEM.
        next_ca_key: the key of the CA that was about to take its place, if one was.
        next_ca_cert: the certificate of that one.
        unlock_key: the key of autolock, as ``docker swarm unlock-key`` shows it.
    """

    worker_token: str = field(default="", repr=False)
    manager_token: str = field(default="", repr=False)
    ca_key: bytes = field(default=b"", repr=False)
    ca_cert: bytes = field(default=b"", repr=False)
    next_ca_key: bytes = field(default=b"", repr=False)
    next_ca_cert: bytes = field(default=b"", repr=False)
    unlock_key: str = field(default="", repr=False)


@dataclass(slots=True)
class Bundle:
    """Objects of a dead swarm that a new one is to have; what was not asked for is not in it.

    Registry credentials are in the services' specs if they were asked for, and absent if not.

    Attributes:
        services: the services.
        networks: the networks that people made, those of nodes (``host``, ``bridge``) and the
            ingress network included, because services refer to them.
        secrets: the secrets with their payloads.
        configs: the configs with their payloads.
        nodes: the nodes, for their hosts' names, their labels and their availability.
        cluster_id: the swarm that all this was.
        network_names: the name of each network of that swarm by its id, also of those that are not
            in the bundle: services refer to networks by id alone.
        ran: where tasks of the services ran at last: their images and volumes were there.
        keys: secrets of the swarm itself.
        deleted: objects that had been removed, if they were asked for and there are any.
        edited: the files that somebody has edited since the bundle was written; those are followed.
    """

    services: list[pb.Service] = field(default_factory=list, repr=False)
    networks: list[pb.Network] = field(default_factory=list, repr=False)
    secrets: list[pb.Secret] = field(default_factory=list, repr=False)
    configs: list[pb.Config] = field(default_factory=list, repr=False)
    nodes: list[pb.Node] = field(default_factory=list, repr=False)
    cluster_id: str = ""
    network_names: dict[str, str] = field(default_factory=dict)
    ran: list[LastPlace] = field(default_factory=list, repr=False)
    keys: ClusterKeys = field(default_factory=ClusterKeys)
    deleted: Self | None = None
    edited: list[str] = field(default_factory=list)

    @property
    def has_secrets(self) -> bool:
        """Whether something in it must not be seen by others."""
        keys = self.keys
        return (
            bool(self.secrets or keys.worker_token or keys.ca_key or keys.unlock_key)
            or any(holds_login(each.spec) for each in self.services)
            or (self.deleted is not None and self.deleted.has_secrets)
        )

    def of(self, kind: BundleKind) -> list[BundleObject]:
        """The objects of one kind, in the bundle's own list."""
        objects: list[BundleObject] = getattr(self, f"{kind}s")
        return objects


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
