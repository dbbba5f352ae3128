"""Cluster volumes."""

from swarmwire import engine, pb
from swarmwire.convert import older
from swarmwire.convert._entry import entry
from swarmwire.convert._nested import fill_map, text_map
from swarmwire.convert.common import (
    annotations_to_grpc,
    stored_from_grpc,
    topology_from_grpc,
    topology_to_grpc,
)
from swarmwire.convert.enums import (
    VOLUME_AVAILABILITY,
    VOLUME_PUBLISH_STATE,
    VOLUME_SCOPE,
    VOLUME_SHARING,
)
from swarmwire.convert.time import time_text_from_grpc
from swarmwire.errors import ConvertError
from swarmwire.releases import AnyRelease


@entry(engine.VolumeCreateRequest, older.to_grpc)
def volume_create_to_grpc(
    request: engine.VolumeCreateRequest, *, release: AnyRelease = None
) -> pb.VolumeSpec:
    """The spec that a manager is sent for a request to create a cluster volume.

    Source: moby convert/volume.go, VolumeCreateToGRPC.
    """
    out = pb.VolumeSpec()
    if request.cluster_volume_spec is not None:
        cluster_volume_spec_to_grpc(request.cluster_volume_spec, out)
    annotations_to_grpc(request.name, request.labels, out.annotations)
    out.driver.name = request.driver
    fill_map(request.driver_opts, out.driver.options)
    return out


@entry(pb.Volume, older.from_grpc)
def volume_from_grpc(volume: pb.Volume, *, release: AnyRelease = None) -> engine.Volume:
    """A cluster volume as ``/volumes`` shows it.

    Raises:
        ConvertError: kind "crash" at ``Driver``: a volume without one, on which the engine
            crashes; kind "range" at a time that JSON cannot say.

    Source: moby convert/volume.go, VolumeFromGRPC.
    """
    spec = volume.spec
    if not spec.HasField("driver"):
        raise ConvertError("crash", "a volume without a driver", "Driver")
    cluster_volume = engine.ClusterVolume(
        **stored_from_grpc(volume.id, volume.meta),
        spec=cluster_volume_spec_from_grpc(spec),
        publish_status=[publish_status_from_grpc(status) for status in volume.publish_status[:]],
    )
    if volume.HasField("volume_info"):
        cluster_volume.info = volume_info_from_grpc(volume.volume_info)
    return engine.Volume(
        cluster_volume=cluster_volume,
        created_at=time_text_from_grpc(volume.meta.created_at),
        driver=spec.driver.name,
        labels=text_map(spec.annotations.labels) or None,
        name=spec.annotations.name,
        options=text_map(spec.driver.options) or None,
        scope="global",
    )


def cluster_volume_spec_to_grpc(spec: engine.ClusterVolumeSpec, out: pb.VolumeSpec) -> None:
    """Source: moby convert/volume.go, volumeSpecToGRPC."""
    out.group = spec.group
    if spec.access_mode is not None:
        access_mode_to_grpc(spec.access_mode, out.access_mode)
    for secret in spec.secrets:
        message = out.secrets.add()
        message.key = secret.key
        message.secret = secret.secret
    if spec.accessibility_requirements is not None:
        requirement = out.AccessibilityRequirements
        requirement.SetInParent()
        for topology in spec.accessibility_requirements.requisite:
            topology_to_grpc(topology, requirement.requisite.add())
        for topology in spec.accessibility_requirements.preferred:
            topology_to_grpc(topology, requirement.preferred.add())
    if spec.capacity_range is not None:
        out.capacity_range.required_bytes = spec.capacity_range.required_bytes
        out.capacity_range.limit_bytes = spec.capacity_range.limit_bytes
    out.availability = VOLUME_AVAILABILITY.number[spec.availability]


def cluster_volume_spec_from_grpc(spec: pb.VolumeSpec) -> engine.ClusterVolumeSpec:
    """Source: moby convert/volume.go, VolumeFromGRPC."""
    out = engine.ClusterVolumeSpec(
        group=spec.group,
        secrets=[
            engine.VolumeSecret(key=secret.key, secret=secret.secret) for secret in spec.secrets[:]
        ],
        availability=VOLUME_AVAILABILITY.word[spec.availability],
    )
    if spec.HasField("access_mode"):
        out.access_mode = access_mode_from_grpc(spec.access_mode)
    if spec.HasField("AccessibilityRequirements"):
        requirement = spec.AccessibilityRequirements
        out.accessibility_requirements = engine.TopologyRequirement(
            requisite=[topology_from_grpc(topology) for topology in requirement.requisite[:]],
            preferred=[topology_from_grpc(topology) for topology in requirement.preferred[:]],
        )
    if spec.HasField("capacity_range"):
        out.capacity_range = engine.CapacityRange(
            required_bytes=spec.capacity_range.required_bytes,
            limit_bytes=spec.capacity_range.limit_bytes,
        )
    return out


def access_mode_to_grpc(access_mode: engine.AccessMode, out: pb.VolumeAccessMode) -> None:
    """Fill ``out``; with both block and mount given, mount wins, as in the engine.

    Source: moby convert/volume.go, volumeSpecToGRPC.
    """
    out.scope = VOLUME_SCOPE.number[access_mode.scope]
    out.sharing = VOLUME_SHARING.number[access_mode.sharing]
    if access_mode.mount_volume is not None:
        out.mount.fs_type = access_mode.mount_volume.fs_type
        out.mount.mount_flags.extend(access_mode.mount_volume.mount_flags)
    elif access_mode.block_volume is not None:
        out.block.SetInParent()


def access_mode_from_grpc(access_mode: pb.VolumeAccessMode) -> engine.AccessMode:
    """Source: moby convert/volume.go, accessModeFromGRPC."""
    out = engine.AccessMode(
        scope=VOLUME_SCOPE.word[access_mode.scope],
        sharing=VOLUME_SHARING.word[access_mode.sharing],
    )
    if access_mode.HasField("block"):
        out.block_volume = engine.TypeBlock()
    if access_mode.HasField("mount"):
        out.mount_volume = engine.TypeMount(
            fs_type=access_mode.mount.fs_type, mount_flags=access_mode.mount.mount_flags[:]
        )
    return out


def publish_status_from_grpc(status: pb.VolumePublishStatus) -> engine.PublishStatus:
    """Source: moby convert/volume.go, volumePublishStatusFromGRPC."""
    return engine.PublishStatus(
        node_id=status.node_id,
        state=VOLUME_PUBLISH_STATE.word[status.state],
        publish_context=text_map(status.publish_context),
    )


def volume_info_from_grpc(info: pb.VolumeInfo) -> engine.VolumeInfo:
    """Source: moby convert/volume.go, volumeInfoFromGRPC."""
    return engine.VolumeInfo(
        capacity_bytes=info.capacity_bytes,
        volume_context=text_map(info.volume_context),
        volume_id=info.volume_id,
        accessible_topology=[topology_from_grpc(t) for t in info.accessible_topology[:]],
    )
