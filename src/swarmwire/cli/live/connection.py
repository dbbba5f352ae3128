"""From the options to a manager, and from its errors to an exit code."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from swarmwire import control
from swarmwire.cli import exits
from swarmwire.cli.live.options import Where
from swarmwire.cli.live.rooted import connect_rooted
from swarmwire.errors import SwarmwireError

_Result = TypeVar("_Result")

Opened = AbstractAsyncContextManager[control.Control]


def opened(where: Where, *, secrets: bool = False) -> Opened:
    """A manager to ask, there where the options say."""
    if where.hosts:
        folder = where.certificates or ""
        return control.connect_remote(
            *where.hosts, certificates=folder, secrets=secrets, deadline=where.timeout
        )
    if where.ca:
        return connect_rooted(where.socket, where.ca, secrets=secrets, deadline=where.timeout)
    return control.connect(
        where.socket, certificates=where.certificates, secrets=secrets, deadline=where.timeout
    )


def ask(
    where: Where,
    work: Callable[[control.Control], Coroutine[Any, Any, _Result]],
    *,
    secrets: bool = False,
) -> _Result:
    """Connect, do the work, hang up.

    Raises:
        Stop: no manager can be reached (2), or it says no (1).
    """

    async def connected() -> _Result:
        async with opened(where, secrets=secrets) as manager:
            return await work(manager)

    return finished(connected())


def finished(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run the work to its end.

    Raises:
        Stop: no manager can be reached (2), or it says no (1).
    """
    try:
        return asyncio.run(work)
    except control.TransportError as err:
        raise exits.Stop(exits.UNREADABLE, str(err)) from err
    except SwarmwireError as err:
        raise exits.Stop(exits.REFUSED, str(err)) from err
