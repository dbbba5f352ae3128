"""``swarmwire recover``: what a dead manager knew, out of its folder."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

import click

from swarmwire.cli.live.options import formats
from swarmwire.cli.recovery.extra import without_extra
from swarmwire.cli.recovery.options import Wanted, wanted

_CHOICES = {
    "networks": "write networks too.",
    "configs": "write configs too, with their payloads.",
    "secrets": "write secrets too, with their payloads, in plain text.",
    "node_labels": "write the nodes' names, roles and labels too.",
    "registry_auth": "write the credentials for registries that services hold, in plain text.",
    "all_": "all of the five above.",
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


@click.command("recover", short_help="Get out of a dead manager's folder what it knew.")
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
    wanted: Wanted,
    path: str,
    is_listed: bool,
    output: str | None,
    other: str | None,
    tasks: bool,
    hide_env: bool,
    format_: str,
    **chosen: bool,
) -> int:
    """Get services, networks, secrets and configs out of a dead manager's folder, offline.

    DIR is /var/lib/docker/swarm of any manager, a copy of it, or a folder above; TAR is a tar of
    one (gz, bz2, xz, zst). Nothing in it is changed or locked.

    \b
    swarmwire recover swarm.tar.gz                   list what is there, payloads never
    swarmwire recover swarm.tar.gz -o OUT --all      write a bundle
    swarmwire restore OUT                            on a manager of a new swarm

    OUT must not exist, or be an empty folder of yours that nobody else can look into (0700). It
    appears when all is written, or not at all; its files are for its owner alone.

    Data in volumes, containers, images and pruned tasks are in no manager's folder: what cannot be
    recovered is told each time.

    \b
    Exit codes:
      0    all that the manager knew was recovered; with --diff: the two are equal
      1    something was recovered, and something is lost; with --diff: they differ
      2    nothing could be read, OUT cannot be written, or bad usage; without a key it is told
           what can be told without one
      130  interrupted; OUT was not written
    """  # noqa: D301 - \b is click's own mark
    _refuse_contradictions(output, other, is_listed=is_listed, compare=tasks or hide_env, **chosen)
    try:
        from swarmwire.cli.recovery.runs import Compared, RecoverRun, run_compare, run_recover
    except ModuleNotFoundError as err:
        raise without_extra(err, "a manager's folder cannot be read") from err
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
        raise click.UsageError(f"{option} says what goes into a bundle: -o OUT is missing")
    if other is not None and (output is not None or is_listed):
        raise click.UsageError("--diff compares; it goes neither with -o nor with --list")
    if other is None and compare:
        raise click.UsageError("--tasks and --hide-env are for --diff")
