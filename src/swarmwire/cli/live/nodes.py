"""Nodes as rows of a table. Pure."""

from collections.abc import Iterable

from swarmwire import pb
from swarmwire.cli.live.tables import Cell, Row, Table, table
from swarmwire.cli.live.words import short, word

_STATES = {"ready": "good", "down": "bad", "disconnected": "bad", "unknown": "busy"}
_AVAILABILITIES = {"pause": "busy", "drain": "busy"}


def nodes_table(nodes: Iterable[pb.Node]) -> Table:
    """All nodes, by the names of their hosts."""
    ordered = sorted(nodes, key=lambda node: (node.description.hostname, node.id))
    return table(
        "ID|HOSTNAME|ROLE|AVAILABILITY|STATE|MANAGER|ENGINE|ADDRESS|MESSAGE", map(_row, ordered)
    )


def _row(node: pb.Node) -> Row:
    state = word(pb.NodeStatus.State, node.status.state)
    availability = word(pb.NodeSpec.Availability, node.spec.availability)
    return (
        short(node.id),
        node.description.hostname,
        _role(node),
        Cell(availability, _AVAILABILITIES.get(availability, "")),
        Cell(state, _STATES.get(state, "")),
        _manager(node),
        node.description.engine.engine_version,
        node.manager_status.addr or node.status.addr,
        node.status.message,
    )


def _role(node: pb.Node) -> str:
    """The role it has; and the one that it is to have, while that is another one."""
    role, wanted = word(pb.NodeRole, node.role), word(pb.NodeRole, node.spec.desired_role)
    return role if role == wanted else f"{role}, to be {wanted}"


def _manager(node: pb.Node) -> Cell:
    if not node.HasField("manager_status"):
        return Cell("")
    reachability = word(pb.RaftMemberStatus.Reachability, node.manager_status.reachability)
    if reachability != "reachable":
        return Cell(reachability, "bad")
    return Cell("leader" if node.manager_status.leader else reachability, "good")
