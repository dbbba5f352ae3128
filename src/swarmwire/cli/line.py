"""Small questions about terminals and what is printed on them. Pure."""

from typing import IO


def one_line(text: str) -> str:
    """``text`` on one line, with nothing in it that a terminal would obey."""
    folded = "; ".join(line.strip() for line in text.splitlines() if line.strip())
    if folded.isprintable():
        return folded
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in folded)


def is_terminal(stream: IO[str] | None) -> bool:
    """Whether a standard stream is open, and a terminal."""
    return stream is not None and stream.isatty()
