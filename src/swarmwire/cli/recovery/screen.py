"""Blocks of text and tables, one below the other, on standard output."""

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from swarmwire.cli.line import is_terminal
from swarmwire.cli.live.output import write, write_table
from swarmwire.cli.live.tables import Table

if TYPE_CHECKING:
    from swarmwire.cli.recovery.listing import Block


def show(blocks: Iterable[tuple[str, "Block"]]) -> None:
    """Write each block under its title, with an empty line between them."""
    gap = ""
    for title, block in blocks:
        head = f"{gap}{_bold(title)}\n" if title else gap
        if head:
            write(head, line=False)
        if isinstance(block, Table):
            write_table(block)
        else:
            write(block, line=False)
        gap = "\n"


def _bold(title: str) -> str:
    plain = not is_terminal(sys.stdout) or os.environ.get("NO_COLOR")
    return title if plain else f"\x1b[1m{title}\x1b[0m"
