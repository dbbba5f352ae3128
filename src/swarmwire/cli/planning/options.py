"""Options that ``plan`` and ``apply`` share."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from swarmwire.cli import options

if TYPE_CHECKING:
    from swarmwire.cli.planning.stack.inputs import StackChoice

as_engine = click.option(
    "--as-engine",
    is_flag=True,
    help="Take FILE as the engine would: what inspect's JSON cannot say is lost, and defaults"
    " spelled out in it are stored.",
)
hide_env = click.option(
    "--hide-env", is_flag=True, help="Hide the value of every environment variable."
)
base = click.option(
    "--base",
    metavar="FILE",
    help="What the new file was made from: only what differs between the two is changed.",
)

_STACK = (
    click.option("--stack", metavar="NAME", help="A whole stack, as docker stack deploy takes it."),
    options.compose_files("With --stack: the stack file; more override it."),
    options.env_files,
    click.option(
        "--prune",
        is_flag=True,
        help="With --stack: remove its services that are not in the files, then what nothing uses.",
    ),
    click.option(
        "--rotate-names",
        is_flag=True,
        help="With --stack: add a digest of the content to names of secrets and configs.",
    ),
    click.option(
        "--resolve-image",
        type=click.Choice(["always", "changed", "never"]),
        default="always",
        show_default=True,
        help="With --stack: when an engine is asked which digest a tag stands for.",
    ),
    click.option(
        "--engine-socket",
        metavar="PATH",
        help="The engine that is asked for digests; /var/run/docker.sock if it is there.",
    ),
    click.option(
        "--with-registry-auth",
        is_flag=True,
        help="With --stack: store your credentials for registries with the services.",
    ),
)
_NEED_STACK = {
    "compose_files": "--compose-file",
    "env_files": "--env-file",
    "prune": "--prune",
    "rotate_names": "--rotate-names",
    "engine_socket": "--engine-socket",
    "with_registry_auth": "--with-registry-auth",
}
_NEED_SERVICE = {
    "base": "--base",
    "as_engine": "--as-engine",
    "resume": "--resume",
    "is_service": "--by-name",
}


def stack(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` the options of stacks, and hand it what they say as ``choice``.

    It is None without ``--stack``; options that need that are refused then, and with it those
    that are for a single service.
    """

    @wraps(command)
    def packed(*args: Any, stack: str | None, resolve_image: str, **others: Any) -> Any:
        given = {name: others.pop(name) for name in _NEED_STACK}
        for name, option in _NEED_STACK.items():
            if stack is None and given[name]:
                raise click.UsageError(f"{option} goes with --stack NAME")
        for name, option in _NEED_SERVICE.items():
            if stack is not None and others.get(name):
                raise click.UsageError(f"{option} goes with a single SERVICE, not with --stack")
        choice = None if stack is None else _choice(stack, resolve_image, given, others)
        return command(*args, choice=choice, **others)

    decorated: Callable[..., Any] = packed
    for option in reversed(_STACK):
        decorated = option(decorated)
    return decorated


def _choice(
    name: str, resolve_image: str, given: dict[str, Any], others: dict[str, Any]
) -> "StackChoice":
    from swarmwire.cli import exits  # noqa: PLC0415 - commands import late
    from swarmwire.cli.planning.usage import ERROR  # noqa: PLC0415 - likewise

    try:
        from swarmwire.cli.planning.stack.inputs import StackChoice  # noqa: PLC0415 - likewise
    except ModuleNotFoundError as err:
        missing = exits.without_extra(err, "--stack", "control,stack")
        if isinstance(missing, exits.Stop):
            raise exits.Stop(ERROR, missing.message) from err
        raise missing from err
    shared = {name: others[name] for name in ("rollback", "hide_env", "release")}
    return StackChoice(name=name, resolve_image=resolve_image, **given, **shared)  # type: ignore[arg-type]
