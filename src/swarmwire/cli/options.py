"""Options that several commands share. One name means one thing in all of them.

Old spellings are understood, and shown nowhere.
"""

import sys
from collections.abc import Callable, Mapping
from functools import wraps
from importlib import import_module
from typing import Any, Final, NamedTuple, TypeVar

import click

from swarmwire.cli import exits
from swarmwire.cli.terminal import is_terminal

_Command = TypeVar("_Command", bound=Callable[..., Any])


class Renamed(click.Option):
    """An option whose first name is shown; the others are what it was called before."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """See click."""
        opts, self.opts = self.opts, self.opts[:1]
        try:
            return super().get_help_record(ctx)
        finally:
            self.opts = opts


class _FormatWords(click.Choice[str]):
    """Words of which some were others before."""

    def __init__(self, words: tuple[str, ...], before: Mapping[str, str]) -> None:
        super().__init__(words)
        self._before = before

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See click."""
        known = self._before.get(value, value)
        return super().convert(known, param, ctx)


SPEC_KINDS = ("service", "node", "secret", "config", "network", "swarm", "volume")
OBJECT_KINDS = (
    "service",
    "service-spec",
    "task",
    "node",
    "secret",
    "config",
    "network",
    "swarm",
    "volume",
)


def versions() -> tuple[str, ...]:
    """The versions of the Engine API that an engine takes. Asked for late: the table is heavy."""
    table = import_module("swarmwire.engine.versions")
    known: tuple[str, ...] = table.VERSIONS
    return known


class _VersionOption(click.Option):
    """An option whose help names the oldest and the newest version once somebody reads it."""

    known = staticmethod(versions)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option and its help."""
        record = super().get_help_record(ctx)
        known = self.known()
        return record and (record[0], record[1].format(oldest=known[0], newest=known[-1]))


def releases() -> tuple[str, ...]:
    """The names of the engine's releases that have one."""
    table = import_module("swarmwire.releases")
    return tuple(each.name for each in table.RELEASES if "." in each.name or each.is_newest)


class _ReleaseOption(_VersionOption):
    """The same for releases of the engine."""

    known = staticmethod(releases)


def _version(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """The version without a leading ``v``; refuses what no engine takes."""
    if value is None:
        return None
    text = value.removeprefix("v")
    known = versions()
    if text not in known:
        raise click.BadParameter(f"{value!r} is not a version from {known[0]} to {known[-1]}")
    return text


def api_version(text: str) -> Callable[[_Command], _Command]:
    """The option ``--api-version``, with ``text`` for its help: ``{oldest}``, ``{newest}``."""
    return click.option(
        "--api-version", cls=_VersionOption, metavar="VERSION", callback=_version, help=text
    )


def _release(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Any:
    """The release that is meant; None if none is given."""
    if value is None:
        return None
    try:
        return import_module("swarmwire.releases").release(value)
    except import_module("swarmwire.errors").UnknownRelease as err:
        raise click.BadParameter(str(err)) from err


def release_option(option: str, name: str, text: str) -> Callable[[_Command], _Command]:
    """An option that takes a release of the engine, handed over as ``name``; ``text`` is its help.

    What the version that was asked for does otherwise than its release is told as a warning.
    """

    def decorated(command: Callable[..., Any]) -> Any:
        @wraps(command)
        def told(*args: Any, **others: Any) -> Any:
            release = others[name]
            if release is not None and release.note and not others.get("quiet"):
                click.echo(f"swarmwire: warning: {option}: {release.note}", err=True)
            _refuse_unserved(others.get("api_version"), release)
            return command(*args, **others)

        return click.option(
            option, name, cls=_ReleaseOption, metavar="RELEASE", callback=_release, help=text
        )(told)

    return decorated


def engine(text: str) -> Callable[[_Command], _Command]:
    """The option ``--engine``, handed over as ``release``; see ``release_option``."""
    return release_option("--engine", "release", text)


def _refuse_unserved(api_version: str | None, release: Any) -> None:
    if api_version is None or release is None:
        return
    number = import_module("swarmwire.engine.versions").parse_version
    oldest, newest = release.oldest_api_version, release.api_version
    if not number(oldest) <= number(api_version) <= number(newest):
        reason = f"{release} serves API versions {oldest} to {newest}, not {api_version}"
        raise click.UsageError(reason)


files = click.argument(
    "files",
    nargs=-1,
    metavar="[FILE]...",
    type=click.Path(readable=False, allow_dash=True, path_type=str),
)
output = click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(readable=False, allow_dash=True, path_type=str),
    help="Write to FILE instead of standard output. It appears when all is done, or not at all.",
)
lossless = click.option(
    "--lossless",
    is_flag=True,
    help="Keep what SwarmKit's messages can hold and the engine forgets.",
)
cores = click.option(
    "--cores",
    "--jobs",
    cls=Renamed,
    type=click.IntRange(0),
    default=1,
    show_default=True,
    metavar="N",
    help="Work on N objects at a time, each on a core of its own; 0 takes all cores.",
)
keep_going = click.option(
    "--keep-going", is_flag=True, help="Go on after an object or a file that is refused."
)
quiet = click.option("-q", "--quiet", is_flag=True, help="Print no warnings.")
env_files = click.option(
    "--env-file",
    "env_files",
    metavar="FILE",
    multiple=True,
    help="Variables for stack files, NAME=value on each line; those of the environment come first.",
)


def compose_files(text: str) -> Callable[[_Command], _Command]:
    """The option ``--compose-file``: the files of one stack; ``text`` is its help."""
    return click.option(
        "-c", "--compose-file", "compose_files", metavar="FILE", multiple=True, help=text
    )


def inputs(files: tuple[str, ...]) -> tuple[str, ...]:
    """The files to read; without any, standard input.

    Raises:
        UsageError: standard input is a terminal, or is named twice.
    """
    if files.count("-") > 1:
        raise click.UsageError("standard input (-) can be read only once")
    if sys.stdin is None and (not files or "-" in files):
        raise click.UsageError("nothing to read: standard input is closed")
    if not files and is_terminal(sys.stdin):
        raise click.UsageError("nothing to read: name a FILE, or - for what you type")
    return files or ("-",)


_SECONDS = 20.0


class Where(NamedTuple):
    """Where the manager is, and how long it may take to answer."""

    socket: str | None = None
    ca: str | None = None
    hosts: tuple[str, ...] = ()
    certificates: str | None = None
    timeout: float = _SECONDS
    allow_known_crash: bool = False


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
            raise exits.without_extra(err, "asking a live manager") from err

    decorated: Callable[..., Any] = packed
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def where_to_write(command: Callable[..., Any]) -> Callable[..., Any]:
    """As ``where``, for a command that writes: an operator may decide to crash a manager."""

    @wraps(command)
    def allowed(*args: Any, where: Where, allow_known_crash: bool, **others: Any) -> Any:
        return command(*args, where=where._replace(allow_known_crash=allow_known_crash), **others)

    return where(
        click.option(
            "--allow-known-crash",
            is_flag=True,
            help="Send also what is known to crash or wedge a manager of this version. Without it,"
            " such a request is refused.",
        )(allowed)
    )


def _refuse_contradictions(place: Where) -> None:
    if place.hosts and not place.certificates:
        raise click.UsageError(
            "--host needs --certificates, those of a manager: managers answer nobody else"
        )
    if place.hosts and (place.socket or place.ca):
        raise click.UsageError("--socket and --ca are for the manager of this machine, not --host")
    if place.ca and place.certificates:
        raise click.UsageError("--ca and --certificates both name a root: give one of them")


raw = click.option(
    "--raw", is_flag=True, help="Print SwarmKit's messages as JSON, with all that is stored."
)
live = click.option("--live", is_flag=True, help="Leave out tasks that are over.")


def kind(kinds: tuple[str, ...], text: str, **more: Any) -> Callable[[_Command], _Command]:
    """The option ``--kind``: of what kind the objects are."""
    return click.option("--kind", type=click.Choice(kinds), help=text, **more)


_BEFORE: Final = {"table": "text", "lines": "text"}


def formats(*words: str, text: str) -> Callable[[_Command], _Command]:
    """The option ``--format``: how the output is written; ``text`` is for people, and the default.

    Args:
        words: all of the choices besides ``text``, which comes first.
        text: the help.
    """
    others = tuple(word for word in words if _BEFORE.get(word, word) != "text")
    return click.option(
        "--format",
        "format_",
        type=_FormatWords(("text", *others), _BEFORE),
        default="text",
        show_default=True,
        help=text,
    )


text_or_json = formats("json", text="For people, or for programs: JSON as the engine writes it.")


def message_format(*before: str) -> Callable[[_Command], _Command]:
    """The option ``--message-format``: how messages of SwarmKit are written.

    Args:
        before: how the option was called before.
    """
    return click.option(
        "--message-format",
        *before,
        "message_format",
        cls=Renamed,
        type=click.Choice(["binary", "text", "json"]),
        default="binary",
        show_default=True,
        help="How the messages are written: protobuf's binary, text or JSON form.",
    )
