"""What a node's folder tells without any key: who it is, whose, and where the managers were. Pure.

None of it is needed to read the raft log. It is what is left when the key is lost.

Source: SwarmKit ca/certificates.go and node/node.go (persistentRemotes); moby daemon/cluster.
"""

import warnings
from collections.abc import Callable
from typing import Annotated, Final, Literal, TypeAlias, TypeVar

import msgspec
from cryptography import x509
from cryptography.x509.oid import NameOID

Role: TypeAlias = Literal["manager", "worker"]

NODE_CERTIFICATE: Final = "certificates/swarm-node.crt"
ROOT_CERTIFICATE: Final = "certificates/swarm-root-ca.crt"
ENGINE_STATE: Final = "docker-state.json"
MANAGERS: Final = "state.json"

_ROLES: Final[dict[str, Role]] = {"swarm-manager": "manager", "swarm-worker": "worker"}
_SECOND: Final = 1_000_000_000
_UInt32: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=0xFFFF_FFFF)]
_Read = TypeVar("_Read")


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What the node's certificate says of it.

    Attributes:
        node_id: the node; empty if the certificate names none.
        cluster_id: the swarm that it is of; empty if the certificate names none.
        role: what the node is in it; None if the certificate gives no role that is known.
        not_before: when the certificate begins to hold, nanoseconds since 1970.
        not_after: when it ends.
    """

    node_id: str
    cluster_id: str
    role: Role | None
    not_before: int
    not_after: int


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine was started with: ``docker-state.json``. Empty is what it was not told.

    Attributes:
        local_address: the address of this host by which other nodes reach it.
        remote_address: the manager that the node joined.
        listen_address: where the manager listens.
        advertise_address: what the node tells others to reach it by.
        data_path_address: the same for the traffic of containers.
        address_pool: the subnets out of which networks get theirs, in CIDR form.
        subnet_size: bits of the mask of such a subnet; 0 if the engine was not told.
        data_path_port: the UDP port for the traffic of containers; 0 if the engine was not told.
        is_joining: whether the node was about to join.
    """

    local_address: str
    remote_address: str
    listen_address: str
    advertise_address: str
    data_path_address: str
    address_pool: tuple[str, ...]
    subnet_size: int
    data_path_port: int
    is_joining: bool


class Manager(msgspec.Struct, frozen=True, kw_only=True):
    """A manager that the node knew: ``state.json``.

    Attributes:
        node_id: which node it is.
        address: host and port.
    """

    node_id: str
    address: str


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """A file, or a part of one, that could not be read.

    Attributes:
        file: which, as seen from the swarm's folder.
        reason: why, for people.
    """

    file: str
    reason: str


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a folder tells without any key.

    Attributes:
        identity: from the node's certificate; None if that is missing or cannot be read.
        root_not_after: when the first of the swarm's root certificates ends, nanoseconds since
            1970; None if there is none to read.
        start: how the engine was started; None if that is missing or cannot be read.
        managers: the managers that the node knew last.
        unread: what is there and could not be read. A file that is missing is not in it.
    """

    identity: Identity | None = None
    root_not_after: int | None = None
    start: Start | None = None
    managers: tuple[Manager, ...] = ()
    unread: tuple[Unread, ...] = ()


def facts(
    *,
    node_certificate: bytes | None = None,
    root_certificate: bytes | None = None,
    engine_state: bytes | None = None,
    managers: bytes | None = None,
) -> Facts:
    """What these files tell. Nothing is raised for odd content; ``Facts.unread`` names it.

    Args:
        node_certificate: the bytes of ``certificates/swarm-node.crt``; None if it is missing.
        root_certificate: those of ``certificates/swarm-root-ca.crt``.
        engine_state: those of ``docker-state.json``.
        managers: those of ``state.json``.
    """
    unread: list[Unread] = []

    def attempt(file: str, data: bytes | None, read: Callable[[bytes], _Read]) -> _Read | None:
        try:
            return None if data is None else read(data)
        except _Unreadable as why:
            unread.append(Unread(file=file, reason=str(why)))
            return None

    identity = attempt(NODE_CERTIFICATE, node_certificate, _identity)
    if identity is not None and not (identity.node_id and identity.cluster_id and identity.role):
        reason = "the certificate does not name node, swarm and role as a node's does"
        unread.append(Unread(file=NODE_CERTIFICATE, reason=reason))
    return Facts(
        identity=identity,
        root_not_after=attempt(ROOT_CERTIFICATE, root_certificate, _root_not_after),
        start=attempt(ENGINE_STATE, engine_state, _start),
        managers=attempt(MANAGERS, managers, _managers) or (),
        unread=tuple(unread),
    )


class _Unreadable(Exception):
    """The bytes are not what the file should hold. ``str()`` says why."""


def _identity(data: bytes) -> Identity:
    """The first certificate is the node's own; those that vouch for it may follow."""
    return _certificates(data, _identity_of)[0]


def _identity_of(certificate: x509.Certificate) -> Identity:
    return Identity(
        node_id=_name(certificate, NameOID.COMMON_NAME),
        cluster_id=_name(certificate, NameOID.ORGANIZATION_NAME),
        role=_ROLES.get(_name(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME)),
        not_before=int(certificate.not_valid_before_utc.timestamp()) * _SECOND,
        not_after=_not_after(certificate),
    )


def _root_not_after(data: bytes) -> int:
    return min(_certificates(data, _not_after))


def _not_after(certificate: x509.Certificate) -> int:
    return int(certificate.not_valid_after_utc.timestamp()) * _SECOND


def _name(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    """The first of the subject's names of that kind; empty if it has none."""
    for attribute in certificate.subject.get_attributes_for_oid(oid):
        return attribute.value if isinstance(attribute.value, str) else ""
    return ""


def _certificates(data: bytes, read: Callable[[x509.Certificate], _Read]) -> list[_Read]:
    """What ``read`` finds in each certificate; the library looks into most fields only then."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of numbers and lengths that only an issuer minds
            return [read(certificate) for certificate in x509.load_pem_x509_certificates(data)]
    except (ValueError, TypeError, x509.InvalidVersion):  # the library has no error of its own
        raise _Unreadable("not a certificate in PEM, or a damaged one") from None


class _EngineState(msgspec.Struct, rename="pascal"):
    """``docker-state.json`` as the engine writes it."""

    local_addr: str = ""
    remote_addr: str = ""
    listen_addr: str = ""
    advertise_addr: str = ""
    data_path_addr: str = ""
    default_address_pool: list[str] | None = None
    subnet_size: _UInt32 = 0
    data_path_port: _UInt32 = 0
    join_in_progress: bool = False


class _Peer(msgspec.Struct):
    """One element of ``state.json``."""

    node_id: str = ""
    addr: str = ""


_ENGINE_STATE: Final = msgspec.json.Decoder(_EngineState)
_PEERS: Final[msgspec.json.Decoder[list[_Peer] | None]] = msgspec.json.Decoder(list[_Peer] | None)


def _start(data: bytes) -> Start:
    state = _decoded(data, _ENGINE_STATE)
    return Start(
        local_address=state.local_addr,
        remote_address=state.remote_addr,
        listen_address=state.listen_addr,
        advertise_address=state.advertise_addr,
        data_path_address=state.data_path_addr,
        address_pool=tuple(state.default_address_pool or ()),
        subnet_size=state.subnet_size,
        data_path_port=state.data_path_port,
        is_joining=state.join_in_progress,
    )


def _managers(data: bytes) -> tuple[Manager, ...]:
    """The engine writes ``null`` for no managers as well as ``[]``."""
    peers = _decoded(data, _PEERS) or ()
    return tuple(Manager(node_id=peer.node_id, address=peer.addr) for peer in peers)


def _decoded(data: bytes, decoder: msgspec.json.Decoder[_Read]) -> _Read:
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise _Unreadable("not the JSON that the engine writes there, or damaged") from None
