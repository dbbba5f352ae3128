"""Conversions as older releases of the engine do them.

The newest release's conversion does the work. What a release does not know is cleared before it;
what it does otherwise is done before and after it, at the two ends. ``releases.quirks`` lists all
of it. Where a release refuses something that the newest takes, that is found beforehand, and the
refusal that the engine would meet first is raised.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from swarmwire import engine, pb
from swarmwire.convert._nested import fill_each
from swarmwire.convert.endpoint import attachment_config_from_grpc, attachment_config_to_grpc
from swarmwire.engine.address import go_quoted
from swarmwire.engine.shapes import as_known
from swarmwire.errors import ConvertError, FieldError
from swarmwire.releases import Release
from swarmwire.releases.messages import clear_unknown, known_to
from swarmwire.releases.quirks import does

Newest = Callable[..., Any]
"""The conversion of the newest release."""


# Service specs, to messages


def service_spec_to_grpc(
    newest: Newest, spec: engine.ServiceSpec, release: Release, **options: Any
) -> pb.ServiceSpec:
    """The spec that a manager of ``release`` is sent.

    Source: moby convert/service.go and container.go of the release.
    """
    wanted = as_known(spec, release)
    _refuse_removed_log_driver(wanted, release)
    name_servers = _without_name_servers(wanted, release)
    lacks_runtime = _with_runtime(wanted, release)
    targetless = _with_targets(wanted, release)
    refusals: list[FieldError] = list(_refusals(wanted, release))
    try:
        out: pb.ServiceSpec = newest(wanted, **options)
    except FieldError as err:
        refusals.append(_in_old_words(err, release))
    if refusals:
        raise min(refusals, key=_place_of)
    if lacks_runtime:
        out.task.ClearField(lacks_runtime)
    for index in targetless:
        out.task.container.configs[index].ClearField("file")
    if name_servers:
        out.task.container.dns_config.nameservers.extend(name_servers)
    if does(release, "top-level-networks"):
        fill_each("Networks", wanted.networks, out.networks, attachment_config_to_grpc)
    _clear_what_is_not_stored(out, release)
    return out


def _refuse_removed_log_driver(spec: engine.ServiceSpec, release: Release) -> None:
    """Refuse what the engine's router refuses, before anything is converted.

    Source: moby api/server/router/swarm/cluster_routes.go, createService and updateService.
    """
    driver = spec.task_template.log_driver
    if driver is not None and driver.name == "logentries" and does(release, "no-logentries"):
        reason = "the logentries logging driver has been deprecated and removed"
        raise ConvertError("unsupported", reason, "TaskTemplate", "LogDriver", "Name")


def _without_name_servers(spec: engine.ServiceSpec, release: Release) -> list[str]:
    """The name servers, taken out of the spec where they are free text."""
    container = spec.task_template.container_spec
    if container is None or container.dns_config is None:
        return []
    if not does(release, "free-text-addresses"):
        return []
    taken, container.dns_config.nameservers = container.dns_config.nameservers, []
    return taken


def _with_runtime(spec: engine.ServiceSpec, release: Release) -> str:
    """Give the spec a runtime that it lacks, if the release needs none; the field to clear."""
    template = spec.task_template
    if not does(release, "no-runtime"):
        return ""
    if template.runtime in ("container", "") and template.container_spec is None:
        template.container_spec = engine.ContainerSpec()
        return "container"
    if template.runtime == "plugin" and template.plugin_spec is None:
        template.plugin_spec = engine.RuntimeSpec()
        return "generic"
    return ""


def _with_targets(spec: engine.ServiceSpec, release: Release) -> list[int]:
    """Give configs a file that have none, if the release needs none; their places."""
    container = spec.task_template.container_spec
    if container is None or not does(release, "configs-without-target"):
        return []
    places = []
    for index, reference in enumerate(container.configs):
        if reference is not None and reference.file is None:
            reference.file = engine.ConfigReferenceFileTarget()
            places.append(index)
    return places


def _refusals(spec: engine.ServiceSpec, release: Release) -> Iterator[ConvertError]:
    """What the release refuses and the newest would take; it is taken out of the spec."""
    if does(release, "no-sctp") and spec.endpoint_spec is not None:
        for port in spec.endpoint_spec.ports:
            if port.protocol.lower() == "sctp":
                port.protocol = "tcp"
    container = spec.task_template.container_spec
    if container is None or spec.task_template.runtime not in ("container", ""):
        return
    for index, mount in enumerate(container.mounts):
        under = ("TaskTemplate", "ContainerSpec", "Mounts", index)
        if mount.type.lower() in unknown_mount_types(release):
            reason = f"invalid MountType: {go_quoted(mount.type)}"
            yield ConvertError("unknown", reason, *under, "Type")
            mount.type = ""
        options = mount.bind_options
        refused = does(release, "non-recursive-refused")
        if refused and options is not None and options.non_recursive:
            reason = f"invalid NonRecursive: {go_quoted(options.propagation)}"
            yield ConvertError("unsupported", reason, *under, "BindOptions", "NonRecursive")


def unknown_mount_types(release: Release) -> frozenset[str]:
    """The types of mounts that the newest knows, and the release does not."""
    cluster = {"cluster"} if does(release, "no-cluster-mounts") else set()
    return frozenset(cluster | ({"npipe"} if does(release, "no-npipe-mounts") else set()))


def _in_old_words(err: FieldError, release: Release) -> FieldError:
    if err.path == "Mode" and does(release, "two-modes"):
        err.reason = "cannot specify both replicated mode and global mode"
    if err.path.endswith("CredentialSpec") and does(release, "old-credential-specs"):
        err.reason = err.reason.removeprefix("invalid CredentialSpec: ").replace(
            '"file", "registry", or "config"', '"file" or "registry"'
        )
    return err


_ORDER: Final = (
    "TaskTemplate.Networks",
    "TaskTemplate.Resources",
    "TaskTemplate.ContainerSpec.Secrets",
    "TaskTemplate.ContainerSpec.Ulimits",
    "TaskTemplate.ContainerSpec.Privileges",
    "TaskTemplate.ContainerSpec.Configs",
    "TaskTemplate.ContainerSpec.Mounts",
    "TaskTemplate.ContainerSpec",
    "TaskTemplate",
)
"""The order in which the engine meets what it refuses; all else comes last."""


def _place_of(err: FieldError) -> tuple[int, int]:
    names = ".".join(step for step in err.steps if isinstance(step, str))
    index = next((step for step in err.steps if isinstance(step, int)), 0)
    return next(
        (n for n, start in enumerate(_ORDER) if names.startswith(start)), len(_ORDER)
    ), index


def _clear_what_is_not_stored(out: pb.ServiceSpec, release: Release) -> None:
    clear_unknown(out, release)
    container = out.task.container
    if does(release, "no-tmpfs-options") and out.task.HasField("container"):
        for mount in container.mounts:
            if mount.HasField("tmpfs_options"):
                mount.tmpfs_options.ClearField("options")


# Messages to what is shown


def service_spec_from_grpc(
    newest: Newest, spec: pb.ServiceSpec, release: Release, **options: Any
) -> engine.ServiceSpec:
    """The spec as ``release`` shows it.

    Source: moby convert/service.go of the release.
    """
    known = known_to(spec, release)
    out: engine.ServiceSpec = newest(known, **options)
    _show_spec(out, known, release)
    return out


def service_from_grpc(
    newest: Newest, service: pb.Service, release: Release, **options: Any
) -> engine.Service:
    """A service as ``release`` shows it.

    Source: moby convert/service.go of the release.
    """
    known = known_to(service, release)
    out: engine.Service = newest(known, **options)
    _show_spec(out.spec, known.spec, release)
    if out.previous_spec is not None:
        _show_spec(out.previous_spec, known.previous_spec, release)
    _show_ports((*out.endpoint.ports, *out.endpoint.spec.ports), release)
    if does(release, "free-text-addresses"):
        for shown, stored in zip(out.endpoint.virtual_ips, known.endpoint.virtual_ips, strict=True):
            shown.addr = stored.addr
    return out


def task_from_grpc(newest: Newest, task: pb.Task, release: Release, **options: Any) -> engine.Task:
    """A task as ``release`` shows it.

    Source: moby convert/task.go of the release.
    """
    if does(release, "no-attachment-tasks") and task.spec.WhichOneof("runtime") == "attachment":
        return engine.Task(status=engine.TaskStatus(container_status=engine.ContainerStatus()))
    known = known_to(task, release)
    out: engine.Task = newest(known, **options)
    _show_container(out.spec, known.spec, release)
    _show_ports(out.status.port_status.ports, release)
    if does(release, "container-status-always") and out.status.container_status is None:
        out.status.container_status = engine.ContainerStatus()
    if does(release, "free-text-addresses"):
        for shown, stored in zip(out.networks_attachments, known.networks, strict=True):
            shown.addresses = stored.addresses[:]
            _show_pools(shown.network.spec.ipam_options, stored.network.spec.ipam)
            _show_pools(shown.network.ipam_options, stored.network.ipam)
    return out


def network_from_grpc(
    newest: Newest, network: pb.Network, release: Release, **options: Any
) -> engine.NetworkResource:
    """A network as ``/networks`` of ``release`` shows it.

    Source: moby convert/network.go of the release.
    """
    out: engine.NetworkResource = newest(known_to(network, release), **options)
    _show_free_pools(out.ipam, network, release)
    return out


def network_inspect_from_grpc(
    newest: Newest, network: pb.Network, release: Release, **options: Any
) -> engine.NetworkInspect:
    """A network as ``/networks/{id}`` of ``release`` shows it; ``Status`` from 29.0 on.

    Source: moby convert/network.go of the release.
    """
    out: engine.NetworkInspect = newest(known_to(network, release), **options)
    _show_free_pools(out.ipam, network, release)
    if not release.has("29.0"):
        out.status = None
        out.containers = None
    return out


def _show_free_pools(ipam: engine.IPAM | None, network: pb.Network, release: Release) -> None:
    if does(release, "free-text-addresses") and ipam is not None:
        for shown, stored in zip(ipam.config or (), network.ipam.configs, strict=True):
            shown.subnet = stored.subnet
            shown.ip_range = stored.range
            shown.gateway = stored.gateway
            shown.auxiliary_addresses = dict(stored.reserved)


def network_create_to_grpc(
    newest: Newest, request: engine.NetworkCreateRequest, release: Release, **options: Any
) -> pb.NetworkSpec:
    """The spec of a network that a manager of ``release`` is sent.

    Source: moby convert/network.go of the release.
    """
    wanted = as_known(request, release)
    free = does(release, "free-text-addresses") and wanted.ipam is not None
    pools = list(wanted.ipam.config or ()) if free and wanted.ipam is not None else []
    if free and wanted.ipam is not None:
        wanted.ipam.config = [engine.NetworkIPAMConfig() for _ in pools]
    out: pb.NetworkSpec = newest(wanted, **options)
    for given, stored in zip(pools, out.ipam.configs, strict=True) if free else ():
        stored.subnet = given.subnet
        stored.range = given.ip_range
        stored.gateway = given.gateway
    clear_unknown(out, release)
    return out


def swarm_from_grpc(
    newest: Newest, cluster: pb.Cluster, release: Release, **options: Any
) -> engine.Swarm:
    """The swarm as ``release`` shows it.

    Source: moby convert/swarm.go of the release.
    """
    known = known_to(cluster, release)
    out: engine.Swarm = newest(known, **options)
    if does(release, "free-text-addresses"):
        out.default_addr_pool = known.defaultAddressPool[:] or None
    return out


def unchanged(newest: Newest, value: Any, _: Release, **options: Any) -> Any:
    """What every release does as the newest does it."""
    return newest(value, **options)


def to_grpc(newest: Newest, spec: Any, release: Release, *more: Any, **options: Any) -> Any:
    """Any other object: what the release does not know is left out."""
    out = newest(as_known(spec, release), *more, **options)
    clear_unknown(out, release)
    return out


def from_grpc(newest: Newest, message: Any, release: Release, **options: Any) -> Any:
    """Any other message: what the release's SwarmKit does not know is left out."""
    return newest(known_to(message, release), **options)


def _show_spec(out: engine.ServiceSpec, spec: pb.ServiceSpec, release: Release) -> None:
    _show_container(out.task_template, spec.task, release)
    if out.endpoint_spec is not None:
        _show_ports(out.endpoint_spec.ports, release)
    if does(release, "top-level-networks"):
        if not spec.task.networks:
            out.task_template.networks = []
        out.networks = [attachment_config_from_grpc(network) for network in spec.networks]


def _show_container(out: engine.TaskSpec, spec: pb.TaskSpec, release: Release) -> None:
    if does(release, "pids-not-shown") and not spec.resources.HasField("limits"):
        _hide_limits(out, spec)
    container = out.container_spec
    if container is None:
        return
    unknown = unknown_mount_types(release)
    for mount in container.mounts:
        if mount.type in unknown:
            mount.type = ""
        if mount.bind_options is not None and does(release, "non-recursive-refused"):
            mount.bind_options.non_recursive = False
    if container.dns_config is not None and does(release, "free-text-addresses"):
        container.dns_config.nameservers = spec.container.dns_config.nameservers[:]


def _hide_limits(out: engine.TaskSpec, spec: pb.TaskSpec) -> None:
    """Take away the limits that stand there for a number of processes alone."""
    if out.resources is not None:
        out.resources.limits = None
        if not spec.HasField("resources"):
            out.resources = None


def _show_ports(ports: Sequence[engine.PortConfig], release: Release) -> None:
    if does(release, "no-sctp"):
        for port in ports:
            if port.protocol == "sctp":
                port.protocol = ""


def _show_pools(shown: engine.IPAMOptions | None, stored: pb.IPAMOptions) -> None:
    if shown is not None:
        for pool, text in zip(shown.configs, stored.configs, strict=True):
            pool.subnet = text.subnet
            pool.range = text.range
            pool.gateway = text.gateway
