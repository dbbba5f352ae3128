"""What is said on standard error: warnings, errors, progress. Never a line break within one."""

from collections.abc import Iterable
from types import TracebackType
from typing import Final, Self

import click

from swarmwire.cli.progress import Bar
from swarmwire.cli.terminal import one_line

_MOST_WARNINGS: Final = 20


def say(message: str) -> None:
    """Print one line on standard error."""
    click.echo(one_line(f"swarmwire: {message}"), err=True)


def warn(warnings: Iterable[str]) -> None:
    """Print warnings on standard error."""
    for warning in warnings:
        say(f"warning: {warning}")


class Messages:
    """Standard error of a run over many objects, with a bar if that takes long.

    Args:
        quiet: print no warnings.
        total: the bytes that will be read; None if nobody knows.
    """

    def __init__(self, *, quiet: bool = False, total: int | None = None) -> None:
        self._quiet = quiet
        self._total = total
        self._unshown = self._shown = 0
        self._bytes = self._objects = 0
        self._bar = Bar()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._bar.hide()
        if self._unshown:
            self.say(f"{self._unshown} more warnings are not shown")

    def say(self, message: str) -> None:
        """Print one line."""
        if not self._bar.print(one_line(f"swarmwire: {message}")):
            say(message)

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
        self._bar(self._bytes, self._total, f"{self._objects} objects")

    def done(self) -> None:
        """Note that one more object is finished."""
        self._objects += 1

    def make_room(self) -> None:
        """Take the bar away: something is written to the terminal that it is on."""
        self._bar.hide()
