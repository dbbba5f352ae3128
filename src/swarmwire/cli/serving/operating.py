"""What is around a process that serves for months: health, many files, a line for a mishap."""

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from swarmwire.cli import exits
from swarmwire.cli.messages import say
from swarmwire.gateway import Gateway
from swarmwire.gateway.listeners import Listener

_MINUTE: Final = 60.0


class Complaints:
    """Says in a line what went wrong where nobody waits for it: no traceback, nothing of clients.

    The same is said once a minute: of a lack of files there is much to say.
    """

    def __init__(self) -> None:
        self._said: dict[str, float] = {}

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """See ``loop.set_exception_handler``."""
        error = context.get("exception")
        reason = exits.reason_of(error) if isinstance(error, OSError) else type(error).__name__
        text = f"{context.get('message', 'an error')}: {reason}"
        if loop.time() - self._said.get(text, -_MINUTE) >= _MINUTE:
            self._said[text] = loop.time()
            say(text)


def allow_many_files() -> None:
    """As many as this process may have: each client is one. Engines do the same."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@asynccontextmanager
async def health_beside(gateway: Gateway, listener: Listener | None) -> AsyncIterator[None]:
    """Health and metrics meanwhile, if anybody wants them.

    Raises:
        ListenerError: the address cannot be bound.
    """
    if listener is None:
        yield
        return
    from swarmwire.gateway.health import health_served  # noqa: PLC0415 - slow to import

    async with health_served(gateway, listener) as address:
        say(f"health and metrics at {address}")
        yield
