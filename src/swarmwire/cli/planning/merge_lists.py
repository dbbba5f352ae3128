"""Which elements of three lists are the same thing, and in which order they are joined. Pure."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final

from swarmwire import pb

Joined = tuple[dict[Hashable, Any], dict[Hashable, Any], dict[Hashable, Any]]

_IDENTITIES: Final[dict[str, Callable[[Any], Hashable]]] = {
    "ContainerSpec.env": lambda variable: variable.partition("=")[0],
    "PluginSpec.env": lambda variable: variable.partition("=")[0],
    "ContainerSpec.mounts": lambda mount: mount.target,
    "ContainerSpec.secrets": lambda reference: reference.file.name or reference.secret_name,
    "ContainerSpec.configs": lambda reference: reference.file.name or reference.config_name,
    "ContainerSpec.ulimits": lambda ulimit: ulimit.name,
    "TaskSpec.networks": lambda network: network.target,
    "ServiceSpec.networks": lambda network: network.target,
    "EndpointSpec.ports": lambda port: (port.target_port, port.protocol, port.publish_mode),
    "PluginSpec.privileges": lambda privilege: privilege.name,
    "Annotations.indices": lambda index: index.key,
}

_WHOLE: Final = frozenset({"ContainerSpec.command", "ContainerSpec.args", "HealthConfig.test"})
"""Lists in which no element means anything without the others."""


def identities(key: str, lists: Sequence[Sequence[Any]]) -> Joined | None:
    """The elements of each list by what they are; None if the list has to be taken as a whole."""
    if key in _WHOLE:
        return None
    identity = _IDENTITIES.get(key, _itself)
    found: list[dict[Hashable, Any]] = []
    for elements in lists:
        by_identity = {identity(element): element for element in elements}
        if len(by_identity) != len(elements):
            return None
        found.append(by_identity)
    return found[0], found[1], found[2]


def _itself(element: Any) -> Hashable:
    if isinstance(element, pb.Message):
        return element.SerializeToString(deterministic=True)
    value: Hashable = element
    return value


def joined_order(
    base: list[Hashable], ours: list[Hashable], theirs: list[Hashable]
) -> list[Hashable] | None:
    """All elements in one order; None if both sides changed the order, and not to the same."""
    if _keeps_order(base, ours):
        return _inserted(theirs, ours)
    if _keeps_order(base, theirs) or _keeps_order(ours, theirs):
        return _inserted(ours, theirs)
    return None


def _keeps_order(base: list[Hashable], other: list[Hashable]) -> bool:
    return [each for each in base if each in other] == [each for each in other if each in base]


def _inserted(order: list[Hashable], more: list[Hashable]) -> list[Hashable]:
    """``order`` with what only ``more`` has, each behind the one that it follows there."""
    out = list(order)
    at = 0
    for identity in more:
        if identity in out:
            at = out.index(identity) + 1
        else:
            out.insert(at, identity)
            at += 1
    return out
