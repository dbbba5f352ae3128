"""Options of ``recover`` about what to read, and with which keys."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

import click

ENVIRONMENT = "SWARMWIRE_UNLOCK_KEY"


class Wanted(NamedTuple):
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

    def __repr__(self) -> str:
        return f"Wanted(unlock_keys=<{len(self.unlock_keys)}>, {self[1:]!r})"


def _time(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    from swarmwire.cli.recovery.times import parse_time  # noqa: PLC0415 - it loads all messages

    try:
        return parse_time(value)
    except ValueError as err:
        raise click.BadParameter(f"{value!r} is {err}") from err


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
    click.option(
        "--unlock-key-file",
        "unlock_key_files",
        metavar="FILE",
        multiple=True,
        help="A file with unlock keys, or with what docker swarm unlock-key printed; - is standard"
        " input.",
    ),
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
)


def wanted(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` the options, and hand it what they say as ``wanted``."""
    names = Wanted._fields

    @wraps(command)
    def packed(*args: Any, **options: Any) -> Any:
        chosen = Wanted(**{name: options.pop(name) for name in names})
        return command(*args, wanted=chosen, **options)

    decorated: Callable[..., Any] = packed
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated
