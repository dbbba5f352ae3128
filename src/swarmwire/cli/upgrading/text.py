"""What an upgrade changes, as text for people. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final

from swarmwire.cli.planning.text import value_text
from swarmwire.cli.terminal import Painter, one_line, wrapped
from swarmwire.upgrade import FieldChange, ServiceUpgrade, Upgrade

_STYLES: Final = {"refused": "1;31", "unknown": "1;31", "restarts": "1;31", "changes": "33"}
_WHAT: Final = {"appears": "+", "disappears": "-", "changes": "~"}
_WORDS: Final = {
    "nothing": "unchanged",
    "changes": "changes",
    "restarts": "restarts",
    "refused": "refused",
    "unknown": "cannot be judged",
}
_BY_ITSELF: Final = (
    "The upgrade by itself restarts nothing. What is told of services comes about once their"
    " documents are sent again: by docker service update, docker stack deploy or a tool."
)


def as_text(found: Upgrade, *, everything: bool = False, color: bool = False) -> str:
    """The comparison for people; services of which nothing is to be told are folded."""
    paint = Painter(color=color)
    told = [each for each in found.services if everything or _is_worth_a_block(each)]
    folded = [one_line(each.name) for each in found.services if each not in told]
    blocks = [[paint("1", f"{found.before} -> {found.after}: {_summary(found)}")]]
    blocks.append(wrapped(_BY_ITSELF))
    blocks += [list(_service(each, paint)) for each in told]
    if folded:
        blocks.append(wrapped(f"{_counted(len(folded))} unchanged: {', '.join(folded)}", rest="  "))
    blocks += [list(_shown(found)), wrapped(found.clients.text) if found.clients.text else []]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def _is_worth_a_block(each: ServiceUpgrade) -> bool:
    told = (each.changes, each.honoured, each.dropped, each.faults, each.hazards)
    return each.verdict != "nothing" or any(told)


def _summary(found: Upgrade) -> str:
    if not found.services:
        return "no services"
    counts: dict[str, int] = {}
    for each in found.services:
        counts[each.verdict] = counts.get(each.verdict, 0) + 1
    parts = (f"{count} {_WORDS[verdict]}" for verdict, count in counts.items())
    return f"{_counted(len(found.services))}: {', '.join(parts)}"


def _counted(number: int) -> str:
    return f"{number} service{'s'[: number != 1]}"


def _service(each: ServiceUpgrade, paint: Painter) -> Iterator[str]:
    yield paint(_STYLES.get(each.verdict, ""), f"{one_line(each.name)}: {_verdict(each)}")
    for reason in each.faults:
        yield from wrapped(reason, f"  {paint('31', '!')} ", "    ")
    if each.verdict in ("refused", "unknown"):
        for reason in each.refused:
            yield from wrapped(reason, "  ")
    yield from _changes(each.changes, paint)
    for title, paths in (
        ("Honoured from then on", each.honoured),
        ("No longer honoured", each.dropped),
    ):
        if paths:
            yield from wrapped(f"{title}: {', '.join(paths)}", "  ", "    ")
    for hazard in each.hazards:
        text = f"{hazard.path}: {hazard.reason} ({hazard.who})"
        yield from wrapped(text, f"  {paint('33', '!')} ", "    ")


def _verdict(each: ServiceUpgrade) -> str:
    match each.verdict:
        case "restarts":
            known = each.restarts is not None
            tasks = f"{each.restarts} task{'s'[: each.restarts != 1]}" if known else "its tasks"
            return f"restarts {tasks} once its document is sent again"
        case "refused":
            return "its document is refused"
        case "unknown":
            return "cannot be judged"
        case "changes":
            return "changes once its document is sent again, and restarts nothing"
    return "nothing changes"


def _changes(changes: Iterable[FieldChange], paint: Painter) -> Iterator[str]:
    """Each difference with its cause; below those that have it in common, how to avoid them."""
    by_fix: dict[str, list[FieldChange]] = {}
    for each in changes:
        by_fix.setdefault(each.fix if each.restarts else "", []).append(each)
    for fix, group in by_fix.items():
        for each in group:
            effect = "  (restarts)" if each.restarts else ""
            values = f"{value_text(each.old)} -> {value_text(each.new)}"
            yield f"  {paint('33', '~')} {one_line(each.path)}: {values}{effect}"
            yield from wrapped(each.why, "      ")
        if fix:
            yield from wrapped(f"to avoid it: {fix}", "    ")


def _shown(found: Upgrade) -> Iterator[str]:
    """What inspect shows differently, and of how many services."""
    counts: dict[tuple[str, str], int] = {}
    for each in found.services:
        for change in each.shown:
            key = _WHAT[change.what], change.path
            counts[key] = counts.get(key, 0) + 1
    if counts:
        yield "docker service inspect shows at once:"
    for (sign, path), count in counts.items():
        yield f"  {sign} {one_line(path)}  ({_counted(count)})"
