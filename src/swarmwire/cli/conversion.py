"""The run of a converting command: read, convert, write, and end as the first trouble asks."""

import os
import sys
from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple

from swarmwire.cli import exits, sink, sources
from swarmwire.cli.framing import Framing
from swarmwire.cli.messages import Messages, wants_bar
from swarmwire.cli.pool import ordered
from swarmwire.cli.streams import Element, Splitter
from swarmwire.cli.work import Outcome


class Plan(NamedTuple):
    """What a converting command does with its input."""

    files: tuple[str, ...]
    splitter: Callable[[str], Splitter]
    work: Callable[[list[Element]], list[Outcome]]
    framing: Framing
    output: str | None
    jobs: int
    keep_going: bool
    quiet: bool


def run(plan: Plan) -> int:
    """Do as planned; the exit code.

    Raises:
        Stop: something is wrong, and ``--keep-going`` is not given.
    """
    bar = wants_bar(to_stdout=plan.output in (None, "-"))
    with (
        Messages(quiet=plan.quiet, total=total_size(plan.files), bar=bar) as messages,
        sink.opened(plan.output) as out,
    ):
        trouble = Trouble(messages, keep_going=plan.keep_going)

        def before_read(size: int) -> None:
            messages.read(size)
            out.flush()

        elements = sources.elements(
            plan.files, plan.splitter, before_read=before_read, unreadable=trouble.unreadable
        )
        try:
            with closing(ordered(plan.work, elements, plan.jobs)) as outcomes:
                for outcome in outcomes:
                    for warning in outcome.warnings:
                        messages.warn(warning)
                    if outcome.error:
                        out.write(plan.framing.skip())
                        trouble.refused(outcome.error, garbled=outcome.garbled)
                    else:
                        out.write(plan.framing.add(outcome.data))
                    messages.done()
        except exits.Stop:
            out.write(plan.framing.skip())
            out.flush()
            raise
        out.write(plan.framing.end())
        out.flush()
    return trouble.code


class Trouble:
    """What went wrong so far: ends the run at the first, or keeps the worst exit code."""

    def __init__(self, messages: Messages, *, keep_going: bool) -> None:
        self._messages = messages
        self._keep_going = keep_going
        self.code = exits.CLEAN

    def unreadable(self, message: str) -> None:
        """An input cannot be read.

        Raises:
            Stop: unless the run keeps going.
        """
        self._meet(exits.UNREADABLE, message)

    def refused(self, message: str, *, garbled: bool) -> None:
        """An object was refused.

        Raises:
            Stop: unless the run keeps going.
        """
        self._meet(exits.UNREADABLE if garbled else exits.REFUSED, message)

    def _meet(self, code: int, message: str) -> None:
        if not self._keep_going:
            raise exits.Stop(code, message)
        self._messages.say(message)
        self.code = max(self.code, code)


def total_size(files: tuple[str, ...]) -> int | None:
    """The bytes in all files; None if one of them is no regular file."""
    total = 0
    for file in files:
        try:
            total += os.stat(sys.stdin.fileno() if file == "-" else file).st_size or -1  # noqa: PTH116
        except (OSError, ValueError):
            return None
    return total if total > 0 else None
