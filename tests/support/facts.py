"""The tables of ``tests/facts`` as rows."""

import csv
from pathlib import Path

FACTS = Path(__file__).resolve().parent.parent / "facts"


def rows(name):
    """The rows of a table, without the one that names its columns."""
    with (FACTS / name).open(encoding="utf-8", newline="") as table:
        return [tuple(row) for row in csv.reader(table, delimiter="\t", quoting=csv.QUOTE_NONE)][1:]
