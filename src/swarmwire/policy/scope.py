"""What a write is judged by: the client's stacks and rules, and what is known of the swarm."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from swarmwire import pb
from swarmwire.policy.patterns import any_matches, is_under
from swarmwire.policy.rivals import Rivals
from swarmwire.policy.ruleset import STRICT, RuleSet

STACK_LABEL: Final = "com.docker.stack.namespace"
"""The label by which ``docker stack deploy`` marks what belongs to a stack."""

Lookup = Callable[[str, str], pb.Message | None]
"""Gives the stored object for a kind (``network``, ``secret``, ``config``) and an id or a name;
None if there is none."""


Mounters = Callable[[str], Collection[str]]
"""Gives the stacks whose services mount a volume of a node, by the volume's name."""


def _mounted_by_nobody(_volume: str) -> Collection[str]:
    return ()


class StackCounts(NamedTuple):
    """What a stack has, without the object that is judged, and which stacks there are.

    Attributes:
        services: how many.
        ports: how many ports they publish.
        networks: how many.
        secrets: how many.
        configs: how many.
        stacks: the names of all stacks of the swarm.
        mounters: tells which of them mount a volume.
    """

    services: int = 0
    ports: int = 0
    networks: int = 0
    secrets: int = 0
    configs: int = 0
    stacks: frozenset[str] = frozenset()
    mounters: Mounters = _mounted_by_nobody


@dataclass(frozen=True)
class Uses:
    """Objects of others that a client may use, as patterns of names."""

    networks: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    configs: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()


class Scope(NamedTuple):
    """What a spec is judged by.

    Attributes:
        rules: what is opened.
        stacks: patterns of the stacks that the client may write.
        use: objects of others that it may use.
        stack: the stack that the object belongs to; nothing if it says none, or not one of those.
        lookup: gives stored objects; None offline, where names are taken as they stand.
        counts: what that stack has.
        rivals: stacks of others, whose names may begin with that of one of the client's.
    """

    rules: RuleSet = STRICT
    stacks: tuple[str, ...] = ()
    use: Uses = Uses()
    stack: str = ""
    lookup: Lookup | None = None
    counts: StackCounts = StackCounts()
    rivals: Rivals = Rivals()

    def owns(self, labels: Mapping[str, str]) -> bool:
        """Whether an object with these labels belongs to a stack of the client."""
        stack = labels.get(STACK_LABEL, "")
        return bool(stack) and any_matches(self.stacks, stack)

    def owns_name(self, name: str) -> bool:
        """Whether a name is one that an object of a stack of the client has: ``shop_data``."""
        return is_under(self.stacks, name) and not self.rivals.claim(name)

    def owns_volume(self, volume: str) -> bool:
        """Whether a volume that is named as the stack's own is of no stack of somebody else.

        Nodes keep no owner of a volume: only its name and who mounts it can tell. Who mounts it
        already keeps it.
        """
        if not self.rivals.begin(volume):
            return True
        mounters = self.counts.mounters(volume)
        if self.stack in mounters:
            return True
        return not self.rivals.claim(volume) and not any(
            stack and volume.startswith(f"{stack}_") and not any_matches(self.stacks, stack)
            for stack in mounters
        )
