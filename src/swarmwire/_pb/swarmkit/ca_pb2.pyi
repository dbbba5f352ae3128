from swarmwire._pb.swarmkit import specs_pb2 as _specs_pb2
from swarmwire._pb.swarmkit import types_pb2 as _types_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetRootCACertificateRequest(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class GetRootCACertificateResponse(_message.Message):
    __slots__ = ["certificate"]
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    certificate: bytes
    def __init__(self, certificate: _Optional[bytes] = ...) -> None: ...

class GetUnlockKeyRequest(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class GetUnlockKeyResponse(_message.Message):
    __slots__ = ["unlock_key", "version"]
    UNLOCK_KEY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    unlock_key: bytes
    version: _types_pb2.Version
    def __init__(self, unlock_key: _Optional[bytes] = ..., version: _Optional[_Union[_types_pb2.Version, _Mapping]] = ...) -> None: ...

class IssueNodeCertificateRequest(_message.Message):
    __slots__ = ["availability", "csr", "role", "token"]
    AVAILABILITY_FIELD_NUMBER: _ClassVar[int]
    CSR_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    availability: _specs_pb2.NodeSpec.Availability
    csr: bytes
    role: _types_pb2.NodeRole
    token: str
    def __init__(self, role: _Optional[_Union[_types_pb2.NodeRole, str]] = ..., csr: _Optional[bytes] = ..., token: _Optional[str] = ..., availability: _Optional[_Union[_specs_pb2.NodeSpec.Availability, str]] = ...) -> None: ...

class IssueNodeCertificateResponse(_message.Message):
    __slots__ = ["node_id", "node_membership"]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_MEMBERSHIP_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    node_membership: _specs_pb2.NodeSpec.Membership
    def __init__(self, node_id: _Optional[str] = ..., node_membership: _Optional[_Union[_specs_pb2.NodeSpec.Membership, str]] = ...) -> None: ...

class NodeCertificateStatusRequest(_message.Message):
    __slots__ = ["node_id"]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    def __init__(self, node_id: _Optional[str] = ...) -> None: ...

class NodeCertificateStatusResponse(_message.Message):
    __slots__ = ["certificate", "status"]
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    certificate: _types_pb2.Certificate
    status: _types_pb2.IssuanceStatus
    def __init__(self, status: _Optional[_Union[_types_pb2.IssuanceStatus, _Mapping]] = ..., certificate: _Optional[_Union[_types_pb2.Certificate, _Mapping]] = ...) -> None: ...
