"""Unlock keys out of files and standard input."""

import re
import sys
from pathlib import Path
from typing import Final

import click

from swarmwire.cli import exits
from swarmwire.cli.__main__ import reason_of
from swarmwire.cli.line import is_terminal
from swarmwire.cli.recovery.options import Wanted

_KEY: Final = re.compile(r"SWMKEY-\d-\S+")
_MOST: Final = 1 << 20
"""Bytes that are read of a file; one with keys is not larger."""


def unlock_keys(wanted: Wanted) -> tuple[str, ...]:
    """All unlock keys that were given.

    Raises:
        Stop: a file cannot be read, or holds none.
    """
    found = list(map(str.strip, wanted.unlock_keys))
    for name in wanted.unlock_key_files:
        keys = _KEY.findall(_text(name))
        if not keys:
            where = "standard input" if name == "-" else name
            raise exits.Stop(exits.UNREADABLE, f"{where}: there is no unlock key in it (SWMKEY-1-)")
        found += keys
    return tuple(found)


def _text(name: str) -> str:
    if name == "-":
        return _standard_input()
    try:
        with Path(name).open("rb") as file:
            return file.read(_MOST).decode("utf-8", "replace")
    except (OSError, ValueError) as err:
        reason = reason_of(err) if isinstance(err, OSError) else "not the name of a file"
        raise exits.Stop(exits.UNREADABLE, f"{name}: {reason}") from err


def _standard_input() -> str:
    if sys.stdin is None:
        raise exits.Stop(exits.UNREADABLE, "standard input is closed")
    if is_terminal(sys.stdin):
        return str(click.prompt("Unlock key", hide_input=True, err=True))
    return sys.stdin.buffer.read(_MOST).decode("utf-8", "replace")
