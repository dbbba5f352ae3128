"""What a recovered store holds, as data for lists; never a payload, a key or a token. Pure.

Times are RFC 3339; None is a time that is not known.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from swarmwire import pb
from swarmwire.bundle.cluster import init_options
from swarmwire.bundle.from_store import not_recoverable
from swarmwire.convert import enums
from swarmwire.convert.time import timestamp_from_grpc
from swarmwire.errors import ConvertError
from swarmwire.networks import special
from swarmwire.raftstore import Change, Deleted, Recovery, Store, StoreFinding, name_of

Labels = dict[str, str]
_SECOND: Final = 1_000_000_000


class ClusterSummary(msgspec.Struct, frozen=True):
    """The swarm, and the options of ``docker swarm init`` that make another one like it."""

    id: str
    name: str
    created_at: str | None
    autolock: bool
    managers: int
    init_options: list[str]


class ManagerSummary(msgspec.Struct, frozen=True):
    """A manager that votes; the raft id as managers log it, in hexadecimal."""

    raft_id: str
    node_id: str
    address: str
    hostname: str


class StorePosition(msgspec.Struct, frozen=True):
    """Where in the log the store stands."""

    index: int
    term: int
    commit: int
    last_index: int
    snapshot_index: int
    first_index: int
    updated_at: str | None


class NodeSummary(msgspec.Struct, frozen=True):
    """A node, with its last known state."""

    id: str
    hostname: str
    role: str
    availability: str
    state: str
    engine: str
    address: str
    labels: Labels


class NetworkSummary(msgspec.Struct, frozen=True):
    """A network; ``flags`` are ``ingress``, ``predefined``, ``attachable`` and ``internal``."""

    id: str
    name: str
    driver: str
    subnets: list[str]
    flags: list[str]
    labels: Labels


class ServiceSummary(msgspec.Struct, frozen=True):
    """A service; ``replicas`` is that of its mode, None for global ones."""

    id: str
    name: str
    mode: str
    replicas: int | None
    image: str
    ports: list[str]
    updated_at: str | None
    labels: Labels


class PayloadSummary(msgspec.Struct, frozen=True):
    """A secret or a config: its size in bytes, not its content."""

    id: str
    name: str
    size: int
    driver: str
    updated_at: str | None
    labels: Labels


class VolumeSummary(msgspec.Struct, frozen=True):
    """A cluster volume."""

    id: str
    name: str
    driver: str


class ChangeSummary(msgspec.Struct, frozen=True):
    """One action of a transaction."""

    action: str
    kind: str
    id: str
    name: str


class PendingTransaction(msgspec.Struct, frozen=True):
    """A transaction past the commit index that the store does not contain."""

    index: int
    term: int
    written_at: str | None
    changes: list[ChangeSummary]


class RemovedObject(msgspec.Struct, frozen=True):
    """An object that the log still holds; ``removed_at`` is the entry that removed it."""

    kind: str
    id: str
    name: str
    size: int | None
    removed_at: int | None


class Inventory(msgspec.Struct, frozen=True):
    """All of it; ``removed_members`` are the raft ids of managers that left, in hexadecimal."""

    cluster: ClusterSummary | None
    fips: bool
    node: ManagerSummary
    position: StorePosition
    is_whole: bool
    members: list[ManagerSummary]
    removed_members: list[str]
    nodes: list[NodeSummary]
    networks: list[NetworkSummary]
    services: list[ServiceSummary]
    secrets: list[PayloadSummary]
    configs: list[PayloadSummary]
    volumes: list[VolumeSummary]
    tasks: dict[str, int]
    uncommitted: list[PendingTransaction]
    deleted: list[RemovedObject]
    findings: list[StoreFinding]
    not_recoverable: list[str]


def inventory_of(recovery: Recovery) -> Inventory:
    """What a recovered store holds, in the order of names; never a payload, a key or a token."""
    store, position = recovery.store, recovery.position
    return Inventory(
        cluster=_cluster(recovery),
        fips=recovery.fips,
        node=_member(recovery.myself, store.nodes),
        position=StorePosition(
            **{name: getattr(position, name) for name in StorePosition.__struct_fields__[:-1]},
            updated_at=rfc3339(position.updated_at),
        ),
        is_whole=recovery.is_whole,
        members=[_member(each, store.nodes) for each in recovery.members.members.values()],
        removed_members=[f"{each:x}" for each in recovery.members.removed],
        nodes=[_node(each) for each in _ordered(store.nodes.values())],
        networks=[_network(each) for each in _ordered(store.networks.values())],
        services=[_service(each) for each in _ordered(store.services.values())],
        secrets=[_payload(each) for each in _ordered(store.secrets.values())],
        configs=[_payload(each) for each in _ordered(store.configs.values())],
        volumes=[_volume(each) for each in _ordered(store.volumes.values())],
        tasks=_tasks(store),
        uncommitted=[
            PendingTransaction(
                each.index, each.term, rfc3339(each.written_at), list(map(_action, each.changes))
            )
            for each in recovery.uncommitted
        ],
        deleted=[_removed(each) for each in recovery.deleted],
        findings=recovery.findings,
        not_recoverable=not_recoverable(store),
    )


def _ordered(objects: Iterable[Any]) -> list[Any]:
    return sorted(objects, key=_rank)


def _rank(message: Any) -> tuple[str, str]:
    if isinstance(message, pb.Node):
        return message.description.hostname, message.id
    return message.spec.annotations.name, message.id


def _cluster(recovery: Recovery) -> ClusterSummary | None:
    cluster = next(iter(recovery.store.clusters.values()), None)
    if cluster is None:
        return None
    return ClusterSummary(
        id=cluster.id,
        name=cluster.spec.annotations.name,
        created_at=_time(cluster.meta.created_at),
        autolock=cluster.spec.encryption_config.auto_lock_managers,
        managers=len(recovery.members.members),
        init_options=init_options(cluster),
    )


def _member(member: pb.RaftMember, nodes: Mapping[str, pb.Node]) -> ManagerSummary:
    node = nodes.get(member.node_id)
    hostname = "" if node is None else node.description.hostname
    return ManagerSummary(f"{member.raft_id:x}", member.node_id, member.addr, hostname)


def _node(node: pb.Node) -> NodeSummary:
    return NodeSummary(
        id=node.id,
        hostname=node.description.hostname,
        role=word(enums.NODE_ROLE, node.spec.desired_role),
        availability=word(enums.NODE_AVAILABILITY, node.spec.availability),
        state=word(enums.NODE_STATE, node.status.state),
        engine=node.description.engine.engine_version,
        address=node.status.addr,
        labels=_labels(node),
    )


def _network(network: pb.Network) -> NetworkSummary:
    spec = network.spec
    driver = network.driver_state.name or spec.driver_config.name
    ipam = network.ipam if network.ipam.configs else spec.ipam
    return NetworkSummary(
        id=network.id,
        name=spec.annotations.name,
        driver=driver,
        subnets=[each.subnet for each in ipam.configs if each.subnet],
        flags=list(_flags(network)),
        labels=_labels(network),
    )


def _flags(network: pb.Network) -> Iterator[str]:
    kind = special(network)
    if kind:
        yield kind
    if network.spec.attachable:
        yield "attachable"
    if network.spec.internal:
        yield "internal"


def _service(service: pb.Service) -> ServiceSummary:
    spec = service.spec
    mode = spec.WhichOneof("mode") or ""
    ports = service.endpoint.ports or spec.endpoint.ports
    return ServiceSummary(
        id=service.id,
        name=spec.annotations.name,
        mode=mode.replace("_", " "),
        replicas=_replicas(spec, mode),
        image=spec.task.container.image,
        ports=[_port(each) for each in ports],
        updated_at=_time(service.meta.updated_at),
        labels=_labels(service),
    )


def _replicas(spec: pb.ServiceSpec, mode: str) -> int | None:
    if mode == "replicated":
        return spec.replicated.replicas
    return spec.replicated_job.total_completions if mode == "replicated_job" else None


def _port(port: pb.PortConfig) -> str:
    protocol = word(enums.PORT_PROTOCOL, port.protocol)
    where = "host:" if port.publish_mode == pb.PortConfig.HOST else "*:"
    return f"{where}{port.published_port or '?'}->{port.target_port}/{protocol}"


def _payload(message: pb.Secret | pb.Config) -> PayloadSummary:
    driver = message.spec.driver.name if isinstance(message, pb.Secret) else ""
    return PayloadSummary(
        id=message.id,
        name=message.spec.annotations.name,
        size=len(message.spec.data),
        driver=driver,
        updated_at=_time(message.meta.updated_at),
        labels=_labels(message),
    )


def _volume(volume: pb.Volume) -> VolumeSummary:
    return VolumeSummary(volume.id, volume.spec.annotations.name, volume.spec.driver.name)


def _labels(message: Any) -> Labels:
    return dict(sorted(message.spec.annotations.labels.items()))


def _tasks(store: Store) -> dict[str, int]:
    counts = Counter(word(enums.TASK_STATE, each.status.state) for each in store.tasks.values())
    return dict(counts.most_common())


def _action(change: Change) -> ChangeSummary:
    return ChangeSummary(change.action, change.kind, change.message.id, name_of(change.message))


def _removed(deleted: Deleted) -> RemovedObject:
    message = deleted.message
    size = len(message.spec.data) if isinstance(message, pb.Secret | pb.Config) else None
    return RemovedObject(deleted.kind, message.id, name_of(message), size, deleted.index)


def rfc3339(nanoseconds: int | None) -> str | None:
    """Nanoseconds since 1970 as RFC 3339; None if unknown, or in no year of four digits."""
    if not nanoseconds:
        return None
    seconds, nanos = divmod(nanoseconds, _SECOND)
    try:
        return timestamp_from_grpc(pb.Timestamp(seconds=seconds, nanos=nanos))
    except (ConvertError, ValueError):  # no year of four digits, or no 64 bits
        return None


def _time(stamp: pb.Timestamp) -> str | None:
    return rfc3339(stamp.seconds * _SECOND + stamp.nanos)


def word(table: enums.EnumTable, number: int) -> str:
    """The Engine API's word for a number, or the number if it has none."""
    return table.word.get(number, str(number))
