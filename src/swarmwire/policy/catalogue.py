"""All rules, and what is asked of them: by id, and which fields of a spec they know."""

from functools import cache
from typing import Final

from swarmwire.policy.container_rules import CONTAINER_RULES
from swarmwire.policy.fields import SPECS, all_fields
from swarmwire.policy.object_rules import OBJECT_RULES
from swarmwire.policy.rule import Rule
from swarmwire.policy.service_rules import SERVICE_RULES

RULES: Final = {rule.id: rule for rule in (*CONTAINER_RULES, *SERVICE_RULES, *OBJECT_RULES)}
"""All rules by id, in the order in which they are explained."""

SHORT_IDS: Final = {"label": "label.automation", "global": "replicas.global"}
"""What a policy may write for the id of a rule."""


@cache
def known_fields(kind: str) -> frozenset[str]:
    """The fields of a kind's spec that a rule names; ``.*`` takes in all that is below."""
    every = all_fields(SPECS[kind].DESCRIPTOR)
    named = {field for rule in RULES.values() if rule.kind == kind for field in rule.fields}
    return frozenset(name for name in every if name in named or _is_below(name, named))


def _is_below(name: str, named: set[str]) -> bool:
    steps = name.split(".")
    return any(".".join(steps[:length]) + ".*" in named for length in range(1, len(steps) + 1))


def paths_of(rule: Rule) -> tuple[str, ...]:
    """The paths of the Engine API that a rule looks at: ``TaskTemplate.ContainerSpec.Image``."""
    if rule.kind not in SPECS:
        return ()
    every = all_fields(SPECS[rule.kind].DESCRIPTOR)
    found: list[str] = []
    for field in rule.fields:
        below = field.removesuffix("*")
        found += [
            path for name, path in every.items() if name == field or is_at(name, field, below)
        ]
    return tuple(dict.fromkeys(found))


def is_at(name: str, field: str, below: str) -> bool:
    """Whether a field lies below one that a rule names with ``.*``."""
    return field.endswith(".*") and (name.startswith(below) or name == below.removesuffix("."))
