"""Patterns of names: ``*`` stands for any characters, also none; everything else for itself."""

from collections.abc import Iterable


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text is like the pattern. Takes time in proportion to the text."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == first
    *between, last = rest
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in between:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def any_matches(patterns: Iterable[str], text: str) -> bool:
    """Whether the whole text is like one of the patterns."""
    return any(matches(pattern, text) for pattern in patterns)


def is_under(prefixes: Iterable[str], name: str) -> bool:
    """Whether a name begins with something like one of the patterns, ``_``, and goes on."""
    given = tuple(prefixes)
    places = (at for at, char in enumerate(name[:-1]) if char == "_")
    return any(any_matches(given, name[:at]) for at in places)
