"""The way to another node's manager: its port, with the certificates of a node of the same swarm.

Managers answer on their port from their own store, and only the leader can change anything. So the
leader is looked up each time a line is opened, and again once it is no longer the leader.
"""

import asyncio
import os
import socket
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from swarmwire import pb
from swarmwire.control._certificate import read_pem
from swarmwire.control._channel import SERVER_NAME, Line, open_line
from swarmwire.control._handshake import peer_certificate
from swarmwire.control._tunnel import Streams, trusting
from swarmwire.control.client import Client
from swarmwire.control.errors import AccessDenied, BadCertificate, Locked, NoLeader, TransportError

PORT = 2377


class NodeCredentials:
    """The certificate, the key and the root that a node keeps in its certificate directory.

    Raises:
        AccessDenied: this user may not read them, or they are not there.
        Locked: the key is encrypted.
        BadCertificate: the certificate is expired, or of a worker.
    """

    def __init__(self, folder: Path) -> None:
        self.root = _read(folder / "swarm-root-ca.crt")
        self.certificate = _read(folder / "swarm-node.crt")
        self.key = _without_headers(_read(folder / "swarm-node.key"), folder / "swarm-node.key")
        _refuse_unusable(self.certificate, folder / "swarm-node.crt")

    async def line(self, address: str) -> Line:
        """A line on which this identity is shown."""
        context = trusting(self.root)
        _load(context, self.certificate + self.key)
        host, port = host_and_port(address)

        async def dial() -> Streams:
            return await asyncio.open_connection(
                host, port, ssl=context, server_hostname=SERVER_NAME
            )

        return await open_line(address, dial)


class RemoteLeader:
    """Opens lines to the leader of the swarm that the managers at ``addresses`` belong to."""

    def __init__(self, addresses: tuple[str, ...], identity: NodeCredentials) -> None:
        self._addresses = [with_port(address) for address in addresses]
        self._identity = identity

    async def open(self, seconds: float) -> Line:
        """A line to the leader.

        Raises:
            TransportError: no manager can be reached; the first one's cause.
            NoLeader: the managers that can be reached know of no leader.
        """
        failures: list[TransportError] = []
        for address in self._addresses:
            try:
                return await self._leader_by(address, seconds)
            except TransportError as err:
                failures.append(err)
        raise failures[0]

    async def _leader_by(self, address: str, seconds: float) -> Line:
        """A line to the leader that the manager at ``address`` names."""
        shown = await asyncio.to_thread(self._look, address, seconds)
        managers = await self._managers(await self._identity.line(address), seconds)
        leader = next((node for node in managers if node.manager_status.leader), None)
        if leader is None:
            raise NoLeader("Unavailable", f"the manager at {address} knows of no leader")
        self._remember(node.manager_status.addr for node in managers)
        if leader.id.encode() not in shown:
            address = leader.manager_status.addr
            await asyncio.to_thread(self._look, address, seconds)
        return await self._identity.line(address)

    def _look(self, address: str, seconds: float) -> bytes:
        def connect() -> socket.socket:
            return socket.create_connection(host_and_port(address), seconds)

        return peer_certificate(address, connect, self._identity.root)

    async def _managers(self, line: Line, seconds: float) -> list[pb.Node]:
        client = Client(_There(line), seconds)
        try:
            answer = await client.list_nodes(pb.ListNodesRequest())
        finally:
            await client.close()
        return [node for node in answer.nodes if node.HasField("manager_status")]

    def _remember(self, addresses: Iterable[str]) -> None:
        """Keep the other managers: the one that was named may be gone when the next is needed."""
        self._addresses += [address for address in addresses if address not in self._addresses]


class _There:
    """The way along a line that is there already."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def open(self, seconds: float) -> Line:  # noqa: ARG002 - there is nothing to wait for
        return self._line


def host_and_port(address: str) -> tuple[str, int]:
    """The parts of an address that names its port."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def with_port(address: str) -> str:
    """The address, with the managers' usual port if it names none."""
    _, _, port = address.rpartition(":")
    named = port.isdecimal() and (address.count(":") == 1 or "]:" in address)
    if named:
        return address
    host = f"[{address}]" if address.count(":") > 1 and "[" not in address else address
    return f"{host}:{PORT}"


def _load(context: ssl.SSLContext, pem: str) -> None:
    """Have the context show a certificate. The key goes through memory, not through a file."""
    with os.fdopen(os.memfd_create("identity"), "wb") as file:
        file.write(pem.encode())
        file.flush()
        context.load_cert_chain(f"/proc/self/fd/{file.fileno()}")


def _read(path: Path) -> str:
    try:
        return path.read_text("latin-1")
    except PermissionError as err:
        reason = "this user may not read it: run as root, or with sudo"
        raise AccessDenied(str(path), reason) from err
    except OSError as err:
        reason = (
            "is not there: name the certificate directory of a node, <data root>/swarm/certificates"
        )
        raise AccessDenied(str(path), reason) from err


def _without_headers(key: str, path: Path) -> str:
    """The key as TLS libraries read it: SwarmKit keeps notes of its own above its text."""
    if "PRIVATE KEY-----" not in key:
        raise BadCertificate(str(path), "holds no private key")
    begin, *lines, end = key.strip().splitlines()
    if "ENCRYPTED" in key:
        reason = "the key is encrypted, because the swarm is locked or locks itself (autolock)"
        raise Locked(str(path), f"{reason}: use another node's certificates, or the socket")
    body = [line for line in lines if line and ":" not in line]
    return "\n".join([begin, *body, end, ""])


def _refuse_unusable(certificate: str, path: Path) -> None:
    try:
        facts = read_pem(certificate)
    except ValueError as err:
        raise BadCertificate(str(path), "holds no certificate") from err
    if facts.role == "swarm-worker":
        reason = "is a worker's, and managers answer only managers: use one of a manager"
        raise BadCertificate(str(path), reason)
    problem = facts.problem(datetime.now(UTC))
    if problem:
        raise BadCertificate(str(path), f"{problem}: let the node join again, or use another's")
