"""The scheduler's eight filters, in its order: when each applies, and what a node lacks for it.

Source: SwarmKit manager/scheduler/filter.go.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, Literal, NamedTuple

from swarmwire import pb
from swarmwire.scheduling.constraints import found, readable, unmet
from swarmwire.scheduling.generic_resources import amount, entries, has_enough
from swarmwire.scheduling.node_info import HostPort, NodeInfo, host_ports
from swarmwire.scheduling.volume_set import VolumeSet, cluster_mounts

_ARCHITECTURES: Final = {"x86_64": "amd64", "aarch64": "arm64"}


FilterName = Literal[
    "ReadyFilter",
    "ResourceFilter",
    "PluginFilter",
    "ConstraintFilter",
    "PlatformFilter",
    "HostPortFilter",
    "MaxReplicasFilter",
    "VolumesFilter",
]


class Lack(NamedTuple):
    """One thing that a node lacks for a task.

    Attributes:
        what: ``NanoCPUs``, ``MemoryBytes``, a kind of generic resource, a constraint, a port ….
        wanted: what the task wants of it.
        left: what the node has, or has left.
    """

    what: str
    wanted: int | str
    left: int | str


Check = Callable[[NodeInfo], Iterable[Lack]]


class Filter(NamedTuple):
    """One filter.

    Attributes:
        name: SwarmKit's: ``ResourceFilter``.
        text: what a manager says of nodes that it refuses.
        of: the check for one task; None if the filter does not apply to it.
    """

    name: FilterName
    text: str
    of: Callable[[pb.Task, VolumeSet], Check | None]

    def explanation(self, nodes: int) -> str:
        """What a manager says when the filter refuses so many nodes."""
        return self.text.format("1 node" if nodes == 1 else f"{nodes} nodes")


def _ready(_task: pb.Task, _volumes: VolumeSet) -> Check:
    def check(info: NodeInfo) -> Iterator[Lack]:
        state, availability = info.node.status.state, info.node.spec.availability
        if state != pb.NodeStatus.READY:
            yield Lack("State", "READY", _name(pb.NodeStatus.State, state))
        if availability != pb.NodeSpec.ACTIVE:
            left = _name(pb.NodeSpec.Availability, availability)
            yield Lack("Availability", "ACTIVE", left)

    return check


def _name(enum: type, number: int) -> str:
    value = enum.DESCRIPTOR.values_by_number.get(number)  # type: ignore[attr-defined]
    return str(number) if value is None else str(value.name)


def _resource(task: pb.Task, _volumes: VolumeSet) -> Check | None:
    wanted = task.spec.resources.reservations
    if not (wanted.nano_cpus or wanted.memory_bytes or wanted.generic):
        return None
    generic = entries(wanted.generic)
    # an entry that is neither a number nor a name fits nowhere
    unknown = len(generic) < len(wanted.generic)

    def check(info: NodeInfo) -> Iterator[Lack]:
        if wanted.nano_cpus > info.nano_cpus:
            yield Lack("NanoCPUs", wanted.nano_cpus, info.nano_cpus)
        if wanted.memory_bytes > info.memory_bytes:
            yield Lack("MemoryBytes", wanted.memory_bytes, info.memory_bytes)
        for each in generic:
            if not has_enough(info.generic, each):
                yield Lack(each.kind, each.value, amount(each.kind, info.generic) or 0)
        if unknown:
            yield Lack("GenericResources", "unknown", 0)

    return check


def _plugin(task: pb.Task, _volumes: VolumeSet) -> Check | None:
    volumes = [
        mount.volume_options.driver_config.name
        for mount in task.spec.container.mounts
        if mount.type == pb.Mount.VOLUME
        and mount.volume_options.driver_config.name not in ("", "local")
    ]
    if not (task.networks or task.spec.HasField("log_driver") or volumes):
        return None
    networks = [each.network.driver_state.name for each in task.networks]
    log = task.spec.log_driver.name
    wanted = [
        *(("Volume", name) for name in volumes),
        *(("Network", name) for name in networks if name),
        *(("Log", log) for _ in range(1) if log not in ("", "none")),
    ]

    def check(info: NodeInfo) -> Iterator[Lack]:
        if not info.node.description.HasField("engine"):
            return
        plugins = info.node.description.engine.plugins
        for kind, name in wanted:
            there = [each.name for each in plugins if each.type == kind]
            # engines of old tell no log plugins
            if not {name, f"{name}:latest"} & set(there) and (there or kind != "Log"):
                yield Lack(f"{kind} plugin", name, ", ".join(there))

    return check


def _constraint(task: pb.Task, _volumes: VolumeSet) -> Check | None:
    constraints = readable(task.spec.placement.constraints)
    if not constraints:
        return None

    def check(info: NodeInfo) -> Iterator[Lack]:
        for each in unmet(constraints, info.node):
            written = f"{each.key}{each.operator}{each.value}"
            yield Lack(written, each.value, found(each, info.node) or "")

    return check


def _platform(task: pb.Task, _volumes: VolumeSet) -> Check | None:
    wanted = task.spec.placement.platforms
    if not wanted:
        return None

    def check(info: NodeInfo) -> Iterator[Lack]:
        there = info.node.description.platform
        known = info.node.description.HasField("platform")
        if not (known and any(_runs_on(each, there) for each in wanted)):
            yield Lack("Platform", ", ".join(map(_platform_name, wanted)), _platform_name(there))

    return check


def _runs_on(wanted: pb.Platform, there: pb.Platform) -> bool:
    architecture = _architecture(wanted)
    return architecture in ("", _architecture(there)) and wanted.os in ("", there.os)


def _architecture(platform: pb.Platform) -> str:
    return _ARCHITECTURES.get(platform.architecture, platform.architecture)


def _platform_name(platform: pb.Platform) -> str:
    return f"{platform.os}/{_architecture(platform)}".strip("/")


def _host_port(task: pb.Task, _volumes: VolumeSet) -> Check | None:
    wanted = tuple(host_ports(task))
    if not wanted:
        return None

    def check(info: NodeInfo) -> Iterator[Lack]:
        for port in wanted:
            if port in info.ports:
                yield Lack(str(port), 1, _holder(port, info))

    return check


def _holder(port: HostPort, info: NodeInfo) -> str:
    """The task that holds a port."""
    return next((task.id for task in info.tasks.values() if port in host_ports(task)), "")


def _max_replicas(task: pb.Task, _volumes: VolumeSet) -> Check | None:
    limit = task.spec.placement.max_replicas
    if not limit:
        return None

    def check(info: NodeInfo) -> Iterator[Lack]:
        active = info.active_by_service[task.service_id]
        if active >= limit:
            yield Lack("MaxReplicas", 1, limit - active)

    return check


def _volumes(task: pb.Task, volumes: VolumeSet) -> Check | None:
    mounts = cluster_mounts(task)
    if not mounts:
        return None

    def check(info: NodeInfo) -> Iterator[Lack]:
        # as SwarmKit: one mount that can be served is enough
        if any(volumes.find(mount, info) is not None for mount in mounts):
            return
        for mount in mounts:
            mode = "to read" if mount.readonly else "to write"
            yield Lack(f"volume {mount.source}", mode, volumes.objections(mount, info))

    return check


FILTERS: Final = (
    Filter("ReadyFilter", "{} not available for new tasks", _ready),
    Filter("ResourceFilter", "insufficient resources on {}", _resource),
    Filter("PluginFilter", "missing plugin on {}", _plugin),
    Filter("ConstraintFilter", "scheduling constraints not satisfied on {}", _constraint),
    Filter("PlatformFilter", "unsupported platform on {}", _platform),
    Filter("HostPortFilter", "host-mode port already in use on {}", _host_port),
    # as SwarmKit: never a number
    Filter("MaxReplicasFilter", "max replicas per node limit exceed", _max_replicas),
    Filter("VolumesFilter", "cannot fulfill requested CSI volume mounts on {}", _volumes),
)
