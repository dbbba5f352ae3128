"""The plan of a stack, for people and for programs. Pure."""

from typing import Any

import msgspec

from swarmwire.cli.line import one_line
from swarmwire.cli.planning.stack.plans import StackPlan
from swarmwire.cli.planning.text import Painter, View, as_text


def as_stack_text(plan: StackPlan, *, color: bool = False) -> str:
    """The plan for people."""
    paint = Painter(color=color)
    blocks = [paint("1", f"stack {one_line(plan.stack)}: {_verdict(plan)}")]
    blocks += [paint("1;31", one_line(f"refused: {text}")) for text in plan.refused]
    blocks += [as_text(view, color=color).rstrip("\n") for view in plan.updates]
    new = [paint("32", one_line(f"{one.service}: {one.summary}")) for one in plan.creations]
    for kind, names in plan.made.items():
        new += [one_line(f"{kind[:-1]} {name}: is new") for name in names]
    left = [one_line(f"{name}: is not in the files, and stays as it is") for name in plan.left]
    blocks += ["\n".join(lines) for lines in (new, left) if lines]
    return "\n\n".join([*blocks, *plan.notes]) + "\n"


def _verdict(plan: StackPlan) -> str:
    counts: dict[str, int] = {}
    for view in plan.updates:
        words = "unchanged" if view.plan.effect == "nothing" else view.plan.effect
        counts[words] = counts.get(words, 0) + 1
    for one in plan.creations:
        counts[one.effect] = counts.get(one.effect, 0) + 1
    total = len(plan.updates) + len(plan.creations)
    parts = ", ".join(f"{count} {words}" for words, count in counts.items())
    return f"{total} service{'s'[: total != 1]}" + (f": {parts}" if parts else "")


def stack_document(plan: StackPlan) -> dict[str, Any]:
    """The plan as JSON has it."""
    return {
        "stack": plan.stack,
        "updates": [_update(view) for view in plan.updates],
        "creations": msgspec.to_builtins(plan.creations),
        "new": plan.made,
        "left": list(plan.left),
        "refused": list(plan.refused),
        "notes": list(plan.notes),
    }


def _update(view: View) -> Any:
    return msgspec.to_builtins(view.plan)
