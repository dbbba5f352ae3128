"""What is seen of a roll-out: a line for each thing that happens, and a bar on a terminal."""

# ruff: noqa: PLC0415 - rich is slow to import

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from swarmwire.cli.line import is_terminal, one_line
from swarmwire.cli.planning.follow import Screen
from swarmwire.cli.planning.progress import News, Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


class Lines(Screen):
    """A line for each thing that happens."""

    def __init__(self) -> None:
        self._last = ""

    def happened(self, what: News, host: str) -> None:
        """See ``Screen``."""
        place = f"{what.slot} " if what.slot else ""
        text = f": {what.text}" if what.text else ""
        line = one_line(f"{what.word:<9} {place}{what.task} {host}{text}").rstrip()
        self.print(f"  {line}")

    def stands(self, at: Progress) -> None:
        """See ``Screen``."""
        text = f"  {at.done} of {at.total} tasks run as wanted"
        if text != self._last:
            self._last = text
            self.print(text)

    def say(self, text: str) -> None:
        """See ``Screen``."""
        self.print(f"  {one_line(text)}")

    def print(self, text: str) -> None:
        """One line to standard output."""
        click.echo(text)


class Live(Lines):
    """The same, above a bar."""

    def __init__(self, bar: "Bar") -> None:
        super().__init__()
        self._bar = bar
        self._task: TaskID = bar.add_task("", total=None)

    def stands(self, at: Progress) -> None:
        """See ``Screen``."""
        text = one_line(at.text) if at.text else at.state
        self._bar.update(self._task, completed=at.done, total=at.total, description=text)

    def print(self, text: str) -> None:
        """One line above the bar."""
        self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def screen() -> Iterator[Screen]:
    """A bar where somebody looks, lines where not."""
    if not is_terminal(sys.stdout):
        yield Lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, transient=True) as bar:
        yield Live(bar)
