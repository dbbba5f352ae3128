"""What is read again while it is in force, the policy and the files for TLS: all of it, or none."""

from collections.abc import Sequence
from typing import Any

from swarmwire.cli import exits
from swarmwire.cli.messages import say
from swarmwire.cli.policing.policies import usable_policy
from swarmwire.cli.serving.audit_file import AuditFile
from swarmwire.cli.serving.doors import DoorOptions, files_by_option, listeners_of
from swarmwire.gateway import Gateway
from swarmwire.gateway.listeners import Listener, ListenerError
from swarmwire.gateway.policed import PolicedClients
from swarmwire.policy import Policy, PolicyClient


class Reload:
    """Reads again what can change: a policy with its file of audit records, and certificates.

    Args:
        gateway: whose clients they are.
        doors: what its listeners were made from.
        file: the policy's; nothing if there is none.
        policed: those who come in by the policy; None if there is none.
        audit: the file of records; None if there is none.
        page_client: whose sight the page has; None if there is no page.
    """

    def __init__(  # noqa: PLR0913 - all that there is to be changed
        self,
        gateway: Gateway,
        doors: DoorOptions,
        *,
        file: str,
        policed: PolicedClients | None,
        audit: AuditFile | None,
        page_client: PolicyClient | None,
    ) -> None:
        self._gateway = gateway
        self._doors = doors
        self._file = file
        self._policed = policed
        self._audit = audit
        self._page_client = page_client

    def __call__(self) -> None:
        """Do it, or say why everything stays as it was."""
        tls = self._doors.tls
        if tls is None and self._policed is None:
            say("everything stays as it was: there is no policy, and there are no files for TLS")
            return
        try:
            policy = usable_policy(self._file) if self._policed is not None else None
            if policy is not None:
                self._refuse_other_doors(policy)
            with files_by_option():
                context = None if tls is None else tls.read()
            if self._audit is not None:
                self._audit.reopen()
        except exits.Stop as err:
            say(f"everything stays as it was: {err.message}")
            return
        except ListenerError as err:
            say(f"everything stays as it was: {err}")
            return
        if tls is not None and context is not None:
            tls.use(context)
            say("the files for TLS were read again: each new connection has what they hold")
        if self._policed is not None and policy is not None:
            self._take(self._policed, policy)

    def _take(self, policed: PolicedClients, policy: Policy) -> None:
        self._doors = self._doors._replace(policy=policy)
        policed.replace(policy)
        ended = self._gateway.end_outdated_streams()
        streams = f"; {ended} {'stream ends' if ended == 1 else 'streams end'}" if ended else ""
        say(f"the policy was read again: {', '.join(policy.clients)}{streams}")

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
