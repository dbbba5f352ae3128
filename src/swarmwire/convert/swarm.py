"""The swarm itself, which SwarmKit names cluster."""

from swarmwire import engine, pb
from swarmwire._utf8 import replaced
from swarmwire.convert import older
from swarmwire.convert._certificate import issuer
from swarmwire.convert._entry import entry
from swarmwire.convert._nested import fill_each, fill_map, text_map
from swarmwire.convert._net import read_prefix
from swarmwire.convert.common import driver_from_grpc, driver_to_grpc, stored_from_grpc
from swarmwire.convert.enums import CA_PROTOCOL
from swarmwire.convert.time import duration_from_grpc, duration_to_grpc
from swarmwire.errors import FieldError
from swarmwire.expected import expect
from swarmwire.releases import AnyRelease

_UINT32 = 0xFFFF_FFFF


@entry(engine.SwarmSpec, older.to_grpc)
def swarm_spec_to_grpc(
    spec: engine.SwarmSpec,
    existing: pb.ClusterSpec | None = None,
    *,
    lossless: bool = False,
    release: AnyRelease = None,
) -> pb.ClusterSpec:
    """The spec that a manager is sent: ``existing``, a copy of it, with ``spec`` merged in.

    What ``spec`` leaves empty keeps its value. As in the engine, external CAs are appended to the
    existing ones, so that each update repeats them. ``lossless`` keeps the task defaults.

    Raises:
        ConvertError: kind "unknown" at ``CAConfig.ExternalCAs[n].Protocol``; kind "crash" at
            ``CAConfig.ExternalCAs[n]``: a null, on which the engine crashes.

    Source: moby convert/swarm.go, SwarmSpecToGRPC and MergeSwarmSpecToGRPC.
    """
    out = pb.ClusterSpec()
    if existing is not None:
        expect(pb.ClusterSpec, existing)
        out.CopyFrom(existing)
    for name in _ALWAYS_THERE:
        getattr(out, name).SetInParent()
    if spec.name:
        out.annotations.name = spec.name
    if spec.labels:
        out.annotations.labels.clear()
        fill_map(spec.labels, out.annotations.labels)
    limit = spec.orchestration.task_history_retention_limit
    if limit is not None:
        out.orchestration.task_history_retention_limit = limit
    raft_config_to_grpc(spec.raft, out.raft)
    if spec.dispatcher.heartbeat_period:
        duration_to_grpc(spec.dispatcher.heartbeat_period, out.dispatcher.heartbeat_period)
    try:
        ca_config_to_grpc(spec.ca_config, out.ca_config)
    except FieldError as err:
        raise err.under("CAConfig") from None
    out.encryption_config.auto_lock_managers = spec.encryption_config.auto_lock_managers
    if lossless and spec.task_defaults.log_driver is not None:
        driver_to_grpc(spec.task_defaults.log_driver, out.task_defaults.log_driver)
    return out


_ALWAYS_THERE = (
    "annotations",
    "acceptance_policy",
    "orchestration",
    "raft",
    "dispatcher",
    "ca_config",
    "task_defaults",
    "encryption_config",
)


@entry(pb.Cluster, older.swarm_from_grpc)
def swarm_from_grpc(
    cluster: pb.Cluster, *, lossless: bool = False, release: AnyRelease = None
) -> engine.Swarm:
    """The swarm as ``/swarm`` shows it, join tokens included, signing certificate and key not.

    ``lossless`` keeps the task defaults.

    Raises:
        ConvertError: kind "range" at a time that JSON cannot say.

    Source: moby convert/swarm.go, SwarmFromGRPC.
    """
    root_ca = cluster.root_ca
    rotating = root_ca.HasField("root_rotation")
    trusted = issuer(root_ca.root_rotation.ca_cert if rotating else root_ca.ca_cert)
    pools = [read_prefix(pool) for pool in cluster.defaultAddressPool[:]]
    return engine.Swarm(
        **stored_from_grpc(cluster.id, cluster.meta),
        spec=cluster_spec_from_grpc(cluster.spec, lossless=lossless),
        tls_info=engine.TLSInfo(
            trust_root=replaced(root_ca.ca_cert),
            cert_issuer_subject=trusted.subject if trusted else b"",
            cert_issuer_public_key=trusted.public_key if trusted else b"",
        ),
        root_rotation_in_progress=rotating,
        default_addr_pool=pools or None,
        subnet_size=cluster.subnetSize,
        data_path_port=cluster.VXLANUDPPort,
        join_tokens=engine.JoinTokens(
            worker=root_ca.join_tokens.worker, manager=root_ca.join_tokens.manager
        ),
    )


def cluster_spec_from_grpc(spec: pb.ClusterSpec, *, lossless: bool) -> engine.SwarmSpec:
    """Source: moby convert/swarm.go, SwarmFromGRPC."""
    out = engine.SwarmSpec(
        name=spec.annotations.name,
        labels=text_map(spec.annotations.labels),
        orchestration=engine.OrchestrationConfig(
            task_history_retention_limit=spec.orchestration.task_history_retention_limit
        ),
        raft=raft_config_from_grpc(spec.raft),
        dispatcher=engine.DispatcherConfig(
            heartbeat_period=duration_from_grpc(spec.dispatcher.heartbeat_period)
        ),
        ca_config=ca_config_from_grpc(spec.ca_config),
        encryption_config=engine.EncryptionConfig(
            auto_lock_managers=spec.encryption_config.auto_lock_managers
        ),
    )
    if lossless and spec.task_defaults.HasField("log_driver"):
        out.task_defaults.log_driver = driver_from_grpc(spec.task_defaults.log_driver)
    return out


def raft_config_to_grpc(config: engine.RaftConfig, out: pb.RaftConfig) -> None:
    """Fill ``out`` with what is not empty; ticks are cut to 32 bits, as in the engine.

    Source: moby convert/swarm.go, MergeSwarmSpecToGRPC.
    """
    if config.snapshot_interval:
        out.snapshot_interval = config.snapshot_interval
    if config.keep_old_snapshots is not None:
        out.keep_old_snapshots = config.keep_old_snapshots
    if config.log_entries_for_slow_followers:
        out.log_entries_for_slow_followers = config.log_entries_for_slow_followers
    if config.heartbeat_tick:
        out.heartbeat_tick = config.heartbeat_tick & _UINT32
    if config.election_tick:
        out.election_tick = config.election_tick & _UINT32


def raft_config_from_grpc(config: pb.RaftConfig) -> engine.RaftConfig:
    """Source: moby convert/swarm.go, SwarmFromGRPC."""
    return engine.RaftConfig(
        snapshot_interval=config.snapshot_interval,
        keep_old_snapshots=config.keep_old_snapshots,
        log_entries_for_slow_followers=config.log_entries_for_slow_followers,
        heartbeat_tick=config.heartbeat_tick,
        election_tick=config.election_tick,
    )


def ca_config_to_grpc(config: engine.CAConfig, out: pb.CAConfig) -> None:
    """Source: moby convert/swarm.go, MergeSwarmSpecToGRPC."""
    if config.node_cert_expiry:
        duration_to_grpc(config.node_cert_expiry, out.node_cert_expiry)
    if config.signing_ca_cert:
        out.signing_ca_cert = config.signing_ca_cert.encode()
    if config.signing_ca_key:
        out.signing_ca_key = config.signing_ca_key.encode()
    out.force_rotate = config.force_rotate
    fill_each("ExternalCAs", config.external_cas, out.external_cas, external_ca_to_grpc)


def ca_config_from_grpc(config: pb.CAConfig) -> engine.CAConfig:
    """Without certificate and key of the signing CA: to send the one back without the other hurts.

    Source: moby convert/swarm.go, SwarmFromGRPC.
    """
    return engine.CAConfig(
        node_cert_expiry=duration_from_grpc(config.node_cert_expiry),
        external_cas=[external_ca_from_grpc(external) for external in config.external_cas[:]],
        force_rotate=config.force_rotate,
    )


def external_ca_to_grpc(external: engine.ExternalCA, out: pb.ExternalCA) -> None:
    """Source: moby convert/swarm.go, MergeSwarmSpecToGRPC."""
    out.protocol = CA_PROTOCOL.number[external.protocol]
    out.url = external.url
    fill_map(external.options, out.options)
    out.ca_cert = external.ca_cert.encode()


def external_ca_from_grpc(external: pb.ExternalCA) -> engine.ExternalCA:
    """Source: moby convert/swarm.go, SwarmFromGRPC."""
    return engine.ExternalCA(
        protocol=CA_PROTOCOL.word[external.protocol],
        url=external.url,
        options=text_map(external.options),
        ca_cert=replaced(external.ca_cert),
    )
