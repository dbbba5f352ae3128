from google.protobuf import any_pb2 as _any_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from swarmwire._pb.swarmkit import specs_pb2 as _specs_pb2
from swarmwire._pb.swarmkit import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Cluster(_message.Message):
    __slots__ = ["VXLANUDPPort", "blacklisted_certificates", "defaultAddressPool", "encryption_key_lamport_clock", "fips", "id", "meta", "network_bootstrap_keys", "root_ca", "spec", "subnetSize", "unlock_keys"]
    class BlacklistedCertificatesEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _types_pb2.BlacklistedCertificate
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_types_pb2.BlacklistedCertificate, _Mapping]] = ...) -> None: ...
    BLACKLISTED_CERTIFICATES_FIELD_NUMBER: _ClassVar[int]
    DEFAULTADDRESSPOOL_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTION_KEY_LAMPORT_CLOCK_FIELD_NUMBER: _ClassVar[int]
    FIPS_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    META_FIELD_NUMBER: _ClassVar[int]
    NETWORK_BOOTSTRAP_KEYS_FIELD_NUMBER: _ClassVar[int]
    ROOT_CA_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    SUBNETSIZE_FIELD_NUMBER: _ClassVar[int]
    UNLOCK_KEYS_FIELD_NUMBER: _ClassVar[int]
    VXLANUDPPORT_FIELD_NUMBER: _ClassVar[int]
    VXLANUDPPort: int
    blacklisted_certificates: _containers.MessageMap[str, _types_pb2.BlacklistedCertificate]
    defaultAddressPool: _containers.RepeatedScalarFieldContainer[str]
    encryption_key_lamport_clock: int
    fips: bool
    id: str
    meta: Meta
    network_bootstrap_keys: _containers.RepeatedCompositeFieldContainer[_types_pb2.EncryptionKey]
    root_ca: _types_pb2.RootCA
    spec: _specs_pb2.ClusterSpec
    subnetSize: int
    unlock_keys: _containers.RepeatedCompositeFieldContainer[_types_pb2.EncryptionKey]
    def __init__(self, id: _Optional[str] = ..., meta: _Optional[_Union[Meta, _Mapping]] = ..., spec: _Optional[_Union[_specs_pb2.ClusterSpec, _Mapping]] = ..., root_ca: _Optional[_Union[_types_pb2.RootCA, _Mapping]] = ..., network_bootstrap_keys: _Optional[_Iterable[_Union[_types_pb2.EncryptionKey, _Mapping]]] = ..., encryption_key_lamport_clock: _Optional[int] = ..., blacklisted_certificates: _Optional[_Mapping[str, _types_pb2.BlacklistedCertificate]] = ..., unlock_keys: _Optional[_Iterable[_Union[_types_pb2.EncryptionKey, _Mapping]]] = ..., fips: bool = ..., defaultAddressPool: _Optional[_Iterable[str]] = ..., subnetSize: _Optional[int] = ..., VXLANUDPPort: _Optional[int] = ...) -> None: ...

class Config(_message.Message):
    __slots__ = ["id", "meta", "spec"]
    ID_FIELD_NUMBER: _ClassVar[int]
    META_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    id: str
    meta: Meta
    spec: _specs_pb2.ConfigSpec
    def __init__(self, id: _Optional[str] = ..., meta: _Optional[_Union[Meta, _Mapping]] = ..., spec: _Optional[_Union[_specs_pb2.ConfigSpec, _Mapping]] = ...) -> None: ...

class Endpoint(_message.Message):
    __slots__ = ["ports", "spec", "virtual_ips"]
    class VirtualIP(_message.Message):
        __slots__ = ["addr", "network_id"]
        ADDR_FIELD_NUMBER: _ClassVar[int]
        NETWORK_ID_FIELD_NUMBER: _ClassVar[int]
        addr: str
        network_id: str
        def __init__(self, network_id: _Optional[str] = ..., addr: _Optional[str] = ...) -> None: ...
    PORTS_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    VIRTUAL_IPS_FIELD_NUMBER: _ClassVar[int]
    ports: _containers.RepeatedCompositeFieldContainer[_types_pb2.PortConfig]
    spec: _specs_pb2.EndpointSpec
    virtual_ips: _containers.RepeatedCompositeFieldContainer[Endpoint.VirtualIP]
    def __init__(self, spec: _Optional[_Union[_specs_pb2.EndpointSpec, _Mapping]] = ..., ports: _Optional[_Iterable[_Union[_types_pb2.PortConfig, _Mapping]]] = ..., virtual_ips: _Optional[_Iterable[_Union[Endpoint.VirtualIP, _Mapping]]] = ...) -> None: ...

class Extension(_message.Message):
    __slots__ = ["annotations", "description", "id", "meta"]
    ANNOTATIONS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    META_FIELD_NUMBER: _ClassVar[int]
    annotations: _types_pb2.Annotations
    description: str
    id: str
    meta: Meta
    def __init__(self, id: _Optional[str] = ..., meta: _Optional[_Union[Meta, _Mapping]] = ..., annotations: _Optional[_Union[_types_pb2.Annotations, _Mapping]] = ..., description: _Optional[str] = ...) -> None: ...

class Meta(_message.Message):
    __slots__ = ["created_at", "updated_at", "version"]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    version: _types_pb2.Version
    def __init__(self, version: _Optional[_Union[_types_pb2.Version, _Mapping]] = ..., created_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Network(_message.Message):
    __slots__ = ["driver_state", "extra", "id", "ipam", "meta", "pending_delete", "spec"]
    DRIVER_STATE_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    IPAM_FIELD_NUMBER: _ClassVar[int]
    META_FIELD_NUMBER: _ClassVar[int]
    PENDING_DELETE_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    driver_state: _types_pb2.Driver
    extra: _any_pb2.Any
    id: str
    ipam: _types_pb2.IPAMOptions
    meta: Meta
    pending_delete: bool
    spec: _specs_pb2.NetworkSpec
    def __init__(self, id: _Optional[str] = ..., meta: _Optional[_Union[Meta, _Mapping]] = ..., spec: _Optional[_Union[_specs_pb2.NetworkSpec, _Mapping]] = ..., driver_state: _Optional[_Union[_types_pb2.Driver, _Mapping]] = ..., ipam: _Optional[_Union[_types_pb2.IPAMOptions, _Mapping]] = ..., pending_delete: bool = ..., extra: _Optional[_Union[_any_pb2.Any, _Mapping]] = ...) -> None: ...

class NetworkAttachment(_message.Message):
    __slots__ = ["addresses", "aliases", "driver_attachment_opts", "network"]
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
    NETWORK_FIELD_NUMBER: _ClassVar[int]
    addresses: _containers.RepeatedScalarFieldContainer[str]
    aliases: _containers.RepeatedScalarFieldContainer[str]
    driver_attachment_opts: _containers.ScalarMap[str, str]
    network: Network
    def __init__(self, network: _Optional[_Union[Network, _Mapping]] = ..., addresses: _Optional[_Iterable[str]] = ..., aliases: _Optional[_Iterable[str]] = ..., driver_attachment_opts: _Optional[_Mapping[str, str]] = ...) -> None: ...

class Node(_message.Message):
    __slots__ = ["VXLANUDPPort", "attachment", "attachments", "certificate", "description", "id", "manager_status", "meta", "role", "spec", "status"]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENT_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    MANAGER_STATUS_FIELD_NUMBER: _ClassVar[int]
    META_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    VXLANUDPPORT_FIELD_NUMBER: _ClassVar[int]
    VXLANUDPPort: int
    attachment: NetworkAttachment
    attachments: _containers.RepeatedCompositeFieldContainer[NetworkAttachment]
    certificate: _types_pb2.Certificate
    description: _types_pb2.NodeDescription
    id: str
    manager_status: _types_pb2.ManagerStatus
    meta: Meta
    role: _types_pb2.NodeRole
    spec: _specs_pb2.NodeSpec
    status: _types_pb2.NodeStatus
    def __init__(self, id: _Optional[str] = ..., meta: _Optional[_Union[Meta, _Mapping]] = ..., spec: _Optional[_Union[_specs_pb2.NodeSpec, _Mapping]] = ..., description: _Optional[_Union[_types_pb2.NodeDescription, _Mapping]] = ..., status: _Optional[_Union[_types_pb2.NodeStatus, _Mapping]] = ..., manager_status: _Optional[_Union[_types_pb2.ManagerStatus, _Mapping]] = ..., attachment: _Optional[_Union[NetworkAttachment, _Mapping]] = ..., certificate: _Optional[_Union[_types_pb2.Certificate, _Mapping]] = ..., role: _Optional[_Union[_types_pb2.NodeRole, str]] = ..., attachments: _Optional[_Iterable[_Union[NetworkAttachment, _Mapping]]] = ..., VXLANUDPPort: _Optional[int] = ...) -> None: ...

class Resource(_message.Message):
    __slots__ = ["annotations", "id", "kind", "meta", "payload"]
    ANNOTATIONS_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    META_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    annotations: _types_pb2.Annotations
    id: str
    kind: str
    meta: Meta
    payload: _any_pb2.Any
    def __init__(self, id: _Optional[str] = ..., meta: _Optional[_Union[Meta, _Mapping]] = ..., annotations: _Optional[_Union[_types_pb2.Annotations, _Mapping]] = ..., kind: _Optional[str] = ..., payload: _Optional[_Union[_any_pb2.Any, _Mapping]] = ...) -> None: ...

class Secret(_message.Message):
    __slots__ = ["id", "internal", "meta", "spec"]
    ID_FIELD_NUMBER: _ClassVar[int]
    INTERNAL_FIELD_NUMBER: _ClassVar[int]
    META_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    id: str
    internal: bool
    meta: Meta
    spec: _specs_pb2.SecretSpec
    def __init__(self, id: _Optional[str] = ..., meta: _Optional[_Union[Meta, _Mapping]] = ..., spec: _Optional[_Union[_specs_pb2.SecretSpec, _Mapping]] = ..., internal: bool = ...) -> None: ...

class Service(_message.Message):
    __slots__ = ["endpoint", "id", "job_status", "meta", "pending_delete", "previous_spec", "previous_spec_version", "spec", "spec_version", "update_status"]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    JOB_STATUS_FIELD_NUMBER: _ClassVar[int]
    META_FIELD_NUMBER: _ClassVar[int]
    PENDING_DELETE_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_SPEC_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_SPEC_VERSION_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    SPEC_VERSION_FIELD_NUMBER: _ClassVar[int]
    UPDATE_STATUS_FIELD_NUMBER: _ClassVar[int]
    endpoint: Endpoint
    id: str
    job_status: _types_pb2.JobStatus
    meta: Meta
    pending_delete: bool
    previous_spec: _specs_pb2.ServiceSpec
    previous_spec_version: _types_pb2.Version
    spec: _specs_pb2.ServiceSpec
    spec_version: _types_pb2.Version
    update_status: _types_pb2.UpdateStatus
    def __init__(self, id: _Optional[str] = ..., meta: _Optional[_Union[Meta, _Mapping]] = ..., spec: _Optional[_Union[_specs_pb2.ServiceSpec, _Mapping]] = ..., spec_version: _Optional[_Union[_types_pb2.Version, _Mapping]] = ..., previous_spec: _Optional[_Union[_specs_pb2.ServiceSpec, _Mapping]] = ..., previous_spec_version: _Optional[_Union[_types_pb2.Version, _Mapping]] = ..., endpoint: _Optional[_Union[Endpoint, _Mapping]] = ..., update_status: _Optional[_Union[_types_pb2.UpdateStatus, _Mapping]] = ..., job_status: _Optional[_Union[_types_pb2.JobStatus, _Mapping]] = ..., pending_delete: bool = ...) -> None: ...

class Task(_message.Message):
    __slots__ = ["annotations", "assigned_generic_resources", "desired_state", "endpoint", "id", "job_iteration", "log_driver", "meta", "networks", "node_id", "service_annotations", "service_id", "slot", "spec", "spec_version", "status", "volumes"]
    ANNOTATIONS_FIELD_NUMBER: _ClassVar[int]
    ASSIGNED_GENERIC_RESOURCES_FIELD_NUMBER: _ClassVar[int]
    DESIRED_STATE_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    JOB_ITERATION_FIELD_NUMBER: _ClassVar[int]
    LOG_DRIVER_FIELD_NUMBER: _ClassVar[int]
    META_FIELD_NUMBER: _ClassVar[int]
    NETWORKS_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ANNOTATIONS_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    SLOT_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    SPEC_VERSION_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    VOLUMES_FIELD_NUMBER: _ClassVar[int]
    annotations: _types_pb2.Annotations
    assigned_generic_resources: _containers.RepeatedCompositeFieldContainer[_types_pb2.GenericResource]
    desired_state: _types_pb2.TaskState
    endpoint: Endpoint
    id: str
    job_iteration: _types_pb2.Version
    log_driver: _types_pb2.Driver
    meta: Meta
    networks: _containers.RepeatedCompositeFieldContainer[NetworkAttachment]
    node_id: str
    service_annotations: _types_pb2.Annotations
    service_id: str
    slot: int
    spec: _specs_pb2.TaskSpec
    spec_version: _types_pb2.Version
    status: _types_pb2.TaskStatus
    volumes: _containers.RepeatedCompositeFieldContainer[_types_pb2.VolumeAttachment]
    def __init__(self, id: _Optional[str] = ..., meta: _Optional[_Union[Meta, _Mapping]] = ..., spec: _Optional[_Union[_specs_pb2.TaskSpec, _Mapping]] = ..., spec_version: _Optional[_Union[_types_pb2.Version, _Mapping]] = ..., service_id: _Optional[str] = ..., slot: _Optional[int] = ..., node_id: _Optional[str] = ..., annotations: _Optional[_Union[_types_pb2.Annotations, _Mapping]] = ..., service_annotations: _Optional[_Union[_types_pb2.Annotations, _Mapping]] = ..., status: _Optional[_Union[_types_pb2.TaskStatus, _Mapping]] = ..., desired_state: _Optional[_Union[_types_pb2.TaskState, str]] = ..., networks: _Optional[_Iterable[_Union[NetworkAttachment, _Mapping]]] = ..., endpoint: _Optional[_Union[Endpoint, _Mapping]] = ..., log_driver: _Optional[_Union[_types_pb2.Driver, _Mapping]] = ..., assigned_generic_resources: _Optional[_Iterable[_Union[_types_pb2.GenericResource, _Mapping]]] = ..., job_iteration: _Optional[_Union[_types_pb2.Version, _Mapping]] = ..., volumes: _Optional[_Iterable[_Union[_types_pb2.VolumeAttachment, _Mapping]]] = ...) -> None: ...

class Volume(_message.Message):
    __slots__ = ["id", "meta", "pending_delete", "publish_status", "spec", "volume_info"]
    ID_FIELD_NUMBER: _ClassVar[int]
    META_FIELD_NUMBER: _ClassVar[int]
    PENDING_DELETE_FIELD_NUMBER: _ClassVar[int]
    PUBLISH_STATUS_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    VOLUME_INFO_FIELD_NUMBER: _ClassVar[int]
    id: str
    meta: Meta
    pending_delete: bool
    publish_status: _containers.RepeatedCompositeFieldContainer[_types_pb2.VolumePublishStatus]
    spec: _specs_pb2.VolumeSpec
    volume_info: _types_pb2.VolumeInfo
    def __init__(self, id: _Optional[str] = ..., meta: _Optional[_Union[Meta, _Mapping]] = ..., spec: _Optional[_Union[_specs_pb2.VolumeSpec, _Mapping]] = ..., publish_status: _Optional[_Iterable[_Union[_types_pb2.VolumePublishStatus, _Mapping]]] = ..., volume_info: _Optional[_Union[_types_pb2.VolumeInfo, _Mapping]] = ..., pending_delete: bool = ...) -> None: ...
