"""What of the swarm itself is kept: its nodes, its keys and tokens, its settings. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from swarmwire import pb
from swarmwire.bundle.contents import Choice, ClusterKeys
from swarmwire.raftstore import write_unlock_key

_INDENT: Final = 2
_MANAGER: Final = "swarm-manager"
"""The subsystem that an unlock key is for. Source: SwarmKit ca, ManagerRole."""
_SECOND: Final = 1_000_000_000
_HOUR: Final = 3600 * _SECOND


class NodeLine(msgspec.Struct, kw_only=True):
    """One node in ``nodes.json``."""

    id: str
    hostname: str
    role: str
    availability: str
    labels: dict[str, str]


def kept(node: pb.Node) -> pb.Node:
    """The node, with nothing but what is kept of it."""
    out = pb.Node(id=node.id)
    out.description.hostname = node.description.hostname
    out.spec.annotations.labels.update(node.spec.annotations.labels)
    out.spec.availability = node.spec.availability
    out.spec.desired_role = node.spec.desired_role
    return out


def write_nodes(nodes: Iterable[pb.Node]) -> bytes:
    """The file of nodes; nothing if there are none."""
    lines = [
        NodeLine(
            id=node.id,
            hostname=node.description.hostname,
            role=_word(pb.NodeRole, node.spec.desired_role),
            availability=_word(pb.NodeSpec.Availability, node.spec.availability),
            labels=dict(sorted(node.spec.annotations.labels.items())),
        )
        for node in nodes
    ]
    return msgspec.json.format(msgspec.json.encode(lines), indent=_INDENT) + b"\n" if lines else b""


def read_nodes(data: bytes) -> list[pb.Node]:
    """The nodes of a file.

    Raises:
        ValidationError, DecodeError: msgspec's own; it is no such file.
        ValueError: a word in it is none of a node's.
    """
    return [_node(line) for line in msgspec.json.decode(data, type=list[NodeLine])]


def _node(line: NodeLine) -> pb.Node:
    role: Any = pb.NodeRole.Value(line.role.upper())
    availability: Any = pb.NodeSpec.Availability.Value(line.availability.upper())
    out = pb.Node(id=line.id)
    out.description.hostname = line.hostname
    out.spec.annotations.labels.update(line.labels)
    out.spec.availability = availability
    out.spec.desired_role = role
    return out


def _word(enum: Any, number: int) -> str:
    # A number that no release has written is written as the first word.
    return str(enum.Name(number if number in enum.values() else 0)).lower()


def cluster_keys(cluster: pb.Cluster, choice: Choice) -> ClusterKeys:
    """The secrets of the swarm itself that were asked for, as far as there are any."""
    root = cluster.root_ca
    tokens = root.join_tokens if choice.join_tokens else pb.JoinTokens()
    if not choice.ca_key or not root.ca_key:
        root = pb.RootCA()
    return ClusterKeys(
        worker_token=tokens.worker,
        manager_token=tokens.manager,
        ca_key=root.ca_key,
        ca_cert=root.ca_cert,
        next_ca_key=root.root_rotation.ca_key,
        next_ca_cert=root.root_rotation.ca_cert,
        unlock_key=unlock_key(cluster) if choice.unlock_key else "",
    )


def unlock_key(cluster: pb.Cluster) -> str:
    """The key of autolock in words; nothing if the swarm has none."""
    keys = (each.key for each in cluster.unlock_keys if each.subsystem == _MANAGER)
    key = next(keys, b"")
    return write_unlock_key(key) if key else ""


def init_options(cluster: pb.Cluster) -> list[str]:
    """The options of ``docker swarm init`` that give a new swarm the settings of a cluster.

    Settings that a new swarm has by itself are left out, and so are addresses and keys.

    Source: docker/cli cli/command/swarm/opts.go; moby daemon/cluster/utils.go and
    convert/swarm.go for the defaults.
    """
    return list(_options(cluster))


def _options(cluster: pb.Cluster) -> Iterator[str]:
    spec = cluster.spec
    for pool in cluster.defaultAddressPool:
        yield f"--default-addr-pool={pool}"
    if cluster.defaultAddressPool and cluster.subnetSize not in {0, 24}:
        yield f"--default-addr-pool-mask-length={cluster.subnetSize}"
    if cluster.VXLANUDPPort not in {0, 4789}:
        yield f"--data-path-port={cluster.VXLANUDPPort}"
    if spec.orchestration.task_history_retention_limit != 5:
        yield f"--task-history-limit={spec.orchestration.task_history_retention_limit}"
    if spec.raft.snapshot_interval != 10_000:
        yield f"--snapshot-interval={spec.raft.snapshot_interval}"
    if spec.raft.keep_old_snapshots:
        yield f"--max-snapshots={spec.raft.keep_old_snapshots}"
    yield from _duration("dispatcher-heartbeat", spec.dispatcher.heartbeat_period, 5 * _SECOND)
    yield from _duration("cert-expiry", spec.ca_config.node_cert_expiry, 90 * 24 * _HOUR)
    for ca in spec.ca_config.external_cas:
        yield f"--external-ca=protocol=cfssl,url={ca.url}"
    if spec.encryption_config.auto_lock_managers:
        yield "--autolock"


def _duration(option: str, duration: pb.Duration, default: int) -> Iterator[str]:
    nanoseconds = duration.seconds * _SECOND + duration.nanos
    if nanoseconds in {0, default}:
        return
    for unit, size in (("h", _HOUR), ("s", _SECOND), ("ns", 1)):
        if nanoseconds % size == 0:
            yield f"--{option}={nanoseconds // size}{unit}"
            return
