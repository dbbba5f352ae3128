"""Stacks of others, where names alone tell whose something is: ``shop_bank_data``. Pure.

It may be ``bank_data`` of stack ``shop`` or ``data`` of ``shop_bank``. Of the stacks that are known
the one with the longest name has it; two clients of one policy may not have one of them each.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from swarmwire.policy.patterns import any_matches, matches

_LONGEST: Final = 512
"""Characters of a name that are looked at: managers and nodes take none that is as long."""


class Rivals(NamedTuple):
    """Stacks that a client does not own, and those that it does.

    Attributes:
        own: patterns of the client's stacks.
        names: the others' names in lower case: managers tell names apart in any case.
        longest: how long the longest of them is.
    """

    own: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    longest: int = 0

    def claim(self, name: str) -> str:
        """The stack of somebody else that has a name, in lower case; nothing if none has.

        None has what a stack of the client with a longer name has, or one with the same.
        """
        if not self.names:
            return ""
        told, lower = name[:_LONGEST], name[:_LONGEST].lower()
        places = [at for at, char in enumerate(told[:-1]) if char == "_"]
        for at in reversed(places):
            if any_matches(self.own, told[:at]):
                return ""
            if at <= self.longest and lower[:at] in self.names:
                return lower[:at]
        return ""

    def begin(self, name: str) -> bool:
        """Whether the name of a stack of somebody else, however short, stands before the name."""
        lower = name[:_LONGEST].lower()
        return any(lower[:at] in self.names for at, char in enumerate(lower) if char == "_")

    def may_claim(self, beginning: str) -> bool:
        """Whether a stack of somebody else may have a name of which only the beginning is known."""
        lower = beginning[:_LONGEST].lower()
        return bool(self.claim(f"{beginning}x")) or any(
            f"{name}_".startswith(lower) for name in self.names
        )


def rivals_of(own: tuple[str, ...], stacks: Iterable[str]) -> Rivals:
    """Those of the stacks that are none of the client's."""
    names = frozenset(stack.lower() for stack in stacks if not any_matches(own, stack))
    return Rivals(own, names, max(map(len, names), default=0))


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
