"""What a recovered store holds, as data. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from swarmwire import pb
from swarmwire.bundle import init_options, not_recoverable, special
from swarmwire.cli.live.words import state, word
from swarmwire.cli.recovery.listed import (
    Action,
    Cluster,
    Document,
    Labels,
    Member,
    Network,
    Node,
    Payload,
    Pending,
    Place,
    Removed,
    Service,
    Volume,
)
from swarmwire.cli.recovery.times import of_timestamp, rfc3339
from swarmwire.raftstore import Change, Deleted, Recovery, Store, name_of


def document(recovery: Recovery) -> Document:
    """What a recovery gave."""
    store, position = recovery.store, recovery.position
    return Document(
        cluster=_cluster(recovery),
        node=_member(recovery.myself, store.nodes),
        position=Place(
            **{name: getattr(position, name) for name in Place.__struct_fields__[:-1]},
            updated_at=rfc3339(position.updated_at),
        ),
        is_whole=recovery.is_whole,
        members=[_member(each, store.nodes) for each in recovery.members.members.values()],
        nodes=[_node(each) for each in _ordered(store.nodes.values())],
        networks=[_network(each) for each in _ordered(store.networks.values())],
        services=[_service(each) for each in _ordered(store.services.values())],
        secrets=[_payload(each) for each in _ordered(store.secrets.values())],
        configs=[_payload(each) for each in _ordered(store.configs.values())],
        volumes=[_volume(each) for each in _ordered(store.volumes.values())],
        tasks=_tasks(store),
        uncommitted=[
            Pending(
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


def _cluster(recovery: Recovery) -> Cluster | None:
    cluster = next(iter(recovery.store.clusters.values()), None)
    if cluster is None:
        return None
    return Cluster(
        id=cluster.id,
        name=cluster.spec.annotations.name,
        created_at=of_timestamp(cluster.meta.created_at),
        autolock=cluster.spec.encryption_config.auto_lock_managers,
        managers=len(recovery.members.members),
        init_options=init_options(cluster),
    )


def _member(member: pb.RaftMember, nodes: Mapping[str, pb.Node]) -> Member:
    node = nodes.get(member.node_id)
    hostname = "" if node is None else node.description.hostname
    return Member(f"{member.raft_id:x}", member.node_id, member.addr, hostname)


def _node(node: pb.Node) -> Node:
    return Node(
        id=node.id,
        hostname=node.description.hostname,
        role=word(pb.NodeRole, node.spec.desired_role),
        availability=word(pb.NodeSpec.Availability, node.spec.availability),
        state=word(pb.NodeStatus.State, node.status.state),
        engine=node.description.engine.engine_version,
        address=node.status.addr,
        labels=_labels(node),
    )


def _network(network: pb.Network) -> Network:
    spec = network.spec
    driver = network.driver_state.name or spec.driver_config.name
    ipam = network.ipam if network.ipam.configs else spec.ipam
    return Network(
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


def _service(service: pb.Service) -> Service:
    spec = service.spec
    mode = spec.WhichOneof("mode") or ""
    ports = service.endpoint.ports or spec.endpoint.ports
    return Service(
        id=service.id,
        name=spec.annotations.name,
        mode=mode.replace("_", " "),
        replicas=_replicas(spec, mode),
        image=spec.task.container.image,
        ports=[_port(each) for each in ports],
        updated_at=of_timestamp(service.meta.updated_at),
        labels=_labels(service),
    )


def _replicas(spec: pb.ServiceSpec, mode: str) -> int | None:
    if mode == "replicated":
        return spec.replicated.replicas
    return spec.replicated_job.total_completions if mode == "replicated_job" else None


def _port(port: pb.PortConfig) -> str:
    protocol = word(pb.PortConfig.Protocol, port.protocol)
    where = "host:" if port.publish_mode == pb.PortConfig.HOST else "*:"
    return f"{where}{port.published_port or '?'}->{port.target_port}/{protocol}"


def _payload(message: pb.Secret | pb.Config) -> Payload:
    driver = message.spec.driver.name if isinstance(message, pb.Secret) else ""
    return Payload(
        id=message.id,
        name=message.spec.annotations.name,
        size=len(message.spec.data),
        driver=driver,
        updated_at=of_timestamp(message.meta.updated_at),
        labels=_labels(message),
    )


def _volume(volume: pb.Volume) -> Volume:
    return Volume(volume.id, volume.spec.annotations.name, volume.spec.driver.name)


def _labels(message: Any) -> Labels:
    return dict(sorted(message.spec.annotations.labels.items()))


def _tasks(store: Store) -> dict[str, int]:
    counts = Counter(state(each.status.state) for each in store.tasks.values())
    return dict(counts.most_common())


def _action(change: Change) -> Action:
    return Action(change.action, change.kind, change.message.id, name_of(change.message))


def _removed(deleted: Deleted) -> Removed:
    message = deleted.message
    size = len(message.spec.data) if isinstance(message, pb.Secret | pb.Config) else None
    return Removed(deleted.kind, message.id, name_of(message), size, deleted.index)
