"""An update in numbers and in one sentence."""

from collections.abc import Iterable, Sequence

import msgspec

from swarmwire import pb
from swarmwire.plan.differences import Difference, Effect
from swarmwire.plan.tasks import Fate, TaskVerdict

_NAMED = 3


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of tasks; ``tasks`` is how many there are before the update.

    ``unknown`` are those of which only their nodes could tell whether they restart.
    """

    tasks: int
    kept: int
    restarts: int
    removed: int
    added: int
    unknown: int


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


def summary(
    effect: Effect,
    counts: Counts | None,
    differences: Sequence[Difference],
    verdicts: Sequence[TaskVerdict],
    *,
    job: bool,
) -> str:
    """What an update does, in one sentence without a full stop; a refused one has its own."""
    if job:
        return "runs the job again, as any update does"
    if effect == "nothing":
        return "changes nothing"
    if effect == "restarts":
        parts = [_restarts(counts) + _because(differences, verdicts), *_scales(counts)]
    else:
        parts = [*_scales(counts), "restarts no task" + _although(differences)]
    return ", ".join(parts)


def _restarts(counts: Counts | None) -> str:
    if counts is None:
        return "restarts all tasks"
    if counts.unknown:
        most = counts.restarts + counts.unknown
        least = f"{counts.restarts} to " if counts.restarts else "up to "
        return f"restarts {least}{_tasks(most, counts.tasks)}, depending on their nodes"
    return f"restarts {_tasks(counts.restarts, counts.tasks)}"


def _tasks(count: int, of: int) -> str:
    return f"{count} of {of} task{'' if of == 1 else 's'}"


def _because(differences: Sequence[Difference], verdicts: Sequence[TaskVerdict]) -> str:
    changed = _fields(item.path for item in differences if item.effect == "restarts")
    reasons = _fields(
        reason.path
        for verdict in verdicts
        for reason in verdict.reasons
        if verdict.action in ("restarts", "unknown")
    )
    causes = [path for path in changed if not reasons or path in reasons]
    if causes:
        return f", because {_listed(causes)} changed"
    return f", because their {_listed(reasons)} is of an earlier spec" if reasons else ""


def _although(differences: Iterable[Difference]) -> str:
    changed = _fields(item.path for item in differences if item.effect != "scales")
    return f" although {_listed(changed)} changed" if changed else ""


def _scales(counts: Counts | None) -> list[str]:
    if counts is None:
        return []
    steps = (("adds", counts.added), ("removes", counts.removed))
    return [f"{verb} {count} task{'' if count == 1 else 's'}" for verb, count in steps if count]


def _fields(paths: Iterable[str]) -> list[str]:
    """The paths without what is in brackets and after it, once each."""
    return list(dict.fromkeys(path.partition("[")[0] for path in paths))


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:_NAMED])
    if len(names) > _NAMED:
        shown.append(f"{len(names) - _NAMED} more")
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"
