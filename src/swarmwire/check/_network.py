"""What an engine refuses of a request for a network before a manager hears of it.

Source: moby daemon/network.go, createNetwork and validateIpamConfig; daemon/cluster/networks.go,
CreateNetwork; daemon/libnetwork/controller.go, NewNetwork.
"""

from collections.abc import Generator, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final, NamedTuple

from swarmwire import engine
from swarmwire.check._draft import Draft
from swarmwire.check._finding import Report
from swarmwire.engine.address import go_quoted, mask_prefix, parse_prefix
from swarmwire.engine.versions import parse_version
from swarmwire.errors import MapKey
from swarmwire.networks import RESERVED_NAMES
from swarmwire.releases import Release
from swarmwire.releases.quirks import does
from swarmwire.rules.network import parse_cidr
from swarmwire.spec import Steps

_LOCAL_DRIVERS: Final = ("", "bridge", "ipvlan", "macvlan")
_IPV4_SINCE: Final = (1, 48)
_CHECKS_POOLS_SINCE: Final = "25.0"
INVALID_NETWORK_CONFIG: Final = "invalid network config: "
"""What an engine says once, before all that is wrong with the pools."""
_NO_CIDR: Final = "invalid CIDR block notation"
_WRITE_ONE: Final = "write one like 10.0.9.0/24"
_TRUE: Final = ("1", "t", "T", "TRUE", "true", "True")
_FALSE: Final = ("0", "f", "F", "FALSE", "false", "False")

_Subnet = IPv4Network | IPv6Network


class NetworkRefusal(NamedTuple):
    """What an engine refuses of a request for a network.

    Attributes:
        steps: where, as in a ``FieldError``.
        rule: the engine's text; what is wrong with the pools begins with
            ``INVALID_NETWORK_CONFIG``.
        fix: what to do about it.
    """

    steps: Steps
    rule: str
    fix: str


_Refusals = Iterator[NetworkRefusal]


def report_network_request(
    draft: Draft, api_version: str, release: Release, report: Report
) -> None:
    """Report what the engine refuses, and what it makes without a manager."""
    request: engine.NetworkCreateRequest = draft.value
    for steps, rule, fix in network_refusals(request, api_version, release):
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


def network_refusals(
    request: engine.NetworkCreateRequest, api_version: str, release: Release
) -> _Refusals:
    """All that an engine refuses of a request before a manager hears of it, in its order."""
    if request.name in RESERVED_NAMES:
        rule = f"{request.name} is a pre-defined network and cannot be created"
        yield NetworkRefusal(("Name",), rule, "choose another name")
    four, six = request.enable_ipv4, request.enable_ipv6
    if four is None:
        four = yield from _option(request, "com.docker.network.enable_ipv4", release, "28.5")
    if six is None:
        six = yield from _option(request, "com.docker.network.enable_ipv6", release, "27.5")
    yield from _pools(request, release, six=bool(six))
    yield from _configuration(request)
    if request.scope == "local" and request.driver == "overlay":
        rule = "cannot downgrade network scope for overlay networks"
        yield NetworkRefusal(("Scope",), rule, "leave Scope out, or set it to swarm")
    if four is False and parse_version(api_version) >= _IPV4_SINCE:
        rule = "IPv4 cannot be disabled in a Swarm scoped network"
        yield NetworkRefusal(("EnableIPv4",), rule, "leave EnableIPv4 out")


def _option(
    request: engine.NetworkCreateRequest, name: str, release: Release, since: str
) -> Generator[NetworkRefusal, None, bool | None]:
    """What an option of the driver says where the request's own field says nothing."""
    text = (request.options or {}).get(name)
    if text is None or not release.has(since):
        return None
    if text not in (*_TRUE, *_FALSE):
        rule = f"driver-opt {go_quoted(name)} is not a valid bool"
        yield NetworkRefusal(("Options", MapKey(name)), rule, "write true or false")
    return text in _TRUE


def _configuration(request: engine.NetworkCreateRequest) -> _Refusals:
    """What networks may not have that are a configuration, or take one.

    Source: moby daemon/libnetwork/network.go, validateConfiguration.
    """
    if request.config_only and (
        request.ingress or request.internal or request.attachable or request.scope
    ):
        rule = (
            "configuration network can only contain network specific fields. Network operator"
            " fields like [ ingress | internal | attachable | scope ] are not supported."
        )
        fix = "leave Ingress, Internal, Attachable and Scope out"
        yield NetworkRefusal(("ConfigOnly",), rule, fix)
    if request.config_from is None or not request.config_from.network:
        return
    steps = ("ConfigFrom", "Network")
    if request.config_only:
        rule = "a configuration network cannot depend on another configuration network"
        yield NetworkRefusal(steps, rule, "leave one of ConfigOnly and ConfigFrom out")
        return
    ipam = request.ipam or engine.IPAM()
    no_default = ipam.driver not in ("", "default") or request.enable_ipv4 is False
    if no_default or request.enable_ipv6 or request.labels or ipam.options or ipam.config:
        rule = (
            "user specified configurations are not supported if the network depends on a"
            " configuration network"
        )
        yield NetworkRefusal(steps, rule, "leave IPAM, EnableIPv4, EnableIPv6 and Labels out")
    elif request.options:
        rule = (
            "network driver options are not supported if the network depends on a configuration"
            " network"
        )
        yield NetworkRefusal(steps, rule, "leave Options out")


def _pools(request: engine.NetworkCreateRequest, release: Release, *, six: bool) -> _Refusals:
    free_text = does(release, "free-text-addresses")
    for index, pool in enumerate((request.ipam and request.ipam.config) or ()):
        under = ("IPAM", "Config", index)
        if free_text and not _is_subnet(pool.subnet, release):
            # the newest engine takes a pool without a subnet, and reads no malformed one
            yield NetworkRefusal((*under, "Subnet"), _no_subnet(pool.subnet, release), _WRITE_ONE)
        elif release.has(_CHECKS_POOLS_SINCE):
            for steps, rule, fix in _pool(pool, six=six, free_text=free_text):
                yield NetworkRefusal((*under, *steps), f"{INVALID_NETWORK_CONFIG}{rule}", fix)


def _is_subnet(text: str, release: Release) -> bool:
    if release.has(_CHECKS_POOLS_SINCE):
        return _parsed(text) is not None
    return parse_cidr(text) is not None


def _no_subnet(text: str, release: Release) -> str:
    if release.has(_CHECKS_POOLS_SINCE):
        return f"{INVALID_NETWORK_CONFIG}invalid subnet {text}: {_NO_CIDR}"
    return f"Invalid subnet {text} : invalid CIDR address: {text}"


def _pool(pool: engine.NetworkIPAMConfig, *, six: bool, free_text: bool) -> _Refusals:
    subnet = _parsed(pool.subnet)
    if subnet is None or (subnet.version == 6 and not six):
        return
    yield from _host_bits("Subnet", "subnet", pool.subnet)
    if free_text and pool.ip_range and _parsed(pool.ip_range) is None:
        rule = f"invalid ip-range {pool.ip_range}: {_NO_CIDR}"
        yield NetworkRefusal(("IPRange",), rule, _WRITE_ONE)
    yield from _range(pool, subnet)
    shown_subnet = parse_prefix(pool.subnet)
    addresses: list[tuple[Steps, str, str, str]] = [
        (("Gateway",), "gateway", pool.gateway, pool.gateway)
    ]
    addresses += [
        (("AuxiliaryAddresses", MapKey(name)), "auxiliary address", name, address)
        for name, address in (pool.auxiliary_addresses or {}).items()
    ]
    for steps, what, shown, text in addresses:
        reason = _outside(text, shown_subnet, subnet)
        if reason:
            rule = f"invalid {what} {shown}: {reason}"
            yield NetworkRefusal(steps, rule, f"choose one of {shown_subnet}")


def _range(pool: engine.NetworkIPAMConfig, subnet: _Subnet) -> _Refusals:
    text = pool.ip_range
    addresses = _parsed(text)
    if addresses is None:
        return
    shown = parse_prefix(pool.subnet)
    fix = f"choose a part of {shown}"
    if addresses.version != subnet.version:
        rule = f"invalid ip-range {text}: parent subnet is an IPv{subnet.version} block"
        yield NetworkRefusal(("IPRange",), rule, fix)
        return
    if addresses.prefixlen < subnet.prefixlen:
        rule = f"invalid ip-range {text}: CIDR block is bigger than its parent subnet {shown}"
        yield NetworkRefusal(("IPRange",), rule, fix)
    yield from _host_bits("IPRange", "ip-range", text)
    if not subnet.overlaps(addresses):
        rule = f"invalid ip-range {text}: parent subnet {shown} doesn't contain ip-range"
        yield NetworkRefusal(("IPRange",), rule, fix)


def _host_bits(name: str, what: str, text: str) -> _Refusals:
    network = _parsed(text)
    if network is not None and ip_address(text.partition("/")[0]) != network.network_address:
        masked = mask_prefix(text)
        rule = f"invalid {what} {parse_prefix(text)}: it should be {masked}"
        yield NetworkRefusal((name,), rule, f"write {masked}")


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
        return ip_network(parse_prefix(text), strict=False)
    except ValueError:
        return None
