"""Mounts of a container.

Source: moby api/types/mount/mount.go.
"""

from swarmwire.engine.base import EngineObject
from swarmwire.engine.common import Driver
from swarmwire.engine.units import Bytes, FileMode


class BindOptions(EngineObject):
    """Options of a bind mount."""

    propagation: str = ""
    non_recursive: bool = False
    create_mountpoint: bool = False
    read_only_non_recursive: bool = False
    read_only_force_recursive: bool = False


class VolumeOptions(EngineObject):
    """Options of a volume mount."""

    no_copy: bool = False
    labels: dict[str, str] = {}
    subpath: str = ""
    driver_config: Driver | None = None


class ImageOptions(EngineObject):
    """Options of an image mount. Services do not know such mounts."""

    subpath: str = ""


class TmpfsOptions(EngineObject):
    """Options of a tmpfs mount.

    ``options`` is the one list whose absence is stored as something else than its emptiness: the
    engine keeps it as JSON text, ``null`` or ``[]``.
    """

    size_bytes: Bytes = 0
    mode: FileMode = 0
    options: list[list[str] | None] | None = None


class ClusterOptions(EngineObject):
    """Options of a cluster volume mount; there are none."""


class Mount(EngineObject):
    """A mount of a container."""

    type: str = ""
    source: str = ""
    target: str = ""
    read_only: bool = False
    consistency: str = ""
    bind_options: BindOptions | None = None
    volume_options: VolumeOptions | None = None
    image_options: ImageOptions | None = None
    tmpfs_options: TmpfsOptions | None = None
    cluster_options: ClusterOptions | None = None
