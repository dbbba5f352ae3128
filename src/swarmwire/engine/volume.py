"""Cluster volumes.

Source: moby api/types/volume.
"""

from types import NoneType
from typing import Any

from swarmwire.engine.base import EngineObject, written
from swarmwire.engine.common import StoredObject, Topology
from swarmwire.engine.units import Bytes, Int64


class TypeMount(EngineObject):
    """A volume that is mounted as a file system."""

    fs_type: str = ""
    mount_flags: list[str] = []


class TypeBlock(EngineObject):
    """A volume that is used as a block device."""


class AccessMode(EngineObject):
    """How, and by how many, a volume is used."""

    scope: str = ""
    sharing: str = ""
    mount_volume: TypeMount | None = None
    block_volume: TypeBlock | None = None


class TopologyRequirement(EngineObject):
    """Where a volume must be reachable from."""

    requisite: list[Topology] = []
    preferred: list[Topology] = []


class CapacityRange(EngineObject):
    """How large a volume must be, and may be at most."""

    required_bytes: Bytes = written(int)
    limit_bytes: Bytes = written(int)


class VolumeSecret(EngineObject):
    """A secret that a volume's plugin is given; Docker names it ``Secret``."""

    key: str = written(str)
    secret: str = written(str)


class ClusterVolumeSpec(EngineObject):
    """What a user asks of a cluster volume."""

    group: str = ""
    access_mode: AccessMode | None = None
    accessibility_requirements: TopologyRequirement | None = None
    capacity_range: CapacityRange | None = None
    secrets: list[VolumeSecret] = []
    availability: str = ""


class PublishStatus(EngineObject):
    """A volume's state on a node."""

    node_id: str = ""
    state: str = ""
    publish_context: dict[str, str] = {}


class VolumeInfo(EngineObject):
    """What the plugin tells of a volume; Docker names it ``Info``."""

    capacity_bytes: Bytes = 0
    volume_context: dict[str, str] = {}
    volume_id: str = ""
    accessible_topology: list[Topology] = []


class ClusterVolume(StoredObject):
    """A cluster volume as a manager stores it."""

    spec: ClusterVolumeSpec = written(ClusterVolumeSpec)
    publish_status: list[PublishStatus | None] = []
    info: VolumeInfo | None = None


class UsageData(EngineObject):
    """How much room a volume takes."""

    ref_count: Int64 = written(int)
    size: Bytes = written(int)


class Volume(EngineObject):
    """A volume as ``/volumes`` shows it."""

    cluster_volume: ClusterVolume | None = None
    created_at: str = ""
    driver: str = written(str)
    labels: dict[str, str] | None = written(NoneType)
    mountpoint: str = written(str)
    name: str = written(str)
    options: dict[str, str] | None = written(NoneType)
    scope: str = written(str)
    status: dict[str, Any] = {}
    usage_data: UsageData | None = None


class VolumeCreateRequest(EngineObject):
    """The body that creates a volume."""

    cluster_volume_spec: ClusterVolumeSpec | None = None
    driver: str = ""
    driver_opts: dict[str, str] = {}
    labels: dict[str, str] = {}
    name: str = ""
