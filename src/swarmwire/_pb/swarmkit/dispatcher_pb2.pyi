from google.protobuf import duration_pb2 as _duration_pb2
from swarmwire._pb.swarmkit import objects_pb2 as _objects_pb2
from swarmwire._pb.swarmkit import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Assignment(_message.Message):
    __slots__ = ["config", "secret", "task", "volume"]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    VOLUME_FIELD_NUMBER: _ClassVar[int]
    config: _objects_pb2.Config
    secret: _objects_pb2.Secret
    task: _objects_pb2.Task
    volume: _types_pb2.VolumeAssignment
    def __init__(self, task: _Optional[_Union[_objects_pb2.Task, _Mapping]] = ..., secret: _Optional[_Union[_objects_pb2.Secret, _Mapping]] = ..., config: _Optional[_Union[_objects_pb2.Config, _Mapping]] = ..., volume: _Optional[_Union[_types_pb2.VolumeAssignment, _Mapping]] = ...) -> None: ...

class AssignmentChange(_message.Message):
    __slots__ = ["action", "assignment"]
    class AssignmentAction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ACTION_FIELD_NUMBER: _ClassVar[int]
    ASSIGNMENT_FIELD_NUMBER: _ClassVar[int]
    REMOVE: AssignmentChange.AssignmentAction
    UPDATE: AssignmentChange.AssignmentAction
    action: AssignmentChange.AssignmentAction
    assignment: Assignment
    def __init__(self, assignment: _Optional[_Union[Assignment, _Mapping]] = ..., action: _Optional[_Union[AssignmentChange.AssignmentAction, str]] = ...) -> None: ...

class AssignmentsMessage(_message.Message):
    __slots__ = ["applies_to", "changes", "results_in", "type"]
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    APPLIES_TO_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    COMPLETE: AssignmentsMessage.Type
    INCREMENTAL: AssignmentsMessage.Type
    RESULTS_IN_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    applies_to: str
    changes: _containers.RepeatedCompositeFieldContainer[AssignmentChange]
    results_in: str
    type: AssignmentsMessage.Type
    def __init__(self, type: _Optional[_Union[AssignmentsMessage.Type, str]] = ..., applies_to: _Optional[str] = ..., results_in: _Optional[str] = ..., changes: _Optional[_Iterable[_Union[AssignmentChange, _Mapping]]] = ...) -> None: ...

class AssignmentsRequest(_message.Message):
    __slots__ = ["session_id"]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class HeartbeatRequest(_message.Message):
    __slots__ = ["session_id"]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class HeartbeatResponse(_message.Message):
    __slots__ = ["period"]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    period: _duration_pb2.Duration
    def __init__(self, period: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class SessionMessage(_message.Message):
    __slots__ = ["RootCA", "managers", "network_bootstrap_keys", "node", "session_id"]
    MANAGERS_FIELD_NUMBER: _ClassVar[int]
    NETWORK_BOOTSTRAP_KEYS_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    ROOTCA_FIELD_NUMBER: _ClassVar[int]
    RootCA: bytes
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    managers: _containers.RepeatedCompositeFieldContainer[_types_pb2.WeightedPeer]
    network_bootstrap_keys: _containers.RepeatedCompositeFieldContainer[_types_pb2.EncryptionKey]
    node: _objects_pb2.Node
    session_id: str
    def __init__(self, session_id: _Optional[str] = ..., node: _Optional[_Union[_objects_pb2.Node, _Mapping]] = ..., managers: _Optional[_Iterable[_Union[_types_pb2.WeightedPeer, _Mapping]]] = ..., network_bootstrap_keys: _Optional[_Iterable[_Union[_types_pb2.EncryptionKey, _Mapping]]] = ..., RootCA: _Optional[bytes] = ...) -> None: ...

class SessionRequest(_message.Message):
    __slots__ = ["description", "session_id"]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    description: _types_pb2.NodeDescription
    session_id: str
    def __init__(self, description: _Optional[_Union[_types_pb2.NodeDescription, _Mapping]] = ..., session_id: _Optional[str] = ...) -> None: ...

class TasksMessage(_message.Message):
    __slots__ = ["tasks"]
    TASKS_FIELD_NUMBER: _ClassVar[int]
    tasks: _containers.RepeatedCompositeFieldContainer[_objects_pb2.Task]
    def __init__(self, tasks: _Optional[_Iterable[_Union[_objects_pb2.Task, _Mapping]]] = ...) -> None: ...

class TasksRequest(_message.Message):
    __slots__ = ["session_id"]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class UpdateTaskStatusRequest(_message.Message):
    __slots__ = ["session_id", "updates"]
    class TaskStatusUpdate(_message.Message):
        __slots__ = ["status", "task_id"]
        STATUS_FIELD_NUMBER: _ClassVar[int]
        TASK_ID_FIELD_NUMBER: _ClassVar[int]
        status: _types_pb2.TaskStatus
        task_id: str
        def __init__(self, task_id: _Optional[str] = ..., status: _Optional[_Union[_types_pb2.TaskStatus, _Mapping]] = ...) -> None: ...
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    UPDATES_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    updates: _containers.RepeatedCompositeFieldContainer[UpdateTaskStatusRequest.TaskStatusUpdate]
    def __init__(self, session_id: _Optional[str] = ..., updates: _Optional[_Iterable[_Union[UpdateTaskStatusRequest.TaskStatusUpdate, _Mapping]]] = ...) -> None: ...

class UpdateTaskStatusResponse(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class UpdateVolumeStatusRequest(_message.Message):
    __slots__ = ["session_id", "updates"]
    class VolumeStatusUpdate(_message.Message):
        __slots__ = ["id", "unpublished"]
        ID_FIELD_NUMBER: _ClassVar[int]
        UNPUBLISHED_FIELD_NUMBER: _ClassVar[int]
        id: str
        unpublished: bool
        def __init__(self, id: _Optional[str] = ..., unpublished: bool = ...) -> None: ...
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    UPDATES_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    updates: _containers.RepeatedCompositeFieldContainer[UpdateVolumeStatusRequest.VolumeStatusUpdate]
    def __init__(self, session_id: _Optional[str] = ..., updates: _Optional[_Iterable[_Union[UpdateVolumeStatusRequest.VolumeStatusUpdate, _Mapping]]] = ...) -> None: ...

class UpdateVolumeStatusResponse(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...
