"""What ``export`` reads: a live manager, a manager's folder, a bundle, or what inspect prints."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from swarmwire import engine, pb
from swarmwire.cli.exits import Unreadable, reason_of
from swarmwire.cli.options import Where
from swarmwire.cli.reading.forms import mark_of, top_level_keys
from swarmwire.cli.reading.inspected import inspected
from swarmwire.cli.reading.json_stream import JSONSplitter
from swarmwire.cli.reading.sources import elements
from swarmwire.cli.reading.stores import HEAD, is_tar, stored_objects
from swarmwire.cli.reading.streams import Element
from swarmwire.cli.recovery.options import StoreRequest
from swarmwire.convert import (
    config_spec_to_grpc,
    network_create_to_grpc,
    secret_spec_to_grpc,
    service_spec_to_grpc,
)
from swarmwire.errors import FieldError
from swarmwire.export import KnownSwarm, without_defaults
from swarmwire.plan import release_of
from swarmwire.releases import Release

_GIVEN: Final = "com.docker.network.driver.overlay.vxlanid_list"
"""An option that networks are given, and nobody asks for."""


class ExportInput(NamedTuple):
    """The objects that there are, and the release of the engine; None if it is not known."""

    swarm: KnownSwarm
    release: Release | None = None


def of_manager(where: Where) -> ExportInput:
    """All objects of a live manager; it keeps the payloads of secrets to itself."""
    from swarmwire.cli.planning.planning import connected  # noqa: PLC0415 - needs grpcio

    with connected(where) as control:
        swarm = KnownSwarm(
            services=tuple(control.list_services(pb.ListServicesRequest()).services),
            networks=tuple(control.list_networks(pb.ListNetworksRequest()).networks),
            secrets=tuple(control.list_secrets(pb.ListSecretsRequest()).secrets),
            configs=tuple(control.list_configs(pb.ListConfigsRequest()).configs),
            tasks=tuple(control.list_tasks(pb.ListTasksRequest()).tasks),
            nodes=tuple(control.list_nodes(pb.ListNodesRequest()).nodes),
        )
    return ExportInput(swarm, release_of(swarm.nodes or ()))


def of_paths(paths: Sequence[str], wanted: StoreRequest) -> ExportInput:
    """The objects in a manager's folder, in a bundle, or in files with what inspect prints.

    Raises:
        Unreadable: a file or bundle cannot be read, or holds something else.
        Stop: a manager's folder cannot be read.
    """
    stores = [path for path in paths if path != "-" and _is_store(path)]
    if not stores:
        if wanted != StoreRequest():
            raise Unreadable(f"{paths[0]}: options of recover are for a manager's folder")
        return ExportInput(_of_files(tuple(paths)))
    if len(paths) > 1:
        raise Unreadable(f"{stores[0]}: a manager's folder or a bundle is read alone")
    return _of_store(stores[0], wanted)


def _is_store(path: str) -> bool:
    """Whether it is a folder, or a tar of one."""
    try:
        if Path(path).is_dir():
            return True
        with Path(path).open("rb") as file:
            head = file.read(HEAD)
    except OSError as err:
        raise Unreadable(f"{path}: {reason_of(err)}") from err
    except ValueError as err:
        raise Unreadable(f"{path}: not the name of a file") from err
    return is_tar(head)


def _of_store(path: str, wanted: StoreRequest) -> ExportInput:
    found = stored_objects(path, wanted, "reading a manager's folder")
    swarm = KnownSwarm(
        services=tuple(found.services),
        networks=tuple(found.networks),
        secrets=tuple(found.secrets),
        configs=tuple(found.configs),
        tasks=None if found.tasks is None else tuple(found.tasks),
        nodes=None if found.nodes is None else tuple(found.nodes),
        network_names=dict(found.network_names),
    )
    return ExportInput(swarm, found.release)


def _of_files(paths: tuple[str, ...]) -> KnownSwarm:
    found = _Found()
    for path in paths:
        for element in elements(
            (path,), JSONSplitter, before_read=lambda _: None, unreadable=_refuse
        ):
            try:
                found.add(element)
            except (Unreadable, FieldError) as err:
                raise Unreadable(f"{element.label}: {err}") from err
    return KnownSwarm(
        services=tuple(found.services),
        secrets=tuple(found.secrets),
        configs=tuple(found.configs),
        networks=tuple(found.networks),
        is_stored=False,
    )


def _refuse(text: str) -> None:
    raise Unreadable(text)


class _Found:
    """What stands in files of JSON: services above all, and what tells the names of the rest."""

    def __init__(self) -> None:
        self.services: list[pb.Service] = []
        self.secrets: list[pb.Secret] = []
        self.configs: list[pb.Config] = []
        self.networks: list[pb.Network] = []

    def add(self, element: Element) -> None:
        """Take one object for what it is.

        Raises:
            Unreadable: it is something else.
            FieldError: a field of it is wrong.
        """
        raw = element.raw
        keys = top_level_keys(raw)
        if "Scope" in keys and "Id" in keys:
            self.networks.append(_network(raw))
        elif "Spec" in keys and b'"Data"' in raw and b'"TaskTemplate"' not in raw:
            config = engine.decode(raw, engine.Config)
            spec = config_spec_to_grpc(config.spec)
            self.configs.append(pb.Config(id=config.id, spec=spec))
        elif keys == {"ID", "Version", "CreatedAt", "UpdatedAt", "Spec"} and _is_bare(raw):
            secret = engine.decode(raw, engine.Secret)
            self.secrets.append(pb.Secret(id=secret.id, spec=secret_spec_to_grpc(secret.spec)))
        else:
            self.services.append(_service(raw))


def _is_bare(raw: bytes) -> bool:
    """Whether a spec is that of a secret, which has nothing of its own."""
    return not any(key in raw for key in (b'"TaskTemplate"', b'"Availability"'))


def _network(raw: bytes) -> pb.Network:
    """What was asked of a network, as far as inspect's output tells it."""
    request: Any = inspected(raw, "network").spec
    options = request.options or {}
    request.options = {name: text for name, text in options.items() if name != _GIVEN}
    if request.ipam is not None and not request.ipam.config:
        request.ipam = None
    id_ = engine.decode(raw, engine.NetworkInspect).id
    return pb.Network(id=id_, spec=network_create_to_grpc(request))


def _service(raw: bytes) -> pb.Service:
    what = mark_of(raw)
    if what:
        raise Unreadable(f"is {what}")
    inner, prefix = inspected(raw, "service")
    spec: Any = engine.decode(inner, engine.ServiceSpec) if isinstance(inner, bytes) else inner
    try:
        message = service_spec_to_grpc(spec, lossless=True)
    except FieldError as err:
        raise (err.under(prefix) if prefix else err) from None
    return pb.Service(spec=without_defaults(message) if prefix else message)
