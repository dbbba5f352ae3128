"""``swarmwire recover``: what a dead manager knew, out of its folder."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

import click

from swarmwire.cli.exits import without_extra
from swarmwire.cli.options import formats
from swarmwire.cli.recovery.options import StoreRequest, wanted

_CHOICES = {
    "networks": "write networks too.",
    "configs": "write configs too, with their payloads.",
    "secrets": "write secrets too, with their payloads, in plain text.",
    "node_labels": "write the nodes' names, roles and labels too.",
    "registry_auth": "write the credentials for registries that services hold, in plain text.",
    "all_": "the five above.",
    "join_tokens": "write the swarm's join tokens.",
    "ca_key": "write the private key of the swarm's root CA.",
    "unlock_key": "write the unlock key of autolock.",
}
_NAMES = {"all_": "--all", "unlock_key": "--export-unlock-key"}


def _choices(command: click.decorators.FC) -> click.decorators.FC:
    for name, text in reversed(_CHOICES.items()):
        option = _NAMES.get(name, f"--{name.replace('_', '-')}")
        command = click.option(option, name, is_flag=True, help=f"With -o: {text}")(command)
    return command


@click.command("recover", short_help="Recover what a dead manager knew, from its folder.")
@click.argument("path", metavar="DIR|TAR")
@click.option("--list", "is_listed", is_flag=True, help="List what is there; so without -o.")
@click.option("-o", "--output", metavar="OUT", help="Write a bundle into the new folder OUT.")
@_choices
@click.option(
    "--diff",
    "other",
    metavar="OTHER",
    help="Compare with another folder or tar, with the socket of a manager, or with the manager of"
    " this machine (live).",
)
@click.option("--tasks", is_flag=True, help="With --diff: compare tasks too.")
@click.option("--hide-env", is_flag=True, help="With --diff: hide the values of environments.")
@wanted
@formats("text", "json", text="For people, or for programs.")
def command(
    wanted: StoreRequest,
    path: str,
    is_listed: bool,
    output: str | None,
    other: str | None,
    tasks: bool,
    hide_env: bool,
    format_: str,
    **chosen: bool,
) -> int:
    """Recover services, networks, secrets and configs from a dead manager's folder, offline.

    DIR is /var/lib/docker/swarm of any manager, a copy of it, or a folder above; TAR is a tar of
    one (gz, bz2, xz, zst). Nothing in it is changed or locked.

    \b
    swarmwire recover swarm.tar.gz                   list what is there, but no payloads
    swarmwire recover swarm.tar.gz -o OUT --all      write a bundle
    swarmwire restore OUT                            on a manager of a new swarm

    OUT must not exist, or be an empty folder of yours that nobody else can look into (0700). It
    appears when everything is written, or not at all. Only its owner can read it.

    A tar is unpacked into a hidden folder beside OUT that only you can read; without -o, into
    TMPDIR (or /tmp). It is removed at the end, but not after kill -9. --in-memory leaves nothing.

    Data in volumes, containers, images and old tasks are in no manager's folder. Each run lists
    what is not recovered.

    \b
    Exit codes:
      0    everything that the manager knew was recovered; with --diff: the two are equal
      1    something was recovered, and something is lost; with --diff: they differ
      2    nothing could be read, OUT cannot be written, or bad usage; if the key is missing, what
           can be read without it is shown
      130  interrupted; OUT was not written
    """  # noqa: D301 - \b is click's own mark
    _refuse_contradictions(output, other, is_listed=is_listed, compare=tasks or hide_env, **chosen)
    try:
        from swarmwire.cli.recovery.runs import Compared, RecoverRun, run_compare, run_recover
    except ModuleNotFoundError as err:
        raise without_extra(err, "recover") from err
    if other is not None:
        return run_compare(path, wanted, Compared(other, tasks, hide_env, format_))
    return run_recover(
        RecoverRun(
            path=path,
            wanted=wanted,
            target=output,
            chosen=chosen,
            is_listed=is_listed or output is None,
            format=format_,
        )
    )


def _refuse_contradictions(
    output: str | None, other: str | None, *, is_listed: bool, compare: bool, **chosen: bool
) -> None:
    if output is None and any(chosen.values()):
        name = next(name for name, is_chosen in chosen.items() if is_chosen)
        option = _NAMES.get(name, f"--{name.replace('_', '-')}")
        raise click.UsageError(f"{option} chooses what goes into a bundle: it needs -o OUT")
    if other is not None and (output is not None or is_listed):
        raise click.UsageError("--diff compares: it cannot be used with -o or --list")
    if other is None and compare:
        raise click.UsageError("--tasks and --hide-env need --diff")
