"""What a manager keeps, what changed it, and what reading its folder gives: the types. Pure.

Source: SwarmKit manager/state/store, and its ApplyStoreActions.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, Self, TypeAlias, get_args

import msgspec

from swarmwire import pb
from swarmwire.errors import DecodeError

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
"""What an object is."""
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
"""An object of the store, in its own message."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""Every kind of object, in the order of a snapshot."""

_TYPES: Final[dict[Kind, type[StoreObject]]] = {
    "node": pb.Node,
    "service": pb.Service,
    "network": pb.Network,
    "task": pb.Task,
    "cluster": pb.Cluster,
    "secret": pb.Secret,
    "resource": pb.Resource,
    "extension": pb.Extension,
    "config": pb.Config,
    "volume": pb.Volume,
}
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


def says_fips(store: Store, myself: pb.RaftMember) -> bool:
    """Whether the swarm, or what a manager told of its own node, says that it is in FIPS mode."""
    swarms = (each.fips or each.id.startswith("FIPS.") for each in store.clusters.values())
    node = store.nodes.get(myself.node_id)
    return any(swarms) or (node is not None and node.description.fips)


def written_at(message: StoreObject) -> int | None:
    """When an object was last written, nanoseconds since 1970; None if it does not tell."""
    stamp = message.meta.updated_at
    return stamp.seconds * _SECOND + stamp.nanos if message.meta.HasField("updated_at") else None


FindingKind: TypeAlias = Literal[
    "damaged-record",
    "torn-tail",
    "lost-entries",
    "missing-segment",
    "damaged-snapshot",
    "missing-snapshot",
    "missing-log",
    "unreadable-entry",
    "past-commit",
    "left-over",
    "damaged-tar",
    "anomaly",
]


class StoreFinding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is amiss, or that one should know before trusting the store.

    Attributes:
        kind: which, for programs.
        reason: what it is and what it means, one sentence or two, for people.
        loses: whether something that the manager knew may be missing or outdated because of it.
        file: the file, as seen from the swarm's folder.
        offset: where in the file, in bytes.
        first: the first log index that it is about.
        last: the last one.
    """

    kind: FindingKind
    reason: str
    loses: bool
    file: str = ""
    offset: int | None = None
    first: int | None = None
    last: int | None = None


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where in the log the store stands.

    Attributes:
        index: the last entry that the store contains.
        term: its term.
        commit: the last entry known to be committed, by the last hard state.
        last_index: the last entry that the log holds.
        snapshot_index: the entry at which the snapshot was taken; 0 without a snapshot.
        first_index: the first entry that the log holds and that is after the snapshot; 0 if none.
        updated_at: when the youngest object was written, nanoseconds since 1970; None if unknown.
    """

    index: int
    term: int
    commit: int
    last_index: int
    snapshot_index: int
    first_index: int
    updated_at: int | None


class Change:
    """One action of a transaction: what it did, to what.

    Most changes in a log are undone by later ones, and to parse an object takes longer than to
    decrypt it. So the object may stay bytes until somebody asks for it.

    Attributes:
        action: ``create``, ``update``, ``remove``, or the number of an unknown one.
        kind: the kind of the object.
        id: the object's id.
    """

    __slots__ = ("_object", "action", "id", "kind")

    def __init__(
        self, action: str, kind: Kind, message: StoreObject | bytes, identity: str = ""
    ) -> None:
        """Make one; ``identity`` is the object's id, if ``message`` is bytes."""
        self.action = action
        self.kind = kind
        self.id = identity if isinstance(message, bytes) else message.id
        self._object = message

    @property
    def message(self) -> StoreObject:
        """The whole object after it; for a removal, as it last was.

        Raises:
            DecodeError: the bytes are no such object.
        """
        return self.parse()

    def parse(self, repairs: list[pb.Repair] | None = None) -> StoreObject:
        """The same; strings that are not UTF-8 are appended to ``repairs``, if it is parsed now.

        Raises:
            DecodeError: the bytes are no such object.
        """
        if isinstance(self._object, bytes):
            message = pb.parse(_TYPES[self.kind], self._object, repairs)
            if message.id != self.id:
                raise DecodeError("type", "an object with two ids")
            self._object = message
        return self._object

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Change):
            return NotImplemented
        mine, its = (self.action, self.kind, self.id), (other.action, other.kind, other.id)
        return mine == its and self.message == other.message

    __hash__ = None  # type: ignore[assignment]  # messages have none

    def __repr__(self) -> str:
        return f"Change(action={self.action!r}, kind={self.kind!r}, id={self.id!r})"


@dataclass(frozen=True, slots=True)
class Transaction:
    """One entry of the log: changes that happened together.

    Attributes:
        index: its place in the log.
        term: the term of the leader that wrote it.
        changes: what it did; nothing for entries that elect a leader or change the members.
    """

    index: int
    term: int
    changes: tuple[Change, ...]

    @property
    def written_at(self) -> int | None:
        """When, nanoseconds since 1970, by the youngest object in it; None if it tells no time.

        A removal tells none: it holds the object as it was before.
        """
        times = (written_at(each.message) for each in self.changes if each.action != "remove")
        return max((time for time in times if time is not None), default=None)


@dataclass(frozen=True, slots=True)
class Deleted:
    """An object that the log still holds after its removal.

    Attributes:
        kind: its kind.
        message: as it last was.
        index: the entry that removed it; None if that entry is not there to see.
    """

    kind: Kind
    message: StoreObject = field(repr=False)
    index: int | None


@dataclass(slots=True)
class Members:
    """The managers of the swarm, as the log tells.

    Attributes:
        members: the managers that vote, by raft id.
        removed: raft ids of those that left.
    """

    members: dict[int, pb.RaftMember] = field(default_factory=dict)
    removed: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Recovery:
    """What a manager's folder gave.

    Attributes:
        store: the objects.
        position: where in the log the store stands.
        myself: the manager that wrote the log: raft id, node id, address.
        members: the managers of the swarm at that position.
        findings: what is amiss, in the order in which it was met.
        uncommitted: transactions past the commit index that the store does not contain.
        deleted: objects removed before that position, newest last; only when asked for.
        fips: whether it is a swarm in FIPS mode: the swarm itself says so, the manager, or the
            cipher of its keys, its log or its snapshots.
    """

    store: Store
    position: Position
    myself: pb.RaftMember
    members: Members
    findings: list[StoreFinding]
    uncommitted: list[Transaction] = field(default_factory=list)
    deleted: list[Deleted] = field(default_factory=list)
    fips: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether nothing that the manager knew at that position is missing."""
        return not any(finding.loses for finding in self.findings)
