"""Cluster volumes: which may be used where, by whom they are used, which a task gets.

Source: SwarmKit manager/scheduler/volumes.go and topology.go.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from swarmwire import pb
from swarmwire.scheduling.node_info import NodeInfo

_GROUP = "group:"


class _Use(NamedTuple):
    node: str
    read_only: bool


class VolumeChoice(NamedTuple):
    """The volumes for a task, or the source of the first mount that cannot be served."""

    attachments: tuple[pb.VolumeAttachment, ...] = ()
    missing: str | None = None


def cluster_mounts(task: pb.Task) -> list[pb.Mount]:
    """The mounts of a task that ask for cluster volumes."""
    return [mount for mount in task.spec.container.mounts if mount.type == pb.Mount.CLUSTER]


class VolumeSet:
    """The volumes that their plugins have created, and who uses them."""

    def __init__(self, volumes: Sequence[pb.Volume]) -> None:
        self._volumes = {each.id: each for each in volumes if each.volume_info.volume_id}
        self._uses: dict[str, dict[str, _Use]] = {each: {} for each in self._volumes}
        self._names = {each.spec.annotations.name: each.id for each in self._volumes.values()}

    def reserve(self, task: pb.Task, node: str) -> None:
        """Count a task as a user of the volumes that it has."""
        for each in task.volumes:
            for mount in task.spec.container.mounts:
                if (mount.source, mount.target) == (each.source, each.target):
                    self._use(each.id, task, _Use(node, mount.readonly))

    def release(self, task: pb.Task) -> None:
        """Count it as their user no more."""
        for each in task.volumes:
            self._uses.get(each.id, {}).pop(task.id, None)

    def choose(self, task: pb.Task, info: NodeInfo) -> VolumeChoice:
        """Volumes for all mounts of a task on a node; none of them is reserved by that."""
        chosen: list[pb.VolumeAttachment] = []
        missing = None
        for mount in cluster_mounts(task):
            volume = self.find(mount, info)
            if volume is None:
                missing = mount.source
                break
            self._use(volume, task, _Use(info.node.id, mount.readonly))
            chosen.append(pb.VolumeAttachment(id=volume, source=mount.source, target=mount.target))
        for each in chosen:
            self._uses[each.id].pop(task.id, None)
        return VolumeChoice(tuple(chosen)) if missing is None else VolumeChoice(missing=missing)

    def find(self, mount: pb.Mount, info: NodeInfo) -> str | None:
        """The ID of a volume that can serve a mount on a node; None if there is none."""
        fitting = (
            each for each in self._candidates(mount) if not self._objection(each, info, mount)
        )
        return next(fitting, None)

    def objections(self, mount: pb.Mount, info: NodeInfo) -> str:
        """Why no volume serves a mount on a node, in words."""
        found = [self._objection(each, info, mount) for each in self._candidates(mount)]
        return ", ".join(dict.fromkeys(found)) or "no such volume"

    def _use(self, volume: str, task: pb.Task, use: _Use) -> None:
        if volume in self._uses:
            self._uses[volume][task.id] = use

    def _candidates(self, mount: pb.Mount) -> Iterator[str]:
        if mount.source.startswith(_GROUP):
            group = mount.source.removeprefix(_GROUP)
            yield from (each.id for each in self._volumes.values() if each.spec.group == group)
        elif mount.source in self._names:
            yield self._names[mount.source]

    def _objection(self, volume_id: str, info: NodeInfo, mount: pb.Mount) -> str:
        """Why a volume cannot be used; empty if it can."""
        volume = self._volumes[volume_id]
        uses = self._uses[volume_id].values()
        mode = volume.spec.access_mode
        if volume.spec.availability != pb.VolumeSpec.ACTIVE:
            return "not active"
        if mode.scope == pb.VolumeAccessMode.SINGLE_NODE and any(
            use.node != info.node.id for use in uses
        ):
            return "in use on another node"
        if mode.sharing == pb.VolumeAccessMode.NONE and uses:
            return "in use"
        written = any(not use.read_only for use in uses)
        if mode.sharing == pb.VolumeAccessMode.ONE_WRITER and written and not mount.readonly:
            return "has a writer"
        if mode.sharing == pb.VolumeAccessMode.READ_ONLY and not mount.readonly:
            return "read-only"
        return "" if _is_accessible(volume, info.node) else "not accessible from this node"


def _is_accessible(volume: pb.Volume, node: pb.Node) -> bool:
    """Whether the node lies in the volume's topology; without one on either side it does."""
    driver = volume.spec.driver.name
    plugin = next((each for each in node.description.csi_info if each.plugin_name == driver), None)
    accessible = volume.volume_info.accessible_topology
    if plugin is None or not plugin.HasField("accessible_topology") or not accessible:
        return True
    there = plugin.accessible_topology.segments
    return any(
        all(there.get(domain, "") == segment for domain, segment in each.segments.items())
        for each in accessible
    )
