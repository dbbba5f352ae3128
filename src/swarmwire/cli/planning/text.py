"""A plan as text for people: the verdict on top, then differences, tasks, roll-out, traps. Pure.

And a conflict between two changes: which fields both changed, and what each made of them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from swarmwire.cli.planning.placement import placement_lines
from swarmwire.cli.terminal import Painter, one_line, wrapped
from swarmwire.placement import PlacementForecast
from swarmwire.plan import Difference, Effect, Plan, Rollout, TaskVerdict, Trap, differences
from swarmwire.update import UpdateConflict

_LONGEST = 300
_WIDTH = 96
_MOST_TASKS = 50
_SECOND = 1_000_000_000

_STYLES: Final[dict[Effect, str]] = {
    "refused": "1;31",
    "restarts": "1;31",
    "scales": "33",
    "metadata only": "32",
    "ignored": "35",
    "nothing": "2",
}
_SIGNS: Final = {"added": "+", "removed": "-", "changed": "~", "reordered": "%"}
_SIGN_STYLES: Final = {"+": "32", "-": "31", "~": "33", "%": "33"}
_ACTION_STYLES: Final = {"restarts": "31", "removed": "31", "added": "32", "unknown": "33"}


class View(NamedTuple):
    """A plan, and what else is to be told of it.

    ``hosts`` are names of nodes by ID; ``notes`` are sentences of their own.
    """

    plan: Plan
    hosts: Mapping[str, str] = {}
    notes: tuple[str, ...] = ()
    is_sent_anyway: bool = False
    """Whether the update is sent even if nothing differs."""
    places: PlacementForecast | None = None
    """Where new tasks find a place, if the swarm was asked."""


def as_text(view: View, *, color: bool = False) -> str:
    """The plan for people."""
    paint = Painter(color=color)
    plan = view.plan
    head = f"{one_line(plan.service)}: {one_line(verdict(view))}"
    blocks = [paint(_STYLES[plan.effect], head)]
    blocks += [
        "\n".join(lines)
        for lines in (
            list(_refusals(plan)),
            [line for each in plan.differences for line in as_lines(each, paint)],
            list(_tasks(view, paint)),
            list(_rollout(plan.rollout)),
            [] if view.places is None else list(placement_lines(view.places, view.hosts)),
            list(_traps(view, paint)),
            [line for note in (*view.notes, *_doubts(plan)) for line in wrapped(note, "  ")],
        )
        if lines
    ]
    return "\n\n".join(blocks) + "\n"


def verdict(view: View) -> str:
    """What happens, in one sentence."""
    plan = view.plan
    if plan.differences or view.is_sent_anyway or plan.effect in ("nothing", "refused"):
        return plan.summary
    return f"nothing differs, nothing is written; sent all the same, it {plan.summary}"


def _refusals(plan: Plan) -> Iterator[str]:
    if len(plan.refusals) > 1:
        for refusal in plan.refusals:
            where = f"{refusal.path}: " if refusal.path else ""
            yield f"  refused: {one_line(where + refusal.reason)}"


def as_lines(difference: Difference, paint: Painter) -> Iterator[str]:
    """One difference, for people."""
    sign = _SIGNS[difference.operation]
    effect = paint(_STYLES[difference.effect], f"({difference.effect})")
    head = f"  {paint(_SIGN_STYLES[sign], sign)} {one_line(difference.path)}"
    old, new = value_text(difference.old), value_text(difference.new)
    if difference.operation == "added":
        yield f"{head}: {new}  {effect}"
    elif difference.operation == "removed":
        yield f"{head}: {old}  {effect}"
    elif len(old) + len(new) + len(difference.path) < _WIDTH:
        yield f"{head}: {old} -> {new}  {effect}"
    else:
        yield f"{head}  {effect}"
        yield f"      {paint('31', '-')} {old}"
        yield f"      {paint('32', '+')} {new}"


def value_text(value: Any) -> str:
    """A value as JSON on one line, cut where it is long."""
    text = one_line(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def _tasks(view: View, paint: Painter) -> Iterator[str]:
    verdicts = view.plan.tasks
    if not verdicts:
        return
    yield "  Tasks:"
    for verdict in verdicts[:_MOST_TASKS]:
        place = str(verdict.slot) if verdict.slot or not verdict.node else ""
        host = view.hosts.get(verdict.node, verdict.node) or "-"
        action = paint(_ACTION_STYLES.get(verdict.action, ""), f"{verdict.action:<8}")
        line = f"    {action}  {place:>4}  {verdict.task or '(new)':<25}  {one_line(host)}"
        yield f"{line}{_reason(verdict)}"
    if len(verdicts) > _MOST_TASKS:
        yield f"    … and {len(verdicts) - _MOST_TASKS} more; --format json lists them all"


def _reason(verdict: TaskVerdict) -> str:
    if verdict.why:
        return f"  ({verdict.why})"
    paths = [reason.path for reason in verdict.reasons]
    if not paths:
        return ""
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"  {one_line(paths[0])}{more}"


def _rollout(rollout: Rollout | None) -> Iterator[str]:
    if rollout is None:
        return
    at_a_time = f"{rollout.parallelism} at a time" if rollout.parallelism else "all at once"
    minimum = "" if rollout.minimum is None else f", at least {_seconds(rollout.minimum)}"
    yield (
        f"  Roll-out: {rollout.order}, {at_a_time}, {_seconds(rollout.delay)} between batches,"
        f" {_seconds(rollout.monitor)} watched{minimum}; on failure: {rollout.failure_action}"
    )


def _seconds(nanoseconds: int) -> str:
    return f"{nanoseconds / _SECOND:g}s"


def _traps(view: View, paint: Painter) -> Iterator[str]:
    plan = view.plan
    traps = list(plan.traps if plan.differences or view.is_sent_anyway else ())
    known = {trap.code for trap in traps}
    for each in () if view.places is None else view.places.services:
        traps += [trap for trap in each.traps if trap.code not in known]
    yield from trap_lines(traps, paint)


def trap_lines(traps: Iterable[Trap], paint: Painter) -> Iterator[str]:
    """Traps, for people."""
    for trap in traps:
        where = f"{one_line(trap.path)}: " if trap.path else ""
        first, *rest = wrapped(f"{where}{trap.text}", "    ")
        yield f"  {paint('33', '!')} {first.lstrip()}"
        yield from rest


def _doubts(plan: Plan) -> Iterator[str]:
    if not plan.exactness.exact:
        yield plan.exactness.text


def as_conflict(conflict: UpdateConflict, *, color: bool = False) -> str:
    """Which fields both changed, and what each made of them."""
    paint = Painter(color=color)
    if not conflict.paths:
        return paint("1;31", "Conflict: the service has another spec than the one planned for.\n")
    lines = [paint("1;31", "Conflict: this change and another one touch the same:")]
    lines += [f"  {one_line(path)}" for path in conflict.paths]
    for title, other in (("This change", conflict.ours), ("The other one", conflict.theirs)):
        lines.append(f"{title}:")
        found = _at(differences(conflict.base, other), conflict.paths)
        lines += [line for each in found for line in as_lines(each, paint)]
    return "\n".join(lines) + "\n"


def _at(found: Iterable[Difference], paths: tuple[str, ...]) -> Iterator[Difference]:
    """The differences at these paths; an element of a list is found by its list."""
    fields = tuple(path.partition("[")[0] for path in paths)
    for difference in found:
        if difference.path.startswith(fields) or any(
            field.startswith(difference.path.partition("[")[0]) for field in fields
        ):
            yield difference
