"""The objects that a manager keeps, by kind and id, and what a transaction does to them. Pure.

Source: SwarmKit manager/state/store, and its ApplyStoreActions.
"""

from collections.abc import Iterator
from typing import Final, Literal, Self, TypeAlias, get_args

from swarmwire import pb

Kind: TypeAlias = Literal[
    "node",
    "service",
    "network",
    "task",
    "cluster",
    "secret",
    "resource",
    "extension",
    "config",
    "volume",
]
StoreObject: TypeAlias = (
    pb.Node
    | pb.Service
    | pb.Network
    | pb.Task
    | pb.Cluster
    | pb.Secret
    | pb.Resource
    | pb.Extension
    | pb.Config
    | pb.Volume
)

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""Every kind of object, in the order of a snapshot."""

_SECOND: Final = 1_000_000_000


class Store:
    """What a manager knew: for each kind a map from id to message.

    ``repr()`` shows how many there are of each kind, never what they hold.
    """

    __slots__ = (
        "clusters",
        "configs",
        "extensions",
        "networks",
        "nodes",
        "resources",
        "secrets",
        "services",
        "tasks",
        "volumes",
    )

    def __init__(self) -> None:
        self.nodes: dict[str, pb.Node] = {}
        self.services: dict[str, pb.Service] = {}
        self.networks: dict[str, pb.Network] = {}
        self.tasks: dict[str, pb.Task] = {}
        self.clusters: dict[str, pb.Cluster] = {}
        self.secrets: dict[str, pb.Secret] = {}
        self.resources: dict[str, pb.Resource] = {}
        self.extensions: dict[str, pb.Extension] = {}
        self.configs: dict[str, pb.Config] = {}
        self.volumes: dict[str, pb.Volume] = {}

    @classmethod
    def from_snapshot(cls, snapshot: pb.StoreSnapshot) -> Self:
        """The store that a snapshot holds."""
        store = cls()
        for kind in KINDS:
            store.of(kind).update({each.id: each for each in getattr(snapshot, f"{kind}s")})
        return store

    def of(self, kind: Kind) -> dict[str, StoreObject]:
        """The objects of one kind, by id."""
        objects: dict[str, StoreObject] = getattr(self, f"{kind}s")
        return objects

    def __iter__(self) -> Iterator[tuple[Kind, StoreObject]]:
        """Each object with its kind, kinds in the order of a snapshot."""
        for kind in KINDS:
            for each in self.of(kind).values():
                yield kind, each

    def __len__(self) -> int:
        return sum(len(self.of(kind)) for kind in KINDS)

    def __repr__(self) -> str:
        counts = (f"{kind}s={len(self.of(kind))}" for kind in KINDS if self.of(kind))
        return f"Store({', '.join(counts)})"


def name_of(message: StoreObject) -> str:
    """The name that people know an object by: a node's is its host's, a task's is its place."""
    match message:
        case pb.Node():
            return message.description.hostname
        case pb.Task():
            place = str(message.slot) if message.slot else message.node_id
            return f"{message.service_annotations.name}.{place}"
        case pb.Resource() | pb.Extension():
            return message.annotations.name
        case _:
            return message.spec.annotations.name


def written_at(message: StoreObject) -> int | None:
    """When an object was last written, nanoseconds since 1970; None if it does not tell."""
    stamp = message.meta.updated_at
    return stamp.seconds * _SECOND + stamp.nanos if message.meta.HasField("updated_at") else None
