"""One TLS handshake with what listens at an address, to learn its certificate and what is wrong.

gRPC says "unavailable" of whatever goes wrong before the first byte. This asks the system and TLS
themselves, so that each cause has an error of its own.
"""

import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime

from swarmwire.control._certificate import read_der
from swarmwire.control._tunnel import trusting
from swarmwire.control.errors import (
    AccessDenied,
    BadCertificate,
    DeadlinePassed,
    HungUp,
    NobodyListens,
    NotTLS,
    TransportError,
)

Connect = Callable[[], socket.socket]


def peer_certificate(address: str, connect: Connect, root: str = "") -> bytes:
    """The certificate (DER) that is shown at the address, held against ``root`` (PEM) if given.

    Raises:
        TransportError: with the cause, by its class.
    """
    try:
        der = _handshake(connect, root)
    except ssl.SSLCertVerificationError as err:
        raise BadCertificate(address, _verdict(err)) from err
    except (ssl.SSLEOFError, ConnectionResetError, BrokenPipeError) as err:
        reason = "hung up at once: this is no manager's socket, or its manager is just stopping"
        raise NotTLS(address, reason) from err
    except ssl.SSLError as err:
        reason = "something listens that does not speak TLS: this is no manager's socket"
        if address.endswith("docker.sock"):
            reason += "; docker.sock is the engine's, the manager's is docker/swarm/control.sock"
        raise NotTLS(address, reason) from err
    except OSError as err:
        raise unreachable(address, err) from err
    _refuse_unusable(address, der)
    return der


def hung_up(err: NotTLS) -> HungUp:
    """The same failure, of one who spoke TLS a moment ago."""
    return HungUp(err.address, "the manager hung up: it is stopping, or was killed")


def unreachable(address: str, err: OSError) -> TransportError:
    """The error for what the system says of an address."""
    if isinstance(err, TimeoutError):
        return DeadlinePassed(address, "something listens, but does not answer: is it stopped?")
    if isinstance(err, PermissionError):
        reason = "this user may not open it: run as root, or with sudo"
        return AccessDenied(address, reason)
    if isinstance(err, ConnectionRefusedError):
        return NobodyListens(address, "nobody listens there: start the engine")
    return NobodyListens(address, f"cannot be reached: {err.strerror or err}")


def _handshake(connect: Connect, root: str) -> bytes:
    context = trusting(root) if root else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED if root else ssl.CERT_NONE
    with connect() as plain, context.wrap_socket(plain) as secured:
        der = secured.getpeercert(binary_form=True)
    return der or b""


def _verdict(err: ssl.SSLCertVerificationError) -> str:
    return (
        f"its certificate is not one of this swarm ({err.verify_message}):"
        " are these the certificates of a node of the same swarm?"
    )


def _refuse_unusable(address: str, der: bytes) -> None:
    try:
        problem = read_der(der).problem(datetime.now(UTC))
    except ValueError as err:
        raise BadCertificate(address, "shows no certificate that can be read") from err
    if problem:
        reason = (
            f"the manager's certificate {problem}; restart its engine, and if that does not renew"
            " it: docker swarm ca --rotate"
        )
        raise BadCertificate(address, reason)
