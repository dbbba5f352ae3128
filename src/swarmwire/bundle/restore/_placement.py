"""Placement constraints that the nodes of the new swarm do not satisfy. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.plan import node_matches
from swarmwire.rules import Constraint, parse_constraint


class Nodes(NamedTuple):
    """The nodes of both swarms, the new ones with the labels that they are to get."""

    old: Sequence[pb.Node]
    new: Sequence[pb.Node]

    def successors(self, old_id: str) -> tuple[str, list[str]]:
        """The host of a node that is gone, and ids of nodes of the same host."""
        hosts = [one.description.hostname for one in self.old if one.id == old_id]
        host = hosts[0] if hosts else ""
        return host, [one.id for one in self.new if host and one.description.hostname == host]


def placement_notes(spec: pb.ServiceSpec, nodes: Nodes) -> Iterator[str]:
    """What keeps the tasks of a service from their nodes."""
    texts = list(spec.task.placement.constraints)
    parsed = []
    for text in texts:
        try:
            parsed.append(parse_constraint(text))
        except InvalidSpec:
            # the manager refuses the service anyway
            return
    alone = [note for one in parsed for note in _notes(one, nodes)]
    yield from alone
    if texts and not alone and not any(node_matches(texts, node) for node in nodes.new):
        yield f"no node satisfies all of {', '.join(texts)}"


def _notes(constraint: Constraint, nodes: Nodes) -> Iterator[str]:
    text = f"{constraint.key} {constraint.operator} {constraint.value}"
    if constraint.key.lower() == "node.id":
        if all(node.id.lower() != constraint.value.lower() for node in nodes.new):
            yield f"{text}: that node is gone{_instead(constraint.value, nodes)}"
        return
    alone = [f"{constraint.key}{constraint.operator}{constraint.value}"]
    if not any(node_matches(alone, node) for node in nodes.new):
        yield f"{text}: no node satisfies it"


def _instead(old_id: str, nodes: Nodes) -> str:
    host, successors = nodes.successors(old_id)
    if successors:
        return f"; its host {host} is now {' or '.join(successors)}"
    return f"; its host was {host}" if host else ""
