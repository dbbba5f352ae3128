"""The swarm itself.

Source: moby api/types/swarm/swarm.go.
"""

from types import NoneType

from swarmwire.engine.address import parse_prefix
from swarmwire.engine.base import EngineObject, RedactedObject, written
from swarmwire.engine.common import Annotations, Driver, StoredObject, TLSInfo
from swarmwire.engine.units import Int64, Nanoseconds, Prefix, UInt32, UInt64


class OrchestrationConfig(EngineObject):
    """Settings of the orchestrator."""

    task_history_retention_limit: Int64 | None = None


class RaftConfig(EngineObject):
    """Settings of raft; ticks are seconds."""

    snapshot_interval: UInt64 = 0
    keep_old_snapshots: UInt64 | None = None
    log_entries_for_slow_followers: UInt64 = 0
    election_tick: Int64 = written(int)
    heartbeat_tick: Int64 = written(int)


class DispatcherConfig(EngineObject):
    """Settings of the dispatcher."""

    heartbeat_period: Nanoseconds = 0


class ExternalCA(EngineObject):
    """A certificate authority outside the swarm."""

    protocol: str = written(str)
    url: str = written(str)
    options: dict[str, str] = {}
    ca_cert: str = written(str)


class CAConfig(RedactedObject):
    """Settings of the certificate authority. Its repr hides the signing key."""

    node_cert_expiry: Nanoseconds = 0
    external_cas: list[ExternalCA | None] = []
    signing_ca_cert: str = ""
    signing_ca_key: str = ""
    force_rotate: UInt64 = 0


class TaskDefaults(EngineObject):
    """Defaults of new tasks. The engine neither stores nor reads them."""

    log_driver: Driver | None = None


class EncryptionConfig(EngineObject):
    """Whether managers ask for a key when they start."""

    auto_lock_managers: bool = written(bool)


class SwarmSpec(Annotations):
    """What a user asks of the swarm; Docker names it ``Spec``."""

    orchestration: OrchestrationConfig = written(OrchestrationConfig)
    raft: RaftConfig = written(RaftConfig)
    dispatcher: DispatcherConfig = written(DispatcherConfig)
    ca_config: CAConfig = written(CAConfig)
    task_defaults: TaskDefaults = written(TaskDefaults)
    encryption_config: EncryptionConfig = written(EncryptionConfig)


class ClusterInfo(StoredObject):
    """The swarm, without the tokens to join it."""

    spec: SwarmSpec = written(SwarmSpec)
    tls_info: TLSInfo = written(TLSInfo)
    root_rotation_in_progress: bool = written(bool)
    default_addr_pool: list[Prefix] | None = written(NoneType)
    subnet_size: UInt32 = written(int)
    data_path_port: UInt32 = written(int)


class JoinTokens(RedactedObject):
    """The tokens by which nodes join. Its repr hides them."""

    worker: str = written(str)
    manager: str = written(str)


class Swarm(ClusterInfo):
    """The swarm as ``/swarm`` shows it."""

    join_tokens: JoinTokens = written(JoinTokens)


class Peer(EngineObject):
    """A manager that a node knows."""

    node_id: str = written(str)
    addr: str = written(str)


class SwarmInfo(EngineObject):
    """The part of ``/info`` that is about the swarm; Docker names it ``Info``."""

    node_id: str = written(str)
    node_addr: str = written(str)
    local_node_state: str = written(str)
    control_available: bool = written(bool)
    error: str = written(str)
    remote_managers: list[Peer] | None = written(NoneType)
    nodes: Int64 = 0
    managers: Int64 = 0
    cluster: ClusterInfo | None = None
    warnings: list[str] = []


class InitRequest(EngineObject):
    """The body that creates a swarm."""

    listen_addr: str = written(str)
    advertise_addr: str = written(str)
    data_path_addr: str = written(str)
    data_path_port: UInt32 = written(int)
    force_new_cluster: bool = written(bool)
    spec: SwarmSpec = written(SwarmSpec)
    auto_lock_managers: bool = written(bool)
    availability: str = written(str)
    default_addr_pool: list[Prefix] | None = written(NoneType)
    subnet_size: UInt32 = written(int)

    def __post_init__(self) -> None:
        if self.default_addr_pool:
            self.default_addr_pool = [
                parse_prefix(text) if text else "" for text in self.default_addr_pool
            ]


class JoinRequest(RedactedObject):
    """The body that joins a swarm. Its repr hides the token."""

    listen_addr: str = written(str)
    advertise_addr: str = written(str)
    data_path_addr: str = written(str)
    remote_addrs: list[str] | None = written(NoneType)
    join_token: str = written(str)
    availability: str = written(str)


class UnlockRequest(RedactedObject):
    """The body that unlocks a manager. Its repr hides the key."""

    unlock_key: str = written(str)
