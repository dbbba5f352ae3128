"""One task: what it is, and why it waits if it does. Pure."""

from typing import Any

from swarmwire import pb
from swarmwire.control.kinds import task_name
from swarmwire.convert.time import time_text_from_grpc
from swarmwire.page.observed import ObservedSwarm
from swarmwire.page.parts import PagePart
from swarmwire.page.rendering import render
from swarmwire.page.states import mark_of
from swarmwire.page.views.swarm import by_node
from swarmwire.page.views.why import Reasons, reasons_for
from swarmwire.scheduling import waits

ROOT = "task"


class TaskView:
    """The view of a task; also of one that is gone, as long as the page is open."""

    template = "task.html"

    def __init__(self, swarm: ObservedSwarm, task: pb.Task) -> None:
        self._swarm = swarm
        self._task = task
        self.title = task_name(task) or task.id
        self.root = ROOT

    def context(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def parts(self) -> dict[str, PagePart]:
        """What it is; why it waits."""
        task = self._swarm.get("task", self._task.id)
        out = {"facts": PagePart(ROOT, self.facts())}
        if task is not None and waits(task):
            html = render("reasons.html", level=2, found=self._reasons(task))
            out["why"] = PagePart(ROOT, f'<div id="why">{html}</div>')
        return out

    def facts(self) -> str:
        """What the task is, as a list."""
        task = self._swarm.get("task", self._task.id)
        service = self._swarm.get("service", self._task.service_id)
        current = self._task if task is None else task
        return render(
            "facts.html",
            task=current,
            name=self.title,
            is_gone=task is None,
            service=service,
            since=time_text_from_grpc(current.status.timestamp),
            state=mark_of(current.status.state),
            wanted=mark_of(current.desired_state),
            node=by_node(self._swarm).get(current.node_id, current.node_id),
        )

    def _reasons(self, task: pb.Task) -> list[Reasons]:
        return reasons_for(self._swarm, [task])
