"""Nodes: labels that they get from the host of the same name, and constraints that none satisfies.

Only labels that are absent are given. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from swarmwire import pb
from swarmwire.bundle.restore.steps import Action, Gap, Step
from swarmwire.bundle.restore.swarm import LiveSwarm, name_of
from swarmwire.errors import InvalidSpec, MapKey, render_path
from swarmwire.rules import Constraint, parse_constraint
from swarmwire.scheduling import node_matches


class _Match(NamedTuple):
    """The node that takes the place of another one; or why none does."""

    node: pb.Node | None
    why: str = ""


def node_steps(olds: Sequence[pb.Node], swarm: LiveSwarm) -> Iterator[Step]:
    """The steps of all nodes that had labels, or took no tasks."""
    for old in olds:
        if old.spec.annotations.labels or old.spec.availability:
            yield from _steps(old, _match(old, olds, swarm))


def absent_labels(old: pb.Node, new: pb.Node) -> dict[str, str]:
    """The labels that a node lacks."""
    has = new.spec.annotations.labels
    return {key: value for key, value in old.spec.annotations.labels.items() if key not in has}


def labelled(olds: Sequence[pb.Node], swarm: LiveSwarm) -> list[pb.Node]:
    """The nodes of the new swarm with the labels that they are to get."""
    nodes = {node.id: _copy(node) for node in swarm.nodes}
    for old in olds:
        found = _match(old, olds, swarm).node
        if found is not None:
            mine = nodes[found.id]
            mine.spec.annotations.labels.update(absent_labels(old, mine))
    return list(nodes.values())


def _copy(node: pb.Node) -> pb.Node:
    out = pb.Node()
    out.CopyFrom(node)
    return out


def _steps(old: pb.Node, match: _Match) -> Iterator[Step]:
    new = match.node
    if new is None:
        if old.spec.annotations.labels:
            yield _step(old, "skip", match.why)
        return
    before: Mapping[str, str] = new.spec.annotations.labels
    absent = absent_labels(old, new)
    gaps = tuple(
        Gap(path=render_path(("Labels", MapKey(key))))
        for key, value in sorted(old.spec.annotations.labels.items())
        if key in before and before[key] != value
    )
    if absent:
        yield _step(old, "label", ", ".join(sorted(absent)), new.id)
    if gaps:
        paths = ", ".join(gap.path for gap in gaps)
        why = f"differs in {paths}; left alone"
        yield _step(old, "differs", why, new.id, gaps)
    if not absent and not gaps:
        yield _step(old, "present", "", new.id)


def _step(
    old: pb.Node, action: Action, why: str, id_: str = "", gaps: tuple[Gap, ...] = ()
) -> Step:
    return Step(
        kind="node",
        name=name_of(old),
        old_id=old.id,
        action=action,
        id=id_,
        why=why,
        notes=tuple(_notes(old, action)),
        gaps=gaps,
    )


def _notes(old: pb.Node, action: Action) -> Iterator[str]:
    availability = old.spec.availability
    if action in ("label", "present") and availability:
        word = pb.NodeSpec.Availability.Name(availability).lower()
        yield f"its availability was {word}: docker node update --availability {word}"


def _match(old: pb.Node, olds: Sequence[pb.Node], swarm: LiveSwarm) -> _Match:
    """The node of the same host, if there is no doubt about it."""
    same = swarm.with_id("node", old.id)
    if same is not None:
        return _Match(same)
    host = name_of(old)
    rivals = [one for one in olds if name_of(one) == host and one.spec.annotations.labels]
    if any(one.spec.annotations.labels != old.spec.annotations.labels for one in rivals):
        return _Match(None, f"{len(rivals)} nodes of host {host} had labels, and not the same")
    found = [node for node in swarm.nodes if name_of(node) == host]
    if not host or not found:
        return _Match(None, "no node of that host: its labels are for you to set")
    if len(found) > 1:
        return _Match(None, f"{len(found)} nodes of that host: its labels are for you to set")
    return _Match(found[0])


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
    alone = [note for one in parsed for note in _unmet(one, nodes)]
    yield from alone
    if texts and not alone and not any(node_matches(texts, node) for node in nodes.new):
        yield f"no node satisfies all of {', '.join(texts)}"


def _unmet(constraint: Constraint, nodes: Nodes) -> Iterator[str]:
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
