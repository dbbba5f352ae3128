"""Cluster volumes. Source: SwarmKit controlapi, CreateVolume and UpdateVolume."""

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.expected import expect
from swarmwire.releases import AnyRelease
from swarmwire.releases.messages import known_to
from swarmwire.rules._problems import Problems, invalid, raise_first
from swarmwire.rules.names import MISSING

_FROZEN = (
    ("group", "Group", ("ClusterVolumeSpec", "Group")),
    (
        "AccessibilityRequirements",
        "AccessibilityRequirements",
        ("ClusterVolumeSpec", "AccessibilityRequirements"),
    ),
    ("driver", "Driver", ("Driver",)),
    ("access_mode", "AccessMode", ("ClusterVolumeSpec", "AccessMode")),
    ("secrets", "Secrets", ("ClusterVolumeSpec", "Secrets")),
    ("capacity_range", "CapacityRange", ("ClusterVolumeSpec", "CapacityRange")),
)


def validate_volume_spec(message: pb.VolumeSpec | None, *, release: AnyRelease = None) -> None:
    """Accept or refuse a new cluster volume as a manager does.

    Raises:
        InvalidSpec: the first problem.
    """
    raise_first(_problems(known_to(message, release)))


def volume_spec_problems(
    message: pb.VolumeSpec | None, *, release: AnyRelease = None
) -> list[InvalidSpec]:
    """Every problem of a new cluster volume, in the manager's order."""
    return list(_problems(known_to(message, release)))


def validate_volume_spec_update(
    old: pb.VolumeSpec, new: pb.VolumeSpec, *, release: AnyRelease = None
) -> None:
    """Accept or refuse a change of a cluster volume: only labels and availability may differ.

    Raises:
        InvalidSpec: the first problem.
    """
    raise_first(_update_problems(known_to(old, release), known_to(new, release)))


def volume_spec_update_problems(
    old: pb.VolumeSpec, new: pb.VolumeSpec, *, release: AnyRelease = None
) -> list[InvalidSpec]:
    """Every problem of a change of a cluster volume, in the manager's order."""
    return list(_update_problems(known_to(old, release), known_to(new, release)))


def _problems(message: pb.VolumeSpec | None) -> Problems:
    if message is None:
        yield invalid("spec must not be nil", kind="missing")
        return
    expect(pb.VolumeSpec, message)
    if not message.HasField("driver"):
        yield invalid("driver must be specified", "Driver", kind="missing")
    if not message.annotations.name:
        yield invalid(MISSING, "Name", kind="missing")
    at = ("ClusterVolumeSpec", "AccessMode")
    if not message.HasField("access_mode"):
        yield invalid("AccessMode must not be nil", *at, kind="missing")
    elif message.access_mode.WhichOneof("access_type") is None:
        reason = "Volume AccessMode must specify either Mount or Block access type"
        yield invalid(reason, *at, kind="missing")


def _update_problems(old: pb.VolumeSpec, new: pb.VolumeSpec) -> Problems:
    expect(pb.VolumeSpec, old, new)
    if new.annotations.name != old.annotations.name:
        yield invalid("Name cannot be updated", "Name", kind="unsupported")
    for field, said, steps in _FROZEN:
        if _differs(old, new, field):
            yield invalid(f"{said} cannot be updated", *steps, kind="unsupported")


def _differs(old: pb.VolumeSpec, new: pb.VolumeSpec, field: str) -> bool:
    descriptor = pb.VolumeSpec.DESCRIPTOR.fields_by_name[field]
    if descriptor.has_presence and old.HasField(field) != new.HasField(field):
        return True
    return bool(getattr(old, field) != getattr(new, field))
