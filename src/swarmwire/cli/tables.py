"""Tables for people: rows of texts under heads, and the words that stand in them. Pure.

On a terminal a table fits itself to the width. Words are never broken: where not even a word of
each column fits, columns that are empty go, and if that is not enough, each row becomes a block of
its own.
"""

from collections.abc import Iterable, Sequence
from itertools import compress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from swarmwire import pb
from swarmwire.cli.terminal import one_line

if TYPE_CHECKING:
    from rich.console import RenderableType

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

_FOLDING: Final = frozenset(
    {"IMAGE", "PORTS", "ERROR", "MESSAGE", "WHY", "LABELS", "SUBNETS", "FLAGS", "CHANGES", "NOTE"}
)
"""Columns that give way to others: their texts are long, and can be read in pieces."""
_PIECE: Final = 12
"""Characters of such a column at least."""
_SHORT: Final = 12


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
        lines = self._lines()
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "".join(_aligned(line, widths) + "\n" for line in lines)

    def rich(self, width: int) -> "RenderableType":
        """The same in colours, for a terminal of ``width`` columns."""
        if not self.rows or self.narrowest() <= width:
            return self.columns()
        filled = self._filled()
        return filled.columns() if filled.narrowest() <= width else self._blocks()

    def _filled(self) -> "Table":
        """The same without columns in which no row has anything."""
        kept = [bool(any(cells)) for _, *cells in zip(*self._lines(), strict=True)]
        rows = tuple(tuple(compress(row, kept)) for row in self.rows)
        return Table(tuple(compress(self.heads, kept)), rows)

    def _lines(self) -> list[tuple[str, ...]]:
        return [self.heads, *(tuple(_text(cell) for cell in row) for row in self.rows)]

    def narrowest(self) -> int:
        """The columns that the table needs so that no word is broken but in what may fold."""
        columns = list(zip(*self._lines(), strict=True))
        return sum(map(_narrowest, columns)) + len(_GAP) * (len(columns) - 1)

    def columns(self) -> "RenderableType":
        """The table as a grid, which is as wide as its cells."""
        from rich.table import Table as RichTable  # noqa: PLC0415 - slow to import

        table = RichTable(box=None, pad_edge=False, header_style="bold")
        for column in zip(*self._lines(), strict=True):
            head, least = column[0], _narrowest(column)
            is_whole = least == max(map(len, column))
            table.add_column(head, overflow="fold", min_width=least, no_wrap=is_whole)
        for row in self.rows:
            table.add_row(*map(_styled, row))
        return table

    def _blocks(self) -> "RenderableType":
        """A line for each cell, and an empty line between two rows."""
        from rich.console import Group  # noqa: PLC0415 - slow to import
        from rich.padding import Padding  # noqa: PLC0415 - see above
        from rich.table import Table as RichTable  # noqa: PLC0415 - see above

        blocks = []
        for number, row in enumerate(self.rows):
            block = RichTable(box=None, pad_edge=False, show_header=False)
            block.add_column(style="bold", no_wrap=True)
            block.add_column(overflow="fold")
            for head, cell in zip(self.heads, row, strict=True):
                if _text(cell):
                    block.add_row(head, _styled(cell))
            blocks.append(Padding(block, (int(number > 0), 0, 0, 0)))
        return Group(*blocks)


def _narrowest(column: Sequence[str]) -> int:
    """The least width of a column, given with its head."""
    head, *cells = column
    words = (len(word) for cell in cells for word in cell.split())
    longest = max(words, default=0)
    return max(len(head), min(longest, _PIECE) if head in _FOLDING else longest)


def table(heads: str, rows: Iterable[Row]) -> Table:
    """A table; the heads are given with a bar between each two."""
    return Table(tuple(heads.split("|")), tuple(rows))


def _text(cell: str | Cell) -> str:
    text = cell.text if isinstance(cell, Cell) else cell
    return one_line(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def _styled(cell: str | Cell) -> Any:
    from rich.text import Text  # noqa: PLC0415 - slow to import

    return Text(_text(cell), _STYLES[cell.mood] if isinstance(cell, Cell) else "")


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
    return _GAP.join(padded).rstrip()


def short(id_: str) -> str:
    """The beginning of an id, long enough to tell it from others."""
    return id_[:_SHORT]


def word(enum: Any, number: int) -> str:
    """A number's name in small letters, or the number if it has none."""
    if number not in enum.values():
        return str(number)
    return str(enum.Name(number)).lower().replace("_", " ")


def state(number: int) -> str:
    """The name of a task's state."""
    return word(pb.TaskState, number)
