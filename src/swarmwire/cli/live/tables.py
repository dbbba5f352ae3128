"""Tables for people: rows of texts under heads. Pure."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from swarmwire.cli.line import one_line

if TYPE_CHECKING:
    from rich.table import Table as RichTable

_GAP = "  "
_LONGEST = 2_000
"""Characters of a cell: each row of a column is as wide as its longest cell."""

_STYLES = {
    "good": "green",
    "bad": "bold red",
    "busy": "yellow",
    "dull": "dim",
    "": "",
}

_UNBROKEN = frozenset({"ID", "UPDATED", "WRITTEN", "SIZE"})
"""Columns of one word each, which nobody can read in pieces: others give way to them."""


class Cell(NamedTuple):
    """A text, and what it means to those who look: good, bad, busy, dull or nothing."""

    text: str
    mood: str = ""


Row = Sequence[str | Cell]


class Table(NamedTuple):
    """Heads, and rows with a cell for each."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]

    def plain(self) -> str:
        """Columns as wide as their longest cell."""
        lines = [self.heads, *(tuple(_text(cell) for cell in row) for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "".join(_aligned(line, widths) + "\n" for line in lines)

    def rich(self) -> "RichTable":
        """The same in colours; it fits itself to the terminal."""
        from rich.table import Table as RichTable  # noqa: PLC0415 - slow to import
        from rich.text import Text  # noqa: PLC0415 - see above

        table = RichTable(box=None, pad_edge=False, header_style="bold")
        for head in self.heads:
            table.add_column(head, overflow="fold", no_wrap=head in _UNBROKEN)
        for row in self.rows:
            table.add_row(*(Text(_text(cell), _style(cell)) for cell in row))
        return table


def table(heads: str, rows: Iterable[Row]) -> Table:
    """A table; the heads are given with a bar between each two."""
    return Table(tuple(heads.split("|")), tuple(rows))


def _text(cell: str | Cell) -> str:
    text = cell.text if isinstance(cell, Cell) else cell
    return one_line(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def _style(cell: str | Cell) -> str:
    return _STYLES[cell.mood] if isinstance(cell, Cell) else ""


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
    return _GAP.join(padded).rstrip()
