"""``swarmwire serve``: the Swarm part of the Docker Engine API for unmodified Docker clients."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415, PLR0913, PLR0917

from typing import TYPE_CHECKING

import click

from swarmwire.cli import exits, options
from swarmwire.cli.options import Where

if TYPE_CHECKING:
    from swarmwire.releases import Release


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


@click.command("serve", short_help="Serve the Swarm API to unmodified Docker clients.")
@click.option(
    "--listen",
    multiple=True,
    metavar="ADDRESS",
    help="unix:///run/x.sock or tcp://host:port; fd:// or fd://NAME for sockets that systemd hands"
    " over; may be repeated. Without it, swarmwire.sock in $XDG_RUNTIME_DIR or /run.",
)
@click.option(
    "--mode", type=_Mode(), default="0600", show_default=True, help="The mode of unix sockets."
)
@click.option("--group", default="", metavar="NAME", help="The group of unix sockets.")
@click.option("--tls-cert", metavar="FILE", help="The certificate that TCP shows, in PEM.")
@click.option("--tls-key", metavar="FILE", help="Its key.")
@click.option(
    "--tls-ca", metavar="FILE", help="Who vouches for clients: each needs a certificate of its own."
)
@click.option("--read-only", is_flag=True, help="Refuse every write, and show no join tokens.")
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
@options.engine("Answer as this release of the engine. Without it, as that of the manager.")
@options.where_to_write
def command(
    where: Where,
    listen: tuple[str, ...],
    mode: int,
    group: str,
    tls_cert: str | None,
    tls_key: str | None,
    tls_ca: str | None,
    read_only: bool,
    max_stale: float,
    metrics: str | None,
    release: "Release | None",
) -> None:
    """Serve the Swarm part of the Docker Engine API of a live manager, until Ctrl-C.

    The docker command, docker-py, Traefik or Prometheus use it as an engine: DOCKER_HOST is the
    one line on standard output. What is not about the swarm is not there: 404. Whoever may open
    the address may do with the swarm what its owner may, unless --read-only is given; so a unix
    socket is for its owner, and TCP beyond this machine needs --tls-cert, --tls-key and --tls-ca.
    """
    try:
        from swarmwire.cli.serving.doors import DoorOptions, listeners_of, metrics_listener
        from swarmwire.cli.serving.run import serve
        from swarmwire.cli.serving.systemd import inherited_sockets
    except ModuleNotFoundError as err:
        raise exits.without_extra(err, "serving") from err
    from swarmwire.cli.live.connection import finished

    given = [each for each in (tls_cert, tls_key, tls_ca) if each is not None]
    if given and len(given) < 3:
        raise click.UsageError("--tls-cert, --tls-key and --tls-ca belong together")
    tls = (given[0], given[1], given[2]) if given else None
    wanted = DoorOptions(listen, mode, group, tls, read_only, metrics, inherited_sockets())
    doors, health = listeners_of(wanted), metrics_listener(wanted)
    finished(serve(where, doors, release, max_stale, health))
