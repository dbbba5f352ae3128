from swarmwire._pb.etcd import raft_pb2 as _raft_pb2
from swarmwire._pb.swarmkit import objects_pb2 as _objects_pb2
from swarmwire._pb.swarmkit import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
STORE_ACTION_CREATE: StoreActionKind
STORE_ACTION_REMOVE: StoreActionKind
STORE_ACTION_UPDATE: StoreActionKind
UNKNOWN: StoreActionKind

class InternalRaftRequest(_message.Message):
    __slots__ = ["action", "id"]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    action: _containers.RepeatedCompositeFieldContainer[StoreAction]
    id: int
    def __init__(self, id: _Optional[int] = ..., action: _Optional[_Iterable[_Union[StoreAction, _Mapping]]] = ...) -> None: ...

class JoinRequest(_message.Message):
    __slots__ = ["addr"]
    ADDR_FIELD_NUMBER: _ClassVar[int]
    addr: str
    def __init__(self, addr: _Optional[str] = ...) -> None: ...

class JoinResponse(_message.Message):
    __slots__ = ["members", "raft_id", "removed_members"]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    RAFT_ID_FIELD_NUMBER: _ClassVar[int]
    REMOVED_MEMBERS_FIELD_NUMBER: _ClassVar[int]
    members: _containers.RepeatedCompositeFieldContainer[RaftMember]
    raft_id: int
    removed_members: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, raft_id: _Optional[int] = ..., members: _Optional[_Iterable[_Union[RaftMember, _Mapping]]] = ..., removed_members: _Optional[_Iterable[int]] = ...) -> None: ...

class LeaveRequest(_message.Message):
    __slots__ = ["node"]
    NODE_FIELD_NUMBER: _ClassVar[int]
    node: RaftMember
    def __init__(self, node: _Optional[_Union[RaftMember, _Mapping]] = ...) -> None: ...

class LeaveResponse(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class ProcessRaftMessageRequest(_message.Message):
    __slots__ = ["message"]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    message: _raft_pb2.Message
    def __init__(self, message: _Optional[_Union[_raft_pb2.Message, _Mapping]] = ...) -> None: ...

class ProcessRaftMessageResponse(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class RaftMember(_message.Message):
    __slots__ = ["addr", "node_id", "raft_id", "status"]
    ADDR_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    RAFT_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    addr: str
    node_id: str
    raft_id: int
    status: _types_pb2.RaftMemberStatus
    def __init__(self, raft_id: _Optional[int] = ..., node_id: _Optional[str] = ..., addr: _Optional[str] = ..., status: _Optional[_Union[_types_pb2.RaftMemberStatus, _Mapping]] = ...) -> None: ...

class ResolveAddressRequest(_message.Message):
    __slots__ = ["raft_id"]
    RAFT_ID_FIELD_NUMBER: _ClassVar[int]
    raft_id: int
    def __init__(self, raft_id: _Optional[int] = ...) -> None: ...

class ResolveAddressResponse(_message.Message):
    __slots__ = ["addr"]
    ADDR_FIELD_NUMBER: _ClassVar[int]
    addr: str
    def __init__(self, addr: _Optional[str] = ...) -> None: ...

class StoreAction(_message.Message):
    __slots__ = ["action", "cluster", "config", "extension", "network", "node", "resource", "secret", "service", "task", "volume"]
    ACTION_FIELD_NUMBER: _ClassVar[int]
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
    action: StoreActionKind
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
    def __init__(self, action: _Optional[_Union[StoreActionKind, str]] = ..., node: _Optional[_Union[_objects_pb2.Node, _Mapping]] = ..., service: _Optional[_Union[_objects_pb2.Service, _Mapping]] = ..., task: _Optional[_Union[_objects_pb2.Task, _Mapping]] = ..., network: _Optional[_Union[_objects_pb2.Network, _Mapping]] = ..., cluster: _Optional[_Union[_objects_pb2.Cluster, _Mapping]] = ..., secret: _Optional[_Union[_objects_pb2.Secret, _Mapping]] = ..., resource: _Optional[_Union[_objects_pb2.Resource, _Mapping]] = ..., extension: _Optional[_Union[_objects_pb2.Extension, _Mapping]] = ..., config: _Optional[_Union[_objects_pb2.Config, _Mapping]] = ..., volume: _Optional[_Union[_objects_pb2.Volume, _Mapping]] = ...) -> None: ...

class StreamRaftMessageRequest(_message.Message):
    __slots__ = ["message"]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    message: _raft_pb2.Message
    def __init__(self, message: _Optional[_Union[_raft_pb2.Message, _Mapping]] = ...) -> None: ...

class StreamRaftMessageResponse(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class StoreActionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
