"""Text from outside, made fit to be printed. Pure."""


def one_line(text: str) -> str:
    """``text`` on one line, with nothing in it that a terminal would obey."""
    folded = "; ".join(line.strip() for line in text.splitlines() if line.strip())
    if folded.isprintable():
        return folded
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in folded)
