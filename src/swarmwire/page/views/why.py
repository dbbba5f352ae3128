"""Why tasks wait: node by node, and what would help. Pure."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from swarmwire import pb
from swarmwire.control.kinds import task_name
from swarmwire.page.observed import ObservedSwarm
from swarmwire.page.parts import PagePart
from swarmwire.page.rendering import render
from swarmwire.page.states import mark_of
from swarmwire.page.views.swarm import by_node
from swarmwire.scheduling import waiting_tasks

ROOT = "reasons"


class Reasons(NamedTuple):
    """Why some tasks that are alike wait.

    Attributes:
        names: of the tasks.
        service: the ID of their service.
        state: the word of their state.
        remarks: sentences about them.
        nodes: for each node its name, and why it refuses; nothing if it takes them.
        helps: what would make a place, each alone.
    """

    names: list[str]
    service: str
    state: str
    remarks: list[str]
    nodes: list[tuple[str, list[str]]]
    helps: list[str]


def reasons_for(swarm: ObservedSwarm, tasks: Sequence[pb.Task]) -> list[Reasons]:
    """Why these tasks wait, those that do."""
    hosts = by_node(swarm)
    places = {id_: place for place, id_ in enumerate(hosts)}
    found: list[Reasons] = []
    for each in waiting_tasks(swarm.cluster(), swarm.networks, tasks):
        first = each.tasks[0]
        nodes = sorted(each.refusals.items(), key=lambda pair: places.get(pair[0], 0))
        found.append(
            Reasons(
                [task_name(task) or task.id for task in each.tasks],
                first.service_id,
                mark_of(first.status.state).word,
                list(each.remarks()),
                [
                    (hosts.get(id_, id_), [why for one in refusals for why in one.reasons])
                    for id_, refusals in nodes
                ],
                [str(one) for one in each.helps],
            )
        )
    found.sort(key=lambda each: each.names)
    return found


class WhyView:
    """The view of all tasks that wait."""

    template = "why.html"
    title = "Why tasks wait"

    def __init__(self, swarm: ObservedSwarm) -> None:
        self._swarm = swarm
        self._version = -1
        self._part = PagePart(ROOT, "")
        self.root = ROOT

    def context(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def parts(self) -> dict[str, PagePart]:
        """One part: the tables."""
        if self._swarm.version != self._version:
            self._version = self._swarm.version
            found = reasons_for(self._swarm, self._swarm.tasks)
            html = render("reasons.html", level=2, found=found)
            self._part = PagePart(ROOT, f'<div id="waiting">{html}</div>')
        return {"waiting": self._part}
