"""Options of ``recover`` about what to read and with which keys; keys out of files."""

import re
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final, NamedTuple

import click

from swarmwire.cli import exits
from swarmwire.cli.exits import reason_of
from swarmwire.cli.terminal import is_terminal

ENVIRONMENT: Final = "SWARMWIRE_UNLOCK_KEY"
_KEY: Final = re.compile(r"SWMKEY-\d-\S+")
_MOST: Final = 1 << 20
"""Bytes that are read of a file; one with keys is not larger."""


class StoreRequest(NamedTuple):
    """What to read, and with which keys. Its repr hides the keys."""

    unlock_keys: tuple[str, ...] = ()
    unlock_key_files: tuple[str, ...] = ()
    key_files: tuple[str, ...] = ()
    at: int | None = None
    until: int | None = None
    uncommitted: bool | None = None
    deleted: bool = False
    partial: bool = False
    running: bool = False
    in_memory: bool = False

    def __repr__(self) -> str:
        return f"StoreRequest(unlock_keys=<{len(self.unlock_keys)}>, {self[1:]!r})"


def _time(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    from swarmwire.cli.times import parse_time  # noqa: PLC0415 - it loads all messages

    try:
        return parse_time(value)
    except ValueError as err:
        raise click.BadParameter(f"{value!r} is {err}") from err


unlock_key_files = click.option(
    "--unlock-key-file",
    "unlock_key_files",
    metavar="FILE",
    multiple=True,
    help="A file with unlock keys, or with what docker swarm unlock-key printed; - is standard"
    " input.",
)
_OPTIONS = (
    click.option(
        "--unlock-key",
        "unlock_keys",
        metavar="KEY",
        multiple=True,
        envvar=ENVIRONMENT,
        show_envvar=True,
        help="The unlock key (SWMKEY-1-...) of a swarm with autolock; may be repeated. Others on"
        " this machine can see a command line: better use the file or the variable.",
    ),
    unlock_key_files,
    click.option(
        "--key-file",
        "key_files",
        metavar="FILE",
        multiple=True,
        help="Another copy of the node's swarm-node.key, an old one for example; may be repeated.",
    ),
    click.option(
        "--at",
        type=click.IntRange(1),
        metavar="INDEX",
        help="Read the state at this index of the log.",
    ),
    click.option(
        "--until",
        metavar="TIME",
        callback=_time,
        help="Read the state at this time (RFC 3339), or at the end of a date, in UTC.",
    ),
    click.option(
        "--uncommitted/--committed-only",
        "uncommitted",
        default=None,
        help="Apply entries past the commit index, or do not. Else as an engine does: all if there"
        " is one manager; if there are several, only what is committed.",
    ),
    click.option(
        "--deleted", is_flag=True, help="Look for objects too that the log holds and were removed."
    ),
    click.option(
        "--partial",
        is_flag=True,
        help="Go on without the beginning of the log, with what later entries happen to hold.",
    ),
    click.option(
        "--running", is_flag=True, help="Read the folder though a manager is running on it."
    ),
    click.option(
        "--in-memory",
        is_flag=True,
        help="Unpack a tar into memory, not into a folder. Takes as much memory as is unpacked;"
        " Linux only.",
    ),
)


def wanted(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` the options, and hand it what they say as ``wanted``."""
    names = StoreRequest._fields

    @wraps(command)
    def packed(*args: Any, **options: Any) -> Any:
        chosen = StoreRequest(**{name: options.pop(name) for name in names})
        return command(*args, wanted=chosen, **options)

    decorated: Callable[..., Any] = packed
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def unlock_keys(wanted: StoreRequest) -> tuple[str, ...]:
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
