"""The clients of a policy at a gateway: who a caller is, and the swarm that it is judged by."""

import time

from swarmwire.gateway.listeners import KnownCaller
from swarmwire.gateway.mirror import Mirror
from swarmwire.gateway.stacks import counts_of
from swarmwire.policy import (
    BoundClient,
    Caller,
    ClientLimits,
    Policy,
    PolicyClient,
    StackCounts,
    UnknownCaller,
)


class PolicedClients:
    """Says who a caller is by a policy: what a ``Listener`` asks.

    Args:
        policy: the policy.
        mirror: the gateway's.
    """

    def __init__(self, policy: Policy, mirror: Mirror) -> None:
        self._policy = policy
        self._mirror = mirror
        # One for each client as long as the policy lasts: what is hidden from it is kept by it.
        self._bound: dict[str, BoundClient] = {}
        self._limits: dict[str, ClientLimits] = {}

    def identify(self, caller: Caller) -> KnownCaller | None:
        """The client that a caller is, and what it may do; None if it is none, or several."""
        try:
            client = self._policy.client_of(caller)
        except UnknownCaller:
            return None
        limits = self._limits.setdefault(client.name, ClientLimits(client.rate, time.monotonic))
        return KnownCaller(client.name, self.bound_client(client), _told_by(client, caller), limits)

    def replace(self, policy: Policy) -> None:
        """Take another policy, from the next request on.

        Of a client that is and may what it was and might, the permission stays the same object.
        What clients have open counts on.
        """
        self._policy = policy
        now = policy.clients
        self._bound = {
            name: bound
            for name, bound in self._bound.items()
            if bound.client.is_alike(now.get(name))
        }
        self._limits = {name: each for name, each in self._limits.items() if name in now}
        for name, limits in self._limits.items():
            limits.adjust(now[name].rate)

    def bound_client(self, client: PolicyClient) -> BoundClient:
        """The client of the policy with what is known of the swarm."""
        bound = self._bound.get(client.name)
        if bound is None:
            bound = self._bound[client.name] = client.bound(self._mirror.find, self._counted)
        return bound

    def _counted(self, stack: str, but: str) -> StackCounts:
        return counts_of(self._mirror, stack, but)


def _told_by(client: PolicyClient, caller: Caller) -> str:
    identity = client.identity
    parts = [f"socket={identity.socket}"] if identity.socket else []
    parts += [f"cert={name}" for name in sorted(identity.cert)]
    if identity.uid:
        parts.append(f"uid={caller.uid}")
    return " ".join(parts)
