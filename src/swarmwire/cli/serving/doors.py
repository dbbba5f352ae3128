"""From the options of ``serve`` to listeners."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from swarmwire.gateway import EVERYTHING, ReadOnlyPermission
from swarmwire.gateway.listeners import KnownCaller, Listener, mutual_tls
from swarmwire.policy import Caller


class DoorOptions(NamedTuple):
    """What the options say.

    Attributes:
        listen: the addresses; ``swarmwire.sock`` in ``folder`` if there are none.
        mode: of unix sockets.
        group: of unix sockets.
        tls: certificate, key and authority for TCP; None if none are given.
        read_only: whether nobody may write.
        folder: where sockets are of which nobody says where.
    """

    listen: tuple[str, ...]
    mode: int
    group: str
    tls: tuple[str, str, str] | None
    read_only: bool
    folder: Path


def listeners_of(options: DoorOptions) -> Sequence[Listener]:
    """The listeners.

    Raises:
        ListenerError: a certificate cannot be read.
    """
    permission = ReadOnlyPermission() if options.read_only else EVERYTHING

    def anybody(_: Caller) -> KnownCaller:
        return KnownCaller("", permission)

    tls = mutual_tls(*options.tls) if options.tls else None
    return [
        Listener(address, options.mode, options.group, tls, anybody)
        for address in options.listen or (f"unix://{options.folder / 'swarmwire.sock'}",)
    ]


def usual_folder() -> Path:
    """Where the socket of a live manager's gateway is if nobody says where."""
    return Path(os.environ.get("XDG_RUNTIME_DIR") or "/run")
