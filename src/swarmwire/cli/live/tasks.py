"""The runs of ``ps``, ``tasks`` and ``task rm``: tasks in tables, and which of them may go."""

import time
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from swarmwire import pb
from swarmwire.cli import exits
from swarmwire.cli.kinds import shown as as_engine
from swarmwire.cli.live.connection import release_at
from swarmwire.cli.tables import Cell, Row, Table, short, state, table
from swarmwire.cli.times import short_age
from swarmwire.cli.writing import raw_json, write, write_list, write_table
from swarmwire.control import KINDS, Control, NotFound, resolve
from swarmwire.control.ghosts import RemovalVerdict, TaskOwners, is_ghost, removal_verdict
from swarmwire.control.kinds import task_name
from swarmwire.errors import InvalidSpec
from swarmwire.plan import is_task_dirty, release_of
from swarmwire.releases import Release

_RUNNING: Final = pb.TaskState.Value("RUNNING")
_RUNTIMES: Final = ("container", "")
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


class ShownTasks(NamedTuple):
    """Which tasks are shown, and how."""

    format: str
    raw: bool = False
    live: bool = False
    ghosts: bool = False


async def show_tasks(control: Control, shown: ShownTasks, **filters: Sequence[str]) -> None:
    """Write the tasks that pass the filters."""
    if not (shown.raw or shown.ghosts):
        filters["runtimes"] = _RUNTIMES
    tasks: Sequence[Any] = await KINDS["task"].listed(control, **filters)
    if shown.live:
        tasks = [task for task in tasks if is_live(task)]
    if shown.ghosts:
        owners = await TaskOwners.read(control)
        tasks = [task for task in tasks if is_ghost(task, owners)]
    if shown.raw:
        write_list(map(raw_json, tasks))
    elif shown.format == "json":
        release = await release_at(control)
        write_list(as_engine("task", task, release) for task in tasks)
    else:
        owners = await TaskOwners.read(control)
        write_table(tasks_table(tasks, owners, time.time()))


def host_of(task: pb.Task, owners: TaskOwners) -> str:
    """The name of the host that a task is on; the id of the node if it has none."""
    node = owners.nodes.get(task.node_id)
    return (node.description.hostname if node is not None else "") or short(task.node_id)


def is_live(task: pb.Task) -> bool:
    """Whether it runs or is to run."""
    return task.desired_state <= _RUNNING and task.status.state <= _RUNNING


def spec_age(task: pb.Task, owners: TaskOwners, release: Release | None = None) -> str:
    """``old`` if an update of its service has not reached it yet, else ``current``.

    Nothing for tasks that are over, and for those of no service; a question mark where a manager of
    that release crashes over it.
    """
    service = owners.services.get(task.service_id)
    if service is None or not is_live(task):
        return ""
    node = owners.nodes.get(task.node_id)
    try:
        return "old" if is_task_dirty(service, task, node, release=release) else "current"
    except InvalidSpec:
        return "?"


def tasks_table(tasks: Iterable[pb.Task], owners: TaskOwners, now: float) -> Table:
    """Tasks by service and slot, in each the newest first."""
    release = release_of(list(owners.nodes.values()))
    rows = [_row(task, owners, now, release) for task in sorted(tasks, key=_rank)]
    return table("ID|NAME|IMAGE|NODE|DESIRED|STATE|SINCE|SPEC|ERROR", rows)


def _rank(task: pb.Task) -> tuple[str, int, str, int, int, str]:
    created = task.meta.created_at
    name = task.service_annotations.name
    node = "" if task.slot else task.node_id
    return (name, task.slot, node, -created.seconds, -created.nanos, task.id)


def _row(task: pb.Task, owners: TaskOwners, now: float, release: Release | None) -> Row:
    now_in = state(task.status.state)
    age = spec_age(task, owners, release)
    return (
        short(task.id),
        task_name(task),
        task.spec.container.image,
        host_of(task, owners),
        state(task.desired_state),
        Cell(now_in, _MOODS.get(now_in, "busy")),
        short_age(task.status.timestamp, now),
        Cell(age, "busy" if age == "old" else ""),
        Cell(task.status.err, "bad"),
    )


async def remove_tasks(control: Control, references: Sequence[str], *, really: bool) -> int:
    """Judge the tasks and, if it is meant ``really``, remove them; the exit code."""
    found = [await resolve(control, KINDS["task"], reference) for reference in references]
    tasks = list({task.id: task for task in found}.values())
    owners = await TaskOwners.read(control)
    verdicts = [removal_verdict(task, owners) for task in tasks]
    _show_verdicts(tasks, verdicts, owners)
    refused = sum(not each.removable for each in verdicts)
    if refused:
        text = f"{refused} of {len(tasks)} are still looked after: nothing is removed"
        raise exits.Stop(exits.REFUSED, text)
    if not really:
        write(f"dry run: nothing was removed; --yes removes {_counted(len(tasks))}")
        return exits.CLEAN
    for task in tasks:
        await _remove(control, task)
    return exits.CLEAN


def _show_verdicts(
    tasks: Sequence[pb.Task], verdicts: Sequence[RemovalVerdict], owners: TaskOwners
) -> None:
    rows = [
        (
            task.id,
            task_name(task),
            host_of(task, owners),
            state(task.desired_state),
            state(task.status.state),
            Cell("remove", "good") if each.removable else Cell("keep", "bad"),
            each.why,
        )
        for task, each in zip(tasks, verdicts, strict=True)
    ]
    write_table(table("ID|NAME|NODE|DESIRED|STATE|VERDICT|WHY", rows))


async def _remove(control: Control, task: Any) -> None:
    """Remove a task, unless it has come back to life meanwhile."""
    try:
        now = await KINDS["task"].read(control, task.id)
        judged = removal_verdict(now, await TaskOwners.read(control))
        if not judged.removable:
            raise exits.Stop(exits.REFUSED, f"{task.id}: not removed: {judged.why}")
        await control.remove_task(pb.RemoveTaskRequest(task_id=task.id))
    except NotFound:
        write(f"{task.id} was gone already")
        return
    write(f"{task.id} removed")


def _counted(number: int) -> str:
    return "1 task" if number == 1 else f"{number} tasks"
