"""How many tasks stay, restart, come and go."""

from collections.abc import Sequence

import msgspec

from swarmwire import pb
from swarmwire.plan.effects import Effect
from swarmwire.plan.tasks import Fate, TaskVerdict


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of tasks; ``tasks`` is how many there are before the update.

    ``unknown`` are those of which only their nodes could tell whether they restart.
    """

    tasks: int
    kept: int = 0
    restarts: int = 0
    removed: int = 0
    added: int = 0
    unknown: int = 0


def counted(fate: Fate) -> Counts:
    """The numbers of the tasks that were judged one by one."""
    found = dict.fromkeys(("kept", "restarts", "removed", "added", "unknown"), 0)
    for verdict in fate.verdicts:
        found[verdict.action] += 1
    found["added"] += fate.unlisted
    return Counts(tasks=sum(1 for verdict in fate.verdicts if verdict.task), **found)


def assumed(
    old: pb.ServiceSpec, new: pb.ServiceSpec, effect: Effect, *, depends: bool
) -> Counts | None:
    """The numbers if every replica of ``old`` runs; None if the mode does not tell how many."""
    if not old.HasField("replicated") or not new.HasField("replicated"):
        return None
    before, after = old.replicated.replicas, new.replicated.replicas
    stay = min(before, after)
    touched = stay if effect == "restarts" else 0
    return Counts(
        tasks=before,
        kept=stay - touched,
        restarts=0 if depends else touched,
        unknown=touched if depends else 0,
        removed=before - stay,
        added=after - stay,
    )


def updated_slots(verdicts: Sequence[TaskVerdict]) -> int | None:
    """How many slots the roll-out goes through; None if that depends on unknown nodes."""
    if any(verdict.action == "unknown" for verdict in verdicts):
        return None
    return len(
        {
            (verdict.slot, verdict.node if not verdict.slot else "")
            for verdict in verdicts
            if verdict.action == "restarts" or verdict.why == "superseded"
        }
    )
