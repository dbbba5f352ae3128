"""``swarmwire export``: what runs, as a stack file with a proof."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

from typing import TYPE_CHECKING

import click

from swarmwire.cli.exits import UNREADABLE, Stop
from swarmwire.cli.options import Where, engine, formats
from swarmwire.cli.options import where as where_options
from swarmwire.cli.recovery.options import StoreRequest, wanted

if TYPE_CHECKING:
    from swarmwire.releases import Release


@click.command("export", short_help="Write what runs as a stack file, and prove it.")
@click.argument("paths", nargs=-1, metavar="[FILE|DIR|TAR]...")
@click.option("--stack", metavar="NAME", help="Only the services of this stack.")
@click.option(
    "--service",
    "services",
    metavar="NAME",
    multiple=True,
    help="Only this service; may be repeated.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Write to FILE instead of standard output. If it is a folder, or ends with /, each stack"
    " gets a file in it.",
)
@click.option(
    "--files",
    "folder",
    metavar="DIR",
    help="Write the payloads of the stack's configs below DIR, and those of its secrets where they"
    " are known (a manager's folder, a bundle), with mode 0600. Without it, both are referred to.",
)
@click.option(
    "--tags",
    is_flag=True,
    help="Call images by the tags that they were deployed with, without the digest found then.",
)
@click.option("--proof-only", is_flag=True, help="Print the proof alone.")
@engine(
    "The file is for managers of this release; without it, for those of the swarm that it is made"
    " from, as far as that is known."
)
@wanted
@formats("json", text="For people, or for programs.")
@where_options
def command(
    where: Where,
    wanted: StoreRequest,
    release: "Release | None",
    paths: tuple[str, ...],
    stack: str | None,
    services: tuple[str, ...],
    output: str | None,
    folder: str | None,
    tags: bool,
    proof_only: bool,
    format_: str,
) -> int:
    """Write the services of a swarm as the stack file that people would have written, and prove it.

    \b
    swarmwire export --stack shop -o shop.yml     out of the live swarm
    swarmwire export /var/lib/docker/swarm        a manager's folder, a tar of it, or a bundle
    swarmwire export services.json networks.json  what docker service, network, config inspect print

    The proof: the file is read as the docker command reads it, and what docker stack deploy would
    send is planned against what is stored. Every field that a stack file cannot say is listed, with
    what it costs. The file is written in any case. With the file on standard output, the proof goes
    to standard error.

    Options from --unlock-key to --running are for a manager's folder, as those of recover.

    \b
    Exit codes:
      0  re-deploying the file restarts no task
      3  it would restart tasks, or services are not in it or not taken over
      1  it would be refused; or nothing can be read or written
      2  bad usage
    """  # noqa: D301 - \b is click's own mark
    try:
        from swarmwire.cli.exporting.run import ExportRun, run_export
    except ModuleNotFoundError as err:
        if (err.name or "").partition(".")[0] != "yaml":
            raise
        reason = "stack files are written with PyYAML: pip install 'swarmwire[stack]'"
        raise Stop(UNREADABLE, reason) from err
    return run_export(
        ExportRun(
            paths=paths,
            wanted=wanted,
            release=release,
            where=where,
            stack=stack,
            services=services,
            output=output,
            folder=folder,
            tags=tags,
            proof_only=proof_only,
            format=format_,
        )
    )
