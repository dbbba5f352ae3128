"""Where a gateway listens: unix sockets and TCP with TLS, bound so that nobody comes in too early.

Source for the forms of addresses: moby daemon/listeners.
"""

import grp
import os
import socket
import ssl
import stat
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from struct import Struct
from typing import Any, Final
from urllib.parse import urlsplit

from swarmwire.errors import SwarmwireError
from swarmwire.gateway.permission import EVERYTHING, Permission
from swarmwire.policy import Caller, ClientLimits, certificate_names

_CREDENTIALS: Final = Struct("3i")
BACKLOG: Final = 1024
"""How many clients may wait to be let in."""
_KEEP_ALIVE: Final = (
    (socket.TCP_KEEPIDLE, 30),
    (socket.TCP_KEEPINTVL, 15),
    (socket.TCP_KEEPCNT, 4),
)
"""When the kernel asks whether the other machine is there: streams may be silent for days."""


class ListenerError(SwarmwireError):
    """A gateway cannot listen there.

    Attributes:
        address: where.
        reason: why not.
    """

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(address, reason)
        self.address = address
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.address}: {self.reason}"


class OpenToAnybody(ListenerError):
    """It would be reached from other machines, and nothing says who they are."""


@dataclass(frozen=True, slots=True)
class KnownCaller:
    """What a policy makes of a caller.

    Attributes:
        name: what it calls it; empty if nobody says.
        permission: what it may do.
        told_by: what told so, as ``Request.told_by``.
        limits: how much it may ask for; None for no limit.
    """

    name: str = ""
    permission: Permission = EVERYTHING
    told_by: str = ""
    limits: ClientLimits | None = None


def _anybody(_: Caller) -> KnownCaller:
    return KnownCaller()


@dataclass(frozen=True, slots=True)
class Listener:
    """One address.

    Attributes:
        address: ``unix:///run/swarmwire.sock`` or ``tcp://127.0.0.1:2376``.
        mode: of a unix socket.
        group: its group, by name or number; that of the process if empty.
        tls: for TCP: gives the context of each new connection, as ``MutualTLS`` does; needed unless
            the address is a loopback.
        identify: says who a caller is; None refuses it. Whoever may do what it might before has
            the same permission as before: with another one it has to ask again.
        inherited: a socket that listens at the address already, and outlives the gateway: its
            mode and group are whose it is, and its file stays.
    """

    address: str
    mode: int = 0o600
    group: str = ""
    tls: Callable[[], ssl.SSLContext] | None = None
    identify: Callable[[Caller], KnownCaller | None] = _anybody
    inherited: socket.socket | None = None


def bound(listener: Listener) -> socket.socket:
    """A socket that is bound, listens, and blocks nobody.

    Raises:
        ListenerError: it cannot be bound, or would be open to anybody.
    """
    if listener.inherited is not None:
        return _taken_over(listener, listener.inherited)
    parts = urlsplit(listener.address)
    if parts.scheme == "unix" and parts.path and not parts.netloc:
        return _bound_unix(listener, Path(parts.path))
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if parts.scheme != "tcp" or not host or port is None:
        reason = "expected unix:///path or tcp://host:port"
        raise ListenerError(listener.address, reason)
    return _bound_tcp(listener, host, port)


def refuse_unusable(listeners: Iterable[Listener]) -> None:
    """Refuse addresses that cannot be bound, all of them at once; nobody is let in.

    Raises:
        ListenerError: the first that cannot be bound, or would be open to anybody.
    """
    with ExitStack() as held:
        for listener in listeners:
            found = bound(listener)
            if listener.inherited is None:
                held.callback(unbind, file_of(listener))
                held.callback(found.close)


def file_of(listener: Listener) -> tuple[Path, int] | None:
    """The file of a unix socket that is bound, and its number; None if there is none of ours."""
    parts = urlsplit(listener.address)
    if parts.scheme != "unix" or listener.inherited is not None:
        return None
    return Path(parts.path), Path(parts.path).stat().st_ino


def unbind(file: tuple[Path, int] | None) -> None:
    """Take the file of a unix socket away, if it is still the one that was bound."""
    if file is None:
        return
    path, number = file
    with suppress(FileNotFoundError):
        if path.stat().st_ino == number:
            path.unlink()


def caller_of(listener: Listener, connection: Any, tls: Any) -> Caller:
    """Who is at the other end of a connection. Users are those that the host sees."""
    names = certificate_names(tls.getpeercert() if tls is not None else None)
    if connection is None:
        return Caller(names=names)
    if connection.family is not socket.AF_UNIX:
        return Caller(names=names, peer=_peer(connection))
    data = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid, uid, _ = _CREDENTIALS.unpack(data)
    return Caller(urlsplit(listener.address).path, names, uid, f"pid {pid}")


def _peer(connection: Any) -> str:
    try:
        host, port = connection.getpeername()[:2]
    except OSError:
        return ""  # it has left
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _taken_over(listener: Listener, inherited: socket.socket) -> socket.socket:
    if inherited.family not in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6) or (
        inherited.type is not socket.SOCK_STREAM
        or not inherited.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    ):
        raise ListenerError(listener.address, "it is no socket that listens for streams")
    if inherited.family is not socket.AF_UNIX:
        _refuse_open(listener, inherited.getsockname()[0])
    inherited.setblocking(False)
    return inherited


def _refuse_open(listener: Listener, host: str) -> None:
    if listener.tls is None and not ip_address(host).is_loopback:
        reason = "without TLS anybody who reaches this address would own the swarm"
        raise OpenToAnybody(listener.address, reason)


def _bound_unix(listener: Listener, path: Path) -> socket.socket:
    _refuse_occupied(listener, path)
    group = _group(listener)
    out = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    # Nobody but the owner may connect until group and mode are right.
    before = os.umask(0o177)
    try:
        out.bind(str(path))
        if group is not None:
            os.chown(path, -1, group)
        path.chmod(listener.mode)
        out.listen(BACKLOG)
    except OSError as err:
        out.close()
        raise ListenerError(listener.address, err.strerror or str(err)) from err
    finally:
        os.umask(before)
    out.setblocking(False)
    return out


def _refuse_occupied(listener: Listener, path: Path) -> None:
    """Take away what a gateway left that is gone; refuse anything else that is there."""
    try:
        kind = path.lstat().st_mode
    except OSError:
        return
    if not stat.S_ISSOCK(kind):
        raise ListenerError(listener.address, "there is a file that is no socket")
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
        except OSError as err:
            raise ListenerError(listener.address, err.strerror or str(err)) from err
    raise ListenerError(listener.address, "somebody listens there already")


def _group(listener: Listener) -> int | None:
    if not listener.group:
        return None
    if listener.group.isdecimal():
        return int(listener.group)
    try:
        return grp.getgrnam(listener.group).gr_gid
    except KeyError:
        raise ListenerError(listener.address, f"no such group: {listener.group}") from None


def _bound_tcp(listener: Listener, host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError as err:
        raise ListenerError(listener.address, err.strerror or str(err)) from err
    _refuse_open(listener, str(found[4][0]))
    out = socket.socket(found[0], socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        out.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for option, value in _KEEP_ALIVE:  # connections have what the socket has that accepts them
            out.setsockopt(socket.IPPROTO_TCP, option, value)
        out.bind(found[4])
        out.listen(BACKLOG)
    except OSError as err:
        out.close()
        raise ListenerError(listener.address, err.strerror or str(err)) from err
    out.setblocking(False)
    return out
