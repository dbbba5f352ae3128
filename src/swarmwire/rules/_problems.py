"""What all rules share: how a problem is made, moved up a path and raised.

A rule is a generator of ``InvalidSpec``, in the manager's order. ``validate_…`` raises the first,
``…_problems`` lists all: one implementation, two questions.
"""

from collections.abc import Iterable, Iterator

from swarmwire.errors import InvalidSpec, Kind

Problems = Iterator[InvalidSpec]


def invalid(reason: str, *steps: str | int, kind: Kind = "range") -> InvalidSpec:
    """A problem that the manager answers with InvalidArgument."""
    return InvalidSpec("InvalidArgument", reason, *steps, kind=kind)


def unknown(reason: str, *steps: str | int, kind: Kind = "range") -> InvalidSpec:
    """A problem that the manager answers with a plain error, which gRPC calls Unknown."""
    return InvalidSpec("Unknown", reason, *steps, kind=kind)


def unimplemented(reason: str, *steps: str | int) -> InvalidSpec:
    """A problem that the manager answers with Unimplemented."""
    return InvalidSpec("Unimplemented", reason, *steps, kind="unsupported")


def under(problems: Iterable[InvalidSpec], *steps: str | int) -> Problems:
    """The same problems, each with ``steps`` in front of its path."""
    for problem in problems:
        yield problem.under(*steps)


def each(problems: Iterable[Iterable[InvalidSpec]], name: str) -> Problems:
    """The problems of every item of a list, each with ``name`` and its index in front."""
    for index, of_item in enumerate(problems):
        yield from under(of_item, name, index)


def raise_first(problems: Iterable[InvalidSpec]) -> None:
    """Raise the first problem; return if there is none."""
    for problem in problems:
        raise problem
