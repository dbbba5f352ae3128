"""One client of a policy: what it may read, see and write. The seam to a gateway."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import islice
from typing import Any, Final, TypeVar, cast

from swarmwire import engine, pb
from swarmwire.policy.hiding import hidden, hidden_message, reduced_info
from swarmwire.policy.identity import ClientIdentity
from swarmwire.policy.judging.containers import judge_image
from swarmwire.policy.judging.effects import WriteEffect, judge_effect
from swarmwire.policy.judging.writes import judge
from swarmwire.policy.limits import Rate
from swarmwire.policy.rivals import rivals_of
from swarmwire.policy.ruleset import STRICT, RuleSet
from swarmwire.policy.scope import STACK_LABEL, Lookup, Scope, StackCounts, Uses
from swarmwire.policy.sight import Sight, is_seen
from swarmwire.policy.violation import PolicyViolation, violation
from swarmwire.spec import copied

_Shown = TypeVar("_Shown")
_Stored = TypeVar("_Stored", bound=pb.Message)

READABLE: Final = (
    "services",
    "tasks",
    "nodes",
    "networks",
    "secrets",
    "configs",
    "volumes",
    "swarm",
    "info",
    "events",
    "logs",
    "distribution",
)
"""The words of ``read``."""
WRITABLE: Final = ("services", "networks", "secrets", "configs", "nodes", "swarm")
"""The words of ``write``."""
CountsOf = Callable[[str, str], StackCounts]
"""Gives what a stack has, without the object of an id, by its name and that id."""
_NO_COUNTS: Final = StackCounts()
_NOBODY: Final = ClientIdentity()
_NO_USES: Final = Uses()
_RATE: Final = Rate()
_MOST_TOLD: Final = 200
"""Of what a write breaks: whoever sends more nonsense than that learns no more from it."""


@dataclass(frozen=True, eq=False)
class PolicyClient:
    """What one client may do. Whatever is not named, it may not. Each is equal to itself alone.

    Attributes:
        name: as the file calls it.
        identity: who it is.
        mode: permissions of its socket.
        group: the group that its socket belongs to; nothing for that of the server.
        reads: kinds that it may read, see ``READABLE``.
        sights: what it may see besides its own stacks.
        hides: what is taken out of what it reads, see ``hiding.HIDEABLE``.
        writes: kinds that it may write, see ``WRITABLE``.
        stacks: patterns of the stacks whose objects it may write.
        use: objects of others that it may use.
        rules: what is opened of the rules.
        rate: how much it may ask for.
    """

    name: str
    identity: ClientIdentity = _NOBODY
    mode: int = 0o660
    group: str = ""
    reads: frozenset[str] = frozenset()
    sights: tuple[Sight, ...] = ()
    hides: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    stacks: tuple[str, ...] = ()
    use: Uses = _NO_USES
    rules: RuleSet = STRICT
    rate: Rate = _RATE

    def judge_write(  # noqa: PLR0913 - a write, and what is known of the swarm
        self,
        operation: str,
        kind: str,
        new: pb.Message | None,
        old: pb.Message | None,
        *,
        lookup: Lookup | None = None,
        counts: StackCounts = _NO_COUNTS,
    ) -> tuple[PolicyViolation, ...]:
        """Everything that a write breaks; nothing if it is allowed. Changes neither message.

        Of more than 200 violations the first ones are told.

        Args:
            operation: ``service.create``, ``.update``, ``.rollback``, ``.remove``, the same of
                ``network``, ``secret``, ``config``; ``node.update``, ``node.remove``,
                ``swarm.update``. Any other is refused.
            kind: ``service``, ``network``, ``secret``, ``config``, ``node``, ``swarm``.
            new: the spec that will be sent, as it will be sent; None where none is.
            old: the stored object (``pb.Service`` …) at the version that will be written; None
                where there is none. A rollback is judged by its ``previous_spec``.
            lookup: gives stored networks, secrets and configs by id or name. Without it, ids are
                passed over and names are taken as they stand.
            counts: what the object's stack has, without the object.
        """
        if not self.may_write(kind):
            word = _plural(kind)
            reason = f"client {self.name} may not write {word}"
            key = "write" if word in WRITABLE else ""
            return (violation("write", (), reason, key, word),)
        rivals = rivals_of(self.stacks, counts.stacks)
        scope = self._scope._replace(lookup=lookup, counts=counts, rivals=rivals)
        found = judge(operation, kind, new, old, scope)
        return tuple(dict.fromkeys(islice(found, _MOST_TOLD)))

    def may_write(self, kind: str) -> bool:
        """Whether it may write objects of a kind at all: ``service`` or ``services``."""
        return _plural(kind) in self.writes

    def may_read(self, kind: str) -> bool:
        """Whether it may read objects of a kind at all: ``service`` or ``services``."""
        return _plural(kind) in self.reads

    def judge_image(self, image: str) -> tuple[PolicyViolation, ...]:
        """Why it may not run an image, and so may not look it up; nothing if it may.

        Args:
            image: its reference: ``nginx:1.27``.
        """
        return tuple(judge_image(image, (), self.rules))

    @property
    def judges_effects(self) -> bool:
        """Whether ``judge_effect`` refuses anything at all."""
        return bool(self.rules.deny) or "plan" in self.rules.require

    def judge_effect(self, effect: WriteEffect) -> tuple[PolicyViolation, ...]:
        """Why a write is refused for what it does to running tasks; nothing if it is not."""
        return tuple(judge_effect(effect, self.rules))

    def sees(self, kind: str, message: Any) -> bool:
        """Whether an object exists for it. For all others the answer is that of an engine: 404.

        Args:
            kind: ``service``, ``task``, ``network``, ``secret``, ``config``, ``node``, ``swarm``.
            message: the stored object; of a task, too, whose service's labels count.
        """
        return is_seen(kind, message, self.sights, self._scope)

    def hide(self, kind: str, shown: _Shown) -> _Shown:
        """An object as it may be shown to it; a copy if something is taken out.

        Args:
            kind: what it is; of ``info``, what is shown is a plain dict.
            shown: as the engine shows it.
        """
        if kind == "info" and isinstance(shown, dict):
            return reduced_info(shown)
        return hidden(shown, self.hides) if isinstance(shown, engine.EngineObject) else shown

    def hide_stored(self, message: _Stored) -> _Stored:
        """A stored object as ``hide`` would leave it; data of secrets and configs aside."""
        return hidden_message(message, self.hides)

    def is_alike(self, other: "PolicyClient | None") -> bool:
        """Whether a client, of another file perhaps, is told by the same and may do the same."""
        return other is not None and all(
            getattr(self, each.name) == getattr(other, each.name) for each in fields(self)
        )

    def bound(self, lookup: Lookup, counts: CountsOf) -> "BoundClient":
        """The client with what is known of a swarm, for those who ask with four arguments."""
        return BoundClient(self, lookup, counts)

    @cached_property
    def _scope(self) -> Scope:
        return Scope(self.rules, self.stacks, self.use)


class BoundClient:
    """A client of a policy and the swarm that it asks; the same questions.

    Attributes:
        client: what it may do.
    """

    def __init__(self, client: PolicyClient, lookup: Lookup, counts: CountsOf) -> None:
        self.client = client
        self._lookup = lookup
        self._counts = counts

    def judge_write(
        self, operation: str, kind: str, new: pb.Message | None, old: pb.Message | None, /
    ) -> tuple[PolicyViolation, ...]:
        """See ``PolicyClient.judge_write``."""
        about: Any = old if new is None else new
        annotations = getattr(getattr(about, "spec", about), "annotations", pb.Annotations())
        counts = self._counts(annotations.labels.get(STACK_LABEL, ""), getattr(old, "id", ""))
        return self.client.judge_write(
            operation, kind, new, old, lookup=self._lookup, counts=counts
        )

    def judge_image(self, image: str, /) -> tuple[PolicyViolation, ...]:
        """See ``PolicyClient.judge_image``."""
        return self.client.judge_image(image)

    @property
    def judges_effects(self) -> bool:
        """See ``PolicyClient.judges_effects``."""
        return self.client.judges_effects

    def judge_effect(self, effect: WriteEffect, /) -> tuple[PolicyViolation, ...]:
        """See ``PolicyClient.judge_effect``."""
        return self.client.judge_effect(effect)

    def may_read(self, kind: str, /) -> bool:
        """See ``PolicyClient.may_read``."""
        return self.client.may_read(kind)

    def sees(self, kind: str, message: Any, /) -> bool:
        """See ``PolicyClient.sees``."""
        return self.client.sees(kind, message)

    def hide(self, kind: str, shown: Any, /) -> Any:
        """See ``PolicyClient.hide``; addresses in networks that it does not see are left out."""
        kept = self.client.hide(kind, shown)
        if isinstance(kept, engine.Service) and kept.endpoint is not None:
            kept.endpoint.virtual_ips = [
                one for one in kept.endpoint.virtual_ips if self._sees_network(one.network_id)
            ]
        if isinstance(kept, engine.Task):
            kept.networks_attachments = [
                one for one in kept.networks_attachments if self._sees_network(one.network.id)
            ]
        return kept

    def hide_stored(self, message: _Stored) -> _Stored:
        """A stored object as ``hide`` would leave it."""
        kept = self.client.hide_stored(message)
        if isinstance(kept, pb.Task) and kept.networks:
            seen = [one for one in kept.networks if self._sees_network(one.network.id)]
            if len(seen) < len(kept.networks):
                return cast("_Stored", _with_networks(kept, seen))
        return kept

    def _sees_network(self, id_: str) -> bool:
        stored = self._lookup("network", id_)
        return stored is not None and self.client.sees("network", stored)


def _with_networks(task: pb.Task, attachments: list[Any]) -> pb.Task:
    out = copied(task)
    del out.networks[:]
    out.networks.extend(attachments)
    return out


_PLURALS: Final = {word.removesuffix("s"): word for word in (*READABLE, *WRITABLE)}


def _plural(kind: str) -> str:
    return _PLURALS.get(kind, kind)
