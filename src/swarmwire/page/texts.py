"""Words of a swarm's users, fit for a page: they may hold anything. Pure."""

import unicodedata
from typing import Any, Final

_LONGEST: Final = 80
_OBEYED: Final = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
"""Categories of letters that are not seen but change what is: marks of direction above all."""


def shown(text: object, most: int = _LONGEST) -> str:
    """A text with nothing in it that turns its surroundings round, cut where it is long."""
    whole = str(text)
    cut = whole if len(whole) <= most else f"{whole[: most - 1]}…"
    if cut.isascii() and cut.isprintable():
        return cut
    return "".join(ascii(c)[1:-1] if unicodedata.category(c) in _OBEYED else c for c in cut)


def whole(text: object) -> str:
    """The same of a text that may have lines and be long."""
    return "\n".join(shown(line, 100_000) for line in str(text).split("\n"))


def seconds_in_words(seconds: float) -> str:
    """``1 h 5 min``, ``3 min 20 s``, ``7 s``."""
    left = max(0, round(seconds))
    hours, left = divmod(left, 3600)
    minutes, left = divmod(left, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {left} s" if minutes else f"{left} s"


def value_text(value: Any) -> str:
    """A value of a spec on one line; nothing of none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        if not value:
            return "{}"
        return ", ".join(f"{shown(key)}: {value_text(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(value_text, value))
    return shown(value, 300)
