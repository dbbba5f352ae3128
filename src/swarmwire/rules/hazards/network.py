"""Networks that a manager stores and never allocates, so that no task ever joins them.

Source: moby daemon/libnetwork/cnmallocator, ipams/defaultipam and drivers/overlay/ovmanager.
"""

from ipaddress import ip_network
from typing import Final

from swarmwire import pb
from swarmwire.errors import MapKey
from swarmwire.expected import expect
from swarmwire.releases import AnyRelease, as_release
from swarmwire.releases.messages import known_to
from swarmwire.rules._problems import Hazard, Hazards, for_release, hazards_under
from swarmwire.rules.go_text import lower, quote
from swarmwire.rules.network import Subnet, parse_cidr

_VXLAN_IDS: Final = "com.docker.network.driver.overlay.vxlanid_list"
_LAST_VXLAN_ID: Final = 2**24 - 1
_UINT32: Final = 2**32
_IPV6: Final = 6
_SIZE_ONLY_SINCE: Final = "29.0"
_LAST_WITH_IPV6: Final = "26.1"
_NO_IPV6_SINCE: Final = "27.5"
_IPV4_ONLY: Final = "leave subnets of IPv6 out"
_INGRESS: Final = ip_network("10.0.0.0/24")
"""Where the ingress network lies, unless the swarm was told otherwise."""
_NEVER: Final = "the network is never allocated"


def network_spec_hazards(message: pb.NetworkSpec, *, release: AnyRelease = None) -> list[Hazard]:
    """What goes wrong with a network after a manager has accepted it."""
    engine = as_release(release)
    return for_release(_hazards(known_to(message, engine)), engine)


def _hazards(message: pb.NetworkSpec) -> Hazards:
    expect(pb.NetworkSpec, message)
    if message.ipam.driver.name in ("", "default"):
        yield from hazards_under(_pool_hazards(message.ipam), "IPAM", "Config")
    driver = lower(message.driver_config.name)
    if driver in ("", "overlay"):
        ids = message.driver_config.options.get(_VXLAN_IDS)
        if ids is not None:
            yield from hazards_under(_vxlan_hazards(ids), "Options", MapKey(_VXLAN_IDS))


def _pool_hazards(ipam: pb.IPAMOptions) -> Hazards:
    taken: list[tuple[str, Subnet]] = []
    for index, config in enumerate(ipam.configs):
        parsed = parse_cidr(config.subnet)
        if parsed is None:
            continue
        address, subnet = parsed
        if subnet.version == _IPV6:
            yield from _ipv6_hazards(index)
        elif int(address) == 0:
            yield from _unspecified_hazards(index, config, subnet)
            continue
        for text, other in taken:
            if other.version == subnet.version and other.overlaps(subnet):
                reason = (
                    "invalid pool request: Pool overlaps with other one on this address space:"
                    f" {config.subnet} and {text}, so that {_NEVER}"
                )
                fix = "choose subnets that do not overlap"
                last = _LAST_WITH_IPV6 if subnet.version == _IPV6 else ""
                yield Hazard((index, "Subnet"), reason, "manager", fix, last=last)
                break
        taken.append((config.subnet, subnet))


def _ipv6_hazards(index: int) -> Hazards:
    """A task has one address, of whichever subnet; newer managers find none of IPv6."""
    steps = (index, "Subnet")
    reason = f"a manager finds no address in a subnet of IPv6, so that {_NEVER}"
    yield Hazard(steps, reason, "manager", _IPV4_ONLY, first=_NO_IPV6_SINCE)
    if index == 0:
        reason = "invalid address: It does not belong to any of this network's subnets"
        yield Hazard(steps, reason, "worker", _IPV4_ONLY, last=_LAST_WITH_IPV6)
    else:
        reason = "a task gets one address, of any subnet: whether of IPv4 or IPv6 is chance"
        yield Hazard(steps, reason, "manager", _IPV4_ONLY, "hint", last=_LAST_WITH_IPV6)


def _unspecified_hazards(index: int, config: pb.IPAMConfig, subnet: Subnet) -> Hazards:
    """A subnet that begins with zeros: a mere size from 29.0 on, what it says before."""
    steps = (index, "Subnet")
    reason = (
        "invalid pool request: Pool overlaps with other one on this address space:"
        f" {config.subnet} holds the ingress network too, so that {_NEVER}"
    )
    fix = "leave Subnet out, or choose one"
    if _INGRESS.overlaps(subnet):
        yield Hazard(steps, reason, "manager", fix, last="28.5")
    if config.range:
        reason = f"failed to parse pool request: invalid address subpool, so that {_NEVER}"
        yield Hazard(steps, reason, "manager", f"{fix} that holds IPRange", first=_SIZE_ONLY_SINCE)
    else:
        reason = f"{config.subnet} asks for any subnet: a manager chooses it from its pools"
        yield Hazard(steps, reason, "manager", fix, "hint", first=_SIZE_ONLY_SINCE)


def _vxlan_hazards(ids: str) -> Hazards:
    fix = f"list numbers from 0 to {_LAST_VXLAN_ID} with commas between them"
    seen: set[int] = set()
    for text in ids.split(","):
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 11 else _UINT32
        if number >= _UINT32:
            reason = f"invalid vxlan id value {quote(text)} passed"
        elif number > _LAST_VXLAN_ID:
            reason = f"could not assign vxlan id {number}: bit does not belong to the sequence"
        elif number in seen:
            reason = f"could not assign vxlan id {number}: requested bit is already allocated"
        else:
            seen.add(number)
            continue
        yield Hazard((), f"{reason}, so that {_NEVER}", "manager", fix)
