from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PluginPrivilege(_message.Message):
    __slots__ = ["description", "name", "value"]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    description: str
    name: str
    value: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., value: _Optional[_Iterable[str]] = ...) -> None: ...

class PluginSpec(_message.Message):
    __slots__ = ["disabled", "env", "name", "privileges", "remote"]
    DISABLED_FIELD_NUMBER: _ClassVar[int]
    ENV_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PRIVILEGES_FIELD_NUMBER: _ClassVar[int]
    REMOTE_FIELD_NUMBER: _ClassVar[int]
    disabled: bool
    env: _containers.RepeatedScalarFieldContainer[str]
    name: str
    privileges: _containers.RepeatedCompositeFieldContainer[PluginPrivilege]
    remote: str
    def __init__(self, name: _Optional[str] = ..., remote: _Optional[str] = ..., privileges: _Optional[_Iterable[_Union[PluginPrivilege, _Mapping]]] = ..., disabled: bool = ..., env: _Optional[_Iterable[str]] = ...) -> None: ...
