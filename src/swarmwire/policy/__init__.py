"""What each client of a Swarm API may read, see and write, and why a write is refused. Pure.

``Policy.load`` reads a policy file; its clients judge writes (``PolicyClient.judge_write``), by the
message that will be sent and the object that is stored. ``RULES`` are all rules as data: each way
out of a Swarm API with the fields that it looks at. ``learn`` writes a policy from what was asked;
``AuditLog`` writes what was decided, or refuses.
"""

from swarmwire.policy.audit import AuditLog, AuditRecord
from swarmwire.policy.catalogue import RULES, paths_of
from swarmwire.policy.client import BoundClient, PolicyClient
from swarmwire.policy.errors import AuditFailed, PolicyError, PolicyProblem, UnknownCaller
from swarmwire.policy.identity import Caller, ClientIdentity, certificate_names
from swarmwire.policy.judging.effects import WriteEffect
from swarmwire.policy.learning import ObservedWrite, learn
from swarmwire.policy.limits import ClientLimits, Rate, TokenBucket
from swarmwire.policy.policy import Policy
from swarmwire.policy.reading import AuditSettings
from swarmwire.policy.rule import Rule
from swarmwire.policy.ruleset import RuleSet
from swarmwire.policy.scope import STACK_LABEL, Lookup, StackCounts
from swarmwire.policy.violation import Opening, PolicyViolation, refusal_text

__all__ = [
    "RULES",
    "STACK_LABEL",
    "AuditFailed",
    "AuditLog",
    "AuditRecord",
    "AuditSettings",
    "BoundClient",
    "Caller",
    "ClientIdentity",
    "ClientLimits",
    "Lookup",
    "ObservedWrite",
    "Opening",
    "Policy",
    "PolicyClient",
    "PolicyError",
    "PolicyProblem",
    "PolicyViolation",
    "Rate",
    "Rule",
    "RuleSet",
    "StackCounts",
    "TokenBucket",
    "UnknownCaller",
    "WriteEffect",
    "certificate_names",
    "learn",
    "paths_of",
    "refusal_text",
]
