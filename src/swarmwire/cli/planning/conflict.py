"""A conflict between two changes, as text for people. Pure."""

from collections.abc import Iterable, Iterator

from swarmwire.cli.line import one_line
from swarmwire.cli.planning.text import Painter, as_lines
from swarmwire.cli.planning.write import Conflict
from swarmwire.plan import Difference, differences


def as_conflict(conflict: Conflict, *, color: bool = False) -> str:
    """Which fields both changed, and what each made of them."""
    paint = Painter(color=color)
    change = conflict.change
    if change.rollback:
        return paint("1;31", "Conflict: the service has another spec than the one planned for.\n")
    lines = [paint("1;31", "Conflict: this change and another one touch the same:")]
    lines += [f"  {one_line(path)}" for path in conflict.paths]
    for title, other in (("This change", change.wanted), ("The other one", conflict.theirs)):
        lines.append(f"{title}:")
        found = _at(differences(change.base, other), conflict.paths)
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
