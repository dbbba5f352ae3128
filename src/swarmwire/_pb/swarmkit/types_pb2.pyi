from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf import wrappers_pb2 as _wrappers_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

ACCEPTED: TaskState
ASSIGNED: TaskState
COMPLETE: TaskState
CONFIG: ResourceType
DESCRIPTOR: _descriptor.FileDescriptor
FAILED: TaskState
MANAGER: NodeRole
NEW: TaskState
ORPHANED: TaskState
PENDING: TaskState
PREPARING: TaskState
READY: TaskState
REJECTED: TaskState
REMOVE: TaskState
RUNNING: TaskState
SECRET: ResourceType
SHUTDOWN: TaskState
STARTING: TaskState
TASK: ResourceType
VOLUME: ResourceType
WORKER: NodeRole

class AcceptancePolicy(_message.Message):
    __slots__ = ["policies"]
    class RoleAdmissionPolicy(_message.Message):
        __slots__ = ["autoaccept", "role", "secret"]
        class Secret(_message.Message):
            __slots__ = ["alg", "data"]
            ALG_FIELD_NUMBER: _ClassVar[int]
            DATA_FIELD_NUMBER: _ClassVar[int]
            alg: str
            data: bytes
            def __init__(self, data: _Optional[bytes] = ..., alg: _Optional[str] = ...) -> None: ...
        AUTOACCEPT_FIELD_NUMBER: _ClassVar[int]
        ROLE_FIELD_NUMBER: _ClassVar[int]
        SECRET_FIELD_NUMBER: _ClassVar[int]
        autoaccept: bool
        role: NodeRole
        secret: AcceptancePolicy.RoleAdmissionPolicy.Secret
        def __init__(self, role: _Optional[_Union[NodeRole, str]] = ..., autoaccept: bool = ..., secret: _Optional[_Union[AcceptancePolicy.RoleAdmissionPolicy.Secret, _Mapping]] = ...) -> None: ...
    POLICIES_FIELD_NUMBER: _ClassVar[int]
    policies: _containers.RepeatedCompositeFieldContainer[AcceptancePolicy.RoleAdmissionPolicy]
    def __init__(self, policies: _Optional[_Iterable[_Union[AcceptancePolicy.RoleAdmissionPolicy, _Mapping]]] = ...) -> None: ...

class Annotations(_message.Message):
    __slots__ = ["indices", "labels", "name"]
    class LabelsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    INDICES_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    indices: _containers.RepeatedCompositeFieldContainer[IndexEntry]
    labels: _containers.ScalarMap[str, str]
    name: str
    def __init__(self, name: _Optional[str] = ..., labels: _Optional[_Mapping[str, str]] = ..., indices: _Optional[_Iterable[_Union[IndexEntry, _Mapping]]] = ...) -> None: ...

class BlacklistedCertificate(_message.Message):
    __slots__ = ["expiry"]
    EXPIRY_FIELD_NUMBER: _ClassVar[int]
    expiry: _timestamp_pb2.Timestamp
    def __init__(self, expiry: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CAConfig(_message.Message):
    __slots__ = ["external_cas", "force_rotate", "node_cert_expiry", "signing_ca_cert", "signing_ca_key"]
    EXTERNAL_CAS_FIELD_NUMBER: _ClassVar[int]
    FORCE_ROTATE_FIELD_NUMBER: _ClassVar[int]
    NODE_CERT_EXPIRY_FIELD_NUMBER: _ClassVar[int]
    SIGNING_CA_CERT_FIELD_NUMBER: _ClassVar[int]
    SIGNING_CA_KEY_FIELD_NUMBER: _ClassVar[int]
    external_cas: _containers.RepeatedCompositeFieldContainer[ExternalCA]
    force_rotate: int
    node_cert_expiry: _duration_pb2.Duration
    signing_ca_cert: bytes
    signing_ca_key: bytes
    def __init__(self, node_cert_expiry: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., external_cas: _Optional[_Iterable[_Union[ExternalCA, _Mapping]]] = ..., signing_ca_cert: _Optional[bytes] = ..., signing_ca_key: _Optional[bytes] = ..., force_rotate: _Optional[int] = ...) -> None: ...

class CapacityRange(_message.Message):
    __slots__ = ["limit_bytes", "required_bytes"]
    LIMIT_BYTES_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_BYTES_FIELD_NUMBER: _ClassVar[int]
    limit_bytes: int
    required_bytes: int
    def __init__(self, required_bytes: _Optional[int] = ..., limit_bytes: _Optional[int] = ...) -> None: ...

class Certificate(_message.Message):
    __slots__ = ["certificate", "cn", "csr", "role", "status"]
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    CN_FIELD_NUMBER: _ClassVar[int]
    CSR_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    certificate: bytes
    cn: str
    csr: bytes
    role: NodeRole
    status: IssuanceStatus
    def __init__(self, role: _Optional[_Union[NodeRole, str]] = ..., csr: _Optional[bytes] = ..., status: _Optional[_Union[IssuanceStatus, _Mapping]] = ..., certificate: _Optional[bytes] = ..., cn: _Optional[str] = ...) -> None: ...

class ConfigReference(_message.Message):
    __slots__ = ["config_id", "config_name", "file", "runtime"]
    CONFIG_ID_FIELD_NUMBER: _ClassVar[int]
    CONFIG_NAME_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    RUNTIME_FIELD_NUMBER: _ClassVar[int]
    config_id: str
    config_name: str
    file: FileTarget
    runtime: RuntimeTarget
    def __init__(self, config_id: _Optional[str] = ..., config_name: _Optional[str] = ..., file: _Optional[_Union[FileTarget, _Mapping]] = ..., runtime: _Optional[_Union[RuntimeTarget, _Mapping]] = ...) -> None: ...

class ContainerStatus(_message.Message):
    __slots__ = ["container_id", "exit_code", "pid"]
    CONTAINER_ID_FIELD_NUMBER: _ClassVar[int]
    EXIT_CODE_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    container_id: str
    exit_code: int
    pid: int
    def __init__(self, container_id: _Optional[str] = ..., pid: _Optional[int] = ..., exit_code: _Optional[int] = ...) -> None: ...

class DiscreteGenericResource(_message.Message):
    __slots__ = ["kind", "value"]
    KIND_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    kind: str
    value: int
    def __init__(self, kind: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...

class DispatcherConfig(_message.Message):
    __slots__ = ["heartbeat_period"]
    HEARTBEAT_PERIOD_FIELD_NUMBER: _ClassVar[int]
    heartbeat_period: _duration_pb2.Duration
    def __init__(self, heartbeat_period: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class Driver(_message.Message):
    __slots__ = ["name", "options"]
    class OptionsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NAME_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    name: str
    options: _containers.ScalarMap[str, str]
    def __init__(self, name: _Optional[str] = ..., options: _Optional[_Mapping[str, str]] = ...) -> None: ...

class EncryptionConfig(_message.Message):
    __slots__ = ["auto_lock_managers"]
    AUTO_LOCK_MANAGERS_FIELD_NUMBER: _ClassVar[int]
    auto_lock_managers: bool
    def __init__(self, auto_lock_managers: bool = ...) -> None: ...

class EncryptionKey(_message.Message):
    __slots__ = ["algorithm", "key", "lamport_time", "subsystem"]
    class Algorithm(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AES_128_GCM: EncryptionKey.Algorithm
    ALGORITHM_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    LAMPORT_TIME_FIELD_NUMBER: _ClassVar[int]
    SUBSYSTEM_FIELD_NUMBER: _ClassVar[int]
    algorithm: EncryptionKey.Algorithm
    key: bytes
    lamport_time: int
    subsystem: str
    def __init__(self, subsystem: _Optional[str] = ..., algorithm: _Optional[_Union[EncryptionKey.Algorithm, str]] = ..., key: _Optional[bytes] = ..., lamport_time: _Optional[int] = ...) -> None: ...

class EngineDescription(_message.Message):
    __slots__ = ["engine_version", "labels", "plugins"]
    class LabelsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ENGINE_VERSION_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    PLUGINS_FIELD_NUMBER: _ClassVar[int]
    engine_version: str
    labels: _containers.ScalarMap[str, str]
    plugins: _containers.RepeatedCompositeFieldContainer[PluginDescription]
    def __init__(self, engine_version: _Optional[str] = ..., labels: _Optional[_Mapping[str, str]] = ..., plugins: _Optional[_Iterable[_Union[PluginDescription, _Mapping]]] = ...) -> None: ...

class ExternalCA(_message.Message):
    __slots__ = ["ca_cert", "options", "protocol", "url"]
    class CAProtocol(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class OptionsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    CA_CERT_FIELD_NUMBER: _ClassVar[int]
    CFSSL: ExternalCA.CAProtocol
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    ca_cert: bytes
    options: _containers.ScalarMap[str, str]
    protocol: ExternalCA.CAProtocol
    url: str
    def __init__(self, protocol: _Optional[_Union[ExternalCA.CAProtocol, str]] = ..., url: _Optional[str] = ..., options: _Optional[_Mapping[str, str]] = ..., ca_cert: _Optional[bytes] = ...) -> None: ...

class FileTarget(_message.Message):
    __slots__ = ["gid", "mode", "name", "uid"]
    GID_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    UID_FIELD_NUMBER: _ClassVar[int]
    gid: str
    mode: int
    name: str
    uid: str
    def __init__(self, name: _Optional[str] = ..., uid: _Optional[str] = ..., gid: _Optional[str] = ..., mode: _Optional[int] = ...) -> None: ...

class GenericResource(_message.Message):
    __slots__ = ["discrete_resource_spec", "named_resource_spec"]
    DISCRETE_RESOURCE_SPEC_FIELD_NUMBER: _ClassVar[int]
    NAMED_RESOURCE_SPEC_FIELD_NUMBER: _ClassVar[int]
    discrete_resource_spec: DiscreteGenericResource
    named_resource_spec: NamedGenericResource
    def __init__(self, named_resource_spec: _Optional[_Union[NamedGenericResource, _Mapping]] = ..., discrete_resource_spec: _Optional[_Union[DiscreteGenericResource, _Mapping]] = ...) -> None: ...

class HealthConfig(_message.Message):
    __slots__ = ["interval", "retries", "start_interval", "start_period", "test", "timeout"]
    INTERVAL_FIELD_NUMBER: _ClassVar[int]
    RETRIES_FIELD_NUMBER: _ClassVar[int]
    START_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    START_PERIOD_FIELD_NUMBER: _ClassVar[int]
    TEST_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    interval: _duration_pb2.Duration
    retries: int
    start_interval: _duration_pb2.Duration
    start_period: _duration_pb2.Duration
    test: _containers.RepeatedScalarFieldContainer[str]
    timeout: _duration_pb2.Duration
    def __init__(self, test: _Optional[_Iterable[str]] = ..., interval: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., timeout: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., retries: _Optional[int] = ..., start_period: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., start_interval: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class IPAMConfig(_message.Message):
    __slots__ = ["family", "gateway", "range", "reserved", "subnet"]
    class AddressFamily(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class ReservedEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    FAMILY_FIELD_NUMBER: _ClassVar[int]
    GATEWAY_FIELD_NUMBER: _ClassVar[int]
    IPV4: IPAMConfig.AddressFamily
    IPV6: IPAMConfig.AddressFamily
    RANGE_FIELD_NUMBER: _ClassVar[int]
    RESERVED_FIELD_NUMBER: _ClassVar[int]
    SUBNET_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN: IPAMConfig.AddressFamily
    family: IPAMConfig.AddressFamily
    gateway: str
    range: str
    reserved: _containers.ScalarMap[str, str]
    subnet: str
    def __init__(self, family: _Optional[_Union[IPAMConfig.AddressFamily, str]] = ..., subnet: _Optional[str] = ..., range: _Optional[str] = ..., gateway: _Optional[str] = ..., reserved: _Optional[_Mapping[str, str]] = ...) -> None: ...

class IPAMOptions(_message.Message):
    __slots__ = ["configs", "driver"]
    CONFIGS_FIELD_NUMBER: _ClassVar[int]
    DRIVER_FIELD_NUMBER: _ClassVar[int]
    configs: _containers.RepeatedCompositeFieldContainer[IPAMConfig]
    driver: Driver
    def __init__(self, driver: _Optional[_Union[Driver, _Mapping]] = ..., configs: _Optional[_Iterable[_Union[IPAMConfig, _Mapping]]] = ...) -> None: ...

class Image(_message.Message):
    __slots__ = ["reference"]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    reference: str
    def __init__(self, reference: _Optional[str] = ...) -> None: ...

class IndexEntry(_message.Message):
    __slots__ = ["key", "val"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    VAL_FIELD_NUMBER: _ClassVar[int]
    key: str
    val: str
    def __init__(self, key: _Optional[str] = ..., val: _Optional[str] = ...) -> None: ...

class IssuanceStatus(_message.Message):
    __slots__ = ["err", "state"]
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ERR_FIELD_NUMBER: _ClassVar[int]
    FAILED: IssuanceStatus.State
    ISSUED: IssuanceStatus.State
    PENDING: IssuanceStatus.State
    RENEW: IssuanceStatus.State
    ROTATE: IssuanceStatus.State
    STATE_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN: IssuanceStatus.State
    err: str
    state: IssuanceStatus.State
    def __init__(self, state: _Optional[_Union[IssuanceStatus.State, str]] = ..., err: _Optional[str] = ...) -> None: ...

class JobStatus(_message.Message):
    __slots__ = ["job_iteration", "last_execution"]
    JOB_ITERATION_FIELD_NUMBER: _ClassVar[int]
    LAST_EXECUTION_FIELD_NUMBER: _ClassVar[int]
    job_iteration: Version
    last_execution: _timestamp_pb2.Timestamp
    def __init__(self, job_iteration: _Optional[_Union[Version, _Mapping]] = ..., last_execution: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class JoinTokens(_message.Message):
    __slots__ = ["manager", "worker"]
    MANAGER_FIELD_NUMBER: _ClassVar[int]
    WORKER_FIELD_NUMBER: _ClassVar[int]
    manager: str
    worker: str
    def __init__(self, worker: _Optional[str] = ..., manager: _Optional[str] = ...) -> None: ...

class ManagerStatus(_message.Message):
    __slots__ = ["addr", "leader", "raft_id", "reachability"]
    ADDR_FIELD_NUMBER: _ClassVar[int]
    LEADER_FIELD_NUMBER: _ClassVar[int]
    RAFT_ID_FIELD_NUMBER: _ClassVar[int]
    REACHABILITY_FIELD_NUMBER: _ClassVar[int]
    addr: str
    leader: bool
    raft_id: int
    reachability: RaftMemberStatus.Reachability
    def __init__(self, raft_id: _Optional[int] = ..., addr: _Optional[str] = ..., leader: bool = ..., reachability: _Optional[_Union[RaftMemberStatus.Reachability, str]] = ...) -> None: ...

class MaybeEncryptedRecord(_message.Message):
    __slots__ = ["algorithm", "data", "nonce"]
    class Algorithm(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ALGORITHM_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    FERNET_AES_128_CBC: MaybeEncryptedRecord.Algorithm
    NONCE_FIELD_NUMBER: _ClassVar[int]
    NONE: MaybeEncryptedRecord.Algorithm
    SECRETBOX_SALSA20_POLY1305: MaybeEncryptedRecord.Algorithm
    algorithm: MaybeEncryptedRecord.Algorithm
    data: bytes
    nonce: bytes
    def __init__(self, algorithm: _Optional[_Union[MaybeEncryptedRecord.Algorithm, str]] = ..., data: _Optional[bytes] = ..., nonce: _Optional[bytes] = ...) -> None: ...

class Mount(_message.Message):
    __slots__ = ["bind_options", "consistency", "readonly", "source", "target", "tmpfs_options", "type", "volume_options"]
    class Consistency(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class BindOptions(_message.Message):
        __slots__ = ["createmountpoint", "nonrecursive", "propagation", "readonlyforcerecursive", "readonlynonrecursive"]
        class Propagation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
            __slots__ = []
        CREATEMOUNTPOINT_FIELD_NUMBER: _ClassVar[int]
        NONRECURSIVE_FIELD_NUMBER: _ClassVar[int]
        PRIVATE: Mount.BindOptions.Propagation
        PROPAGATION_FIELD_NUMBER: _ClassVar[int]
        READONLYFORCERECURSIVE_FIELD_NUMBER: _ClassVar[int]
        READONLYNONRECURSIVE_FIELD_NUMBER: _ClassVar[int]
        RPRIVATE: Mount.BindOptions.Propagation
        RSHARED: Mount.BindOptions.Propagation
        RSLAVE: Mount.BindOptions.Propagation
        SHARED: Mount.BindOptions.Propagation
        SLAVE: Mount.BindOptions.Propagation
        createmountpoint: bool
        nonrecursive: bool
        propagation: Mount.BindOptions.Propagation
        readonlyforcerecursive: bool
        readonlynonrecursive: bool
        def __init__(self, propagation: _Optional[_Union[Mount.BindOptions.Propagation, str]] = ..., nonrecursive: bool = ..., createmountpoint: bool = ..., readonlynonrecursive: bool = ..., readonlyforcerecursive: bool = ...) -> None: ...
    class TmpfsOptions(_message.Message):
        __slots__ = ["mode", "options", "size_bytes"]
        MODE_FIELD_NUMBER: _ClassVar[int]
        OPTIONS_FIELD_NUMBER: _ClassVar[int]
        SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
        mode: int
        options: str
        size_bytes: int
        def __init__(self, size_bytes: _Optional[int] = ..., mode: _Optional[int] = ..., options: _Optional[str] = ...) -> None: ...
    class VolumeOptions(_message.Message):
        __slots__ = ["driver_config", "labels", "nocopy", "subpath"]
        class LabelsEntry(_message.Message):
            __slots__ = ["key", "value"]
            KEY_FIELD_NUMBER: _ClassVar[int]
            VALUE_FIELD_NUMBER: _ClassVar[int]
            key: str
            value: str
            def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
        DRIVER_CONFIG_FIELD_NUMBER: _ClassVar[int]
        LABELS_FIELD_NUMBER: _ClassVar[int]
        NOCOPY_FIELD_NUMBER: _ClassVar[int]
        SUBPATH_FIELD_NUMBER: _ClassVar[int]
        driver_config: Driver
        labels: _containers.ScalarMap[str, str]
        nocopy: bool
        subpath: str
        def __init__(self, nocopy: bool = ..., labels: _Optional[_Mapping[str, str]] = ..., driver_config: _Optional[_Union[Driver, _Mapping]] = ..., subpath: _Optional[str] = ...) -> None: ...
    BIND: Mount.Type
    BIND_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    CACHED: Mount.Consistency
    CLUSTER: Mount.Type
    CONSISTENCY_FIELD_NUMBER: _ClassVar[int]
    CONSISTENT: Mount.Consistency
    DEFAULT: Mount.Consistency
    DELEGATED: Mount.Consistency
    NPIPE: Mount.Type
    READONLY_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    TMPFS: Mount.Type
    TMPFS_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    VOLUME: Mount.Type
    VOLUME_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    bind_options: Mount.BindOptions
    consistency: Mount.Consistency
    readonly: bool
    source: str
    target: str
    tmpfs_options: Mount.TmpfsOptions
    type: Mount.Type
    volume_options: Mount.VolumeOptions
    def __init__(self, type: _Optional[_Union[Mount.Type, str]] = ..., source: _Optional[str] = ..., target: _Optional[str] = ..., readonly: bool = ..., consistency: _Optional[_Union[Mount.Consistency, str]] = ..., bind_options: _Optional[_Union[Mount.BindOptions, _Mapping]] = ..., volume_options: _Optional[_Union[Mount.VolumeOptions, _Mapping]] = ..., tmpfs_options: _Optional[_Union[Mount.TmpfsOptions, _Mapping]] = ...) -> None: ...

class NamedGenericResource(_message.Message):
    __slots__ = ["kind", "value"]
    KIND_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    kind: str
    value: str
    def __init__(self, kind: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class NetworkAttachmentConfig(_message.Message):
    __slots__ = ["addresses", "aliases", "driver_attachment_opts", "target"]
    class DriverAttachmentOptsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    ALIASES_FIELD_NUMBER: _ClassVar[int]
    DRIVER_ATTACHMENT_OPTS_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    addresses: _containers.RepeatedScalarFieldContainer[str]
    aliases: _containers.RepeatedScalarFieldContainer[str]
    driver_attachment_opts: _containers.ScalarMap[str, str]
    target: str
    def __init__(self, target: _Optional[str] = ..., aliases: _Optional[_Iterable[str]] = ..., addresses: _Optional[_Iterable[str]] = ..., driver_attachment_opts: _Optional[_Mapping[str, str]] = ...) -> None: ...

class NodeCSIInfo(_message.Message):
    __slots__ = ["accessible_topology", "max_volumes_per_node", "node_id", "plugin_name"]
    ACCESSIBLE_TOPOLOGY_FIELD_NUMBER: _ClassVar[int]
    MAX_VOLUMES_PER_NODE_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    PLUGIN_NAME_FIELD_NUMBER: _ClassVar[int]
    accessible_topology: Topology
    max_volumes_per_node: int
    node_id: str
    plugin_name: str
    def __init__(self, plugin_name: _Optional[str] = ..., node_id: _Optional[str] = ..., max_volumes_per_node: _Optional[int] = ..., accessible_topology: _Optional[_Union[Topology, _Mapping]] = ...) -> None: ...

class NodeDescription(_message.Message):
    __slots__ = ["csi_info", "engine", "fips", "hostname", "platform", "resources", "tls_info"]
    CSI_INFO_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    FIPS_FIELD_NUMBER: _ClassVar[int]
    HOSTNAME_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_FIELD_NUMBER: _ClassVar[int]
    RESOURCES_FIELD_NUMBER: _ClassVar[int]
    TLS_INFO_FIELD_NUMBER: _ClassVar[int]
    csi_info: _containers.RepeatedCompositeFieldContainer[NodeCSIInfo]
    engine: EngineDescription
    fips: bool
    hostname: str
    platform: Platform
    resources: Resources
    tls_info: NodeTLSInfo
    def __init__(self, hostname: _Optional[str] = ..., platform: _Optional[_Union[Platform, _Mapping]] = ..., resources: _Optional[_Union[Resources, _Mapping]] = ..., engine: _Optional[_Union[EngineDescription, _Mapping]] = ..., tls_info: _Optional[_Union[NodeTLSInfo, _Mapping]] = ..., fips: bool = ..., csi_info: _Optional[_Iterable[_Union[NodeCSIInfo, _Mapping]]] = ...) -> None: ...

class NodeStatus(_message.Message):
    __slots__ = ["addr", "message", "state"]
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ADDR_FIELD_NUMBER: _ClassVar[int]
    DISCONNECTED: NodeStatus.State
    DOWN: NodeStatus.State
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    READY: NodeStatus.State
    STATE_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN: NodeStatus.State
    addr: str
    message: str
    state: NodeStatus.State
    def __init__(self, state: _Optional[_Union[NodeStatus.State, str]] = ..., message: _Optional[str] = ..., addr: _Optional[str] = ...) -> None: ...

class NodeTLSInfo(_message.Message):
    __slots__ = ["cert_issuer_public_key", "cert_issuer_subject", "trust_root"]
    CERT_ISSUER_PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    CERT_ISSUER_SUBJECT_FIELD_NUMBER: _ClassVar[int]
    TRUST_ROOT_FIELD_NUMBER: _ClassVar[int]
    cert_issuer_public_key: bytes
    cert_issuer_subject: bytes
    trust_root: bytes
    def __init__(self, trust_root: _Optional[bytes] = ..., cert_issuer_subject: _Optional[bytes] = ..., cert_issuer_public_key: _Optional[bytes] = ...) -> None: ...

class OrchestrationConfig(_message.Message):
    __slots__ = ["task_history_retention_limit"]
    TASK_HISTORY_RETENTION_LIMIT_FIELD_NUMBER: _ClassVar[int]
    task_history_retention_limit: int
    def __init__(self, task_history_retention_limit: _Optional[int] = ...) -> None: ...

class Peer(_message.Message):
    __slots__ = ["addr", "node_id"]
    ADDR_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    addr: str
    node_id: str
    def __init__(self, node_id: _Optional[str] = ..., addr: _Optional[str] = ...) -> None: ...

class Placement(_message.Message):
    __slots__ = ["constraints", "max_replicas", "platforms", "preferences"]
    CONSTRAINTS_FIELD_NUMBER: _ClassVar[int]
    MAX_REPLICAS_FIELD_NUMBER: _ClassVar[int]
    PLATFORMS_FIELD_NUMBER: _ClassVar[int]
    PREFERENCES_FIELD_NUMBER: _ClassVar[int]
    constraints: _containers.RepeatedScalarFieldContainer[str]
    max_replicas: int
    platforms: _containers.RepeatedCompositeFieldContainer[Platform]
    preferences: _containers.RepeatedCompositeFieldContainer[PlacementPreference]
    def __init__(self, constraints: _Optional[_Iterable[str]] = ..., preferences: _Optional[_Iterable[_Union[PlacementPreference, _Mapping]]] = ..., platforms: _Optional[_Iterable[_Union[Platform, _Mapping]]] = ..., max_replicas: _Optional[int] = ...) -> None: ...

class PlacementPreference(_message.Message):
    __slots__ = ["spread"]
    SPREAD_FIELD_NUMBER: _ClassVar[int]
    spread: SpreadOver
    def __init__(self, spread: _Optional[_Union[SpreadOver, _Mapping]] = ...) -> None: ...

class Platform(_message.Message):
    __slots__ = ["architecture", "os"]
    ARCHITECTURE_FIELD_NUMBER: _ClassVar[int]
    OS_FIELD_NUMBER: _ClassVar[int]
    architecture: str
    os: str
    def __init__(self, architecture: _Optional[str] = ..., os: _Optional[str] = ...) -> None: ...

class PluginDescription(_message.Message):
    __slots__ = ["name", "type"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: str
    def __init__(self, type: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class PortConfig(_message.Message):
    __slots__ = ["name", "protocol", "publish_mode", "published_port", "target_port"]
    class Protocol(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class PublishMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    HOST: PortConfig.PublishMode
    INGRESS: PortConfig.PublishMode
    NAME_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    PUBLISHED_PORT_FIELD_NUMBER: _ClassVar[int]
    PUBLISH_MODE_FIELD_NUMBER: _ClassVar[int]
    SCTP: PortConfig.Protocol
    TARGET_PORT_FIELD_NUMBER: _ClassVar[int]
    TCP: PortConfig.Protocol
    UDP: PortConfig.Protocol
    name: str
    protocol: PortConfig.Protocol
    publish_mode: PortConfig.PublishMode
    published_port: int
    target_port: int
    def __init__(self, name: _Optional[str] = ..., protocol: _Optional[_Union[PortConfig.Protocol, str]] = ..., target_port: _Optional[int] = ..., published_port: _Optional[int] = ..., publish_mode: _Optional[_Union[PortConfig.PublishMode, str]] = ...) -> None: ...

class PortStatus(_message.Message):
    __slots__ = ["ports"]
    PORTS_FIELD_NUMBER: _ClassVar[int]
    ports: _containers.RepeatedCompositeFieldContainer[PortConfig]
    def __init__(self, ports: _Optional[_Iterable[_Union[PortConfig, _Mapping]]] = ...) -> None: ...

class Privileges(_message.Message):
    __slots__ = ["apparmor", "credential_spec", "no_new_privileges", "seccomp", "selinux_context"]
    class AppArmorOpts(_message.Message):
        __slots__ = ["mode"]
        class AppArmorMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
            __slots__ = []
        DEFAULT: Privileges.AppArmorOpts.AppArmorMode
        DISABLED: Privileges.AppArmorOpts.AppArmorMode
        MODE_FIELD_NUMBER: _ClassVar[int]
        mode: Privileges.AppArmorOpts.AppArmorMode
        def __init__(self, mode: _Optional[_Union[Privileges.AppArmorOpts.AppArmorMode, str]] = ...) -> None: ...
    class CredentialSpec(_message.Message):
        __slots__ = ["config", "file", "registry"]
        CONFIG_FIELD_NUMBER: _ClassVar[int]
        FILE_FIELD_NUMBER: _ClassVar[int]
        REGISTRY_FIELD_NUMBER: _ClassVar[int]
        config: str
        file: str
        registry: str
        def __init__(self, file: _Optional[str] = ..., registry: _Optional[str] = ..., config: _Optional[str] = ...) -> None: ...
    class SELinuxContext(_message.Message):
        __slots__ = ["disable", "level", "role", "type", "user"]
        DISABLE_FIELD_NUMBER: _ClassVar[int]
        LEVEL_FIELD_NUMBER: _ClassVar[int]
        ROLE_FIELD_NUMBER: _ClassVar[int]
        TYPE_FIELD_NUMBER: _ClassVar[int]
        USER_FIELD_NUMBER: _ClassVar[int]
        disable: bool
        level: str
        role: str
        type: str
        user: str
        def __init__(self, disable: bool = ..., user: _Optional[str] = ..., role: _Optional[str] = ..., type: _Optional[str] = ..., level: _Optional[str] = ...) -> None: ...
    class SeccompOpts(_message.Message):
        __slots__ = ["mode", "profile"]
        class SeccompMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
            __slots__ = []
        CUSTOM: Privileges.SeccompOpts.SeccompMode
        DEFAULT: Privileges.SeccompOpts.SeccompMode
        MODE_FIELD_NUMBER: _ClassVar[int]
        PROFILE_FIELD_NUMBER: _ClassVar[int]
        UNCONFINED: Privileges.SeccompOpts.SeccompMode
        mode: Privileges.SeccompOpts.SeccompMode
        profile: bytes
        def __init__(self, mode: _Optional[_Union[Privileges.SeccompOpts.SeccompMode, str]] = ..., profile: _Optional[bytes] = ...) -> None: ...
    APPARMOR_FIELD_NUMBER: _ClassVar[int]
    CREDENTIAL_SPEC_FIELD_NUMBER: _ClassVar[int]
    NO_NEW_PRIVILEGES_FIELD_NUMBER: _ClassVar[int]
    SECCOMP_FIELD_NUMBER: _ClassVar[int]
    SELINUX_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    apparmor: Privileges.AppArmorOpts
    credential_spec: Privileges.CredentialSpec
    no_new_privileges: bool
    seccomp: Privileges.SeccompOpts
    selinux_context: Privileges.SELinuxContext
    def __init__(self, credential_spec: _Optional[_Union[Privileges.CredentialSpec, _Mapping]] = ..., selinux_context: _Optional[_Union[Privileges.SELinuxContext, _Mapping]] = ..., seccomp: _Optional[_Union[Privileges.SeccompOpts, _Mapping]] = ..., apparmor: _Optional[_Union[Privileges.AppArmorOpts, _Mapping]] = ..., no_new_privileges: bool = ...) -> None: ...

class RaftConfig(_message.Message):
    __slots__ = ["election_tick", "heartbeat_tick", "keep_old_snapshots", "log_entries_for_slow_followers", "snapshot_interval"]
    ELECTION_TICK_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_TICK_FIELD_NUMBER: _ClassVar[int]
    KEEP_OLD_SNAPSHOTS_FIELD_NUMBER: _ClassVar[int]
    LOG_ENTRIES_FOR_SLOW_FOLLOWERS_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    election_tick: int
    heartbeat_tick: int
    keep_old_snapshots: int
    log_entries_for_slow_followers: int
    snapshot_interval: int
    def __init__(self, snapshot_interval: _Optional[int] = ..., keep_old_snapshots: _Optional[int] = ..., log_entries_for_slow_followers: _Optional[int] = ..., heartbeat_tick: _Optional[int] = ..., election_tick: _Optional[int] = ...) -> None: ...

class RaftMemberStatus(_message.Message):
    __slots__ = ["leader", "message", "reachability"]
    class Reachability(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    LEADER_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REACHABILITY_FIELD_NUMBER: _ClassVar[int]
    REACHABLE: RaftMemberStatus.Reachability
    UNKNOWN: RaftMemberStatus.Reachability
    UNREACHABLE: RaftMemberStatus.Reachability
    leader: bool
    message: str
    reachability: RaftMemberStatus.Reachability
    def __init__(self, leader: bool = ..., reachability: _Optional[_Union[RaftMemberStatus.Reachability, str]] = ..., message: _Optional[str] = ...) -> None: ...

class ResourceRequirements(_message.Message):
    __slots__ = ["limits", "memory_swappiness", "reservations", "swap_bytes"]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    MEMORY_SWAPPINESS_FIELD_NUMBER: _ClassVar[int]
    RESERVATIONS_FIELD_NUMBER: _ClassVar[int]
    SWAP_BYTES_FIELD_NUMBER: _ClassVar[int]
    limits: Resources
    memory_swappiness: _wrappers_pb2.Int64Value
    reservations: Resources
    swap_bytes: _wrappers_pb2.Int64Value
    def __init__(self, limits: _Optional[_Union[Resources, _Mapping]] = ..., reservations: _Optional[_Union[Resources, _Mapping]] = ..., swap_bytes: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., memory_swappiness: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ...) -> None: ...

class Resources(_message.Message):
    __slots__ = ["generic", "memory_bytes", "nano_cpus"]
    GENERIC_FIELD_NUMBER: _ClassVar[int]
    MEMORY_BYTES_FIELD_NUMBER: _ClassVar[int]
    NANO_CPUS_FIELD_NUMBER: _ClassVar[int]
    generic: _containers.RepeatedCompositeFieldContainer[GenericResource]
    memory_bytes: int
    nano_cpus: int
    def __init__(self, nano_cpus: _Optional[int] = ..., memory_bytes: _Optional[int] = ..., generic: _Optional[_Iterable[_Union[GenericResource, _Mapping]]] = ...) -> None: ...

class RestartPolicy(_message.Message):
    __slots__ = ["condition", "delay", "max_attempts", "window"]
    class RestartCondition(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ANY: RestartPolicy.RestartCondition
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    DELAY_FIELD_NUMBER: _ClassVar[int]
    MAX_ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    NONE: RestartPolicy.RestartCondition
    ON_FAILURE: RestartPolicy.RestartCondition
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    condition: RestartPolicy.RestartCondition
    delay: _duration_pb2.Duration
    max_attempts: int
    window: _duration_pb2.Duration
    def __init__(self, condition: _Optional[_Union[RestartPolicy.RestartCondition, str]] = ..., delay: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., max_attempts: _Optional[int] = ..., window: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class RootCA(_message.Message):
    __slots__ = ["ca_cert", "ca_cert_hash", "ca_key", "join_tokens", "last_forced_rotation", "root_rotation"]
    CA_CERT_FIELD_NUMBER: _ClassVar[int]
    CA_CERT_HASH_FIELD_NUMBER: _ClassVar[int]
    CA_KEY_FIELD_NUMBER: _ClassVar[int]
    JOIN_TOKENS_FIELD_NUMBER: _ClassVar[int]
    LAST_FORCED_ROTATION_FIELD_NUMBER: _ClassVar[int]
    ROOT_ROTATION_FIELD_NUMBER: _ClassVar[int]
    ca_cert: bytes
    ca_cert_hash: str
    ca_key: bytes
    join_tokens: JoinTokens
    last_forced_rotation: int
    root_rotation: RootRotation
    def __init__(self, ca_key: _Optional[bytes] = ..., ca_cert: _Optional[bytes] = ..., ca_cert_hash: _Optional[str] = ..., join_tokens: _Optional[_Union[JoinTokens, _Mapping]] = ..., root_rotation: _Optional[_Union[RootRotation, _Mapping]] = ..., last_forced_rotation: _Optional[int] = ...) -> None: ...

class RootRotation(_message.Message):
    __slots__ = ["ca_cert", "ca_key", "cross_signed_ca_cert"]
    CA_CERT_FIELD_NUMBER: _ClassVar[int]
    CA_KEY_FIELD_NUMBER: _ClassVar[int]
    CROSS_SIGNED_CA_CERT_FIELD_NUMBER: _ClassVar[int]
    ca_cert: bytes
    ca_key: bytes
    cross_signed_ca_cert: bytes
    def __init__(self, ca_cert: _Optional[bytes] = ..., ca_key: _Optional[bytes] = ..., cross_signed_ca_cert: _Optional[bytes] = ...) -> None: ...

class RuntimeTarget(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class SecretReference(_message.Message):
    __slots__ = ["file", "secret_id", "secret_name"]
    FILE_FIELD_NUMBER: _ClassVar[int]
    SECRET_ID_FIELD_NUMBER: _ClassVar[int]
    SECRET_NAME_FIELD_NUMBER: _ClassVar[int]
    file: FileTarget
    secret_id: str
    secret_name: str
    def __init__(self, secret_id: _Optional[str] = ..., secret_name: _Optional[str] = ..., file: _Optional[_Union[FileTarget, _Mapping]] = ...) -> None: ...

class SpreadOver(_message.Message):
    __slots__ = ["spread_descriptor"]
    SPREAD_DESCRIPTOR_FIELD_NUMBER: _ClassVar[int]
    spread_descriptor: str
    def __init__(self, spread_descriptor: _Optional[str] = ...) -> None: ...

class TaskDefaults(_message.Message):
    __slots__ = ["log_driver"]
    LOG_DRIVER_FIELD_NUMBER: _ClassVar[int]
    log_driver: Driver
    def __init__(self, log_driver: _Optional[_Union[Driver, _Mapping]] = ...) -> None: ...

class TaskStatus(_message.Message):
    __slots__ = ["applied_at", "applied_by", "container", "err", "message", "port_status", "state", "timestamp"]
    APPLIED_AT_FIELD_NUMBER: _ClassVar[int]
    APPLIED_BY_FIELD_NUMBER: _ClassVar[int]
    CONTAINER_FIELD_NUMBER: _ClassVar[int]
    ERR_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    PORT_STATUS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    applied_at: _timestamp_pb2.Timestamp
    applied_by: str
    container: ContainerStatus
    err: str
    message: str
    port_status: PortStatus
    state: TaskState
    timestamp: _timestamp_pb2.Timestamp
    def __init__(self, timestamp: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., state: _Optional[_Union[TaskState, str]] = ..., message: _Optional[str] = ..., err: _Optional[str] = ..., container: _Optional[_Union[ContainerStatus, _Mapping]] = ..., port_status: _Optional[_Union[PortStatus, _Mapping]] = ..., applied_by: _Optional[str] = ..., applied_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Topology(_message.Message):
    __slots__ = ["segments"]
    class SegmentsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    segments: _containers.ScalarMap[str, str]
    def __init__(self, segments: _Optional[_Mapping[str, str]] = ...) -> None: ...

class TopologyRequirement(_message.Message):
    __slots__ = ["preferred", "requisite"]
    PREFERRED_FIELD_NUMBER: _ClassVar[int]
    REQUISITE_FIELD_NUMBER: _ClassVar[int]
    preferred: _containers.RepeatedCompositeFieldContainer[Topology]
    requisite: _containers.RepeatedCompositeFieldContainer[Topology]
    def __init__(self, requisite: _Optional[_Iterable[_Union[Topology, _Mapping]]] = ..., preferred: _Optional[_Iterable[_Union[Topology, _Mapping]]] = ...) -> None: ...

class UpdateConfig(_message.Message):
    __slots__ = ["delay", "failure_action", "max_failure_ratio", "monitor", "order", "parallelism"]
    class FailureAction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class UpdateOrder(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    CONTINUE: UpdateConfig.FailureAction
    DELAY_FIELD_NUMBER: _ClassVar[int]
    FAILURE_ACTION_FIELD_NUMBER: _ClassVar[int]
    MAX_FAILURE_RATIO_FIELD_NUMBER: _ClassVar[int]
    MONITOR_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    PARALLELISM_FIELD_NUMBER: _ClassVar[int]
    PAUSE: UpdateConfig.FailureAction
    ROLLBACK: UpdateConfig.FailureAction
    START_FIRST: UpdateConfig.UpdateOrder
    STOP_FIRST: UpdateConfig.UpdateOrder
    delay: _duration_pb2.Duration
    failure_action: UpdateConfig.FailureAction
    max_failure_ratio: float
    monitor: _duration_pb2.Duration
    order: UpdateConfig.UpdateOrder
    parallelism: int
    def __init__(self, parallelism: _Optional[int] = ..., delay: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., failure_action: _Optional[_Union[UpdateConfig.FailureAction, str]] = ..., monitor: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., max_failure_ratio: _Optional[float] = ..., order: _Optional[_Union[UpdateConfig.UpdateOrder, str]] = ...) -> None: ...

class UpdateStatus(_message.Message):
    __slots__ = ["completed_at", "message", "started_at", "state"]
    class UpdateState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    COMPLETED: UpdateStatus.UpdateState
    COMPLETED_AT_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    PAUSED: UpdateStatus.UpdateState
    ROLLBACK_COMPLETED: UpdateStatus.UpdateState
    ROLLBACK_PAUSED: UpdateStatus.UpdateState
    ROLLBACK_STARTED: UpdateStatus.UpdateState
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN: UpdateStatus.UpdateState
    UPDATING: UpdateStatus.UpdateState
    completed_at: _timestamp_pb2.Timestamp
    message: str
    started_at: _timestamp_pb2.Timestamp
    state: UpdateStatus.UpdateState
    def __init__(self, state: _Optional[_Union[UpdateStatus.UpdateState, str]] = ..., started_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., completed_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., message: _Optional[str] = ...) -> None: ...

class Version(_message.Message):
    __slots__ = ["index"]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    index: int
    def __init__(self, index: _Optional[int] = ...) -> None: ...

class VolumeAccessMode(_message.Message):
    __slots__ = ["block", "mount", "scope", "sharing"]
    class Scope(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class Sharing(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class BlockVolume(_message.Message):
        __slots__ = []
        def __init__(self) -> None: ...
    class MountVolume(_message.Message):
        __slots__ = ["fs_type", "mount_flags"]
        FS_TYPE_FIELD_NUMBER: _ClassVar[int]
        MOUNT_FLAGS_FIELD_NUMBER: _ClassVar[int]
        fs_type: str
        mount_flags: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, fs_type: _Optional[str] = ..., mount_flags: _Optional[_Iterable[str]] = ...) -> None: ...
    ALL: VolumeAccessMode.Sharing
    BLOCK_FIELD_NUMBER: _ClassVar[int]
    MOUNT_FIELD_NUMBER: _ClassVar[int]
    MULTI_NODE: VolumeAccessMode.Scope
    NONE: VolumeAccessMode.Sharing
    ONE_WRITER: VolumeAccessMode.Sharing
    READ_ONLY: VolumeAccessMode.Sharing
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    SHARING_FIELD_NUMBER: _ClassVar[int]
    SINGLE_NODE: VolumeAccessMode.Scope
    block: VolumeAccessMode.BlockVolume
    mount: VolumeAccessMode.MountVolume
    scope: VolumeAccessMode.Scope
    sharing: VolumeAccessMode.Sharing
    def __init__(self, scope: _Optional[_Union[VolumeAccessMode.Scope, str]] = ..., sharing: _Optional[_Union[VolumeAccessMode.Sharing, str]] = ..., block: _Optional[_Union[VolumeAccessMode.BlockVolume, _Mapping]] = ..., mount: _Optional[_Union[VolumeAccessMode.MountVolume, _Mapping]] = ...) -> None: ...

class VolumeAssignment(_message.Message):
    __slots__ = ["access_mode", "driver", "id", "publish_context", "secrets", "volume_context", "volume_id"]
    class PublishContextEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class VolumeContextEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ACCESS_MODE_FIELD_NUMBER: _ClassVar[int]
    DRIVER_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    PUBLISH_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    VOLUME_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    VOLUME_ID_FIELD_NUMBER: _ClassVar[int]
    access_mode: VolumeAccessMode
    driver: Driver
    id: str
    publish_context: _containers.ScalarMap[str, str]
    secrets: _containers.RepeatedCompositeFieldContainer[VolumeSecret]
    volume_context: _containers.ScalarMap[str, str]
    volume_id: str
    def __init__(self, id: _Optional[str] = ..., volume_id: _Optional[str] = ..., driver: _Optional[_Union[Driver, _Mapping]] = ..., volume_context: _Optional[_Mapping[str, str]] = ..., publish_context: _Optional[_Mapping[str, str]] = ..., access_mode: _Optional[_Union[VolumeAccessMode, _Mapping]] = ..., secrets: _Optional[_Iterable[_Union[VolumeSecret, _Mapping]]] = ...) -> None: ...

class VolumeAttachment(_message.Message):
    __slots__ = ["id", "source", "target"]
    ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    id: str
    source: str
    target: str
    def __init__(self, id: _Optional[str] = ..., source: _Optional[str] = ..., target: _Optional[str] = ...) -> None: ...

class VolumeCapability(_message.Message):
    __slots__ = ["access_mode", "block", "mount"]
    class AccessMode(_message.Message):
        __slots__ = ["mode"]
        class Mode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
            __slots__ = []
        MODE_FIELD_NUMBER: _ClassVar[int]
        MULTI_NODE_MULTI_WRITER: VolumeCapability.AccessMode.Mode
        MULTI_NODE_READER_ONLY: VolumeCapability.AccessMode.Mode
        MULTI_NODE_SINGLE_WRITER: VolumeCapability.AccessMode.Mode
        SINGLE_NODE_READER_ONLY: VolumeCapability.AccessMode.Mode
        SINGLE_NODE_WRITER: VolumeCapability.AccessMode.Mode
        UNKNOWN: VolumeCapability.AccessMode.Mode
        mode: VolumeCapability.AccessMode.Mode
        def __init__(self, mode: _Optional[_Union[VolumeCapability.AccessMode.Mode, str]] = ...) -> None: ...
    class BlockVolume(_message.Message):
        __slots__ = []
        def __init__(self) -> None: ...
    class MountVolume(_message.Message):
        __slots__ = ["fs_type", "mount_flags"]
        FS_TYPE_FIELD_NUMBER: _ClassVar[int]
        MOUNT_FLAGS_FIELD_NUMBER: _ClassVar[int]
        fs_type: str
        mount_flags: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, fs_type: _Optional[str] = ..., mount_flags: _Optional[_Iterable[str]] = ...) -> None: ...
    ACCESS_MODE_FIELD_NUMBER: _ClassVar[int]
    BLOCK_FIELD_NUMBER: _ClassVar[int]
    MOUNT_FIELD_NUMBER: _ClassVar[int]
    access_mode: VolumeCapability.AccessMode
    block: VolumeCapability.BlockVolume
    mount: VolumeCapability.MountVolume
    def __init__(self, block: _Optional[_Union[VolumeCapability.BlockVolume, _Mapping]] = ..., mount: _Optional[_Union[VolumeCapability.MountVolume, _Mapping]] = ..., access_mode: _Optional[_Union[VolumeCapability.AccessMode, _Mapping]] = ...) -> None: ...

class VolumeInfo(_message.Message):
    __slots__ = ["accessible_topology", "capacity_bytes", "volume_context", "volume_id"]
    class VolumeContextEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ACCESSIBLE_TOPOLOGY_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_BYTES_FIELD_NUMBER: _ClassVar[int]
    VOLUME_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    VOLUME_ID_FIELD_NUMBER: _ClassVar[int]
    accessible_topology: _containers.RepeatedCompositeFieldContainer[Topology]
    capacity_bytes: int
    volume_context: _containers.ScalarMap[str, str]
    volume_id: str
    def __init__(self, capacity_bytes: _Optional[int] = ..., volume_context: _Optional[_Mapping[str, str]] = ..., volume_id: _Optional[str] = ..., accessible_topology: _Optional[_Iterable[_Union[Topology, _Mapping]]] = ...) -> None: ...

class VolumePublishStatus(_message.Message):
    __slots__ = ["message", "node_id", "publish_context", "state"]
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class PublishContextEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    PENDING_NODE_UNPUBLISH: VolumePublishStatus.State
    PENDING_PUBLISH: VolumePublishStatus.State
    PENDING_UNPUBLISH: VolumePublishStatus.State
    PUBLISHED: VolumePublishStatus.State
    PUBLISH_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    message: str
    node_id: str
    publish_context: _containers.ScalarMap[str, str]
    state: VolumePublishStatus.State
    def __init__(self, node_id: _Optional[str] = ..., state: _Optional[_Union[VolumePublishStatus.State, str]] = ..., publish_context: _Optional[_Mapping[str, str]] = ..., message: _Optional[str] = ...) -> None: ...

class VolumeSecret(_message.Message):
    __slots__ = ["key", "secret"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    key: str
    secret: str
    def __init__(self, key: _Optional[str] = ..., secret: _Optional[str] = ...) -> None: ...

class WeightedPeer(_message.Message):
    __slots__ = ["peer", "weight"]
    PEER_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    peer: Peer
    weight: int
    def __init__(self, peer: _Optional[_Union[Peer, _Mapping]] = ..., weight: _Optional[int] = ...) -> None: ...

class ResourceType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class TaskState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class NodeRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
