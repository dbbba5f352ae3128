"""How the command ends: every exit code in one place, and the exceptions that lead to one."""

import os
from typing import Final

from swarmwire.cli.terminal import one_line
from swarmwire.extras import needed

CLEAN: Final = 0
REFUSED: Final = 1
"""An object was refused, or ``check`` found something at or above ``--fail-on``."""
UNREADABLE: Final = 2
"""Bad usage, input that cannot be read, output that cannot be written."""
INTERNAL: Final = 70
"""A mistake of swarmwire's own."""
INTERRUPTED: Final = 130
"""Ctrl-C."""
CLOSED_PIPE: Final = 141
"""The reader of the output went away, as in ``| head``; nothing is said about it."""


class Stop(Exception):
    """End now. ``message``, if any, is for standard error, where it takes one line."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = one_line(message)


class Unreadable(Exception):
    """Input that is not what it should be; ``str()`` is the reason, without the file's name."""


def without_extra(err: ModuleNotFoundError, what: str, extra: str = "") -> Exception:
    """What to raise; the error itself if the module comes with no extra.

    Args:
        err: the failed import.
        what: what cannot be done without it.
        extra: see ``extras.needed``.
    """
    reason = needed(what, err.name, extra)
    return Stop(UNREADABLE, reason) if reason else err


def code_of_end(err: KeyboardInterrupt | SystemExit) -> int:
    """The code of a command that was told to end: by Ctrl-C, or by SIGTERM or SIGHUP."""
    return err.code if isinstance(err, SystemExit) and isinstance(err.code, int) else INTERRUPTED


def told_of(err: OSError) -> str:
    """Why the system refused, and of which file: ``shop.yml: permission denied``."""
    file = err.filename
    if file is None or isinstance(file, int):
        return f"cannot go on: {reason_of(err)}"
    return f"{os.fsdecode(file)}: {reason_of(err)}"


def reason_of(err: OSError) -> str:
    """Why the system refused: ``no such file or directory``."""
    reason = err.strerror or type(err).__name__
    return reason[:1].lower() + reason[1:]
