"""What a manager does not know of a spec, because it is older than the field: it drops it. Pure.

Source: SwarmKit's schema at the releases of the engine.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from swarmwire import pb
from swarmwire.errors import render_path
from swarmwire.plan._document import fields_of, is_map, short_name

_Version = tuple[int, ...]

_SINCE: Final[dict[_Version, str]] = {
    (
        19,
        3,
    ): "Privileges.CredentialSpec.config Placement.max_replicas Mount.BindOptions.nonrecursive"
    " Mount.TmpfsOptions.options ResourceRequirements.swap_bytes"
    " ResourceRequirements.memory_swappiness",
    (20, 10): "ContainerSpec.capability_add ContainerSpec.capability_drop ContainerSpec.ulimits",
    (25,): "HealthConfig.start_interval Mount.BindOptions.createmountpoint"
    " Mount.BindOptions.readonlynonrecursive Mount.BindOptions.readonlyforcerecursive"
    " Privileges.seccomp Privileges.apparmor Privileges.no_new_privileges",
    (26, 1): "Mount.VolumeOptions.subpath",
    (27,): "ContainerSpec.oom_score_adj",
}
_IN_LONG_TERM: Final[tuple[_Version, _Version]] = ((25, 0, 12), (26,))
_BACKPORTED: Final[dict[str, tuple[_Version, _Version]]] = {
    "Mount.VolumeOptions.subpath": _IN_LONG_TERM,
    "ContainerSpec.oom_score_adj": _IN_LONG_TERM,
}
"""From where to where older releases know the field too."""

_NUMBERS = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")


def version_of(nodes: Iterable[pb.Node]) -> str:
    """The version of the engine that leads the swarm; nothing if it is not told."""
    for node in nodes:
        if node.manager_status.leader:
            return node.description.engine.engine_version
    return ""


def drop_unknown(spec: pb.ServiceSpec, version: str) -> tuple[str, ...]:
    """Take from ``spec`` what a manager of that version drops; the paths of it."""
    found = _NUMBERS.match(version)
    if found is None:
        return ()
    numbers = tuple(int(number or 0) for number in found.groups())
    unknown = {
        key
        for since, keys in _SINCE.items()
        for key in keys.split()
        if numbers < since and not _is_backported(key, numbers)
    }
    return tuple(_dropped((), spec, unknown)) if unknown else ()


def _is_backported(key: str, version: _Version) -> bool:
    start, end = _BACKPORTED.get(key, ((0,), (0,)))
    return start <= version < end


def _dropped(steps: tuple[str | int, ...], message: Any, unknown: set[str]) -> Iterator[str]:
    present = {field.name for field, _ in message.ListFields()}
    for field in fields_of(message.DESCRIPTOR):
        if field.attribute not in present:
            continue
        deeper = (*steps, *field.steps)
        if f"{short_name(message.DESCRIPTOR.full_name)}.{field.attribute}" in unknown:
            message.ClearField(field.attribute)
            yield render_path(deeper)
            continue
        yield from _within(deeper, field.descriptor, getattr(message, field.attribute), unknown)


def _within(
    steps: tuple[str | int, ...], descriptor: Any, value: Any, unknown: set[str]
) -> Iterator[str]:
    if descriptor.message_type is None or is_map(descriptor):
        return
    if not descriptor.message_type.full_name.startswith("docker."):
        return
    if isinstance(value, pb.Message):
        yield from _dropped(steps, value, unknown)
        return
    for index, item in enumerate(value):
        yield from _dropped((*steps, index), item, unknown)
