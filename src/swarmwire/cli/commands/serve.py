"""``swarmwire serve``: the Swarm part of the Docker Engine API for unmodified Docker clients."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

from typing import TYPE_CHECKING

import click

from swarmwire.cli import exits, options
from swarmwire.cli.options import Where
from swarmwire.cli.serving.options import DoorChoice
from swarmwire.cli.serving.options import doors as door_options
from swarmwire.cli.swarm_options import (
    EmbeddedOptions,
    embedded_instead,
    embedded_options,
    refuse_swarm_options,
)

if TYPE_CHECKING:
    from swarmwire.releases import Release


@click.command("serve", short_help="Serve the Swarm API to unmodified Docker clients.")
@door_options
@click.option("--read-only", is_flag=True, help="Refuse every write, and show no join tokens.")
@click.option(
    "--policy",
    "policy_file",
    metavar="FILE",
    type=click.Path(path_type=str),
    help="Let in only the clients of a policy file, each by its own socket, certificate or user,"
    " and to what it says; see swarmwire policy.",
)
@click.option(
    "--learn",
    metavar="FILE",
    type=click.Path(path_type=str),
    help="Let a client do everything, and in the end write to FILE a policy of all that it asked"
    " for. The client is named as FILE is.",
)
@click.option(
    "--page",
    is_flag=False,
    flag_value="tcp://127.0.0.1:8642",
    metavar="[ADDRESS]",
    help="Show the swarm in a browser, too: at tcp://127.0.0.1:8642, or another address of this"
    " machine.",
)
@click.option(
    "--page-as",
    metavar="CLIENT",
    help="The client of the policy whose eyes look at the page; needed with --policy.",
)
@click.option(
    "--max-stale",
    type=click.FloatRange(1),
    default=15.0,
    show_default=True,
    metavar="SECONDS",
    help="For how long answers are given of what was known, while the manager is not heard of.",
)
@click.option(
    "--metrics",
    metavar="ADDRESS",
    help="Where /healthz, /readyz and /metrics are: as --listen; plain on this machine, with the"
    " files for TLS beyond it.",
)
@click.option(
    "--registry",
    "registries",
    multiple=True,
    metavar="HOST[:PORT]",
    help="Ask this registry what the tags of its images stand for, so that clients can pin digests:"
    " docker.io, registry.example:5000, as in the names of images; may be repeated. No other"
    " registry is asked.",
)
@embedded_instead
@embedded_options
@options.engine("Answer as this release of the engine. Without it, as that of the manager.")
@options.where_to_write
def command(
    where: Where,
    swarm: EmbeddedOptions,
    doors: DoorChoice,
    read_only: bool,
    policy_file: str | None,
    learn: str | None,
    page: str | None,
    page_as: str | None,
    max_stale: float,
    metrics: str | None,
    registries: tuple[str, ...],
    embedded: bool,
    release: "Release | None",
) -> int:
    """Serve the Swarm part of the Docker Engine API of a live manager, until Ctrl-C.

    The docker command, docker-py, Traefik or Prometheus use it as an engine: DOCKER_HOST is the
    one line on standard output. What is not about the swarm is not there: 404. Whoever may open
    the address may do with the swarm what its owner may, unless --read-only is given; so a unix
    socket is for its owner, and TCP beyond this machine needs --tls-cert, --tls-key and --tls-ca.

    With --embedded it is a swarm in memory, with nodes that are simulated, and the socket is in a
    new folder; --nodes, --managers, --speed, --scenario, --state and --seed are as for embedded.

    SIGHUP reads --policy, --tls-cert, --tls-key and --tls-ca again: all of them, or none. If it
    comes because the terminal was closed, it ends the command.

    Exit codes: 0 ended by SIGTERM; 1 the manager refuses; 2 an address cannot be bound, a file
    cannot be read, or no manager can be reached; 130 ended by Ctrl-C.
    """
    if embedded and where != Where():
        raise click.UsageError("--embedded goes with no manager: it is one")
    if not embedded:
        refuse_swarm_options()
    _refuse_contradictions(
        listen=doors.listen,
        policy=policy_file is not None,
        learn=learn is not None,
        embedded=embedded,
        read_only=read_only,
        page=page is not None,
        page_as=page_as is not None,
    )
    try:
        from swarmwire.cli.policing.policies import named_client, usable_policy
        from swarmwire.cli.serving.registries import named_registries
        from swarmwire.cli.serving.run import ServeOptions, run_serve
        from swarmwire.cli.serving.systemd import inherited_sockets
    except ModuleNotFoundError as err:
        raise exits.without_extra(err, "serving", "serve") from err

    policy = None if policy_file is None else usable_policy(policy_file)
    wanted = ServeOptions(
        doors=doors,
        read_only=read_only,
        max_stale=max_stale,
        release=release,
        policy=policy,
        policy_file=policy_file or "",
        learn=learn or "",
        page=page or "",
        page_client=named_client(policy, page_as) if policy and page_as else None,
        metrics=metrics,
        inherited=inherited_sockets(),
        registries=named_registries(registries),
    )
    return run_serve(wanted, swarm if embedded else where)


def _refuse_contradictions(
    *,
    listen: tuple[str, ...],
    policy: bool,
    learn: bool,
    embedded: bool,
    read_only: bool,
    page: bool,
    page_as: bool,
) -> None:
    if policy and read_only:
        raise click.UsageError("--policy says who may write what: it goes without --read-only")
    if learn and (policy or read_only):
        raise click.UsageError("--learn lets everything through: it goes alone")
    if learn and not all(each.startswith("unix:") for each in listen):
        raise click.UsageError("--learn tells its client by a unix socket: give --listen unix://")
    if learn and embedded and not listen:
        raise click.UsageError("--learn names the socket in the policy: give --listen unix://")
    if learn and len(listen) > 1:
        raise click.UsageError("--learn is about one client: give one --listen")
    if page and policy and not page_as:
        raise click.UsageError("--page under a policy needs --page-as: who looks at it?")
    if page_as and not (page and policy):
        raise click.UsageError("--page-as goes with --page and --policy")
