"""The way to the manager of this node: through its socket.

The socket speaks TLS with the node's certificate and asks for none. What protects it is the
directory that it lies in. So the certificate is held against the swarm's root where that can be
read, and taken as it is where not, as the engine itself takes it.
"""

import asyncio
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path

from swarmwire.control._certificate import read_pem
from swarmwire.control._channel import SERVER_NAME, Line, open_line
from swarmwire.control._handshake import Connect, hung_up, peer_certificate, unreachable
from swarmwire.control._tunnel import Streams, trusting
from swarmwire.control.errors import (
    BadCertificate,
    Locked,
    NotAManager,
    NotTLS,
    TransportError,
)
from swarmwire.control.locate import Place


class LocalSocket:
    """Opens lines to the socket at a place."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.address = str(place.socket)

    async def open(self, seconds: float) -> Line:
        """A line to the manager, after a look at what is there.

        Raises:
            TransportError: with the cause, by its class.
        """
        trusted = await asyncio.to_thread(self._trusted, seconds)
        context = trusting(trusted)

        async def dial() -> Streams:
            return await asyncio.open_unix_connection(
                self.address, ssl=context, server_hostname=SERVER_NAME
            )

        return await open_line(self.address, dial)

    def _trusted(self, timeout: float) -> str:
        """What to trust (PEM): the swarm's root, or the very certificate that is shown."""
        connect = _Connector(self.address, timeout)
        shown = ssl.DER_cert_to_PEM_cert(self._shown(connect))
        root = _read(self._place.certificates, "swarm-root-ca.crt")
        if not root:
            return shown
        try:
            peer_certificate(self.address, connect, root)
        except NotTLS as err:
            raise hung_up(err) from err
        except (BadCertificate, ssl.SSLError):
            return shown  # another swarm's root, or one that is just being replaced
        return root

    def _shown(self, connect: Connect) -> bytes:
        try:
            return peer_certificate(self.address, connect)
        except TransportError as err:
            if isinstance(err.__cause__, FileNotFoundError | ConnectionRefusedError):
                raise _absent(self._place, err.__cause__) from err
            raise


class _Connector:
    def __init__(self, path: str, timeout: float) -> None:
        self._path = path
        self._timeout = timeout

    def __call__(self) -> socket.socket:
        plain = socket.socket(socket.AF_UNIX)
        try:
            plain.settimeout(self._timeout)
            plain.connect(self._path)
        except BaseException:
            plain.close()
            raise
        return plain


def _absent(place: Place, cause: OSError) -> TransportError:
    """Why no manager is behind the socket, as far as the node's certificates tell."""
    address = str(place.socket)
    if "ENCRYPTED" in _read(place.certificates, "swarm-node.key"):
        reason = "this node's keys are locked: run docker swarm unlock (if the engine is running)"
        return Locked(address, reason)
    certificate = _read(place.certificates, "swarm-node.crt")
    problem = _certificate_problem(certificate)
    if problem:
        return BadCertificate(address, problem)
    if "worker" in _role(certificate):
        reason = "this node is a worker: run this on a manager, or docker node promote it there"
        return NotAManager(address, reason)
    if isinstance(cause, ConnectionRefusedError):
        if place.socket.exists() and not place.socket.is_socket():
            return NotAManager(address, "is no socket: name a manager's control.sock")
        return unreachable(address, cause)
    reason = (
        "there is no such socket: the engine is not running, or its node is not a manager"
        " (docker swarm init), or the swarm is locked (docker swarm unlock)"
    )
    return NotAManager(address, reason)


def _role(certificate: str) -> str:
    try:
        return read_pem(certificate).role
    except ValueError:
        return ""


def _certificate_problem(certificate: str) -> str:
    try:
        problem = read_pem(certificate).problem(datetime.now(UTC))
    except ValueError:
        return ""
    return problem and (
        f"no manager is running, and this node's certificate {problem}:"
        " let it leave the swarm and join again"
    )


def _read(folder: Path | None, name: str) -> str:
    """The text of a file, or nothing if it cannot be read."""
    if folder is None:
        return ""
    try:
        return (folder / name).read_text("latin-1")
    except OSError:
        return ""
