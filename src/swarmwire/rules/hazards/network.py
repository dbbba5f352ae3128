"""Networks that a manager stores and never allocates, so that no task ever joins them.

Source: moby daemon/libnetwork/cnmallocator, ipams/defaultipam and drivers/overlay/ovmanager.
"""

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
_SIZE_ONLY_SINCE: Final = "29.0"
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
        if int(address) == 0:
            yield from _unspecified_hazards(index, config)
            continue
        for text, other in taken:
            if other.version == subnet.version and other.overlaps(subnet):
                reason = (
                    "invalid pool request: Pool overlaps with other one on this address space:"
                    f" {config.subnet} and {text}, so that {_NEVER}"
                )
                fix = "choose subnets that do not overlap"
                yield Hazard((index, "Subnet"), reason, "manager", fix)
                break
        taken.append((config.subnet, subnet))


def _unspecified_hazards(index: int, config: pb.IPAMConfig) -> Hazards:
    """A subnet that begins with zeros: a mere size from 29.0 on, the whole Internet before."""
    steps = (index, "Subnet")
    reason = (
        "invalid pool request: Pool overlaps with other one on this address space:"
        f" {config.subnet} holds the ingress network too, so that {_NEVER}"
    )
    fix = "leave Subnet out, or choose one"
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
