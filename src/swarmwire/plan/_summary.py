"""The sentences of a plan."""

from collections.abc import Iterable, Sequence

from swarmwire.plan._counts import Counts
from swarmwire.plan.differences import Difference
from swarmwire.plan.effects import Effect
from swarmwire.plan.tasks import TaskVerdict

_NAMED = 3


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
