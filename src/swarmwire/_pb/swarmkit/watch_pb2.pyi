from swarmwire._pb.swarmkit import objects_pb2 as _objects_pb2
from swarmwire._pb.swarmkit import specs_pb2 as _specs_pb2
from swarmwire._pb.swarmkit import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
WATCH_ACTION_CREATE: WatchActionKind
WATCH_ACTION_REMOVE: WatchActionKind
WATCH_ACTION_UNKNOWN: WatchActionKind
WATCH_ACTION_UPDATE: WatchActionKind

class Object(_message.Message):
    __slots__ = ["cluster", "config", "extension", "network", "node", "resource", "secret", "service", "task", "volume"]
    CLUSTER_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    EXTENSION_FIELD_NUMBER: _ClassVar[int]
    NETWORK_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    VOLUME_FIELD_NUMBER: _ClassVar[int]
    cluster: _objects_pb2.Cluster
    config: _objects_pb2.Config
    extension: _objects_pb2.Extension
    network: _objects_pb2.Network
    node: _objects_pb2.Node
    resource: _objects_pb2.Resource
    secret: _objects_pb2.Secret
    service: _objects_pb2.Service
    task: _objects_pb2.Task
    volume: _objects_pb2.Volume
    def __init__(self, node: _Optional[_Union[_objects_pb2.Node, _Mapping]] = ..., service: _Optional[_Union[_objects_pb2.Service, _Mapping]] = ..., network: _Optional[_Union[_objects_pb2.Network, _Mapping]] = ..., task: _Optional[_Union[_objects_pb2.Task, _Mapping]] = ..., cluster: _Optional[_Union[_objects_pb2.Cluster, _Mapping]] = ..., secret: _Optional[_Union[_objects_pb2.Secret, _Mapping]] = ..., resource: _Optional[_Union[_objects_pb2.Resource, _Mapping]] = ..., extension: _Optional[_Union[_objects_pb2.Extension, _Mapping]] = ..., config: _Optional[_Union[_objects_pb2.Config, _Mapping]] = ..., volume: _Optional[_Union[_objects_pb2.Volume, _Mapping]] = ...) -> None: ...

class SelectBy(_message.Message):
    __slots__ = ["custom", "custom_prefix", "desired_state", "id", "id_prefix", "kind", "membership", "name", "name_prefix", "node_id", "referenced_config_id", "referenced_network_id", "referenced_secret_id", "role", "service_id", "slot"]
    CUSTOM_FIELD_NUMBER: _ClassVar[int]
    CUSTOM_PREFIX_FIELD_NUMBER: _ClassVar[int]
    DESIRED_STATE_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    ID_PREFIX_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MEMBERSHIP_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NAME_PREFIX_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    REFERENCED_CONFIG_ID_FIELD_NUMBER: _ClassVar[int]
    REFERENCED_NETWORK_ID_FIELD_NUMBER: _ClassVar[int]
    REFERENCED_SECRET_ID_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    SLOT_FIELD_NUMBER: _ClassVar[int]
    custom: SelectByCustom
    custom_prefix: SelectByCustom
    desired_state: _types_pb2.TaskState
    id: str
    id_prefix: str
    kind: str
    membership: _specs_pb2.NodeSpec.Membership
    name: str
    name_prefix: str
    node_id: str
    referenced_config_id: str
    referenced_network_id: str
    referenced_secret_id: str
    role: _types_pb2.NodeRole
    service_id: str
    slot: SelectBySlot
    def __init__(self, id: _Optional[str] = ..., id_prefix: _Optional[str] = ..., name: _Optional[str] = ..., name_prefix: _Optional[str] = ..., custom: _Optional[_Union[SelectByCustom, _Mapping]] = ..., custom_prefix: _Optional[_Union[SelectByCustom, _Mapping]] = ..., service_id: _Optional[str] = ..., node_id: _Optional[str] = ..., slot: _Optional[_Union[SelectBySlot, _Mapping]] = ..., desired_state: _Optional[_Union[_types_pb2.TaskState, str]] = ..., role: _Optional[_Union[_types_pb2.NodeRole, str]] = ..., membership: _Optional[_Union[_specs_pb2.NodeSpec.Membership, str]] = ..., referenced_network_id: _Optional[str] = ..., referenced_secret_id: _Optional[str] = ..., referenced_config_id: _Optional[str] = ..., kind: _Optional[str] = ...) -> None: ...

class SelectByCustom(_message.Message):
    __slots__ = ["index", "kind", "value"]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    index: str
    kind: str
    value: str
    def __init__(self, kind: _Optional[str] = ..., index: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class SelectBySlot(_message.Message):
    __slots__ = ["service_id", "slot"]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    SLOT_FIELD_NUMBER: _ClassVar[int]
    service_id: str
    slot: int
    def __init__(self, service_id: _Optional[str] = ..., slot: _Optional[int] = ...) -> None: ...

class WatchMessage(_message.Message):
    __slots__ = ["events", "version"]
    class Event(_message.Message):
        __slots__ = ["action", "object", "old_object"]
        ACTION_FIELD_NUMBER: _ClassVar[int]
        OBJECT_FIELD_NUMBER: _ClassVar[int]
        OLD_OBJECT_FIELD_NUMBER: _ClassVar[int]
        action: WatchActionKind
        object: Object
        old_object: Object
        def __init__(self, action: _Optional[_Union[WatchActionKind, str]] = ..., object: _Optional[_Union[Object, _Mapping]] = ..., old_object: _Optional[_Union[Object, _Mapping]] = ...) -> None: ...
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[WatchMessage.Event]
    version: _types_pb2.Version
    def __init__(self, events: _Optional[_Iterable[_Union[WatchMessage.Event, _Mapping]]] = ..., version: _Optional[_Union[_types_pb2.Version, _Mapping]] = ...) -> None: ...

class WatchRequest(_message.Message):
    __slots__ = ["entries", "include_old_object", "resume_from"]
    class WatchEntry(_message.Message):
        __slots__ = ["action", "filters", "kind"]
        ACTION_FIELD_NUMBER: _ClassVar[int]
        FILTERS_FIELD_NUMBER: _ClassVar[int]
        KIND_FIELD_NUMBER: _ClassVar[int]
        action: WatchActionKind
        filters: _containers.RepeatedCompositeFieldContainer[SelectBy]
        kind: str
        def __init__(self, kind: _Optional[str] = ..., action: _Optional[_Union[WatchActionKind, str]] = ..., filters: _Optional[_Iterable[_Union[SelectBy, _Mapping]]] = ...) -> None: ...
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_OLD_OBJECT_FIELD_NUMBER: _ClassVar[int]
    RESUME_FROM_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[WatchRequest.WatchEntry]
    include_old_object: bool
    resume_from: _types_pb2.Version
    def __init__(self, entries: _Optional[_Iterable[_Union[WatchRequest.WatchEntry, _Mapping]]] = ..., resume_from: _Optional[_Union[_types_pb2.Version, _Mapping]] = ..., include_old_object: bool = ...) -> None: ...

class WatchActionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
