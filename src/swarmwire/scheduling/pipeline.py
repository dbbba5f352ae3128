"""The filters that apply to one task, run over nodes, and the text that explains them.

Source: SwarmKit manager/scheduler/pipeline.go.
"""

from swarmwire import pb
from swarmwire.scheduling.filters import FILTERS, Check, Filter
from swarmwire.scheduling.node_info import NodeInfo
from swarmwire.scheduling.refusal import FilterRefusal
from swarmwire.scheduling.volume_set import VolumeSet


class Pipeline:
    """The filters for one task. Counts how many nodes each refused since one passed."""

    def __init__(self, task: pb.Task, volumes: VolumeSet) -> None:
        made = ((each, each.of(task, volumes)) for each in FILTERS)
        self._checks: list[tuple[Filter, Check]] = [
            (each, check) for each, check in made if check is not None
        ]
        self._refused = [0] * len(self._checks)

    @property
    def names(self) -> tuple[str, ...]:
        """The filters that apply to the task, in their order."""
        return tuple(each.name for each, _ in self._checks)

    def process(self, info: NodeInfo) -> bool:
        """Whether a node passes all of them. One that does makes what was counted forgotten."""
        for index, (_, check) in enumerate(self._checks):
            if any(True for _ in check(info)):
                self._refused[index] += 1
                return False
        self._refused = [0] * len(self._checks)
        return True

    def refusals(self, info: NodeInfo) -> tuple[FilterRefusal, ...]:
        """Every filter that refuses a node, also those that a manager would not ask any more."""
        asked = ((each, tuple(check(info))) for each, check in self._checks)
        return tuple(FilterRefusal(filter=each.name, lacks=lacks) for each, lacks in asked if lacks)

    def explain(self) -> str:
        """What a manager says of the nodes that were refused: most nodes first."""
        counted = [
            (count, each) for count, (each, _) in zip(self._refused, self._checks, strict=True)
        ]
        counted.sort(key=lambda pair: pair[0], reverse=True)
        return "; ".join(each.explanation(count) for count, each in counted if count)
