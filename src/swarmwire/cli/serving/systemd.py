"""What systemd and a service have to tell each other: sockets handed over, and how it goes.

Source: sd_listen_fds(3), sd_notify(3), sd_watchdog_enabled(3).
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final, NamedTuple

from swarmwire.cli import exits
from swarmwire.cli.messages import say

SCHEME: Final = "fd://"
_FIRST: Final = 3
_UNNAMED: Final = "unknown"


class InheritedSocket(NamedTuple):
    """A socket that was open before the process began.

    Attributes:
        name: of its unit, or by ``FileDescriptorName=``.
        number: the file descriptor.
        socket: itself.
    """

    name: str
    number: int
    socket: socket.socket

    @property
    def address(self) -> str:
        """Where it listens, as clients write it."""
        name = self.socket.getsockname()
        if self.socket.family is not socket.AF_UNIX:
            return (
                f"tcp://[{name[0]}]:{name[1]}" if ":" in name[0] else f"tcp://{name[0]}:{name[1]}"
            )
        if isinstance(name, bytes):  # an abstract one
            return f"unix://@{name[1:].decode(errors='replace')}"
        return f"unix://{name}"


def inherited_sockets(environment: Mapping[str, str] = os.environ) -> Sequence[InheritedSocket]:
    """The sockets that were handed over to this very process; none if there are none.

    Raises:
        Stop: what was handed over is no socket (2).
    """
    if environment.get("LISTEN_PID") != str(os.getpid()):
        return ()
    count = environment.get("LISTEN_FDS", "")
    names = environment.get("LISTEN_FDNAMES", "").split(":")
    found = []
    for place in range(int(count) if count.isdecimal() else 0):
        number = _FIRST + place
        try:
            os.set_inheritable(number, False)
            own = socket.socket(fileno=number)
        except OSError as err:
            reason = f"file descriptor {number} is no socket: {exits.reason_of(err)}"
            raise exits.Stop(exits.UNREADABLE, reason) from err
        name = names[place] if place < len(names) else _UNNAMED
        found.append(InheritedSocket(name, number, own))
    return found


def sockets_at(
    address: str, inherited: Sequence[InheritedSocket], others: Sequence[str] = ()
) -> Sequence[InheritedSocket]:
    """The sockets that ``fd://``, ``fd://NAME`` or ``fd://NUMBER`` means.

    Without a name it is all that no address of ``others`` names.

    Raises:
        Stop: there are none (2).
    """
    wanted = address.removeprefix(SCHEME)
    if wanted in ("", "*"):
        taken = {each.removeprefix(SCHEME) for each in others if each.startswith(SCHEME)}
        found = [one for one in inherited if not {one.name, str(one.number)} & taken]
    else:
        found = [one for one in inherited if wanted in (one.name, str(one.number))]
    if found:
        return found
    there = ", ".join(one.name for one in inherited) or "none"
    raise exits.Stop(
        exits.UNREADABLE,
        f"{address}: no such socket was handed over by systemd; there are: {there}",
    )


@asynccontextmanager
async def notifying(
    status: str, environment: Mapping[str, str] = os.environ
) -> AsyncIterator[None]:
    """Tell systemd that the service is ready, meanwhile that it lives, and then that it ends.

    Nothing is told if nobody wants to know.
    """
    place = environment.get("NOTIFY_SOCKET", "")
    if not place:
        yield
        return
    _tell(place, f"READY=1\nSTATUS={status}")
    interval = _watchdog_interval(environment)
    beating = asyncio.create_task(_beat(place, interval)) if interval else None
    try:
        yield
    finally:
        _tell(place, "STOPPING=1\nSTATUS=ending")
        if beating is not None:
            beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating


def _watchdog_interval(environment: Mapping[str, str]) -> float:
    """Every how many seconds it is to be told that the service lives; 0 if it is not."""
    microseconds = environment.get("WATCHDOG_USEC", "")
    is_meant = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    if not is_meant or not microseconds.isdecimal():
        return 0
    return int(microseconds) / 2e6


async def _beat(place: str, interval: float) -> None:
    """Tell it from the loop that answers clients: when that hangs, nothing is told."""
    while True:
        _tell(place, "WATCHDOG=1")
        await asyncio.sleep(interval)


def _tell(place: str, text: str) -> None:
    address = f"\0{place[1:]}" if place.startswith("@") else place
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        try:
            sender.sendto(text.encode(), address)
        except OSError as err:
            say(f"systemd cannot be told: {exits.reason_of(err)}")
