"""Labels of nodes: from host to host of the same name, only those that are absent. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from swarmwire import pb
from swarmwire.bundle.restore._steps import Action, Gap, Step
from swarmwire.bundle.restore._swarm import Swarm, name_of
from swarmwire.errors import MapKey, render_path


class _Match(NamedTuple):
    """The node that takes the place of another one; or why none does."""

    node: pb.Node | None
    why: str = ""


def node_steps(olds: Sequence[pb.Node], swarm: Swarm) -> Iterator[Step]:
    """The steps of all nodes that had labels, or took no tasks."""
    for old in olds:
        if old.spec.annotations.labels or old.spec.availability:
            yield from _steps(old, _match(old, olds, swarm))


def absent_labels(old: pb.Node, new: pb.Node) -> dict[str, str]:
    """The labels that a node lacks."""
    has = new.spec.annotations.labels
    return {key: value for key, value in old.spec.annotations.labels.items() if key not in has}


def labelled(olds: Sequence[pb.Node], swarm: Swarm) -> list[pb.Node]:
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


def _match(old: pb.Node, olds: Sequence[pb.Node], swarm: Swarm) -> _Match:
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
