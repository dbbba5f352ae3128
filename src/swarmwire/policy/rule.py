"""What a rule is: its id, where it looks, what happens without an exception, and why."""

from typing import Literal, NamedTuple

RuleKind = Literal[
    "service", "network", "secret", "config", "node", "swarm", "volume", "request", "read"
]
"""What a rule judges: a spec of a kind of object, a write as a whole, or what is read."""

DefaultVerdict = Literal["always", "deny", "limit", "require", "allow"]
"""What becomes of it unless the policy says otherwise: refused whatever the policy says, refused,
refused beyond a limit, refused only if the policy requires something else, allowed."""

AllowForm = Literal["", "plain", "name", "at most"]
"""How ``allow`` opens a rule: not at all, ``oom``, ``cap.add:NAME``, ``ulimit:NAME<=NUMBER``."""


class Rule(NamedTuple):
    """One way out of a Swarm API, and what is done about it.

    Attributes:
        id: names it in refusals and in a policy: ``mount.bind``.
        kind: what it judges.
        fields: the fields of the kind's protobuf spec that it judges, by name from the spec on:
            ``task.container.mounts.type``; ``.*`` at the end takes in all that is below.
        default: what becomes of it unless the policy says otherwise.
        gives: what it would give to a client.
        opened_by: the keys of a rule set, or of a client, that open it; nothing for none.
        form: how an item of ``allow`` opens it.
        where: a request that it judges, where it is not about fields of a spec.
    """

    id: str
    kind: RuleKind
    fields: tuple[str, ...]
    default: DefaultVerdict
    gives: str
    opened_by: str = ""
    form: AllowForm = ""
    where: str = ""

    @property
    def risk(self) -> str:
        """What it would give, in short: ``gives`` up to its first clause."""
        return self.gives.partition("; ")[0].partition(". ")[0]

    @property
    def exception(self) -> str:
        """What opens it in a policy file, in words; nothing if nothing does."""
        forms = {
            "": "",
            "plain": f'allow = ["{self.id}"]',
            "name": f'allow = ["{self.id}:NAME"]',
            "at most": f'allow = ["{self.id}:NAME<=NUMBER"]',
        }
        return " or ".join(filter(None, (self.opened_by, forms[self.form])))
