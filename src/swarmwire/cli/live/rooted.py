"""The way to this machine's manager for those who insist on a root: ``--ca``.

Without it a manager's socket is trusted because of the directory that it lies in, as the engine
trusts it.
"""

import asyncio
import socket as sockets
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from swarmwire import control
from swarmwire.cli import exits
from swarmwire.cli.__main__ import reason_of
from swarmwire.control.locate import locate


@asynccontextmanager
async def connect_rooted(
    path: str | None, ca: str, *, secrets: bool, deadline: float
) -> AsyncIterator[control.Control]:
    """Connect to the manager of this machine if the root vouches for its certificate.

    Raises:
        Stop: the root cannot be read.
        TransportError: no manager can be reached, or the root does not vouch for it.
    """
    context = _context(ca)
    place = str(locate(path).socket)
    await asyncio.to_thread(_look, place, context, deadline)
    async with control.connect(place, secrets=secrets, deadline=deadline) as manager:
        yield manager


def _context(ca: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    try:
        context.load_verify_locations(ca)
    except ssl.SSLError as err:
        raise exits.Stop(exits.UNREADABLE, f"{ca}: no certificate in it") from err
    except OSError as err:
        raise exits.Stop(exits.UNREADABLE, f"{ca}: {reason_of(err)}") from err
    return context


def _look(place: str, context: ssl.SSLContext, seconds: float) -> None:
    """Shake hands with what listens; what else may be wrong with it shows when it is asked."""
    with sockets.socket(sockets.AF_UNIX) as plain:
        plain.settimeout(seconds)
        try:
            plain.connect(place)
            with context.wrap_socket(plain):
                return
        except ssl.SSLCertVerificationError as err:
            reason = f"--ca does not vouch for its certificate ({err.verify_message})"
            raise control.BadCertificate(place, reason) from err
        except OSError:
            return
