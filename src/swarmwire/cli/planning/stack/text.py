"""The plan of a stack, for people and for programs. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from swarmwire.cli.planning import codes
from swarmwire.cli.planning.placement import placement_lines
from swarmwire.cli.planning.planning import view_of
from swarmwire.cli.planning.text import View, as_text, trap_lines
from swarmwire.cli.planning.usage import CHANGES, ERROR
from swarmwire.cli.terminal import Painter, one_line, wrapped
from swarmwire.deployment import DeploymentPlan, NewService, PlannedPart, ServiceUpdate
from swarmwire.placement import PlacementForecast


def stack_code(plan: DeploymentPlan) -> int:
    """The exit code of a plan: that of its worst part."""
    if plan.is_refused:
        return ERROR
    found = [codes.code_of(update_view(update)) for update in plan.updates]
    return max([*found, CHANGES if plan.changes else 0])


def update_view(update: ServiceUpdate) -> View:
    """What is shown of an update."""
    view = view_of(update.planned, is_sent_anyway=update.is_sent)
    return view._replace(notes=(*update.notes, *view.notes))


def as_stack_text(
    plan: DeploymentPlan,
    places: PlacementForecast | None = None,
    *,
    color: bool = False,
    everything: bool = False,
) -> str:
    """The plan for people; unchanged services are folded, unless ``everything`` is wanted."""
    paint = Painter(color=color)
    views = [update_view(update) for update in plan.updates]
    shown = [view for view in views if everything or not _is_unchanged(view)]
    blocks = [paint("1", f"stack {one_line(plan.stack)}: {_verdict(plan, views)}")]
    blocks += [paint("1;31", "\n".join(wrapped(f"refused: {text}"))) for text in _refused(plan)]
    blocks += [as_text(view, color=color).rstrip("\n") for view in shown]
    new = [line for one in plan.creations for line in _creation(one, paint)]
    new += [one_line(f"{part.kind} {part.name}: {text}") for part, text in _parts(plan.parts)]
    folded = _folded([view.plan.service for view in views if view not in shown])
    others = [
        one_line(f"{one.name}: is not in the files, and {_fate(is_removed=one.is_removed)}")
        for one in plan.others
    ]
    found = list(_placement(plan, places, views, paint))
    blocks += ["\n".join(lines) for lines in (new, folded, others, found) if lines]
    return "\n\n".join([*blocks, *("\n".join(wrapped(note)) for note in plan.notes)]) + "\n"


def _placement(
    plan: DeploymentPlan, places: PlacementForecast | None, views: Sequence[View], paint: Painter
) -> Iterator[str]:
    """Where new tasks go, and the traps of that which no plan of a service has told."""
    if places is None:
        return
    told = {(view.plan.service, trap.code) for view in views for trap in view.plan.traps}
    told |= {(one.name, trap.code) for one in plan.creations for trap in one.planned.traps}
    yield from placement_lines(places, plan.hosts)
    for service in places.services:
        new = [trap for trap in service.traps if (service.service, trap.code) not in told]
        if new:
            yield one_line(f"  {service.service}:")
            yield from trap_lines(new, paint)


def _fate(*, is_removed: bool) -> str:
    return "is removed" if is_removed else "stays as it is"


def _creation(one: NewService, paint: Painter) -> Iterator[str]:
    color = "1;31" if one.planned.effect == "refused" else "32"
    yield paint(color, one_line(f"{one.name}: {one.planned.summary}"))
    for refusal in one.planned.refusals[1:]:
        where = f"{refusal.path}: " if refusal.path else ""
        yield f"  refused: {one_line(where + refusal.reason)}"
    yield from trap_lines(one.planned.traps, paint)
    for note in one.notes:
        yield from wrapped(note, "  ")


def _parts(parts: Sequence[PlannedPart]) -> Iterator[tuple[PlannedPart, str]]:
    """Networks, secrets and configs of which there is something to tell."""
    for part in parts:
        match part.action:
            case "created":
                yield part, "is new"
            case "changed":
                yield part, f"gets other labels{_and(part.reason)}"
            case "removed":
                yield part, "is removed: nothing refers to it"
            case "left":
                yield part, "is not in the files, and stays (--prune removes it)"
            case "kept" if part.reason:
                yield part, part.reason


def _and(reason: str) -> str:
    return f"; {reason}" if reason else ""


def _refused(plan: DeploymentPlan) -> list[str]:
    """Why the stack is refused, besides its services."""
    return [
        *plan.refused,
        *(
            f"{part.kind} {part.name}: {part.reason}"
            for part in plan.parts
            if part.action == "refused"
        ),
    ]


def _is_unchanged(view: View) -> bool:
    return _word(view) == "unchanged" and not view.notes


def _folded(services: Sequence[str]) -> list[str]:
    """One line about services of which nothing else is to be told."""
    if not services:
        return []
    count = f"{len(services)} service{'s'[: len(services) != 1]}"
    return wrapped(f"{count} unchanged: {', '.join(services)} (--all shows them)", rest="  ")


def _verdict(plan: DeploymentPlan, views: Sequence[View]) -> str:
    counts: dict[str, int] = {}
    words = [_word(view) for view in views]
    words += [one.planned.effect for one in plan.creations]
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    total = len(words)
    removed = sum(one.is_removed for one in plan.others)
    parts = [f"{count} {word}" for word, count in counts.items()]
    parts += [f"{removed} removed"] if removed else []
    refused = "refused, " if plan.is_refused else ""
    ends = f": {', '.join(parts)}" if parts else ""
    return f"{refused}{total} service{'s'[: total != 1]}{ends}"


def _word(view: View) -> str:
    plan = view.plan
    if plan.effect == "nothing" or not (_is_written(view) or plan.effect == "refused"):
        return "unchanged"
    return plan.effect


def _is_written(view: View) -> bool:
    return bool(view.plan.differences or view.is_sent_anyway)


def stack_document(plan: DeploymentPlan, places: PlacementForecast | None = None) -> dict[str, Any]:
    """The plan as JSON has it."""
    return {
        "stack": plan.stack,
        "refused": _refused(plan),
        "updates": [_update(update) for update in plan.updates],
        "creations": [
            {**msgspec.to_builtins(one.planned), "notes": list(one.notes)} for one in plan.creations
        ],
        "new": {
            f"{kind}s": [
                part.name for part in plan.parts if (part.kind, part.action) == (kind, "created")
            ]
            for kind in ("network", "secret", "config")
        },
        "objects": [
            {"kind": part.kind, "name": part.name, "action": part.action, "reason": part.reason}
            for part in plan.parts
        ],
        "left": [one.name for one in plan.others if not one.is_removed],
        "removed": [one.name for one in plan.others if one.is_removed],
        "notes": list(plan.notes),
        "placement": None if places is None else msgspec.to_builtins(places),
    }


def _update(update: ServiceUpdate) -> dict[str, Any]:
    view = update_view(update)
    found: dict[str, Any] = msgspec.to_builtins(view.plan)
    return {**found, "notes": list(view.notes), "sent": update.is_sent}
