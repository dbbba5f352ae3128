"""What of nodes is worth keeping: names, roles, availability, labels; as a file, and back. Pure."""

from collections.abc import Iterable
from typing import Any

import msgspec

from swarmwire import pb

_INDENT = 2


class NodeLine(msgspec.Struct, kw_only=True):
    """One node in ``nodes.json``."""

    id: str
    hostname: str
    role: str
    availability: str
    labels: dict[str, str]


def kept(node: pb.Node) -> pb.Node:
    """The node, with nothing but what is kept of it."""
    out = pb.Node(id=node.id)
    out.description.hostname = node.description.hostname
    out.spec.annotations.labels.update(node.spec.annotations.labels)
    out.spec.availability = node.spec.availability
    out.spec.desired_role = node.spec.desired_role
    return out


def write_nodes(nodes: Iterable[pb.Node]) -> bytes:
    """The file of nodes; nothing if there are none."""
    lines = [
        NodeLine(
            id=node.id,
            hostname=node.description.hostname,
            role=_word(pb.NodeRole, node.spec.desired_role),
            availability=_word(pb.NodeSpec.Availability, node.spec.availability),
            labels=dict(sorted(node.spec.annotations.labels.items())),
        )
        for node in nodes
    ]
    return msgspec.json.format(msgspec.json.encode(lines), indent=_INDENT) + b"\n" if lines else b""


def read_nodes(data: bytes) -> list[pb.Node]:
    """The nodes of a file.

    Raises:
        ValidationError, DecodeError: msgspec's own; it is no such file.
        ValueError: a word in it is none of a node's.
    """
    return [_node(line) for line in msgspec.json.decode(data, type=list[NodeLine])]


def _node(line: NodeLine) -> pb.Node:
    role: Any = pb.NodeRole.Value(line.role.upper())
    availability: Any = pb.NodeSpec.Availability.Value(line.availability.upper())
    out = pb.Node(id=line.id)
    out.description.hostname = line.hostname
    out.spec.annotations.labels.update(line.labels)
    out.spec.availability = availability
    out.spec.desired_role = role
    return out


def _word(enum: Any, number: int) -> str:
    # A number that no release has written is written as the first word.
    return str(enum.Name(number if number in enum.values() else 0)).lower()
