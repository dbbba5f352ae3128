from swarmwire._pb.swarmkit import objects_pb2 as _objects_pb2
from swarmwire._pb.swarmkit import raft_pb2 as _raft_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ClusterSnapshot(_message.Message):
    __slots__ = ["members", "removed"]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    members: _containers.RepeatedCompositeFieldContainer[_raft_pb2.RaftMember]
    removed: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, members: _Optional[_Iterable[_Union[_raft_pb2.RaftMember, _Mapping]]] = ..., removed: _Optional[_Iterable[int]] = ...) -> None: ...

class Snapshot(_message.Message):
    __slots__ = ["membership", "store", "version"]
    class Version(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    MEMBERSHIP_FIELD_NUMBER: _ClassVar[int]
    STORE_FIELD_NUMBER: _ClassVar[int]
    V0: Snapshot.Version
    VERSION_FIELD_NUMBER: _ClassVar[int]
    membership: ClusterSnapshot
    store: StoreSnapshot
    version: Snapshot.Version
    def __init__(self, version: _Optional[_Union[Snapshot.Version, str]] = ..., membership: _Optional[_Union[ClusterSnapshot, _Mapping]] = ..., store: _Optional[_Union[StoreSnapshot, _Mapping]] = ...) -> None: ...

class StoreSnapshot(_message.Message):
    __slots__ = ["clusters", "configs", "extensions", "networks", "nodes", "resources", "secrets", "services", "tasks", "volumes"]
    CLUSTERS_FIELD_NUMBER: _ClassVar[int]
    CONFIGS_FIELD_NUMBER: _ClassVar[int]
    EXTENSIONS_FIELD_NUMBER: _ClassVar[int]
    NETWORKS_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    RESOURCES_FIELD_NUMBER: _ClassVar[int]
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    SERVICES_FIELD_NUMBER: _ClassVar[int]
    TASKS_FIELD_NUMBER: _ClassVar[int]
    VOLUMES_FIELD_NUMBER: _ClassVar[int]
    clusters: _containers.RepeatedCompositeFieldContainer[_objects_pb2.Cluster]
    configs: _containers.RepeatedCompositeFieldContainer[_objects_pb2.Config]
    extensions: _containers.RepeatedCompositeFieldContainer[_objects_pb2.Extension]
    networks: _containers.RepeatedCompositeFieldContainer[_objects_pb2.Network]
    nodes: _containers.RepeatedCompositeFieldContainer[_objects_pb2.Node]
    resources: _containers.RepeatedCompositeFieldContainer[_objects_pb2.Resource]
    secrets: _containers.RepeatedCompositeFieldContainer[_objects_pb2.Secret]
    services: _containers.RepeatedCompositeFieldContainer[_objects_pb2.Service]
    tasks: _containers.RepeatedCompositeFieldContainer[_objects_pb2.Task]
    volumes: _containers.RepeatedCompositeFieldContainer[_objects_pb2.Volume]
    def __init__(self, nodes: _Optional[_Iterable[_Union[_objects_pb2.Node, _Mapping]]] = ..., services: _Optional[_Iterable[_Union[_objects_pb2.Service, _Mapping]]] = ..., networks: _Optional[_Iterable[_Union[_objects_pb2.Network, _Mapping]]] = ..., tasks: _Optional[_Iterable[_Union[_objects_pb2.Task, _Mapping]]] = ..., clusters: _Optional[_Iterable[_Union[_objects_pb2.Cluster, _Mapping]]] = ..., secrets: _Optional[_Iterable[_Union[_objects_pb2.Secret, _Mapping]]] = ..., resources: _Optional[_Iterable[_Union[_objects_pb2.Resource, _Mapping]]] = ..., extensions: _Optional[_Iterable[_Union[_objects_pb2.Extension, _Mapping]]] = ..., configs: _Optional[_Iterable[_Union[_objects_pb2.Config, _Mapping]]] = ..., volumes: _Optional[_Iterable[_Union[_objects_pb2.Volume, _Mapping]]] = ...) -> None: ...
