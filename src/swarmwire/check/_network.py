"""What an engine refuses of a request for a network before a manager hears of it.

Source: moby daemon/network.go, createNetwork and validateIpamConfig; daemon/cluster/networks.go,
CreateNetwork; daemon/libnetwork/controller.go, NewNetwork.
"""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from swarmwire import engine
from swarmwire.check._draft import Draft
from swarmwire.check._finding import Report
from swarmwire.engine.address import mask_prefix
from swarmwire.engine.versions import parse_version
from swarmwire.errors import MapKey
from swarmwire.releases import Release
from swarmwire.spec import Steps

_PREDEFINED: Final = ("bridge", "default", "host", "none")
_LOCAL_DRIVERS: Final = ("", "bridge", "ipvlan", "macvlan")
_IPV4_SINCE: Final = (1, 48)
_CHECKS_POOLS_SINCE: Final = "25.0"

_Subnet = IPv4Network | IPv6Network
_Wrong = tuple[Steps, str, str]
"""Where, what is wrong, and what to do about it."""


def report_network_request(
    draft: Draft, api_version: str, release: Release, report: Report
) -> None:
    """Report what the engine refuses, and what it makes without a manager."""
    request: engine.NetworkCreateRequest = draft.value
    for steps, rule, fix in _refused(request, api_version, release):
        report.refuse(draft.origin(steps), rule, "engine-network", fix=fix)
    if request.scope == "local" and request.driver in _LOCAL_DRIVERS:
        report.add(
            "hint",
            ("Scope",),
            "a network with the scope local belongs to one node: no manager sees it",
            source="engine",
            code="local-network",
            fix="set it to swarm",
        )


def _refused(
    request: engine.NetworkCreateRequest, api_version: str, release: Release
) -> Iterator[_Wrong]:
    if request.name in _PREDEFINED:
        rule = f"{request.name} is a pre-defined network and cannot be created"
        yield ("Name",), rule, "choose another name"
    if request.scope == "local" and request.driver == "overlay":
        rule = "cannot downgrade network scope for overlay networks"
        yield ("Scope",), rule, "leave Scope out, or set it to swarm"
    if request.enable_ipv4 is False and parse_version(api_version) >= _IPV4_SINCE:
        rule = "IPv4 cannot be disabled in a Swarm scoped network"
        yield ("EnableIPv4",), rule, "leave EnableIPv4 out"
    if request.ipam is None or not release.has(_CHECKS_POOLS_SINCE):
        return
    for index, pool in enumerate(request.ipam.config or ()):
        for steps, rule, fix in _pool(pool, six=bool(request.enable_ipv6)):
            yield ("IPAM", "Config", index, *steps), f"invalid network config: {rule}", fix


def _pool(pool: engine.NetworkIPAMConfig, *, six: bool) -> Iterator[_Wrong]:
    subnet = _parsed(pool.subnet)
    if subnet is None or (subnet.version == 6 and not six):
        return
    yield from _host_bits("Subnet", "subnet", pool.subnet)
    yield from _range(pool, subnet)
    addresses: list[tuple[Steps, str, str, str]] = [
        (("Gateway",), "gateway", pool.gateway, pool.gateway)
    ]
    addresses += [
        (("AuxiliaryAddresses", MapKey(name)), "auxiliary address", name, address)
        for name, address in (pool.auxiliary_addresses or {}).items()
    ]
    for steps, what, shown, text in addresses:
        reason = _outside(text, pool.subnet, subnet)
        if reason:
            yield steps, f"invalid {what} {shown}: {reason}", f"choose one of {pool.subnet}"


def _range(pool: engine.NetworkIPAMConfig, subnet: _Subnet) -> Iterator[_Wrong]:
    text = pool.ip_range
    addresses = _parsed(text)
    if addresses is None:
        return
    fix = f"choose a part of {pool.subnet}"
    if addresses.version != subnet.version:
        rule = f"invalid ip-range {text}: parent subnet is an IPv{subnet.version} block"
        yield ("IPRange",), rule, fix
        return
    if addresses.prefixlen < subnet.prefixlen:
        rule = f"invalid ip-range {text}: CIDR block is bigger than its parent subnet {pool.subnet}"
        yield ("IPRange",), rule, fix
    yield from _host_bits("IPRange", "ip-range", text)
    if not subnet.overlaps(addresses):
        rule = f"invalid ip-range {text}: parent subnet {pool.subnet} doesn't contain ip-range"
        yield ("IPRange",), rule, fix


def _host_bits(name: str, what: str, text: str) -> Iterator[_Wrong]:
    network = _parsed(text)
    if network is not None and ip_address(text.partition("/")[0]) != network.network_address:
        masked = mask_prefix(text)
        yield (name,), f"invalid {what} {text}: it should be {masked}", f"write {masked}"


def _outside(text: str, written: str, subnet: _Subnet) -> str:
    if not text:
        return ""
    try:
        address = ip_address(text)
    except ValueError:
        return "invalid address"
    if address.version != subnet.version:
        return f"parent subnet is an IPv{subnet.version} block"
    return "" if address in subnet else f"parent subnet {written} doesn't contain this address"


def _parsed(text: str) -> _Subnet | None:
    try:
        return ip_network(text, strict=False) if "/" in text else None
    except ValueError:
        return None
