"""What would help a task that waits."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from swarmwire import pb
from swarmwire.expected import expect
from swarmwire.scheduling.amounts import amount_in_words
from swarmwire.scheduling.capacity import copies, name_of
from swarmwire.scheduling.cluster import Cluster
from swarmwire.scheduling.constraints import engine_label, node_label, node_matches
from swarmwire.scheduling.filters import Lack
from swarmwire.scheduling.generic_resources import amount, entries
from swarmwire.scheduling.node_info import NodeInfo
from swarmwire.scheduling.pipeline import Pipeline
from swarmwire.scheduling.refusal import FilterRefusal
from swarmwire.scheduling.scheduler import explain

_USED_UP: Final = {"ResourceFilter", "HostPortFilter", "MaxReplicasFilter"}
"""The filters that refuse a node for what its tasks use: an empty node passes."""


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """One way to help; as text, a sentence without its full stop.

    Attributes:
        steps: what has to be done, all of it: ``free 1.2 GiB on node-3``.
        node: the ID of the node that takes the task then; ``""`` if it is no single one.
    """

    steps: tuple[str, ...]
    node: str = ""

    def __str__(self) -> str:
        return " and ".join(self.steps)


def advice(cluster: Cluster, task: pb.Task) -> tuple[Advice, ...]:
    """What would make a place for a task: each alone is enough; fewest steps first.

    Empty if a node fits, or if nothing that can be done to these nodes helps. A task that is bound
    to a node can be helped only there.

    Raises:
        ConvertError: kind "type": ``task`` is none.
    """
    expect(pb.Task, task)
    found = explain(cluster, task)
    if task.node_id:
        found = {each: found[each] for each in found if each == task.node_id}
    if not all(found.values()):
        return ()
    nodes = {each.id: each for each in cluster.nodes}
    ways = [_on_node(task, nodes[each], refusals) for each, refusals in found.items()]
    useful = [each for each in ways if each is not None]
    useful.sort(key=lambda each: (len(each.steps), each.node))
    if not task.node_id:
        useful += _more_nodes(cluster, task, found)
        useful += _less_strict(task, found)
    return tuple(useful)


def _on_node(task: pb.Task, node: pb.Node, refusals: Iterable[FilterRefusal]) -> Advice | None:
    """All that has to be done to one node; None if that is not enough."""
    steps: list[str] = []
    for refusal in refusals:
        for lack in refusal.lacks:
            step = _step(refusal, lack, node)
            if step is None:
                return None
            steps.append(step)
    if not _labels_agree(task, node, refusals):
        return None
    return Advice(steps=tuple(dict.fromkeys(steps)), node=node.id)


def _step(refusal: FilterRefusal, lack: Lack, node: pb.Node) -> str | None:
    name = name_of(node)
    match refusal.filter:
        case "ReadyFilter":
            was = str(lack.left).lower()
            return f"bring {name} back: it is {was}" if lack.what == "State" else f"activate {name}"
        case "ResourceFilter":
            return _freeing(lack, node)
        case "PluginFilter":
            return f"install the {lack.what} {lack.wanted} on {name}"
        case "ConstraintFilter":
            return _labelling(lack, name)
        case "HostPortFilter":
            holder = f": task {lack.left} has it" if lack.left else ""
            return f"free port {lack.what} on {name}{holder}"
        case "VolumesFilter":
            return f"make {lack.what} usable on {name}: {lack.left}"
    # no node gets another platform, and the limit of replicas is the service's
    return None


def _freeing(lack: Lack, node: pb.Node) -> str | None:
    """What to free; None if the node is too small even when it is empty."""
    resources = node.description.resources
    if not (isinstance(lack.wanted, int) and isinstance(lack.left, int)):
        return None
    short = lack.wanted - lack.left
    match lack.what:
        case "NanoCPUs":
            total = resources.nano_cpus
        case "MemoryBytes":
            total = resources.memory_bytes
        case kind:
            total = amount(kind, entries(resources.generic)) or 0
    if lack.wanted > total:
        return None
    return f"free {amount_in_words(lack.what, short)} on {name_of(node)}"


def _labelling(lack: Lack, name: str) -> str | None:
    """How to satisfy a constraint on a label or role; None for what a node cannot change."""
    key, operator, value = _parts(lack)
    positive = operator == "=="
    if label := node_label(key):
        return f"label {name} {label}={value}" if positive else f"remove label {label} of {name}"
    if label := engine_label(key):
        verb = f"set engine label {label}={value}" if positive else f"remove engine label {label}"
        return f"{verb} of {name}"
    if key.lower() == "node.role" and value.lower() in ("manager", "worker"):
        return f"{'promote' if positive == (value.lower() == 'manager') else 'demote'} {name}"
    return None


def _parts(lack: Lack) -> tuple[str, str, str]:
    key = lack.what.removesuffix(str(lack.wanted))
    return key[:-2], key[-2:], str(lack.wanted)


def _labels_agree(task: pb.Task, node: pb.Node, refusals: Iterable[FilterRefusal]) -> bool:
    """Whether all constraints hold once the labels and role are as the steps say."""
    lacks = [
        lack
        for refusal in refusals
        if refusal.filter == "ConstraintFilter"
        for lack in refusal.lacks
    ]
    if not lacks:
        return True
    changed = pb.Node()
    changed.CopyFrom(node)
    for lack in lacks:
        key, operator, value = _parts(lack)
        written = value if operator == "==" else ""
        if label := node_label(key):
            changed.spec.annotations.labels[label] = written
        elif label := engine_label(key):
            changed.description.engine.labels[label] = written
        else:
            manager = (operator == "==") == (value.lower() == "manager")
            changed.ClearField("role")
            changed.MergeFrom(pb.Node(role="MANAGER" if manager else "WORKER"))
    return node_matches(task.spec.placement.constraints, changed)


def _more_nodes(
    cluster: Cluster, task: pb.Task, found: Mapping[str, tuple[FilterRefusal, ...]]
) -> Iterator[Advice]:
    """How many nodes like one that is used up would take all tasks of the group that wait."""
    used_up = {
        each for each, refusals in found.items() if {item.filter for item in refusals} <= _USED_UP
    }
    waiting = len(cluster.waiting_like(task) | {task.id})
    volumes = cluster.all_counted.volumes
    best: tuple[int, str] | None = None
    for node in cluster.nodes:
        if node.id in used_up:
            fitting = copies(task, NodeInfo(node), Pipeline(task, volumes), waiting)
            if fitting and (best is None or fitting > best[0]):
                best = fitting, name_of(node)
    if best is not None:
        number = -(-waiting // best[0])
        nodes = "1 more node" if number == 1 else f"{number} more nodes"
        yield Advice(steps=(f"add {nodes} like {best[1]}",))


def _less_strict(task: pb.Task, found: Mapping[str, tuple[FilterRefusal, ...]]) -> Iterator[Advice]:
    """Raise the limit of replicas, if nothing else stands in the way on a node."""
    if any([item.filter for item in each] == ["MaxReplicasFilter"] for each in found.values()):
        limit = task.spec.placement.max_replicas
        yield Advice(steps=(f"raise max replicas per node above {limit}",))
