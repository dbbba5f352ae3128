from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Extra(_message.Message):
    __slots__ = ["IPAMStatus"]
    IPAMSTATUS_FIELD_NUMBER: _ClassVar[int]
    IPAMStatus: _containers.RepeatedCompositeFieldContainer[IPAMStatus]
    def __init__(self, IPAMStatus: _Optional[_Iterable[_Union[IPAMStatus, _Mapping]]] = ...) -> None: ...

class GetNetworkExtraOptions(_message.Message):
    __slots__ = ["WithIPAMStatus"]
    WITHIPAMSTATUS_FIELD_NUMBER: _ClassVar[int]
    WithIPAMStatus: bool
    def __init__(self, WithIPAMStatus: bool = ...) -> None: ...

class IPAMStatus(_message.Message):
    __slots__ = ["DynamicIPsAvailable", "IPsInUse", "Subnet"]
    DYNAMICIPSAVAILABLE_FIELD_NUMBER: _ClassVar[int]
    DynamicIPsAvailable: int
    IPSINUSE_FIELD_NUMBER: _ClassVar[int]
    IPsInUse: int
    SUBNET_FIELD_NUMBER: _ClassVar[int]
    Subnet: bytes
    def __init__(self, Subnet: _Optional[bytes] = ..., IPsInUse: _Optional[int] = ..., DynamicIPsAvailable: _Optional[int] = ...) -> None: ...
