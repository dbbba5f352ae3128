"""What a bundle holds: everything that is to be created anew, as messages. Pure."""

from dataclasses import dataclass, field

from swarmwire import pb


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
        nodes: the nodes, for their hosts' names and their labels.
        cluster_id: the swarm that all this was.
    """

    services: list[pb.Service] = field(default_factory=list, repr=False)
    networks: list[pb.Network] = field(default_factory=list, repr=False)
    secrets: list[pb.Secret] = field(default_factory=list, repr=False)
    configs: list[pb.Config] = field(default_factory=list, repr=False)
    nodes: list[pb.Node] = field(default_factory=list, repr=False)
    cluster_id: str = ""
