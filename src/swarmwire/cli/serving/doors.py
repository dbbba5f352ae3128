"""From the options of ``serve`` to listeners."""

import os
from collections.abc import Sequence
from pathlib import Path
from ssl import SSLContext
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from swarmwire.cli import exits
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
    """

    listen: tuple[str, ...]
    mode: int
    group: str
    tls: tuple[str, str, str] | None
    read_only: bool
    metrics: str | None = None


def listeners_of(options: DoorOptions) -> Sequence[Listener]:
    """The listeners.

    Raises:
        Stop: a file for TLS is not as it should be (2).
    """
    permission = ReadOnlyPermission() if options.read_only else EVERYTHING

    def anybody(_: Caller) -> KnownCaller:
        return KnownCaller("", permission)

    tls = checked_tls(options.tls) if options.tls else None
    return [
        Listener(address, options.mode, options.group, tls, anybody)
        for address in options.listen or (_own_address(),)
    ]


def metrics_listener(options: DoorOptions) -> Listener | None:
    """Where health and metrics are asked for: plain on this machine, with TLS beyond it.

    Raises:
        Stop: a file for TLS is not as it should be (2).
    """
    if options.metrics is None:
        return None
    is_here = urlsplit(options.metrics).hostname in _HERE
    tls = checked_tls(options.tls) if options.tls and not is_here else None
    return Listener(options.metrics, options.mode, options.group, tls)


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
