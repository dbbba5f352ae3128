"""A policy: clients, and which of them a caller is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from swarmwire.policy.client import PolicyClient
from swarmwire.policy.errors import UnknownCaller
from swarmwire.policy.identity import Caller
from swarmwire.policy.reading import read_policy


@dataclass(frozen=True)
class Policy:
    """What a policy file says. Nothing is allowed that it does not name.

    Attributes:
        clients: by name, in the order of the file.
        audit_file: where audit records go; nothing if the file does not say.
    """

    clients: Mapping[str, PolicyClient]
    audit_file: str = ""

    @classmethod
    def load(cls, text: str) -> Self:
        """The policy of a file.

        Raises:
            PolicyError: everything that is wrong with it, with lines and paths.
        """
        clients, audit_file = read_policy(text)
        return cls(clients, audit_file)

    def client_of(self, caller: Caller) -> PolicyClient:
        """The client that a caller is.

        Raises:
            UnknownCaller: none, or more than one.
        """
        found = [client for client in self.clients.values() if client.identity.is_of(caller)]
        if len(found) != 1:
            raise UnknownCaller([client.name for client in found])
        return found[0]
