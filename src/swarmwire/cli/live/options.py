"""Options of all commands that ask a live manager, and what they say about where it is."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

import click

from swarmwire.cli import exits

_SECONDS = 20.0


class Where(NamedTuple):
    """Where the manager is, and how long it may take to answer."""

    socket: str | None = None
    ca: str | None = None
    hosts: tuple[str, ...] = ()
    certificates: str | None = None
    timeout: float = _SECONDS


_OPTIONS = (
    click.option(
        "--socket",
        metavar="PATH",
        help="The manager's control.sock; else SWARMWIRE_SOCKET, or the first in a usual place.",
    ),
    click.option(
        "--ca",
        metavar="FILE",
        help="Talk only to a manager whose certificate this root (PEM) vouches for.",
    ),
    click.option(
        "--host",
        "hosts",
        metavar="HOST[:2377]",
        multiple=True,
        help="A manager on another machine; may be repeated. Needs --certificates.",
    ),
    click.option(
        "--certificates",
        metavar="DIR",
        help="The certificate directory of a manager node: <data root>/swarm/certificates.",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(0, min_open=True),
        default=_SECONDS,
        show_default=True,
        metavar="SECONDS",
        help="How long the manager may take to answer.",
    ),
)


def where(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` the options, and hand it what they say as ``where``."""

    @wraps(command)
    def packed(
        *args: Any,
        socket: str | None,
        ca: str | None,
        hosts: tuple[str, ...],
        certificates: str | None,
        timeout: float,
        **others: Any,
    ) -> Any:
        place = Where(socket, ca, hosts, certificates, timeout)
        _refuse_contradictions(place)
        try:
            return command(*args, where=place, **others)
        except ModuleNotFoundError as err:
            if (err.name or "").partition(".")[0] != "grpc":
                raise
            reason = "a live manager is asked with grpcio: pip install 'swarmwire[control]'"
            raise exits.Stop(exits.UNREADABLE, reason) from err

    decorated: Callable[..., Any] = packed
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def _refuse_contradictions(place: Where) -> None:
    if place.hosts and not place.certificates:
        raise click.UsageError("--host needs --certificates: managers take only managers")
    if place.hosts and (place.socket or place.ca):
        raise click.UsageError("--socket and --ca are for the manager of this machine, not --host")
    if place.ca and place.certificates:
        raise click.UsageError("--ca and --certificates both name a root: give one of them")


names = click.argument("names", nargs=-1, required=True, metavar="NAME...")
raw = click.option(
    "--raw", is_flag=True, help="Print SwarmKit's messages as JSON, with all that is stored."
)


def formats(*words: str, text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option ``--format``; the first word is what happens without it."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(words),
        default=words[0],
        show_default=True,
        help=text,
    )


table_or_json = formats(
    "table", "json", text="For people, or for programs: JSON as the engine writes it."
)
