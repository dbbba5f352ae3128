"""Options that say where ``serve`` lets clients in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

import click


class DoorChoice(NamedTuple):
    """Where clients come in, as the options say.

    Attributes:
        listen: the addresses; one is chosen if there are none.
        mode: of unix sockets.
        group: of unix sockets.
        tls: certificate, key and authority for TCP; None if none are given.
    """

    listen: tuple[str, ...]
    mode: int
    group: str
    tls: tuple[str, str, str] | None


class _Mode(click.ParamType[int]):
    """The mode of a file, in octal."""

    name = "octal"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """See click."""
        if isinstance(value, int):
            return value
        try:
            mode = int(str(value), 8)
        except ValueError:
            mode = -1
        if not 0 <= mode <= 0o777:
            self.fail(f"{value!r} is no mode in octal, as 0660", param, ctx)
        return mode


_DOORS = (
    click.option(
        "--listen",
        multiple=True,
        metavar="ADDRESS",
        help="unix:///run/x.sock or tcp://host:port; fd:// or fd://NAME for sockets that systemd"
        " hands over; may be repeated. Without it, swarmwire.sock in $XDG_RUNTIME_DIR or /run.",
    ),
    click.option(
        "--mode", type=_Mode(), default="0600", show_default=True, help="The mode of unix sockets."
    ),
    click.option("--group", default="", metavar="NAME", help="The group of unix sockets."),
    click.option("--tls-cert", metavar="FILE", help="The certificate that TCP shows, in PEM."),
    click.option("--tls-key", metavar="FILE", help="Its key."),
    click.option(
        "--tls-ca",
        metavar="FILE",
        help="Who vouches for clients: each needs a certificate of its own.",
    ),
)


def doors(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` the options, and hand it what they say as ``doors``."""

    @wraps(command)
    def packed(
        *args: Any,
        listen: tuple[str, ...],
        mode: int,
        group: str,
        **others: Any,
    ) -> Any:
        files: Any = tuple(others.pop(name) for name in ("tls_cert", "tls_key", "tls_ca"))
        if None in files and any(file is not None for file in files):
            raise click.UsageError("--tls-cert, --tls-key and --tls-ca belong together")
        tls = None if None in files else files
        return command(*args, doors=DoorChoice(listen, mode, group, tls), **others)

    decorated: Callable[..., Any] = packed
    for option in reversed(_DOORS):
        decorated = option(decorated)
    return decorated
