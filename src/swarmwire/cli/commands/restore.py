"""``swarmwire restore``: give a new swarm what a bundle holds."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

import click

from swarmwire.cli.exits import without_extra
from swarmwire.cli.options import Where, formats
from swarmwire.cli.options import where_to_write as where_options


@click.command("restore", short_help="Create in a new swarm what a bundle holds.")
@click.argument("folder", metavar="BUNDLE")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Only show the steps.")
@click.option(
    "--only",
    metavar="KIND/NAME",
    multiple=True,
    help="Only this (service/web, 'service/shop_*') and what it refers to; may be repeated.",
)
@click.option(
    "--deleted", is_flag=True, help="Only what had already been removed (recover --deleted)."
)
@click.option(
    "--keep-subnets", is_flag=True, help="Give networks the subnets and gateways that they had."
)
@click.option(
    "--use-existing",
    is_flag=True,
    help="Let services use what is there under the same name, even if it differs.",
)
@click.option("--jobs", is_flag=True, help="Create jobs too: they run once more.")
@click.option("--same-swarm", is_flag=True, help="Allow the swarm that the bundle comes from.")
@click.option(
    "--wait",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Wait until the services run and keep running, for so long at most.",
)
@formats("table", "json", text="For people, or for programs.")
@where_options
def command(
    where: Where,
    folder: str,
    yes: bool,
    dry_run: bool,
    only: tuple[str, ...],
    deleted: bool,
    keep_subnets: bool,
    use_existing: bool,
    jobs: bool,
    same_swarm: bool,
    wait: float | None,
    format_: str,
) -> int:
    """Create in a live swarm what BUNDLE holds and the swarm lacks, after showing it and asking.

    BUNDLE is a folder that recover -o wrote. The order is: labels of nodes (by the names of their
    hosts), networks, secrets, configs, services. References are made to fit the new swarm.

    Nothing that is there is changed or removed. What has the same name is compared: if it is
    equal, it is used; if it differs, it is left alone, and services that refer to it are not
    created unless --use-existing says so. Payloads of secrets cannot be compared, because no
    manager shows them: a secret with the same labels counts as equal, and a note says so.

    Images, and data in volumes, are not in a bundle. The steps show what each service needs on
    which nodes, with a warning where it is known or likely to be missing.

    May be interrupted at any time: the same command continues where it stopped. What it has created
    is recorded in restore.journal in the folder, if that can be written.

    Services start anew: the spec that docker service rollback would restore is not kept.

    \b
    Exit codes:
      0    everything in the bundle is there; with --dry-run: it would be. Jobs, and labels of
           hosts that are not there, are not counted
      1    something differs, cannot be created or was refused; a service does not run as wanted
           within --wait, or its tasks are rejected or fail again and again; or the answer was no
      2    bad usage, no bundle, or a manager that cannot be reached
      130  interrupted; the message says what was done
    """  # noqa: D301 - \b is click's own mark
    try:
        from swarmwire.bundle.restore import RestoreOptions
        from swarmwire.cli.restoring.run import RestoreRun, run_restore
    except ModuleNotFoundError as err:
        raise without_extra(err, "restore") from err
    options = RestoreOptions(
        keep_subnets=keep_subnets,
        use_existing=use_existing,
        jobs=jobs,
        same_swarm=same_swarm,
        only=only,
    )
    return run_restore(
        RestoreRun(
            folder=folder,
            where=where,
            yes=yes,
            dry_run=dry_run,
            deleted=deleted,
            wait=wait,
            format=format_,
            options=options,
        )
    )
