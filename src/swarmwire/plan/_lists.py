"""Which element of a list became which: equal ones first, then those of one name, then by place."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final, NamedTuple

from swarmwire import pb
from swarmwire.plan._equality import known


class Pair(NamedTuple):
    """The place of one element in the old list and in the new one; None where it is not."""

    old: int | None
    new: int | None


def _name_of_variable(variable: str) -> str:
    return variable.partition("=")[0]


_NAMES: Final[dict[str, Callable[[Any], Hashable]]] = {
    "ContainerSpec.env": _name_of_variable,
    "PluginSpec.env": _name_of_variable,
    "ContainerSpec.mounts": lambda mount: mount.target,
    "ContainerSpec.secrets": lambda reference: reference.file.name or reference.secret_name,
    "ContainerSpec.configs": lambda reference: reference.file.name or reference.config_name,
    "ContainerSpec.ulimits": lambda ulimit: ulimit.name,
    "TaskSpec.networks": lambda network: network.target,
    "ServiceSpec.networks": lambda network: network.target,
    "EndpointSpec.ports": lambda port: (port.protocol, port.target_port, port.publish_mode),
    "PluginSpec.privileges": lambda privilege: privilege.name,
    "Annotations.indices": lambda index: index.key,
}
"""What makes two elements of a list the same thing with another value."""

_BY_PLACE: Final = frozenset({"ContainerSpec.command", "ContainerSpec.args", "HealthConfig.test"})
"""Lists in which the place tells what an element means."""


def pairs(key: str, old: Sequence[Any], new: Sequence[Any]) -> list[Pair]:
    """Every element of both lists once, in the order of the new one; removed ones come last."""
    partner: dict[int, int] = {}
    free = dict(enumerate(_comparable(item) for item in old))
    _match(partner, free, [_comparable(item) for item in new])
    if key in _NAMES:
        name = _NAMES[key]
        _match(partner, {place: name(old[place]) for place in free}, [name(item) for item in new])
    elif key in _BY_PLACE:
        unmatched = [place for place in range(len(new)) if place not in partner]
        left = [place for place in range(len(old)) if place not in partner.values()]
        partner.update(zip(unmatched, left, strict=False))
    kept = set(partner.values())
    return [
        *(Pair(partner.get(place), place) for place in range(len(new))),
        *(Pair(place, None) for place in range(len(old)) if place not in kept),
    ]


def is_reordered(found: Sequence[Pair]) -> bool:
    """Whether those that are in both lists stand in another order."""
    places = [pair.old for pair in found if pair.old is not None and pair.new is not None]
    return places != sorted(places)


def _match(partner: dict[int, int], free: dict[int, Hashable], wanted: Sequence[Hashable]) -> None:
    """Give each place of ``wanted`` that has no partner yet the first free place of its like."""
    by_value: dict[Hashable, list[int]] = {}
    for place, value in free.items():
        by_value.setdefault(value, []).append(place)
    for place, value in enumerate(wanted):
        if place not in partner and by_value.get(value):
            partner[place] = by_value[value].pop(0)
            free.pop(partner[place], None)


def _comparable(item: Any) -> Hashable:
    if isinstance(item, pb.Message):
        return known(item).SerializeToString(deterministic=True)
    return (item,)
