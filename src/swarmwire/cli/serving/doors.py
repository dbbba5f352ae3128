"""From the options of ``serve`` to listeners."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from swarmwire.cli import exits
from swarmwire.cli.serving.systemd import SCHEME, InheritedSocket, sockets_at
from swarmwire.gateway import EVERYTHING, ReadOnlyPermission
from swarmwire.gateway.listeners import KnownCaller, Listener
from swarmwire.gateway.tls import MutualTLS, TLSFileError
from swarmwire.policy import Caller, Policy, PolicyClient


class DoorOptions(NamedTuple):
    """What the options say.

    Attributes:
        listen: the addresses; ``swarmwire.sock`` in ``folder`` if there are none.
        mode: of unix sockets.
        group: of unix sockets.
        tls: what TCP has; None if it is plain.
        read_only: whether nobody may write.
        folder: where sockets are of which nobody says where.
        policy: says who callers are; None if whoever comes in may do everything.
        metrics: the address of health and metrics; None if they are not wanted.
        inherited: the sockets that were handed over.
    """

    listen: tuple[str, ...]
    mode: int
    group: str
    tls: MutualTLS | None
    read_only: bool
    folder: Path
    policy: Policy | None = None
    metrics: str | None = None
    inherited: Sequence[InheritedSocket] = ()


def listeners_of(options: DoorOptions) -> Sequence[Listener]:
    """The listeners; under a policy nobody gets in until they are told who callers are.

    Raises:
        Stop: no such socket was handed over, or a client of the policy could not get in (2).
    """
    if options.policy is not None:
        return _listeners_of_policy(options, options.policy)
    permission = ReadOnlyPermission() if options.read_only else EVERYTHING

    def anybody(_: Caller) -> KnownCaller:
        return KnownCaller("", permission)

    addresses = options.listen or (f"unix://{options.folder / 'swarmwire.sock'}",)
    return _at(addresses, options, anybody)


def metrics_listener(options: DoorOptions) -> Listener | None:
    """Where health and metrics are asked for: plain on this machine, with TLS beyond it.

    Raises:
        Stop: no such socket was handed over (2).
    """
    if options.metrics is None:
        return None
    found, *_ = _at((options.metrics,), options, _nobody)
    is_here = urlsplit(found.address).hostname in _HERE
    return replace(found, tls=None) if is_here else found


_HERE: Final = (None, "localhost", "127.0.0.1", "::1")


def _at(
    addresses: Sequence[str],
    options: DoorOptions,
    identify: Callable[[Caller], KnownCaller | None],
) -> list[Listener]:
    """The listeners at some addresses, of which one may stand for several that were handed over."""
    others = (*options.listen, options.metrics or "")
    found = []
    for address in addresses:
        listener = Listener(address, options.mode, options.group, options.tls, identify)
        if not address.startswith(SCHEME):
            found.append(listener)
            continue
        found += [
            replace(listener, address=one.address, inherited=one.socket)
            for one in sockets_at(address, options.inherited, others)
        ]
    return found


_TLS_OPTIONS: Final = {
    "authority": "--tls-ca",
    "certificate": "--tls-cert",
    "key": "--tls-key",
}


def checked_tls(files: tuple[str, str, str]) -> MutualTLS:
    """TLS with a certificate, its key and an authority.

    Raises:
        Stop: one of the files is not as it should be (2); it is named with its option.
    """
    with files_by_option():
        return MutualTLS(*files)


@contextmanager
def files_by_option() -> Iterator[None]:
    """Name a file for TLS that is not as it should be with its option.

    Raises:
        Stop: there is one (2).
    """
    try:
        yield
    except TLSFileError as err:
        raise exits.Stop(exits.UNREADABLE, f"{_TLS_OPTIONS[err.part]} {err}") from err


def _listeners_of_policy(options: DoorOptions, policy: Policy) -> list[Listener]:
    given = _at(options.listen, options, _nobody)
    open_already = {each.address for each in given}
    own: dict[str, tuple[PolicyClient, Listener]] = {}
    for client in policy.clients.values():
        path = client.identity.socket
        if not path:
            _refuse_shut_out(client, given)
            continue
        if f"unix://{path}" in open_already:
            continue  # handed over, or listened to as --listen says
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
