"""Parts of a report, each a block under its title: how they are made and how they are printed."""

from collections.abc import Iterable

from swarmwire.cli.tables import Table
from swarmwire.cli.terminal import Painter, in_lines, wants_color
from swarmwire.cli.writing import write, write_table
from swarmwire.raftstore import StoreFinding

Block = str | Table
"""A text of whole lines, or a table."""


def show(blocks: Iterable[tuple[str, Block]]) -> None:
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
    return Painter(color=wants_color())("1", title)


def findings(found: Iterable[StoreFinding]) -> str:
    """What is amiss, and where."""
    return "".join(in_lines([_sentence(each)], "! " if each.loses else "- ") for each in found)


def _sentence(finding: StoreFinding) -> str:
    where = finding.file
    if finding.offset is not None:
        where += f" at byte {finding.offset}"
    if finding.first is not None:
        last = finding.last if finding.last is not None else finding.first
        entries = f"entry {last}" if last == finding.first else f"entries {finding.first} to {last}"
        where += f", {entries}" if where else entries
    return f"{finding.reason}{f' ({where})' if where else ''}"


def not_here(sentences: Iterable[str]) -> str:
    """What is in no manager's folder."""
    return in_lines(sentences, "- ")
