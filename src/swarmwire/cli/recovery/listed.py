"""What ``recover --list`` tells, as types; never a payload, a key or a token. Pure."""

import msgspec

from swarmwire.raftstore import Finding

Labels = dict[str, str]


class Cluster(msgspec.Struct, frozen=True):
    """The swarm, and the options of ``docker swarm init`` that make another one like it."""

    id: str
    name: str
    created_at: str | None
    autolock: bool
    managers: int
    init_options: list[str]


class Member(msgspec.Struct, frozen=True):
    """A manager that votes; the raft id as managers log it, in hexadecimal."""

    raft_id: str
    node_id: str
    address: str
    hostname: str


class Place(msgspec.Struct, frozen=True):
    """Where in the log the store stands."""

    index: int
    term: int
    commit: int
    last_index: int
    snapshot_index: int
    first_index: int
    updated_at: str | None


class Node(msgspec.Struct, frozen=True):
    """A node, with its last known state."""

    id: str
    hostname: str
    role: str
    availability: str
    state: str
    engine: str
    address: str
    labels: Labels


class Network(msgspec.Struct, frozen=True):
    """A network; ``flags`` are ``ingress``, ``predefined``, ``attachable`` and ``internal``."""

    id: str
    name: str
    driver: str
    subnets: list[str]
    flags: list[str]
    labels: Labels


class Service(msgspec.Struct, frozen=True):
    """A service; ``replicas`` is that of its mode, None for global ones."""

    id: str
    name: str
    mode: str
    replicas: int | None
    image: str
    ports: list[str]
    updated_at: str | None
    labels: Labels


class Payload(msgspec.Struct, frozen=True):
    """A secret or a config: its size in bytes, not its content."""

    id: str
    name: str
    size: int
    driver: str
    updated_at: str | None
    labels: Labels


class Volume(msgspec.Struct, frozen=True):
    """A cluster volume."""

    id: str
    name: str
    driver: str


class Action(msgspec.Struct, frozen=True):
    """One action of a transaction."""

    action: str
    kind: str
    id: str
    name: str


class Pending(msgspec.Struct, frozen=True):
    """A transaction past the commit index that the store does not contain."""

    index: int
    term: int
    written_at: str | None
    changes: list[Action]


class Removed(msgspec.Struct, frozen=True):
    """An object that the log still holds; ``removed_at`` is the entry that removed it."""

    kind: str
    id: str
    name: str
    size: int | None
    removed_at: int | None


class Document(msgspec.Struct, frozen=True):
    """All of it."""

    cluster: Cluster | None
    node: Member
    position: Place
    is_whole: bool
    members: list[Member]
    nodes: list[Node]
    networks: list[Network]
    services: list[Service]
    secrets: list[Payload]
    configs: list[Payload]
    volumes: list[Volume]
    tasks: dict[str, int]
    uncommitted: list[Pending]
    deleted: list[Removed]
    findings: list[Finding]
    not_recoverable: list[str]
