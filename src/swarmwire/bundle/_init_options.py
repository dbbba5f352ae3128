"""How to make a swarm with the settings of another one."""

from collections.abc import Iterator
from typing import Final

from swarmwire import pb

_SECOND: Final = 1_000_000_000
_HOUR: Final = 3600 * _SECOND


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
