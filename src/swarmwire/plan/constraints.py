"""Whether a node satisfies placement constraints.

Source: SwarmKit manager/constraint, Parse and NodeMatches.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.rules import Constraint, parse_constraint
from swarmwire.rules.network import parse_cidr

_LABELS = "node.labels."
_ENGINE_LABELS = "engine.labels."
_Address = IPv4Address | IPv6Address


def node_matches(constraints: Sequence[str], node: pb.Node) -> bool:
    """Whether ``node`` satisfies all constraints.

    As a manager: if one of them cannot be read, none of them counts.
    """
    try:
        parsed = [parse_constraint(text) for text in constraints]
    except InvalidSpec:
        return True
    return all(_matches(constraint, node) for constraint in parsed)


def _matches(constraint: Constraint, node: pb.Node) -> bool:
    key = _folded(constraint.key)
    if key == "node.ip":
        return _address_matches(constraint, node.status.addr)
    value = _property(key, constraint.key, node)
    if value is None:
        return False
    equal = _folded(constraint.value) == _folded(value)
    return equal == (constraint.operator == "==")


def _property(key: str, written: str, node: pb.Node) -> str | None:
    """What a constraint's key says of the node; None if there is no such key."""
    match key:
        case "node.id":
            return node.id
        case "node.hostname":
            return node.description.hostname
        case "node.role":
            names = pb.NodeRole.DESCRIPTOR.values_by_number
            return names[node.role].name if node.role in names else str(node.role)
        case "node.platform.os":
            return node.description.platform.os
        case "node.platform.arch":
            return node.description.platform.architecture
    if _is_label(written, _LABELS):
        return node.spec.annotations.labels.get(written[len(_LABELS) :], "")
    if _is_label(written, _ENGINE_LABELS):
        return node.description.engine.labels.get(written[len(_ENGINE_LABELS) :], "")
    return None


def _is_label(key: str, prefix: str) -> bool:
    # as SwarmKit: the prefix is cut off in bytes, so that odd letters do not count there
    start = key[: len(prefix)]
    return len(key) > len(prefix) and start.isascii() and start.lower() == prefix


def _folded(text: str) -> str:
    # Constraints hold ASCII and two letters that Go folds to it: more is never equal to them.
    return text.replace("\u017f", "s").lower()


def _address_matches(constraint: Constraint, written: str) -> bool:
    address = _address(written)
    expected = _address(constraint.value)
    if expected is not None:
        within = address == expected
    else:
        parsed = parse_cidr(constraint.value)
        if parsed is None:
            return False
        within = address is not None and address in parsed[1]
    return within == (constraint.operator == "==")


def _address(text: str) -> _Address | None:
    """An address as Go's ``net.ParseIP`` reads it: without a zone, and mapped ones as IPv4."""
    if "%" in text or not text.isascii():
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
