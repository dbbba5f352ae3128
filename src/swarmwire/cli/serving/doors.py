"""From the options of ``serve`` to listeners."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from swarmwire.cli import exits
from swarmwire.gateway import EVERYTHING, ReadOnlyPermission
from swarmwire.gateway.listeners import KnownCaller, Listener, mutual_tls
from swarmwire.policy import Caller, Policy, PolicyClient


class DoorOptions(NamedTuple):
    """What the options say.

    Attributes:
        listen: the addresses; ``swarmwire.sock`` in ``folder`` if there are none.
        mode: of unix sockets.
        group: of unix sockets.
        tls: certificate, key and authority for TCP; None if none are given.
        read_only: whether nobody may write.
        folder: where sockets are of which nobody says where.
        policy: says who callers are; None if whoever comes in may do everything.
    """

    listen: tuple[str, ...]
    mode: int
    group: str
    tls: tuple[str, str, str] | None
    read_only: bool
    folder: Path
    policy: Policy | None = None


def listeners_of(options: DoorOptions) -> Sequence[Listener]:
    """The listeners; under a policy nobody gets in until they are told who callers are.

    Raises:
        ListenerError: a certificate cannot be read.
        Stop: a client of the policy could not get in (2).
    """
    if options.policy is not None:
        return _listeners_of_policy(options, options.policy)
    permission = ReadOnlyPermission() if options.read_only else EVERYTHING

    def anybody(_: Caller) -> KnownCaller:
        return KnownCaller("", permission)

    tls = mutual_tls(*options.tls) if options.tls else None
    return [
        Listener(address, options.mode, options.group, tls, anybody)
        for address in options.listen or (f"unix://{options.folder / 'swarmwire.sock'}",)
    ]


def _listeners_of_policy(options: DoorOptions, policy: Policy) -> list[Listener]:
    tls = mutual_tls(*options.tls) if options.tls else None
    given = [
        Listener(address, options.mode, options.group, tls, _nobody) for address in options.listen
    ]
    own: dict[str, tuple[PolicyClient, Listener]] = {}
    for client in policy.clients.values():
        path = client.identity.socket
        if not path:
            _refuse_shut_out(client, given)
            continue
        listener = Listener(f"unix://{path}", client.mode, client.group, None, _nobody)
        first, known = own.setdefault(path, (client, listener))
        if known != listener:
            reason = f"the clients {first.name} and {client.name} share {path}, and not its mode"
            raise exits.Stop(exits.UNREADABLE, f"{reason} and group")
    return [*(listener for _, listener in own.values()), *given]


def _refuse_shut_out(client: PolicyClient, given: Sequence[Listener]) -> None:
    """Refuse a policy with a client that has no listener to come in by."""
    if client.identity.cert:
        if not any(each.tls and each.address.startswith("tcp:") for each in given):
            reason = "is told by a certificate: give --listen tcp://HOST:PORT and --tls-cert,"
            raise _shut_out(client, f"{reason} --tls-key, --tls-ca")
    elif not any(each.address.startswith("unix:") for each in given):
        raise _shut_out(client, "has no socket of its own: give --listen unix:///PATH, and --mode")


def _shut_out(client: PolicyClient, reason: str) -> exits.Stop:
    return exits.Stop(exits.UNREADABLE, f"the client {client.name} of the policy {reason}")


def _nobody(_: Caller) -> KnownCaller | None:
    return None


def usual_folder() -> Path:
    """Where the socket of a live manager's gateway is if nobody says where."""
    return Path(os.environ.get("XDG_RUNTIME_DIR") or "/run")
