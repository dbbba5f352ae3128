"""Which nodes get the tasks of one group: tasks of one service and one version of its spec.

Source: SwarmKit manager/scheduler: nodeset.go, decision_tree.go, scheduleNTasksOnSubtree and
scheduleNTasksOnNodes of scheduler.go. Where SwarmKit leaves the choice to chance, the order of
the nodes and tasks decides here.
"""

import heapq
from collections.abc import Callable, Iterable, Sequence
from itertools import count

from swarmwire import pb
from swarmwire.scheduling.constraints import label_value
from swarmwire.scheduling.node_info import NodeInfo, versioned_service
from swarmwire.scheduling.pipeline import Pipeline

_MAX_FAILURES = 5

Rank = tuple[int, int, int]
Assign = Callable[[pb.Task, NodeInfo], None]


class _Branch:
    """Nodes that have the same values of the labels over which tasks are spread."""

    def __init__(self) -> None:
        self.tasks = 0
        self.next: dict[str, _Branch] = {}
        self.nodes: list[NodeInfo] = []
        self.worst_first: list[tuple[int, int, int, int, NodeInfo]] = []
        self.visited = False


class Placing:
    """The placing of one group of tasks, of which any is as good as another."""

    def __init__(self, group: Sequence[pb.Task], pipeline: Pipeline, assign: Assign) -> None:
        self.waiting = list(group)
        self._task = group[0]
        self._pipeline = pipeline
        self._assign = assign

    def run(self, nodes: Iterable[NodeInfo]) -> None:
        """Give each task a node, best first; ``waiting`` keeps those for which there is none."""
        most = len(self.waiting)
        self._on_branch(most, self._tree(nodes, most))

    def _rank(self, info: NodeInfo) -> Rank:
        """What is compared between two nodes: the lower, the better."""
        failures = info.failures[versioned_service(self._task)]
        return (
            failures if failures >= _MAX_FAILURES else 0,
            info.active_by_service[self._task.service_id],
            info.active,
        )

    def _tree(self, nodes: Iterable[NodeInfo], most: int) -> _Branch:
        """All nodes by the labels of the preferences; of those that pass, the best ``most``."""
        root = _Branch()
        order = count()
        for info in nodes:
            active = info.active_by_service[self._task.service_id]
            leaf = root
            for value in self._spread(info.node):
                leaf.tasks += active
                leaf = leaf.next.setdefault(value, _Branch())
            leaf.tasks += active
            rank = self._rank(info)
            # later nodes count as worse, so that the first of equal ones is taken
            entry = (-rank[0], -rank[1], -rank[2], -next(order), info)
            if len(leaf.worst_first) < most:
                if self._pipeline.process(info):
                    heapq.heappush(leaf.worst_first, entry)
            elif entry[:3] > leaf.worst_first[0][:3] and self._pipeline.process(info):
                heapq.heapreplace(leaf.worst_first, entry)
        return root

    def _spread(self, node: pb.Node) -> Iterable[str]:
        for preference in self._task.spec.placement.preferences:
            if preference.HasField("spread"):
                value = label_value(preference.spread.spread_descriptor, node)
                if value is not None:
                    yield value

    def _on_branch(self, number: int, branch: _Branch) -> int:
        """Place up to ``number`` tasks below a branch: how many were.

        Branches are filled up to the same number of tasks, until all are full.
        """
        if not branch.next:
            return self._on_nodes(number, self._ordered(branch))
        placed = 0
        usable_tasks = branch.tasks
        usable = dict(branch.next)
        below = True
        while placed != number and usable and below:
            below = False
            wanted, remainder = divmod(usable_tasks + number - placed, len(usable))
            for value, each in list(usable.items()):
                if each.tasks > wanted or (each.tasks == wanted and not remainder):
                    continue
                below = True
                share = wanted - each.tasks + (remainder > 0)
                got = self._on_branch(share, each)
                placed += got
                if got < share:
                    del usable[value]
                    usable_tasks -= each.tasks
                elif remainder:
                    remainder -= 1
        return placed

    def _ordered(self, leaf: _Branch) -> list[NodeInfo]:
        """The nodes of a leaf, best first. When it is visited again, those that pass no more go."""
        if not leaf.visited:
            leaf.visited = True
            leaf.nodes = [entry[-1] for entry in sorted(leaf.worst_first, reverse=True)]
        else:
            leaf.nodes = [info for info in leaf.nodes if self._pipeline.process(info)]
            leaf.nodes.sort(key=self._rank)
        return leaf.nodes

    def _on_nodes(self, number: int, nodes: Sequence[NodeInfo]) -> int:
        """Place up to ``number`` tasks on nodes that pass: how many were.

        Nodes are filled from the best on, each until the next one is better; then in turn.
        """
        placed = place = 0
        full: set[int] = set()
        while nodes and self.waiting:
            info = nodes[place % len(nodes)]
            self._assign(self.waiting.pop(0), info)
            placed += 1
            if placed == number:
                break
            last = place + 1 >= len(nodes)
            if last or self._rank(nodes[place + 1]) < self._rank(info):
                place += 1
            start = place
            while place % len(nodes) in full or not self._pipeline.process(
                nodes[place % len(nodes)]
            ):
                full.add(place % len(nodes))
                place += 1
                if place - start == len(nodes):
                    return placed
        return placed
