"""Networks. Source: SwarmKit controlapi, validateNetworkSpec; moby cnmallocator, Provider.

Drivers that are not built in are looked up among a manager's plugins, which a message cannot tell:
they pass here.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from swarmwire import pb
from swarmwire.errors import InvalidSpec, MapKey
from swarmwire.expected import expect
from swarmwire.networks import PREDEFINED_LABEL
from swarmwire.releases import AnyRelease
from swarmwire.releases.messages import known_to
from swarmwire.rules._problems import Problems, each, invalid, raise_first, under, unimplemented
from swarmwire.rules.names import dns_name_problems

_Address = IPv4Address | IPv6Address
Subnet = IPv4Network | IPv6Network


def validate_network_spec(message: pb.NetworkSpec | None, *, release: AnyRelease = None) -> None:
    """Accept or refuse a new network as a manager does.

    Raises:
        InvalidSpec: the first problem.
    """
    raise_first(_problems(known_to(message, release)))


def network_spec_problems(
    message: pb.NetworkSpec | None, *, release: AnyRelease = None
) -> list[InvalidSpec]:
    """Every problem of a new network, in the manager's order."""
    return list(_problems(known_to(message, release)))


def _problems(message: pb.NetworkSpec | None) -> Problems:
    if message is None:
        yield invalid("invalid argument", kind="missing")
        return
    expect(pb.NetworkSpec, message)
    if message.attachable and message.ingress:
        yield invalid("ingress network cannot be attachable", "Attachable", kind="conflict")
    yield from dns_name_problems(message.annotations.name)
    if PREDEFINED_LABEL in message.annotations.labels:
        reason = (
            f"label {PREDEFINED_LABEL} is for internally created predefined networks"
            " and cannot be applied by users"
        )
        at = ("Labels", MapKey(PREDEFINED_LABEL))
        yield InvalidSpec("PermissionDenied", reason, *at, kind="conflict")
    yield from _driver_problems(message)
    yield from under(_ipam_problems(message.ipam), "IPAM")


def _driver_problems(message: pb.NetworkSpec) -> Problems:
    if not message.HasField("driver_config"):
        return
    name = message.driver_config.name
    if message.ingress and name != "overlay":
        reason = "only overlay driver is currently supported for ingress network"
        yield unimplemented(reason, "Driver")
    elif not name:
        yield _nameless_driver()


def _ipam_problems(ipam: pb.IPAMOptions) -> Problems:
    if ipam.HasField("driver") and not ipam.driver.name:
        yield _nameless_driver()
    yield from each((_ipam_config_problems(config) for config in ipam.configs), "Config")


def _nameless_driver() -> InvalidSpec:
    reason = "driver name: if driver is specified name is required"
    return invalid(reason, "Driver", kind="missing")


def _ipam_config_problems(config: pb.IPAMConfig) -> Problems:
    parsed = parse_cidr(config.subnet)
    if parsed is None:
        reason = f"ipam configuration: invalid subnet {config.subnet}"
        yield invalid(reason, "Subnet")
    subnet = parsed[1] if parsed else None
    if config.range:
        base = parse_cidr(config.range)
        address = base[0] if base else None
        yield from _inside_problems(config, subnet, address, "range")
    if config.gateway:
        yield from _inside_problems(config, subnet, parse_ip(config.gateway), "gateway")


def _inside_problems(
    config: pb.IPAMConfig, subnet: Subnet | None, address: _Address | None, field: str
) -> Problems:
    text: str = getattr(config, field)
    name = {"range": "IPRange", "gateway": "Gateway"}[field]
    if address is None:
        yield invalid(f"ipam configuration: invalid {field} {text}", name)
    elif subnet is not None and address not in subnet:
        reason = f"ipam configuration: subnet {config.subnet} does not contain {field} {text}"
        yield invalid(reason, name)


def parse_cidr(text: str) -> tuple[_Address, Subnet] | None:
    """The address and the network, as Go's ``net.ParseCIDR`` reads them."""
    address_text, _, bits = text.partition("/")
    address = _parse_address(address_text)
    if address is None or not (bits.isascii() and bits.isdigit()) or len(bits.lstrip("0")) > 3:
        return None
    length = int(bits)
    if length > address.max_prefixlen:
        return None
    plain = _plain(address)
    if plain.version != address.version:
        # as Go: the network of ::ffff:10.0.0.0/104 is 10.0.0.0/8
        length = max(length - 96, 0)
    return plain, ip_network((plain, length), strict=False)


def parse_ip(text: str) -> _Address | None:
    """The address, as Go's ``net.ParseIP`` reads it."""
    address = _parse_address(text)
    return None if address is None else _plain(address)


def _parse_address(text: str) -> _Address | None:
    if "%" in text or "/" in text:
        return None
    try:
        return ip_address(text)
    except ValueError:
        return None


def _plain(address: _Address) -> _Address:
    """The address, as IPv4 if it is an IPv4 address in the clothes of IPv6."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
