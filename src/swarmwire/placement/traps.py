"""Why new tasks of a service wait, in plain words; and why those of its next update may."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from swarmwire import pb
from swarmwire.placement.wanted import ServiceChange
from swarmwire.plan import Trap, is_job
from swarmwire.scheduling import (
    Amount,
    Cluster,
    FilterName,
    FilterRefusal,
    Lack,
    capacity,
    explain,
)
from swarmwire.scheduling.amounts import amount_in_words
from swarmwire.scheduling.capacity import name_of

_PLACEMENT: Final = "TaskTemplate.Placement"
_RESERVATIONS: Final = "TaskTemplate.Resources.Reservations"
_PLUGIN_PATHS: Final = {
    "Log plugin": "TaskTemplate.LogDriver.Name",
    "Volume plugin": "TaskTemplate.ContainerSpec.Mounts",
    "Network plugin": "TaskTemplate.Networks",
}
_USED_UP: Final[tuple[FilterName, ...]] = (
    "ResourceFilter",
    "HostPortFilter",
    "MaxReplicasFilter",
)
"""What tasks of the same service, or of others, take away from a node."""

_START_FIRST: Final[Mapping[FilterName, tuple[str, str, str]]] = {
    "ResourceFilter": ("start-first-reservations", _RESERVATIONS, "what it reserves"),
    "HostPortFilter": ("start-first-host-port", "EndpointSpec.Ports", "its host port"),
    "MaxReplicasFilter": (
        "start-first-max-replicas",
        f"{_PLACEMENT}.MaxReplicas",
        "a place below MaxReplicas",
    ),
}

Refusals = Mapping[str, tuple[FilterRefusal, ...]]


def placement_traps(
    change: ServiceChange, waiting: Sequence[pb.Task], after: Cluster
) -> Iterator[Trap]:
    """Why tasks wait that have found no place in the cluster ``after`` all others have."""
    refusals = explain(after, waiting[0])
    bound = {task.node_id for task in waiting if task.node_id}
    if bound:
        refusals = {node: found for node, found in refusals.items() if node in bound}
    nodes = {node.id: node for node in after.nodes if node.id in refusals}
    yield from _nowhere(refusals)
    yield from _unavailable(refusals, nodes)
    fitting = {node: found for node, found in refusals.items() if _is_used_up(found)}
    if not fitting:
        return
    rolling = {slot.new.id for slot in change.queue if slot.new is not None}
    if change.start_first and rolling & {task.id for task in waiting}:
        yield from _beside_old_ones(fitting)
        return
    yield from _reservations(fitting, nodes, after)
    yield from _host_ports(change, fitting, after)
    yield from _max_replicas(change, fitting)


def later_traps(change: ServiceChange, after: Cluster) -> Iterator[Trap]:
    """Why the next update waits for ever, though all tasks of this one have found a place."""
    spec = change.service.spec
    if spec.update.order != pb.UpdateConfig.START_FIRST or is_job(spec):
        return
    mine = [
        task
        for task in after.tasks
        if task.service_id == change.service.id and task.node_id and task.spec == spec.task
    ]
    if not mine:
        return
    node = mine[0].node_id if spec.HasField("global") else ""
    refusals = explain(after, change.more(node))
    if node:
        refusals = {each: found for each, found in refusals.items() if each == node}
    if not refusals or not all(refusals.values()):
        return
    blocking = _common(refusals.values())
    for name, (code, path, what) in _START_FIRST.items():
        if name in blocking:
            text = (
                f"With the order start-first each new task needs {what} beside the old one, and no"
                " node that fits has that: the next update that restarts tasks waits for ever."
                " Use stop-first."
            )
            yield Trap(code=code, path=path, text=text)


def _common(found: Iterable[tuple[FilterRefusal, ...]]) -> set[FilterName]:
    """The filters that refuse nodes where nothing else than used up things is in the way."""
    return {refusal.filter for each in found if _is_used_up(each) for refusal in each}


def _is_used_up(refusals: tuple[FilterRefusal, ...]) -> bool:
    """Whether a node would fit if other tasks were not there."""
    return bool(refusals) and all(each.filter in _USED_UP for each in refusals)


def _nowhere(refusals: Refusals) -> Iterator[Trap]:
    """What no node has: a label, a plugin, a platform."""
    if missing := _missing_everywhere(refusals, "ConstraintFilter"):
        text = f"No node satisfies {' or '.join(each.what for each in missing)}"
        yield Trap(code="no-node-matches", path=f"{_PLACEMENT}.Constraints", text=f"{text}.")
    elif _refuses_all(refusals, "ConstraintFilter"):
        text = "Each constraint is satisfied by a node, but no node satisfies all of them."
        yield Trap(code="no-node-matches", path=f"{_PLACEMENT}.Constraints", text=text)
    for lack in _missing_everywhere(refusals, "PluginFilter"):
        text = f"No node has the {lack.what} {lack.wanted}."
        yield Trap(code="missing-plugin", path=_PLUGIN_PATHS.get(lack.what, ""), text=text)
    for lack in _missing_everywhere(refusals, "PlatformFilter"):
        text = f"No node is of the platform {lack.wanted}."
        yield Trap(code="missing-platform", path=f"{_PLACEMENT}.Platforms", text=text)


def _refuses_all(refusals: Refusals, name: FilterName) -> bool:
    return bool(refusals) and all(
        any(each.filter == name for each in found) for found in refusals.values()
    )


def _missing_everywhere(refusals: Refusals, name: FilterName) -> list[Lack]:
    """What every node lacks for one filter."""
    by_node = [
        {lack.what + str(lack.wanted): lack for lack in each.lacks}
        for found in refusals.values()
        for each in found
        if each.filter == name
    ]
    if not by_node or len(by_node) < len(refusals):
        return []
    return [lack for key, lack in by_node[0].items() if all(key in other for other in by_node)]


def _unavailable(refusals: Refusals, nodes: Mapping[str, pb.Node]) -> Iterator[Trap]:
    """Nodes that would take tasks, were they not drained, paused or down."""
    found = {
        name_of(nodes[node]): each[0].reasons[-1].removeprefix("it is ")
        for node, each in refusals.items()
        if [refusal.filter for refusal in each] == ["ReadyFilter"]
    }
    if found:
        listed = ", ".join(f"{name} is {state}" for name, state in sorted(found.items()))
        text = f"More nodes would take tasks, but they take none now: {listed}."
        yield Trap(code="nodes-unavailable", text=text)


def _beside_old_ones(fitting: Refusals) -> Iterator[Trap]:
    """A roll-out that starts first, and finds no room beside the tasks that run."""
    blocking = _common(fitting.values())
    for name, (code, path, what) in _START_FIRST.items():
        if name in blocking:
            text = (
                f"With the order start-first a new task needs {what} beside the old ones, and no"
                " node that fits has that: the new task stays pending, the old one runs on with"
                " the old spec, and the failure action never comes to pass. Use stop-first."
            )
            yield Trap(code=code, path=path, text=text)


def _reservations(
    fitting: Refusals, nodes: Mapping[str, pb.Node], after: Cluster
) -> Iterator[Trap]:
    """Reservations for which no node has enough left, or no node has enough at all."""
    wanted: dict[str, int] = {}
    left: dict[str, list[tuple[int, str]]] = {}
    for node, lack in _lacks(fitting, "ResourceFilter"):
        if isinstance(lack.wanted, int) and isinstance(lack.left, int):
            wanted[lack.what] = lack.wanted
            left.setdefault(lack.what, []).append((lack.left, name_of(nodes[node])))
    whole = capacity(after)
    for what, number in wanted.items():
        most = max(_total(whole[node].total, what) for node in fitting)
        there, name = max(left[what])
        if number > most:
            code = "reservation-too-large"
            text = f"no node that fits has more than {amount_in_words(what, most)}"
        else:
            code = "reservation-no-longer-fits"
            text = f"the most that is left on a node is {amount_in_words(what, there)}, on {name}"
        text = f"Each task reserves {amount_in_words(what, number)}; {text}."
        yield Trap(code=code, path=_RESERVATIONS, text=text)


def _total(amount: Amount, what: str) -> int:
    match what:
        case "NanoCPUs":
            return amount.nano_cpus
        case "MemoryBytes":
            return amount.memory_bytes
        case kind:
            return amount.generic.get(kind, 0)


def _host_ports(change: ServiceChange, fitting: Refusals, after: Cluster) -> Iterator[Trap]:
    """Ports of nodes that others hold, or the service's own tasks."""
    services = {task.id: task.service_id for task in after.tasks}
    names = {each.id: each.spec.annotations.name for each in (after.services or {}).values()}
    holders: dict[str, set[str]] = {}
    for _, lack in _lacks(fitting, "HostPortFilter"):
        holders.setdefault(lack.what, set()).add(services.get(str(lack.left), ""))
    for port, held_by in holders.items():
        own = "tasks of the service itself: a node takes one task with the port"
        by = [own if each == change.service.id else names.get(each, each) for each in held_by]
        listed = ", ".join(sorted(filter(None, by)))
        text = f"Port {port} is in use on {_nodes(fitting, 'HostPortFilter')} that would fit"
        text = f"{text}, by {listed}." if listed else f"{text}."
        yield Trap(code="host-port-in-use", path="EndpointSpec.Ports", text=text)


def _max_replicas(change: ServiceChange, fitting: Refusals) -> Iterator[Trap]:
    """More replicas than all nodes that fit may have together."""
    spec = change.service.spec
    most = spec.task.placement.max_replicas
    if next(_lacks(fitting, "MaxReplicasFilter"), None) is None:
        return
    text = f"A node takes {most} of the service's tasks at most"
    if spec.HasField("replicated") and spec.replicated.replicas > most * len(fitting):
        nodes = "1 node fits" if len(fitting) == 1 else f"{len(fitting)} nodes fit"
        text = f"{text}, and {nodes}: {most * len(fitting)} of {spec.replicated.replicas} replicas"
    yield Trap(code="max-replicas", path=f"{_PLACEMENT}.MaxReplicas", text=f"{text}.")


def _lacks(refusals: Refusals, name: FilterName) -> Iterator[tuple[str, Lack]]:
    """What nodes lack for one filter, with their IDs."""
    for node, found in refusals.items():
        for refusal in found:
            if refusal.filter == name:
                yield from ((node, lack) for lack in refusal.lacks)


def _nodes(refusals: Refusals, name: FilterName) -> str:
    number = len({node for node, _ in _lacks(refusals, name)})
    return "1 node" if number == 1 else f"{number} nodes"
