"""What a write does to running tasks, judged by what a policy denies and requires."""

from typing import NamedTuple

from swarmwire.policy.ruleset import RuleSet
from swarmwire.policy.violation import Violations, violation


class WriteEffect(NamedTuple):
    """What a write does to the tasks of a service.

    Attributes:
        tasks: how many there are.
        restarts: how many of them are replaced, at most.
        removed: how many are stopped and not replaced, all at once.
        at_once: how many of those that are replaced at a time.
        stops_first: whether an old task is stopped before the new one starts.
        was_planned: whether its client has had a dry run of the very same write.
        summary: the same in a sentence.
        is_unknown: whether nobody can tell, and the rest says nothing.
    """

    tasks: int = 0
    restarts: int = 0
    removed: int = 0
    at_once: int = 0
    stops_first: bool = True
    was_planned: bool = False
    summary: str = ""
    is_unknown: bool = False


def judge_effect(effect: WriteEffect, rules: RuleSet) -> Violations:
    """Everything about the effect that is denied, or is missing before it."""
    if effect.is_unknown:
        for word in sorted(rules.deny):
            reason = "nobody can tell what the update does: a manager would most likely refuse it"
            yield violation(word, (), reason)
    everything = 0 < effect.tasks <= effect.restarts + effect.removed
    if "restart-all" in rules.deny and everything and effect.restarts:
        yield violation("restart-all", (), f"the update {effect.summary}")
    stopped = effect.removed + (effect.at_once if effect.stops_first else 0)
    if "outage" in rules.deny and everything and stopped >= effect.tasks:
        yield violation("outage", (), f"the update {effect.summary}, all of them at once")
    if "plan" in rules.require and not effect.was_planned:
        reason = "ask for the plan first: the same request with X-Swarmwire-Dry-Run: 1"
        yield violation("plan.required", (), reason)
