"""The options of docker swarm init that give a new swarm the settings of the dead one."""

import pytest

from swarmwire import pb
from swarmwire.bundle import init_options

AS_MADE = pb.Cluster(
    spec=pb.ClusterSpec(
        orchestration=pb.OrchestrationConfig(task_history_retention_limit=5),
        raft=pb.RaftConfig(snapshot_interval=10000),
        dispatcher=pb.DispatcherConfig(heartbeat_period=pb.Duration(seconds=5)),
        ca_config=pb.CAConfig(node_cert_expiry=pb.Duration(seconds=2160 * 3600)),
    ),
    subnetSize=24,
    VXLANUDPPort=4789,
)


def changed(change):
    cluster = pb.Cluster()
    cluster.CopyFrom(AS_MADE)
    change(cluster)
    return cluster


def set_pools(cluster):
    cluster.defaultAddressPool.extend(["10.20.0.0/16", "10.30.0.0/16"])
    cluster.subnetSize = 26


def test_a_swarm_made_without_options_takes_none():
    assert init_options(AS_MADE) == []


@pytest.mark.parametrize(
    ("change", "options"),
    [
        (
            set_pools,
            [
                "--default-addr-pool=10.20.0.0/16",
                "--default-addr-pool=10.30.0.0/16",
                "--default-addr-pool-mask-length=26",
            ],
        ),
        (lambda it: setattr(it, "VXLANUDPPort", 7789), ["--data-path-port=7789"]),
        (
            lambda it: setattr(it.spec.orchestration, "task_history_retention_limit", 0),
            ["--task-history-limit=0"],
        ),
        (
            lambda it: setattr(it.spec.raft, "snapshot_interval", 10),
            ["--snapshot-interval=10"],
        ),
        (lambda it: setattr(it.spec.raft, "keep_old_snapshots", 2), ["--max-snapshots=2"]),
        (
            lambda it: setattr(it.spec.dispatcher.heartbeat_period, "nanos", 500_000_000),
            ["--dispatcher-heartbeat=5500000000ns"],
        ),
        (
            lambda it: setattr(it.spec.ca_config.node_cert_expiry, "seconds", 48 * 3600),
            ["--cert-expiry=48h"],
        ),
        (
            lambda it: it.spec.ca_config.external_cas.add(url="https://ca.example/sign"),
            ["--external-ca=protocol=cfssl,url=https://ca.example/sign"],
        ),
        (
            lambda it: setattr(it.spec.encryption_config, "auto_lock_managers", True),
            ["--autolock"],
        ),
    ],
)
def test_a_setting_becomes_its_option(change, options):
    assert init_options(changed(change)) == options
