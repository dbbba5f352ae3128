"""What terminals want: one width, one way to wrap text, colours, and nothing that they obey."""

import os
import re
import sys
from collections.abc import Iterable
from typing import IO, Final

_WITHOUT_TERMINAL: Final = 96
"""Columns of text for people that does not go to a terminal."""
_NARROWEST: Final = 30


def one_line(text: str) -> str:
    """``text`` on one line, with nothing in it that a terminal would obey."""
    folded = "; ".join(line.strip() for line in text.splitlines() if line.strip())
    if folded.isprintable():
        return folded
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in folded)


def is_terminal(stream: IO[str] | None) -> bool:
    """Whether a standard stream is open, and a terminal."""
    return stream is not None and stream.isatty()


def width() -> int:
    """The columns that text on standard output may take: those of the terminal, or 96."""
    if not is_terminal(sys.stdout):
        return _WITHOUT_TERMINAL
    import shutil  # noqa: PLC0415 - slow to import

    return max(shutil.get_terminal_size().columns, _NARROWEST)


def wrapped(
    text: str, first: str = "", rest: str | None = None, *, columns: int | None = None
) -> list[str]:
    """``text`` in lines that fit; words are never broken.

    Args:
        text: is folded to one line before, see ``one_line``.
        first: what the first line begins with.
        rest: what all other lines begin with; without it, as many spaces as ``first`` is long.
        columns: how wide lines may be, if that is not ``width()``.
    """
    indent = " " * len(first) if rest is None else rest
    from textwrap import wrap  # noqa: PLC0415 - slow to import

    lines = wrap(
        one_line(text),
        width() if columns is None else columns,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [first]


def in_lines(texts: Iterable[str], mark: str) -> str:
    """Each text wrapped, with ``mark`` before its first line."""
    return "".join(f"{line}\n" for text in texts for line in wrapped(text, mark))


def wants_color() -> bool:
    """Whether standard output is a terminal, and nobody minds colours."""
    return is_terminal(sys.stdout) and not os.environ.get("NO_COLOR")


class Painter:
    """Puts colours around text, or does not."""

    def __init__(self, *, color: bool) -> None:
        self._color = color

    def __call__(self, style: str, text: str) -> str:
        """``text`` in a colour: ``style`` is what stands between ESC[ and m."""
        return f"\x1b[{style}m{text}\x1b[0m" if self._color and style else text


_STYLE: Final = r"\x1b\[[\d;]*m"


def unpainted(text: str) -> str:
    """``text`` without the colours of a ``Painter``."""
    return re.sub(_STYLE, "", text)
