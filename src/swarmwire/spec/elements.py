"""Which element of a list is which, in two lists or more."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final, NamedTuple

from swarmwire import pb


class Pair(NamedTuple):
    """The place of one element in the old list and in the new one; None where it is not."""

    old: int | None
    new: int | None


def _name_of_variable(variable: str) -> str:
    return variable.partition("=")[0]


_IDENTITIES: Final[dict[str, Callable[[Any], Hashable]]] = {
    "Annotations.indices": lambda index: index.key,
    "CAConfig.external_cas": lambda authority: authority.url,
    "ContainerSpec.configs": lambda reference: reference.file.name or reference.config_name,
    "ContainerSpec.env": _name_of_variable,
    "ContainerSpec.mounts": lambda mount: mount.target,
    "ContainerSpec.secrets": lambda reference: reference.file.name or reference.secret_name,
    "ContainerSpec.ulimits": lambda ulimit: ulimit.name,
    "EndpointSpec.ports": lambda port: (port.target_port, port.protocol, port.publish_mode),
    "IPAMOptions.configs": lambda pool: pool.subnet,
    "PluginSpec.env": _name_of_variable,
    "PluginSpec.privileges": lambda privilege: privilege.name,
    "ServiceSpec.networks": lambda network: network.target,
    "TaskSpec.networks": lambda network: network.target,
    "VolumeSpec.secrets": lambda secret: secret.key,
}
"""What makes two elements of a list the same thing with another value."""

_BY_PLACE: Final = frozenset({"ContainerSpec.command", "ContainerSpec.args", "HealthConfig.test"})


def is_by_place(key: str) -> bool:
    """Whether the place in the list tells what an element means; none means much alone."""
    return key in _BY_PLACE


def identity_of(key: str, element: Any) -> Hashable:
    """What an element is, whatever its value; an element without a name is its value."""
    name = _IDENTITIES.get(key)
    return _value_of(element) if name is None else name(element)


def pairs(key: str, old: Sequence[Any], new: Sequence[Any]) -> list[Pair]:
    """Every element of both lists once, in the order of the new one; removed ones come last.

    Equal elements are one another; of those that are left, the ones of the same name; in lists
    that go by place, the ones of the same place.
    """
    partner: dict[int, int] = {}
    free = {place: _value_of(item) for place, item in enumerate(old)}
    _match(partner, free, [_value_of(item) for item in new])
    if key in _IDENTITIES:
        names = {place: identity_of(key, old[place]) for place in free}
        _match(partner, names, [identity_of(key, item) for item in new])
    elif is_by_place(key):
        unmatched = [place for place in range(len(new)) if place not in partner]
        partner.update(zip(unmatched, free, strict=False))
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
    for place, value in reversed(free.items()):
        by_value.setdefault(value, []).append(place)
    for place, value in enumerate(wanted):
        if place not in partner and by_value.get(value):
            partner[place] = by_value[value].pop()
            del free[partner[place]]


def _value_of(element: Any) -> Hashable:
    if isinstance(element, pb.Message):
        return element.SerializeToString(deterministic=True)
    value: Hashable = element
    return value
