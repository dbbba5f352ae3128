"""Why a manager would refuse a spec, in words that hold no secret. Pure."""

from collections.abc import Iterable, Iterator

from swarmwire.errors import InvalidSpec
from swarmwire.plan._refusal import refusal


def reasons(problems: Iterable[InvalidSpec]) -> Iterator[str]:
    """One text for each problem: where, and the manager's own words."""
    for problem in problems:
        told = refusal(problem)
        yield f"{told.path}: {told.reason}" if told.path else told.reason
