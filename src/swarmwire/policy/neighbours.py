"""The clients of one policy beside each other: whose stacks' names begin with another's. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from swarmwire.policy.patterns import any_matches, matches


class ShadowedStack(NamedTuple):
    """A stack, or a pattern of stacks, whose names are those of another client's stack, too.

    Attributes:
        place: the stack's place in its client's list.
        stack: the stack.
        shorter: the other client's, with which its name begins.
        example: a name that both would have.
    """

    place: int
    stack: str
    shorter: str
    example: str


def shadowed_stacks(others: Sequence[str], own: Sequence[str]) -> Iterator[ShadowedStack]:
    """The stacks whose names begin with a stack of another client and ``_``, or differ in case.

    Of a pattern only that which stands before its ``*`` is certain. Whoever may write the longer
    one as well takes nothing from anybody.

    Args:
        others: the stacks of the other client.
        own: those of this one.
    """
    for place, stack in enumerate(own):
        text, star, _ = stack.partition("*")
        name = f"{text}x" if star else text
        if any_matches(others, name):
            continue
        for shorter in others:
            if _is_under(shorter, name) or (not star and shorter.lower() == name.lower()):
                yield ShadowedStack(place, stack, shorter, f"{name}_data")
                break


def _is_under(pattern: str, name: str) -> bool:
    """Whether a name begins with one that is like the pattern, and ``_``; in any case."""
    places = (at for at, char in enumerate(name) if char == "_" and at)
    return any(matches(pattern.lower(), name[:at].lower()) for at in places)
