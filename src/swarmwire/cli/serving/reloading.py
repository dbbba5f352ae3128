"""A policy that is read again while it is in force: all of it, or none."""

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from swarmwire.cli import exits
from swarmwire.cli.messages import say
from swarmwire.cli.policing.policies import usable_policy
from swarmwire.cli.serving.audit_file import AuditFile
from swarmwire.cli.serving.doors import DoorOptions, listeners_of
from swarmwire.gateway.listeners import Listener, ListenerError
from swarmwire.gateway.policed import PolicedClients
from swarmwire.policy import Policy, PolicyClient


class PolicyReload:
    """Reads the policy of a file again, and the file of audit records anew.

    Args:
        file: the policy's.
        doors: what its listeners were made from.
        policed: those who come in.
        audit: the file of records; None if there is none.
        page_client: whose sight the page has; None if there is no page.
    """

    def __init__(
        self,
        file: str,
        doors: DoorOptions,
        policed: PolicedClients,
        audit: AuditFile | None,
        page_client: PolicyClient | None,
    ) -> None:
        self._file = file
        self._doors = doors
        self._policed = policed
        self._audit = audit
        self._page_client = page_client

    def __call__(self) -> None:
        """Do it, or say why the policy stays as it was."""
        try:
            policy = usable_policy(self._file)
            self._refuse_other_doors(policy)
            if self._audit is not None:
                self._audit.reopen()
        except exits.Stop as err:
            say(f"the policy stays as it was: {err.message}")
            return
        except ListenerError as err:
            say(f"the policy stays as it was: {err}")
            return
        self._doors = self._doors._replace(policy=policy)
        self._policed.replace(policy)
        say(f"the policy was read again: {', '.join(policy.clients)}")

    def _refuse_other_doors(self, policy: Policy) -> None:
        before = self._doors.policy
        now = listeners_of(self._doors._replace(policy=policy))
        if _places(now) != _places(listeners_of(self._doors)):
            raise _restart("its sockets")
        if before is not None and policy.audit != before.audit:
            raise _restart("[audit]")
        client = self._page_client
        if client is not None and _sight(policy.clients.get(client.name)) != _sight(client):
            raise _restart(f"what {client.name} sees, which the page shows,")


def _restart(what: str) -> exits.Stop:
    return exits.Stop(exits.UNREADABLE, f"{what} changed, which takes a restart")


def _places(listeners: Sequence[Listener]) -> list[tuple[str, int, str]]:
    return [(each.address, each.mode, each.group) for each in listeners]


def _sight(client: PolicyClient | None) -> Any:
    if client is None:
        return None
    return client.reads, client.sights, client.hides, client.stacks, client.use


@contextmanager
def at_hangup(do: Callable[[], None]) -> Iterator[None]:
    """Do something at each SIGHUP meanwhile."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, do)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
