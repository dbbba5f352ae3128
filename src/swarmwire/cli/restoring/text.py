"""A restore as people read it, and as programs do. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from swarmwire.bundle.restore import Action, Gap, Kind, Need, Outcome, RestorePlan, Result, Step
from swarmwire.cli.tables import Cell, Table, table
from swarmwire.update import ServiceState

_ACTIONS: Final[dict[Action, Cell]] = {
    "create": Cell("create", "good"),
    "label": Cell("add labels", "good"),
    "present": Cell("already there", "dull"),
    "use": Cell("use what is there", "busy"),
    "differs": Cell("differs", "bad"),
    "cannot": Cell("cannot", "bad"),
    "skip": Cell("skip", "busy"),
}
_RESULTS: Final[dict[Result, str]] = {
    "created": "created",
    "labelled": "labelled",
    "present": "already there",
    "used": "used as it is",
    "differs": "different",
    "cannot": "impossible",
    "skipped": "skipped",
    "failed": "failed",
}


_MANY: Final = 10
"""Notes of one sort that are shown one by one, and names that are shown in one line."""


def plan_table(plan: RestorePlan) -> Table:
    """The steps, in their order."""
    rows = ((step.kind, step.name, _ACTIONS[step.action], _in_short(step)) for step in plan.steps)
    return table("KIND|NAME|STEP|WHY", rows)


def _in_short(step: Step) -> str:
    """The reason, if it is one; of many, how many there are."""
    reasons = _reasons(step)
    return f"{len(reasons)} reasons, see below" if len(reasons) > 1 else step.why


def _reasons(step: Step) -> list[str]:
    return step.why.split("; ") if step.action == "cannot" else []


def details(steps: Sequence[Step]) -> Iterator[str]:
    """What does not fit into the table: reasons, differences with their values, and notes."""
    notes: dict[tuple[Kind, str], list[tuple[str, str]]] = {}
    for step in steps:
        name = f"{step.kind} {step.name}"
        reasons = _reasons(step)
        if len(reasons) > 1:
            yield from (f"{name}: {reason}" for reason in reasons)
        yield from (f"{name}: {_shown(gap)}" for gap in step.gaps)
        for note in step.notes:
            head, _, rest = note.partition(": ")
            notes.setdefault((step.kind, head), []).append((step.name, rest))
    for (kind, head), found in notes.items():
        yield from _noted(kind, head, found)


def needs_table(plan: RestorePlan) -> Table | None:
    """What nodes must have and no bundle holds; nothing if services need nothing."""
    rows = [
        (need.service, need.what, need.name, _nodes(need))
        for step in plan.steps
        for need in step.needs
    ]
    return table("SERVICE|NEEDS|NAME|NODES", rows) if rows else None


def _nodes(need: Need) -> Cell:
    """What is known of which node."""
    parts = [
        f"{word}: {some(nodes)}"
        for word, nodes in (
            ("there", need.there),
            ("not there", need.lacking),
            ("had it before", need.was_there),
            ("not known", need.unknown),
            ("was on hosts that are gone", need.gone),
        )
        if nodes
    ]
    return Cell("; ".join(parts) or "no node may run it", "bad" if need.warning else "")


def warnings(plan: RestorePlan) -> list[str]:
    """What to see to before anything is created: each once, with the services that it is for."""
    found: dict[str, list[str]] = {}
    for step in plan.steps:
        for need in step.needs:
            if need.warning:
                found.setdefault(need.warning, []).append(need.service)
    return [f"{some(services)}: {warning}" for warning, services in found.items()]


def _shown(gap: Gap) -> str:
    if gap.found is None and gap.wanted is None:
        return gap.path
    return f"{gap.path}: is {_value(gap.found)}, would be {_value(gap.wanted)}"


def _noted(kind: Kind, head: str, found: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Notes that begin in the same way: one by one, or many of them in one line."""
    if len(found) <= _MANY:
        for name, rest in found:
            yield f"{kind} {name}: note: {head}{rest and f': {rest}'}"
        return
    rests = list(dict.fromkeys(rest for _, rest in found))
    if len(rests) > 1:
        yield f"{len(found)} {kind}s: note: {head}: {some(rests)}"
    else:
        names = some([name for name, _ in found])
        yield f"{len(found)} {kind}s: note: {head}{rests[0] and f': {rests[0]}'}: {names}"


def some(names: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    more = len(names) - _MANY
    return ", ".join(names[:_MANY]) + (f" and {more} more" if more > 0 else "")


def hints(plan: RestorePlan) -> Iterator[str]:
    """What could be done about services that are left out."""
    reasons = (reason for step in plan.steps for reason in step.why.split("; "))
    if any(reason.startswith("another ") for reason in reasons):
        yield "--use-existing lets services use what is there, though it differs"


def counted(plan: RestorePlan) -> str:
    """How many steps there are of each sort."""
    counts = Counter(step.action for step in plan.steps)
    parts = [f"{counts[action]} {cell.text}" for action, cell in _ACTIONS.items() if counts[action]]
    return ", ".join(parts) or "nothing in the bundle"


def told(outcome: Outcome) -> str:
    """One outcome on one line."""
    step = outcome.step
    why = f": {outcome.why}" if outcome.why else ""
    return f"{_RESULTS[outcome.result]:<14} {step.kind} {step.name}{why}"


def summary(outcomes: Iterable[Outcome]) -> str:
    """How many outcomes there were of each sort."""
    counts = Counter(outcome.result for outcome in outcomes)
    parts = [f"{counts[result]} {word}" for result, word in _RESULTS.items() if counts[result]]
    return ", ".join(parts) or "nothing in the bundle"


def standing(state: ServiceState) -> str:
    """How far a service is, on one line."""
    because = f": {state.reason}" if state.reason else ""
    return f"{state.name} {state.state}, {state.done} of {state.total} tasks run{because}"


def late(state: ServiceState) -> str:
    """A service that does not run as wanted, and why."""
    return f"{state.name} ({state.reason})" if state.reason else state.name


def waited(state: ServiceState) -> dict[str, Any]:
    """How far a service is, as JSON has it."""
    return {
        "name": state.name,
        "state": state.state,
        "done": state.done,
        "total": state.total,
        "text": state.reason,
    }


def document(plan: RestorePlan, outcomes: Iterable[Outcome] | None = None) -> dict[str, Any]:
    """The restore as JSON has it; with results once there are any."""
    if outcomes is None:
        steps = [msgspec.to_builtins(step) for step in plan.steps]
    else:
        steps = [_result(outcome) for outcome in outcomes]
    return {"swarm": plan.cluster_id, "from": plan.from_id, "steps": steps}


def _result(outcome: Outcome) -> dict[str, Any]:
    out: dict[str, Any] = msgspec.to_builtins(outcome.step)
    out |= {
        "result": outcome.result,
        "id": outcome.id,
        "why": outcome.why,
        "gaps": [msgspec.to_builtins(gap) for gap in outcome.gaps],
    }
    return out


def _value(value: Any) -> str:
    return "absent" if value is None else msgspec.json.encode(value).decode()
