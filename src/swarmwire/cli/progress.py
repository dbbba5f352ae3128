"""The one progress bar, on standard error: for work that takes longer than a second, on a terminal.

Reports may go to the same terminal: ``hide`` makes room for them, and the bar comes back below.
"""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from swarmwire.cli.terminal import is_terminal

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_PATIENCE: Final = 1.0
_FRAME: Final = 0.1


class Bar:
    """Called with the bytes that are done and those that there are."""

    def __init__(self, text: str = "") -> None:
        self._text = text
        self._is_wanted = is_terminal(sys.stderr)
        self._started = self._drawn = time.monotonic()
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._is_shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.hide()

    def __call__(self, done: int, total: int | None, text: str = "") -> None:
        """Draw it, unless that was done a moment ago.

        Args:
            done: bytes.
            total: bytes; None if nobody knows.
            text: what stands before the bar, if that changes.
        """
        now = time.monotonic()
        is_early = now - self._started < _PATIENCE or now - self._drawn < _FRAME
        if not self._is_wanted or is_early:
            return
        self._drawn = now
        if self._progress is None:
            self._progress = _new_bar()
            self._task = self._progress.add_task(self._text, total=total)
        if not self._is_shown:
            self._progress.start()
            self._is_shown = True
        assert self._task is not None
        description = text or self._text
        self._progress.update(self._task, completed=done, total=total, description=description)
        self._progress.refresh()

    def hide(self) -> None:
        """Take it away until it is drawn the next time."""
        if self._progress is not None and self._is_shown:
            self._progress.stop()
            self._is_shown = False

    def print(self, line: str) -> bool:
        """Print a line above the bar; False if none is shown."""
        if self._progress is None or not self._is_shown:
            return False
        self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)
        return True


def _new_bar() -> "Progress":
    from rich.console import Console  # noqa: PLC0415 - slow to import, and rarely needed
    from rich.progress import (  # noqa: PLC0415 - see above
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,
    )
