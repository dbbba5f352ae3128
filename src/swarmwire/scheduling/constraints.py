"""Whether a node satisfies placement constraints.

Source: SwarmKit manager/constraint, Parse and NodeMatches.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.expected import expect
from swarmwire.rules import Constraint, parse_constraint
from swarmwire.rules.network import parse_cidr

_LABELS = "node.labels."
_ENGINE_LABELS = "engine.labels."
_ADDRESS = "node.ip"
_Address = IPv4Address | IPv6Address


def node_matches(constraints: Sequence[str], node: pb.Node) -> bool:
    """Whether ``node`` satisfies all constraints.

    As a manager: if one of them cannot be read, none of them counts.

    Raises:
        ConvertError: kind "type": ``node`` is none.
    """
    expect(pb.Node, node)
    parsed = readable(constraints)
    return parsed is None or not unmet(parsed, node)


def readable(constraints: Sequence[str]) -> tuple[Constraint, ...] | None:
    """All constraints, read; None if one cannot be, so that a manager counts none of them."""
    try:
        return tuple(parse_constraint(text) for text in constraints)
    except InvalidSpec:
        return None


def unmet(constraints: Sequence[Constraint], node: pb.Node) -> list[Constraint]:
    """The constraints that ``node`` does not satisfy."""
    return [constraint for constraint in constraints if not _matches(constraint, node)]


def found(constraint: Constraint, node: pb.Node) -> str | None:
    """What the node has where the constraint looks; None if there is no such key."""
    key = _folded(constraint.key)
    return node.status.addr if key == _ADDRESS else _property(key, constraint.key, node)


def node_label(key: str) -> str:
    """Which label of a node's spec a key, of a constraint or preference, means; empty if none."""
    return key[len(_LABELS) :] if _is_label(key, _LABELS) else ""


def engine_label(key: str) -> str:
    """Which label of a node's engine a key means; empty if none."""
    return key[len(_ENGINE_LABELS) :] if _is_label(key, _ENGINE_LABELS) else ""


def label_value(key: str, node: pb.Node) -> str | None:
    """The node's value of the label that a key means, empty if it has none; None if no label."""
    if label := node_label(key):
        return node.spec.annotations.labels.get(label, "")
    if label := engine_label(key):
        return node.description.engine.labels.get(label, "")
    return None


def _matches(constraint: Constraint, node: pb.Node) -> bool:
    key = _folded(constraint.key)
    if key == _ADDRESS:
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
    return label_value(written, node)


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
