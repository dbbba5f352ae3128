"""From the options of ``serve`` to listeners."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from ssl import SSLContext
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from swarmwire.cli import exits
from swarmwire.cli.serving.systemd import SCHEME, InheritedSocket, sockets_at
from swarmwire.gateway import EVERYTHING, ReadOnlyPermission
from swarmwire.gateway.listeners import KnownCaller, Listener
from swarmwire.gateway.tls import TLSFileError, mutual_tls
from swarmwire.policy import Caller


class DoorOptions(NamedTuple):
    """What the options say.

    Attributes:
        listen: the addresses; one is chosen if there are none.
        mode: of unix sockets.
        group: of unix sockets.
        tls: certificate, key and authority for TCP; None if none are given.
        read_only: whether nobody may write.
        metrics: the address of health and metrics; None if they are not wanted.
        inherited: the sockets that were handed over.
    """

    listen: tuple[str, ...]
    mode: int
    group: str
    tls: tuple[str, str, str] | None
    read_only: bool
    metrics: str | None = None
    inherited: Sequence[InheritedSocket] = ()


def listeners_of(options: DoorOptions) -> Sequence[Listener]:
    """The listeners.

    Raises:
        Stop: a file for TLS is not as it should be, or no such socket was handed over (2).
    """
    permission = ReadOnlyPermission() if options.read_only else EVERYTHING

    def anybody(_: Caller) -> KnownCaller:
        return KnownCaller("", permission)

    tls = checked_tls(options.tls) if options.tls else None
    others = (*options.listen, options.metrics or "")
    return [
        listener
        for address in options.listen or (_own_address(),)
        for listener in _at(
            Listener(address, options.mode, options.group, tls, anybody), options, others
        )
    ]


def _at(listener: Listener, options: DoorOptions, others: Sequence[str]) -> Sequence[Listener]:
    """The listener itself, or one for each socket that its address stands for."""
    if not listener.address.startswith(SCHEME):
        return [listener]
    found = sockets_at(listener.address, options.inherited, others)
    return [replace(listener, address=one.address, inherited=one.socket) for one in found]


def metrics_listener(options: DoorOptions) -> Listener | None:
    """Where health and metrics are asked for: plain on this machine, with TLS beyond it.

    Raises:
        Stop: a file for TLS is not as it should be, or no such socket was handed over (2).
    """
    if options.metrics is None:
        return None
    tls = checked_tls(options.tls) if options.tls else None
    listener = Listener(options.metrics, options.mode, options.group, tls)
    found, *_ = _at(listener, options, options.listen)
    is_here = urlsplit(found.address).hostname in _HERE
    return replace(found, tls=None) if is_here else found


_HERE: Final = (None, "localhost", "127.0.0.1", "::1")
_TLS_OPTIONS: Final = {
    "authority": "--tls-ca",
    "certificate": "--tls-cert",
    "key": "--tls-key",
}


def checked_tls(files: tuple[str, str, str]) -> SSLContext:
    """TLS with a certificate, its key and an authority.

    Raises:
        Stop: one of the files is not as it should be (2); it is named with its option.
    """
    try:
        return mutual_tls(*files)
    except TLSFileError as err:
        raise exits.Stop(exits.UNREADABLE, f"{_TLS_OPTIONS[err.part]} {err}") from err


def _own_address() -> str:
    folder = os.environ.get("XDG_RUNTIME_DIR") or "/run"
    return f"unix://{Path(folder) / 'swarmwire.sock'}"
