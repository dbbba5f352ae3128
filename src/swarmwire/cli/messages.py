"""What is said on standard error: warnings, errors, progress. Never a line break within one."""

# ruff: noqa: PLC0415 - rich is slow to import, and rarely needed

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from swarmwire.cli.line import is_terminal, one_line

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_MOST_WARNINGS = 20
_PATIENCE = 1.0
_FRAME = 0.1


class Messages:
    """Standard error of one run. A progress bar appears when the work takes longer than a second.

    The bar needs a terminal, and output that does not go to it too.
    """

    def __init__(self, *, quiet: bool = False, total: int | None = None, bar: bool = False) -> None:
        self._quiet = quiet
        self._total = total
        self._unshown = 0
        self._shown = 0
        self._started = self._drawn = time.monotonic()
        self._wants_bar = bar
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._bytes = self._objects = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        if self._unshown:
            self.say(f"{self._unshown} more warnings are not shown")

    def say(self, message: str) -> None:
        """Print one line."""
        line = one_line(f"swarmwire: {message}")
        if self._bar is not None:
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            click.echo(line, err=True)

    def warn(self, message: str) -> None:
        """Print one line, unless there were many or nobody wants them."""
        if self._quiet:
            return
        if self._shown < _MOST_WARNINGS:
            self._shown += 1
            self.say(message)
        else:
            self._unshown += 1

    def read(self, size: int) -> None:
        """Note that ``size`` more bytes were read."""
        self._bytes += size
        if self._wants_bar:
            self._draw()

    def done(self) -> None:
        """Note that one more object is finished."""
        self._objects += 1

    def _draw(self) -> None:
        now = time.monotonic()
        if now - self._started < _PATIENCE or now - self._drawn < _FRAME:
            return
        self._drawn = now
        if self._bar is None:
            self._bar = self._new_bar()
            self._task = self._bar.add_task("", total=self._total)
            self._bar.start()
        assert self._task is not None
        self._bar.update(self._task, completed=self._bytes, description=f"{self._objects} objects")
        self._bar.refresh()

    def _new_bar(self) -> "Progress":
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        return Progress(
            BarColumn(),
            DownloadColumn(),
            TextColumn("{task.description}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            auto_refresh=False,
        )


def wants_bar(*, to_stdout: bool) -> bool:
    """Whether there is a terminal to draw a bar on, and no output that it would mix with."""
    return is_terminal(sys.stderr) and not (to_stdout and is_terminal(sys.stdout))
