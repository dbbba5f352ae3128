from google.protobuf import any_pb2 as _any_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import wrappers_pb2 as _wrappers_pb2
from swarmwire._pb.swarmkit import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ClusterSpec(_message.Message):
    __slots__ = ["acceptance_policy", "annotations", "ca_config", "dispatcher", "encryption_config", "orchestration", "raft", "task_defaults"]
    ACCEPTANCE_POLICY_FIELD_NUMBER: _ClassVar[int]
    ANNOTATIONS_FIELD_NUMBER: _ClassVar[int]
    CA_CONFIG_FIELD_NUMBER: _ClassVar[int]
    DISPATCHER_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTION_CONFIG_FIELD_NUMBER: _ClassVar[int]
    ORCHESTRATION_FIELD_NUMBER: _ClassVar[int]
    RAFT_FIELD_NUMBER: _ClassVar[int]
    TASK_DEFAULTS_FIELD_NUMBER: _ClassVar[int]
    acceptance_policy: _types_pb2.AcceptancePolicy
    annotations: _types_pb2.Annotations
    ca_config: _types_pb2.CAConfig
    dispatcher: _types_pb2.DispatcherConfig
    encryption_config: _types_pb2.EncryptionConfig
    orchestration: _types_pb2.OrchestrationConfig
    raft: _types_pb2.RaftConfig
    task_defaults: _types_pb2.TaskDefaults
    def __init__(self, annotations: _Optional[_Union[_types_pb2.Annotations, _Mapping]] = ..., acceptance_policy: _Optional[_Union[_types_pb2.AcceptancePolicy, _Mapping]] = ..., orchestration: _Optional[_Union[_types_pb2.OrchestrationConfig, _Mapping]] = ..., raft: _Optional[_Union[_types_pb2.RaftConfig, _Mapping]] = ..., dispatcher: _Optional[_Union[_types_pb2.DispatcherConfig, _Mapping]] = ..., ca_config: _Optional[_Union[_types_pb2.CAConfig, _Mapping]] = ..., task_defaults: _Optional[_Union[_types_pb2.TaskDefaults, _Mapping]] = ..., encryption_config: _Optional[_Union[_types_pb2.EncryptionConfig, _Mapping]] = ...) -> None: ...

class ConfigSpec(_message.Message):
    __slots__ = ["annotations", "data", "templating"]
    ANNOTATIONS_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    TEMPLATING_FIELD_NUMBER: _ClassVar[int]
    annotations: _types_pb2.Annotations
    data: bytes
    templating: _types_pb2.Driver
    def __init__(self, annotations: _Optional[_Union[_types_pb2.Annotations, _Mapping]] = ..., data: _Optional[bytes] = ..., templating: _Optional[_Union[_types_pb2.Driver, _Mapping]] = ...) -> None: ...

class ContainerSpec(_message.Message):
    __slots__ = ["args", "capability_add", "capability_drop", "command", "configs", "dir", "dns_config", "env", "groups", "healthcheck", "hostname", "hosts", "image", "init", "isolation", "labels", "mounts", "oom_score_adj", "open_stdin", "pidsLimit", "privileges", "pull_options", "read_only", "secrets", "stop_grace_period", "stop_signal", "sysctls", "tty", "ulimits", "user"]
    class Isolation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class DNSConfig(_message.Message):
        __slots__ = ["nameservers", "options", "search"]
        NAMESERVERS_FIELD_NUMBER: _ClassVar[int]
        OPTIONS_FIELD_NUMBER: _ClassVar[int]
        SEARCH_FIELD_NUMBER: _ClassVar[int]
        nameservers: _containers.RepeatedScalarFieldContainer[str]
        options: _containers.RepeatedScalarFieldContainer[str]
        search: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, nameservers: _Optional[_Iterable[str]] = ..., search: _Optional[_Iterable[str]] = ..., options: _Optional[_Iterable[str]] = ...) -> None: ...
    class LabelsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class PullOptions(_message.Message):
        __slots__ = ["registry_auth"]
        REGISTRY_AUTH_FIELD_NUMBER: _ClassVar[int]
        registry_auth: str
        def __init__(self, registry_auth: _Optional[str] = ...) -> None: ...
    class SysctlsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class Ulimit(_message.Message):
        __slots__ = ["hard", "name", "soft"]
        HARD_FIELD_NUMBER: _ClassVar[int]
        NAME_FIELD_NUMBER: _ClassVar[int]
        SOFT_FIELD_NUMBER: _ClassVar[int]
        hard: int
        name: str
        soft: int
        def __init__(self, name: _Optional[str] = ..., soft: _Optional[int] = ..., hard: _Optional[int] = ...) -> None: ...
    ARGS_FIELD_NUMBER: _ClassVar[int]
    CAPABILITY_ADD_FIELD_NUMBER: _ClassVar[int]
    CAPABILITY_DROP_FIELD_NUMBER: _ClassVar[int]
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    CONFIGS_FIELD_NUMBER: _ClassVar[int]
    DIR_FIELD_NUMBER: _ClassVar[int]
    DNS_CONFIG_FIELD_NUMBER: _ClassVar[int]
    ENV_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    HEALTHCHECK_FIELD_NUMBER: _ClassVar[int]
    HOSTNAME_FIELD_NUMBER: _ClassVar[int]
    HOSTS_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    INIT_FIELD_NUMBER: _ClassVar[int]
    ISOLATION_DEFAULT: ContainerSpec.Isolation
    ISOLATION_FIELD_NUMBER: _ClassVar[int]
    ISOLATION_HYPERV: ContainerSpec.Isolation
    ISOLATION_PROCESS: ContainerSpec.Isolation
    LABELS_FIELD_NUMBER: _ClassVar[int]
    MOUNTS_FIELD_NUMBER: _ClassVar[int]
    OOM_SCORE_ADJ_FIELD_NUMBER: _ClassVar[int]
    OPEN_STDIN_FIELD_NUMBER: _ClassVar[int]
    PIDSLIMIT_FIELD_NUMBER: _ClassVar[int]
    PRIVILEGES_FIELD_NUMBER: _ClassVar[int]
    PULL_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    READ_ONLY_FIELD_NUMBER: _ClassVar[int]
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    STOP_GRACE_PERIOD_FIELD_NUMBER: _ClassVar[int]
    STOP_SIGNAL_FIELD_NUMBER: _ClassVar[int]
    SYSCTLS_FIELD_NUMBER: _ClassVar[int]
    TTY_FIELD_NUMBER: _ClassVar[int]
    ULIMITS_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    args: _containers.RepeatedScalarFieldContainer[str]
    capability_add: _containers.RepeatedScalarFieldContainer[str]
    capability_drop: _containers.RepeatedScalarFieldContainer[str]
    command: _containers.RepeatedScalarFieldContainer[str]
    configs: _containers.RepeatedCompositeFieldContainer[_types_pb2.ConfigReference]
    dir: str
    dns_config: ContainerSpec.DNSConfig
    env: _containers.RepeatedScalarFieldContainer[str]
    groups: _containers.RepeatedScalarFieldContainer[str]
    healthcheck: _types_pb2.HealthConfig
    hostname: str
    hosts: _containers.RepeatedScalarFieldContainer[str]
    image: str
    init: _wrappers_pb2.BoolValue
    isolation: ContainerSpec.Isolation
    labels: _containers.ScalarMap[str, str]
    mounts: _containers.RepeatedCompositeFieldContainer[_types_pb2.Mount]
    oom_score_adj: int
    open_stdin: bool
    pidsLimit: int
    privileges: _types_pb2.Privileges
    pull_options: ContainerSpec.PullOptions
    read_only: bool
    secrets: _containers.RepeatedCompositeFieldContainer[_types_pb2.SecretReference]
    stop_grace_period: _duration_pb2.Duration
    stop_signal: str
    sysctls: _containers.ScalarMap[str, str]
    tty: bool
    ulimits: _containers.RepeatedCompositeFieldContainer[ContainerSpec.Ulimit]
    user: str
    def __init__(self, image: _Optional[str] = ..., labels: _Optional[_Mapping[str, str]] = ..., command: _Optional[_Iterable[str]] = ..., args: _Optional[_Iterable[str]] = ..., hostname: _Optional[str] = ..., env: _Optional[_Iterable[str]] = ..., dir: _Optional[str] = ..., user: _Optional[str] = ..., groups: _Optional[_Iterable[str]] = ..., privileges: _Optional[_Union[_types_pb2.Privileges, _Mapping]] = ..., init: _Optional[_Union[_wrappers_pb2.BoolValue, _Mapping]] = ..., tty: bool = ..., open_stdin: bool = ..., read_only: bool = ..., stop_signal: _Optional[str] = ..., mounts: _Optional[_Iterable[_Union[_types_pb2.Mount, _Mapping]]] = ..., stop_grace_period: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., pull_options: _Optional[_Union[ContainerSpec.PullOptions, _Mapping]] = ..., secrets: _Optional[_Iterable[_Union[_types_pb2.SecretReference, _Mapping]]] = ..., configs: _Optional[_Iterable[_Union[_types_pb2.ConfigReference, _Mapping]]] = ..., hosts: _Optional[_Iterable[str]] = ..., dns_config: _Optional[_Union[ContainerSpec.DNSConfig, _Mapping]] = ..., healthcheck: _Optional[_Union[_types_pb2.HealthConfig, _Mapping]] = ..., isolation: _Optional[_Union[ContainerSpec.Isolation, str]] = ..., pidsLimit: _Optional[int] = ..., sysctls: _Optional[_Mapping[str, str]] = ..., capability_add: _Optional[_Iterable[str]] = ..., capability_drop: _Optional[_Iterable[str]] = ..., ulimits: _Optional[_Iterable[_Union[ContainerSpec.Ulimit, _Mapping]]] = ..., oom_score_adj: _Optional[int] = ...) -> None: ...

class EndpointSpec(_message.Message):
    __slots__ = ["mode", "ports"]
    class ResolutionMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    DNSRR: EndpointSpec.ResolutionMode
    MODE_FIELD_NUMBER: _ClassVar[int]
    PORTS_FIELD_NUMBER: _ClassVar[int]
    VIP: EndpointSpec.ResolutionMode
    mode: EndpointSpec.ResolutionMode
    ports: _containers.RepeatedCompositeFieldContainer[_types_pb2.PortConfig]
    def __init__(self, mode: _Optional[_Union[EndpointSpec.ResolutionMode, str]] = ..., ports: _Optional[_Iterable[_Union[_types_pb2.PortConfig, _Mapping]]] = ...) -> None: ...

class GenericRuntimeSpec(_message.Message):
    __slots__ = ["kind", "payload"]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    kind: str
    payload: _any_pb2.Any
    def __init__(self, kind: _Optional[str] = ..., payload: _Optional[_Union[_any_pb2.Any, _Mapping]] = ...) -> None: ...

class GlobalJob(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class GlobalService(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class NetworkAttachmentSpec(_message.Message):
    __slots__ = ["container_id"]
    CONTAINER_ID_FIELD_NUMBER: _ClassVar[int]
    container_id: str
    def __init__(self, container_id: _Optional[str] = ...) -> None: ...

class NetworkSpec(_message.Message):
    __slots__ = ["annotations", "attachable", "driver_config", "ingress", "internal", "ipam", "ipv6_enabled", "network"]
    ANNOTATIONS_FIELD_NUMBER: _ClassVar[int]
    ATTACHABLE_FIELD_NUMBER: _ClassVar[int]
    DRIVER_CONFIG_FIELD_NUMBER: _ClassVar[int]
    INGRESS_FIELD_NUMBER: _ClassVar[int]
    INTERNAL_FIELD_NUMBER: _ClassVar[int]
    IPAM_FIELD_NUMBER: _ClassVar[int]
    IPV6_ENABLED_FIELD_NUMBER: _ClassVar[int]
    NETWORK_FIELD_NUMBER: _ClassVar[int]
    annotations: _types_pb2.Annotations
    attachable: bool
    driver_config: _types_pb2.Driver
    ingress: bool
    internal: bool
    ipam: _types_pb2.IPAMOptions
    ipv6_enabled: bool
    network: str
    def __init__(self, annotations: _Optional[_Union[_types_pb2.Annotations, _Mapping]] = ..., driver_config: _Optional[_Union[_types_pb2.Driver, _Mapping]] = ..., ipv6_enabled: bool = ..., internal: bool = ..., ipam: _Optional[_Union[_types_pb2.IPAMOptions, _Mapping]] = ..., attachable: bool = ..., ingress: bool = ..., network: _Optional[str] = ...) -> None: ...

class NodeSpec(_message.Message):
    __slots__ = ["annotations", "availability", "desired_role", "membership"]
    class Availability(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class Membership(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ACCEPTED: NodeSpec.Membership
    ACTIVE: NodeSpec.Availability
    ANNOTATIONS_FIELD_NUMBER: _ClassVar[int]
    AVAILABILITY_FIELD_NUMBER: _ClassVar[int]
    DESIRED_ROLE_FIELD_NUMBER: _ClassVar[int]
    DRAIN: NodeSpec.Availability
    MEMBERSHIP_FIELD_NUMBER: _ClassVar[int]
    PAUSE: NodeSpec.Availability
    PENDING: NodeSpec.Membership
    annotations: _types_pb2.Annotations
    availability: NodeSpec.Availability
    desired_role: _types_pb2.NodeRole
    membership: NodeSpec.Membership
    def __init__(self, annotations: _Optional[_Union[_types_pb2.Annotations, _Mapping]] = ..., desired_role: _Optional[_Union[_types_pb2.NodeRole, str]] = ..., membership: _Optional[_Union[NodeSpec.Membership, str]] = ..., availability: _Optional[_Union[NodeSpec.Availability, str]] = ...) -> None: ...

class ReplicatedJob(_message.Message):
    __slots__ = ["max_concurrent", "total_completions"]
    MAX_CONCURRENT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_COMPLETIONS_FIELD_NUMBER: _ClassVar[int]
    max_concurrent: int
    total_completions: int
    def __init__(self, max_concurrent: _Optional[int] = ..., total_completions: _Optional[int] = ...) -> None: ...

class ReplicatedService(_message.Message):
    __slots__ = ["replicas"]
    REPLICAS_FIELD_NUMBER: _ClassVar[int]
    replicas: int
    def __init__(self, replicas: _Optional[int] = ...) -> None: ...

class ResourceReference(_message.Message):
    __slots__ = ["resource_id", "resource_type"]
    RESOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_TYPE_FIELD_NUMBER: _ClassVar[int]
    resource_id: str
    resource_type: _types_pb2.ResourceType
    def __init__(self, resource_id: _Optional[str] = ..., resource_type: _Optional[_Union[_types_pb2.ResourceType, str]] = ...) -> None: ...

class SecretSpec(_message.Message):
    __slots__ = ["annotations", "data", "driver", "templating"]
    ANNOTATIONS_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    DRIVER_FIELD_NUMBER: _ClassVar[int]
    TEMPLATING_FIELD_NUMBER: _ClassVar[int]
    annotations: _types_pb2.Annotations
    data: bytes
    driver: _types_pb2.Driver
    templating: _types_pb2.Driver
    def __init__(self, annotations: _Optional[_Union[_types_pb2.Annotations, _Mapping]] = ..., data: _Optional[bytes] = ..., templating: _Optional[_Union[_types_pb2.Driver, _Mapping]] = ..., driver: _Optional[_Union[_types_pb2.Driver, _Mapping]] = ...) -> None: ...

class ServiceSpec(_message.Message):
    __slots__ = ["annotations", "endpoint", "global_job", "networks", "replicated", "replicated_job", "rollback", "task", "update"]
    ANNOTATIONS_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    GLOBAL_FIELD_NUMBER: _ClassVar[int]
    GLOBAL_JOB_FIELD_NUMBER: _ClassVar[int]
    NETWORKS_FIELD_NUMBER: _ClassVar[int]
    REPLICATED_FIELD_NUMBER: _ClassVar[int]
    REPLICATED_JOB_FIELD_NUMBER: _ClassVar[int]
    ROLLBACK_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    annotations: _types_pb2.Annotations
    endpoint: EndpointSpec
    global_job: GlobalJob
    networks: _containers.RepeatedCompositeFieldContainer[_types_pb2.NetworkAttachmentConfig]
    replicated: ReplicatedService
    replicated_job: ReplicatedJob
    rollback: _types_pb2.UpdateConfig
    task: TaskSpec
    update: _types_pb2.UpdateConfig
    def __init__(self, annotations: _Optional[_Union[_types_pb2.Annotations, _Mapping]] = ..., task: _Optional[_Union[TaskSpec, _Mapping]] = ..., replicated: _Optional[_Union[ReplicatedService, _Mapping]] = ..., replicated_job: _Optional[_Union[ReplicatedJob, _Mapping]] = ..., global_job: _Optional[_Union[GlobalJob, _Mapping]] = ..., update: _Optional[_Union[_types_pb2.UpdateConfig, _Mapping]] = ..., rollback: _Optional[_Union[_types_pb2.UpdateConfig, _Mapping]] = ..., networks: _Optional[_Iterable[_Union[_types_pb2.NetworkAttachmentConfig, _Mapping]]] = ..., endpoint: _Optional[_Union[EndpointSpec, _Mapping]] = ..., **kwargs) -> None: ...

class TaskSpec(_message.Message):
    __slots__ = ["attachment", "container", "force_update", "generic", "log_driver", "networks", "placement", "resource_references", "resources", "restart"]
    ATTACHMENT_FIELD_NUMBER: _ClassVar[int]
    CONTAINER_FIELD_NUMBER: _ClassVar[int]
    FORCE_UPDATE_FIELD_NUMBER: _ClassVar[int]
    GENERIC_FIELD_NUMBER: _ClassVar[int]
    LOG_DRIVER_FIELD_NUMBER: _ClassVar[int]
    NETWORKS_FIELD_NUMBER: _ClassVar[int]
    PLACEMENT_FIELD_NUMBER: _ClassVar[int]
    RESOURCES_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_REFERENCES_FIELD_NUMBER: _ClassVar[int]
    RESTART_FIELD_NUMBER: _ClassVar[int]
    attachment: NetworkAttachmentSpec
    container: ContainerSpec
    force_update: int
    generic: GenericRuntimeSpec
    log_driver: _types_pb2.Driver
    networks: _containers.RepeatedCompositeFieldContainer[_types_pb2.NetworkAttachmentConfig]
    placement: _types_pb2.Placement
    resource_references: _containers.RepeatedCompositeFieldContainer[ResourceReference]
    resources: _types_pb2.ResourceRequirements
    restart: _types_pb2.RestartPolicy
    def __init__(self, attachment: _Optional[_Union[NetworkAttachmentSpec, _Mapping]] = ..., container: _Optional[_Union[ContainerSpec, _Mapping]] = ..., generic: _Optional[_Union[GenericRuntimeSpec, _Mapping]] = ..., resources: _Optional[_Union[_types_pb2.ResourceRequirements, _Mapping]] = ..., restart: _Optional[_Union[_types_pb2.RestartPolicy, _Mapping]] = ..., placement: _Optional[_Union[_types_pb2.Placement, _Mapping]] = ..., log_driver: _Optional[_Union[_types_pb2.Driver, _Mapping]] = ..., networks: _Optional[_Iterable[_Union[_types_pb2.NetworkAttachmentConfig, _Mapping]]] = ..., force_update: _Optional[int] = ..., resource_references: _Optional[_Iterable[_Union[ResourceReference, _Mapping]]] = ...) -> None: ...

class VolumeSpec(_message.Message):
    __slots__ = ["AccessibilityRequirements", "access_mode", "annotations", "availability", "capacity_range", "driver", "group", "secrets"]
    class VolumeAvailability(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ACCESSIBILITYREQUIREMENTS_FIELD_NUMBER: _ClassVar[int]
    ACCESS_MODE_FIELD_NUMBER: _ClassVar[int]
    ACTIVE: VolumeSpec.VolumeAvailability
    ANNOTATIONS_FIELD_NUMBER: _ClassVar[int]
    AVAILABILITY_FIELD_NUMBER: _ClassVar[int]
    AccessibilityRequirements: _types_pb2.TopologyRequirement
    CAPACITY_RANGE_FIELD_NUMBER: _ClassVar[int]
    DRAIN: VolumeSpec.VolumeAvailability
    DRIVER_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    PAUSE: VolumeSpec.VolumeAvailability
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    access_mode: _types_pb2.VolumeAccessMode
    annotations: _types_pb2.Annotations
    availability: VolumeSpec.VolumeAvailability
    capacity_range: _types_pb2.CapacityRange
    driver: _types_pb2.Driver
    group: str
    secrets: _containers.RepeatedCompositeFieldContainer[_types_pb2.VolumeSecret]
    def __init__(self, annotations: _Optional[_Union[_types_pb2.Annotations, _Mapping]] = ..., group: _Optional[str] = ..., driver: _Optional[_Union[_types_pb2.Driver, _Mapping]] = ..., access_mode: _Optional[_Union[_types_pb2.VolumeAccessMode, _Mapping]] = ..., secrets: _Optional[_Iterable[_Union[_types_pb2.VolumeSecret, _Mapping]]] = ..., AccessibilityRequirements: _Optional[_Union[_types_pb2.TopologyRequirement, _Mapping]] = ..., capacity_range: _Optional[_Union[_types_pb2.CapacityRange, _Mapping]] = ..., availability: _Optional[_Union[VolumeSpec.VolumeAvailability, str]] = ...) -> None: ...
