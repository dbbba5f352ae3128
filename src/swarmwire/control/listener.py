"""Any Control on a socket, as a manager's own: gRPC over TLS, for every client of managers.

    async with listen(control, "control.sock"):
        ...

The socket is its owner's alone (mode 0600), and shows a certificate made for this one listener, as
a manager's socket shows the one of its node. It asks for none: whoever may open it may do all.
"""

import contextlib
import os
import socket as sockets
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from swarmwire import pb
from swarmwire.control._channel import SERVER_NAME
from swarmwire.control.api import Control
from swarmwire.control.client import GO_NAMES
from swarmwire.control.errors import AccessDenied, ControlError, TransportError
from swarmwire.control.methods import Methods, Streaming, Unary
from swarmwire.errors import SwarmwireError

_LONGEST_PATH = 107
"""Bytes, as Linux gives the address of a unix socket."""

_GRACE = 1.0
"""Seconds for the calls under way when the listener closes."""

_CODES = {name: code for code, name in GO_NAMES.items()}
_OPTIONS: list[tuple[str, Any]] = [
    ("grpc.max_receive_message_length", 4 << 20),
    ("grpc.max_send_message_length", -1),
]


@contextlib.asynccontextmanager
async def listen(control: Control, path: str | Path) -> AsyncIterator[Path]:
    """Answer on the unix socket at ``path`` as a manager does, from ``control``.

    A socket that nobody listens on any more is replaced; it is removed at the end.

    Args:
        control: who answers.
        path: where the socket will be; its directory has to be there.

    Raises:
        TransportError: somebody listens there already, something else is there, or its path is
            too long.
        AccessDenied: this user may not write there.

    Source: swarmkit ``manager/manager.go``, ``serveListener``.
    """
    place = _cleared(Path(path))
    server = grpc.aio.server(options=_OPTIONS)
    server.add_generic_rpc_handlers([_Handlers(control)])
    key, certificate = _self_signed()
    credentials = grpc.ssl_server_credentials([(key, certificate)])
    mask = os.umask(0o177)
    try:
        server.add_secure_port(f"unix:{place}", credentials)
        await server.start()
    except RuntimeError as err:
        raise TransportError(str(place), "a socket cannot be made there") from err
    finally:
        os.umask(mask)
    try:
        yield place
    finally:
        await server.stop(_GRACE)
        _remove(place)


class _Handlers(grpc.GenericRpcHandler):
    """The handler of each method of the table; others are unknown, as a manager says."""

    def __init__(self, control: Control) -> None:
        self._by_path = {
            method.path: _handler(method, getattr(control, name))
            for name, method in vars(Methods).items()
            if isinstance(method, Unary | Streaming)
        }

    def service(
        self, handler_call_details: grpc.HandlerCallDetails
    ) -> "grpc.RpcMethodHandler[Any, Any] | None":
        """How the call is answered."""
        return self._by_path.get(handler_call_details.method)


def _handler(
    method: Unary[Any, Any] | Streaming[Any, Any], answer: Callable[[Any], Any]
) -> "grpc.RpcMethodHandler[Any, Any]":
    if isinstance(method, Unary):
        return grpc.unary_unary_rpc_method_handler(_unary(method.request, answer))
    return grpc.unary_stream_rpc_method_handler(_stream(method.request, answer))


def _unary(
    request: type[pb.Message], answer: Callable[[Any], Awaitable[pb.Message]]
) -> Callable[[bytes, Any], Awaitable[bytes]]:
    async def answered(data: bytes, context: Any) -> bytes:
        try:
            return (await answer(pb.parse(request, data))).SerializeToString()
        except SwarmwireError as err:
            await context.abort(*_status(err))
            raise

    return answered


def _stream(
    request: type[pb.Message], answer: Callable[[Any], AsyncGenerator[pb.Message, None]]
) -> Callable[[bytes, Any], AsyncGenerator[bytes, None]]:
    async def answered(data: bytes, context: Any) -> AsyncGenerator[bytes, None]:
        try:
            async with contextlib.aclosing(answer(pb.parse(request, data))) as messages:
                async for message in messages:
                    yield message.SerializeToString()
        except SwarmwireError as err:
            await context.abort(*_status(err))

    return answered


def _status(err: SwarmwireError) -> tuple[grpc.StatusCode, str]:
    """How a manager would say it on the wire."""
    if isinstance(err, ControlError):
        return _CODES.get(err.status, grpc.StatusCode.UNKNOWN), err.message
    if isinstance(err, TransportError):
        return grpc.StatusCode.UNAVAILABLE, str(err)
    return grpc.StatusCode.FAILED_PRECONDITION, str(err)


def _cleared(place: Path) -> Path:
    """Where a socket can be made; a dead one is removed."""
    place = place.absolute()
    if len(os.fsencode(place)) > _LONGEST_PATH:
        reason = f"longer than a socket's path may be: {_LONGEST_PATH} bytes"
        raise TransportError(str(place), reason)
    if not place.parent.is_dir():
        raise TransportError(str(place), "its directory is not there")
    if not os.access(place.parent, os.W_OK | os.X_OK):
        raise AccessDenied(str(place), "this user may not make a socket there")
    if not place.exists():
        return place
    if not place.is_socket():
        raise TransportError(str(place), "something else than a socket is there")
    if not _is_dead(place):
        raise TransportError(str(place), "somebody listens there already")
    place.unlink()
    return place


def _is_dead(place: Path) -> bool:
    with sockets.socket(sockets.AF_UNIX) as probe:
        try:
            probe.connect(str(place))
        except ConnectionRefusedError:
            return True
    return False


def _remove(place: Path) -> None:
    place.unlink(missing_ok=True)


def _self_signed() -> tuple[bytes, bytes]:
    """A key and its certificate (PEM), good for a year, under the name that managers have."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, "swarm-manager"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "swarmwire"),
        ]
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(SERVER_NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private, certificate.public_bytes(pem)
