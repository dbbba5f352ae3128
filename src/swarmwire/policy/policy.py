"""A policy: clients, and which of them a caller is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from swarmwire.policy.client import PolicyClient
from swarmwire.policy.errors import UnknownCaller
from swarmwire.policy.identity import Caller
from swarmwire.policy.reading import AuditSettings, read_policy

_NO_AUDIT: Final = AuditSettings()


@dataclass(frozen=True)
class Policy:
    """What a policy file says. Nothing is allowed that it does not name.

    Attributes:
        clients: by name, in the order of the file.
        audit: where audit records go, and of what there are some.
    """

    clients: Mapping[str, PolicyClient]
    audit: AuditSettings = _NO_AUDIT

    @classmethod
    def load(cls, text: str) -> Self:
        """The policy of a file.

        Raises:
            PolicyError: everything that is wrong with it, with lines and paths.
        """
        clients, audit = read_policy(text)
        return cls(clients, audit)

    @property
    def audit_file(self) -> str:
        """Where audit records go; nothing if the file does not say."""
        return self.audit.file

    def client_of(self, caller: Caller) -> PolicyClient:
        """The client that a caller is.

        Raises:
            UnknownCaller: none, or more than one.
        """
        found = [client for client in self.clients.values() if client.identity.is_of(caller)]
        if len(found) != 1:
            raise UnknownCaller([client.name for client in found])
        return found[0]
