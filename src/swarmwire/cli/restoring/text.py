"""A restore as people read it, and as programs do. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from swarmwire.bundle.restore import Action, Outcome, Plan, Result, Step
from swarmwire.cli.live.tables import Cell, Table, table

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


def plan_table(plan: Plan) -> Table:
    """The steps, in their order."""
    rows = ((step.kind, step.name, _ACTIONS[step.action], step.why) for step in plan.steps)
    return table("KIND|NAME|STEP|WHY", rows)


def details(steps: Iterable[Step]) -> Iterator[str]:
    """What does not fit into the table: differences with their values, and notes."""
    for step in steps:
        name = f"{step.kind} {step.name}"
        for gap in step.gaps:
            values = f": is {_value(gap.found)}, would be {_value(gap.wanted)}"
            shown = "" if gap.found is None and gap.wanted is None else values
            yield f"{name}: {gap.path}{shown}"
        for note in step.notes:
            yield f"{name}: note: {note}"


def counted(plan: Plan) -> str:
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


def document(plan: Plan, outcomes: Iterable[Outcome] | None = None) -> dict[str, Any]:
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
