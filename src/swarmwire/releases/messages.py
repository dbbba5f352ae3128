"""What the SwarmKit of each release knows: fields of messages by the first release that has them.

A manager drops what it does not know when it reads a message.

Source: moby/swarmkit api/specs.proto, types.proto and objects.proto as vendored by each release.
"""

from functools import cache
from typing import Any, Final, TypeVar, cast

from swarmwire.releases.release import AnyRelease, Release, as_release

_Message = TypeVar("_Message")

FIRST: Final = {
    "17.12": "ContainerSpec.init ContainerSpec.isolation ContainerSpec.pidsLimit Mount.consistency"
    " SecretSpec.driver TaskSpec.resource_references Node.attachments TaskStatus.applied_at"
    " TaskStatus.applied_by",
    "18.09": "ContainerSpec.sysctls Cluster.defaultAddressPool Cluster.subnetSize Cluster.fips"
    " NodeDescription.fips",
    "19.03": "BindOptions.nonrecursive TmpfsOptions.options ConfigReference.runtime"
    " CredentialSpec.config Placement.max_replicas ResourceRequirements.swap_bytes"
    " ResourceRequirements.memory_swappiness Cluster.VXLANUDPPort Node.VXLANUDPPort"
    " Network.pending_delete Service.pending_delete",
    "20.10": "ServiceSpec.replicated_job ServiceSpec.global_job Service.job_status"
    " Task.job_iteration ContainerSpec.capability_add ContainerSpec.capability_drop"
    " ContainerSpec.ulimits",
    "23.0": "Task.volumes NodeDescription.csi_info",
    "25.0": "HealthConfig.start_interval Privileges.seccomp Privileges.apparmor"
    " Privileges.no_new_privileges BindOptions.createmountpoint BindOptions.readonlynonrecursive"
    " BindOptions.readonlyforcerecursive ContainerSpec.oom_score_adj VolumeOptions.subpath"
    " Network.extra",
}
"""Fields by the first release whose SwarmKit knows them."""

LATER: Final = {
    "26.1": "ContainerSpec.oom_score_adj Network.extra",
    "27.5": "Network.extra",
    "28.5": "Network.extra",
}
"""Fields that a release does not know, though an older one that is still mended does."""

_FIRST_OF: Final = {field: name for name, fields in FIRST.items() for field in fields.split()}
_LATER: Final = {name: frozenset(fields.split()) for name, fields in LATER.items()}


def knows(release: Release, message: str, field: str) -> bool:
    """Whether the SwarmKit of a release knows a field: ``ContainerSpec``, ``init``."""
    name = f"{message}.{field}"
    if name in _LATER.get(release.name, ()) or name in release.lacks:
        return False
    return release.has(_FIRST_OF.get(name, "87e1464c43"))


def known_to(message: _Message, release: AnyRelease) -> _Message:
    """A message as the SwarmKit of a release reads it: a copy, or the message itself.

    The newest knows all of it, and what is no message is given back as it is.
    """
    known = as_release(release)
    if known.is_newest or not hasattr(message, "DESCRIPTOR"):
        return message
    if not _holds_unknown(message, known):
        return message
    out: Any = type(message)()
    out.CopyFrom(message)
    clear_unknown(out, known)
    return cast("_Message", out)


def _holds_unknown(message: Any, release: Release) -> bool:
    """Whether a field of a message, however deep, is set that the release's SwarmKit has not."""
    unknown, holders = _places(message.DESCRIPTOR, release)
    if not (unknown or holders):
        return False
    for field, value in message.ListFields():
        name = field.name
        if name in unknown:
            return True
        if name in holders:
            for each in (value,) if hasattr(value, "ListFields") else value:
                if _holds_unknown(each, release):
                    return True
    return False


def clear_unknown(message: Any, release: Release) -> None:
    """Clear every field of a message, however deep, that the release's SwarmKit does not know."""
    unknown, holders = _places(message.DESCRIPTOR, release)
    for name in unknown:
        message.ClearField(name)
    for field, value in message.ListFields() if holders else ():
        if field.name in holders:
            for each in (value,) if hasattr(value, "ListFields") else value:
                clear_unknown(each, release)


@cache
def _places(descriptor: Any, release: Release) -> tuple[frozenset[str], frozenset[str]]:
    """The fields that a release does not know, and those in which there may be such fields."""
    unknown = [
        one.name for one in descriptor.fields if not knows(release, descriptor.name, one.name)
    ]
    holders = [
        one.name
        for one in descriptor.fields
        if one.name not in unknown
        and one.message_type is not None
        and not one.message_type.GetOptions().map_entry
        and _may_hold_unknown(one.message_type, release)
    ]
    return frozenset(unknown), frozenset(holders)


@cache
def _may_hold_unknown(descriptor: Any, release: Release) -> bool:
    """Whether a message may hold a field, however deep, that a release does not know."""
    seen, waiting = {descriptor.full_name}, [descriptor]
    while waiting:
        current = waiting.pop()
        for one in current.fields:
            if not knows(release, current.name, one.name):
                return True
            inner = one.message_type
            if inner is not None and inner.full_name not in seen:
                seen.add(inner.full_name)
                waiting.append(inner)
    return False
