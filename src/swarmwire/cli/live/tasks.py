"""Tasks as rows of a table, with which of them still run an old spec. Pure but for ``Swarm``."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Self

from swarmwire import pb
from swarmwire.cli.live.kinds import KINDS, task_name
from swarmwire.cli.live.tables import Cell, Row, Table, table
from swarmwire.cli.live.words import RUNNING, ago, short, state
from swarmwire.control import Control
from swarmwire.plan import is_task_dirty

RUNTIMES = ("container", "")
"""The runtimes of tasks that engines list."""

_MOODS = {
    "running": "good",
    "complete": "good",
    "failed": "bad",
    "rejected": "bad",
    "orphaned": "bad",
    "shutdown": "dull",
    "remove": "dull",
}


class Swarm(NamedTuple):
    """What tasks belong to, by id."""

    services: Mapping[str, pb.Service]
    nodes: Mapping[str, pb.Node]

    @classmethod
    async def read(cls, control: Control) -> Self:
        """All services and nodes of a manager."""
        services = await KINDS["service"].listed(control)
        nodes = await KINDS["node"].listed(control)
        return cls({each.id: each for each in services}, {each.id: each for each in nodes})

    def host(self, task: pb.Task) -> str:
        """The name of the host that a task is on; the id of the node if it has none."""
        node = self.nodes.get(task.node_id)
        return (node.description.hostname if node is not None else "") or short(task.node_id)


def is_live(task: pb.Task) -> bool:
    """Whether it runs or is to run."""
    return task.desired_state <= RUNNING and task.status.state <= RUNNING


def spec_age(task: pb.Task, swarm: Swarm) -> str:
    """``old`` if an update of its service has not reached it yet, else ``current``.

    Nothing for tasks that are over, and for those of no service.
    """
    service = swarm.services.get(task.service_id)
    if service is None or not is_live(task):
        return ""
    return "old" if is_task_dirty(service, task, swarm.nodes.get(task.node_id)) else "current"


def tasks_table(tasks: Iterable[pb.Task], swarm: Swarm, now: float) -> Table:
    """Tasks by service and slot, in each the newest first."""
    rows = [_row(task, swarm, now) for task in sorted(tasks, key=_rank)]
    return table("ID|NAME|IMAGE|NODE|DESIRED|STATE|SINCE|SPEC|ERROR", rows)


def _rank(task: pb.Task) -> tuple[str, int, str, int, int, str]:
    created = task.meta.created_at
    name = task.service_annotations.name
    node = "" if task.slot else task.node_id
    return (name, task.slot, node, -created.seconds, -created.nanos, task.id)


def _row(task: pb.Task, swarm: Swarm, now: float) -> Row:
    now_in = state(task.status.state)
    age = spec_age(task, swarm)
    return (
        short(task.id),
        task_name(task),
        task.spec.container.image,
        swarm.host(task),
        state(task.desired_state),
        Cell(now_in, _MOODS.get(now_in, "busy")),
        ago(task.status.timestamp, now),
        Cell(age, "busy" if age == "old" else ""),
        Cell(task.status.err, "bad"),
    )
