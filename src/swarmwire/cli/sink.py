"""Where output goes: standard output as it comes, or a file that appears whole or not at all."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from swarmwire.cli import exits
from swarmwire.cli.__main__ import reason_of


@contextmanager
def opened(output: str | None) -> Iterator[IO[bytes]]:
    """A stream for the output. A file is put in place when the block ends without an error.

    What is not a regular file (a pipe, ``/dev/null``) is written to directly.

    Raises:
        Stop: the file cannot be written.
    """
    if output is None or output == "-":
        if sys.stdout is None:
            raise exits.Stop(exits.UNREADABLE, "standard output is closed")
        try:
            yield sys.stdout.buffer
        except BrokenPipeError as err:
            raise exits.Stop(exits.CLOSED_PIPE) from err
        return
    target = Path(os.path.realpath(output))
    try:
        mode = _mode(target)
        if mode is not None and not stat.S_ISREG(mode):
            with target.open("wb") as stream:
                yield stream
            return
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            with part.open("xb") as stream:
                yield stream
            if mode is not None:
                part.chmod(stat.S_IMODE(mode))
            part.replace(target)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
    except OSError as err:
        raise exits.Stop(exits.UNREADABLE, f"{output}: {reason_of(err)}") from err


def _mode(target: Path) -> int | None:
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None
