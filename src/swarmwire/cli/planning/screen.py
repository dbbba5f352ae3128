"""What is seen of a roll-out: a line for each thing that happens, and a bar on a terminal."""

# ruff: noqa: PLC0415 - rich is slow to import

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from swarmwire.cli.planning.codes import told
from swarmwire.cli.terminal import is_terminal, one_line
from swarmwire.update import (
    FollowsNewer,
    ManagerAway,
    ManagerBack,
    RollbackStarted,
    RolloutEvent,
    RolloutProgress,
    TaskChanged,
)

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


class RolloutLines:
    """A line for each thing that happens."""

    def __init__(self) -> None:
        self._last = ""

    def show(self, event: RolloutEvent) -> None:
        """Show what happened; how it ended is said by others."""
        match event:
            case TaskChanged():
                self._happened(event)
            case RolloutProgress():
                self.stands(event)
            case RollbackStarted(reason):
                self._say(f"the manager goes back to the spec before: {reason}")
            case FollowsNewer():
                self._say("another update came after this one; following that")
            case ManagerAway(error):
                self._say(f"{told(error)}; the update is written, asking again")
            case ManagerBack():
                self._say("the manager answers again")

    def stands(self, at: RolloutProgress) -> None:
        """So far it is now."""
        watched = "; watched for a while" if at.state == "settling" else ""
        text = f"  {at.done} of {at.total} tasks run as wanted{watched}"
        if text != self._last and at.state != "converged":
            self._last = text
            self.print(text)

    def print(self, text: str) -> None:
        """One line to standard output."""
        click.echo(text)

    def _happened(self, what: TaskChanged) -> None:
        place = f"{what.slot} " if what.slot else ""
        text = f": {what.error}" if what.error else ""
        line = one_line(f"{what.state:<9} {place}{what.task} {what.host}{text}").rstrip()
        self.print(f"  {line}")

    def _say(self, text: str) -> None:
        self.print(f"  {one_line(text)}")


class RolloutBar(RolloutLines):
    """The same, above a bar."""

    def __init__(self, bar: "Bar") -> None:
        super().__init__()
        self._bar = bar
        self._task: TaskID = bar.add_task("", total=None)

    def stands(self, at: RolloutProgress) -> None:
        """See ``RolloutLines``."""
        text = one_line(at.text) if at.text else at.state
        self._bar.update(self._task, completed=at.done, total=at.total, description=text)

    def print(self, text: str) -> None:
        """One line above the bar."""
        self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def screen() -> Iterator[RolloutLines]:
    """A bar where somebody looks, lines where not."""
    if not is_terminal(sys.stdout):
        yield RolloutLines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, transient=True) as bar:
        yield RolloutBar(bar)
