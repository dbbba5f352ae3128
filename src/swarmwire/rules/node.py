"""Nodes. A manager takes any node spec: names, labels, roles and availability are not checked.

Source: SwarmKit controlapi, UpdateNode.
"""

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.rules._problems import Problems, invalid, raise_first


def validate_node_spec(message: pb.NodeSpec | None) -> None:
    """Accept or refuse a node spec as a manager does: only its absence is refused.

    Raises:
        InvalidSpec: there is no spec.
    """
    raise_first(_problems(message))


def node_spec_problems(message: pb.NodeSpec | None) -> list[InvalidSpec]:
    """Every problem of a node spec: at most that there is none."""
    return list(_problems(message))


def _problems(message: pb.NodeSpec | None) -> Problems:
    if message is None:
        yield invalid("invalid argument", kind="missing")
