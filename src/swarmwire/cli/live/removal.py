"""The run of ``task rm``: judge all tasks, show the verdicts, and remove them if all may go."""

from collections.abc import Sequence
from typing import Any

from swarmwire import pb
from swarmwire.cli import exits
from swarmwire.cli.live import output
from swarmwire.cli.live.ghosts import Verdict, verdict
from swarmwire.cli.live.kinds import KINDS, task_name
from swarmwire.cli.live.resolution import resolve
from swarmwire.cli.live.tables import Cell, table
from swarmwire.cli.live.tasks import Swarm
from swarmwire.cli.live.words import state
from swarmwire.control import Control, NotFound


async def remove_tasks(control: Control, references: Sequence[str], *, really: bool) -> int:
    """Judge the tasks and, if it is meant ``really``, remove them; the exit code."""
    found = [await resolve(control, KINDS["task"], reference) for reference in references]
    tasks = list({task.id: task for task in found}.values())
    swarm = await Swarm.read(control)
    verdicts = [verdict(task, swarm) for task in tasks]
    _show(tasks, verdicts, swarm)
    refused = sum(not each.removable for each in verdicts)
    if refused:
        text = f"{refused} of {len(tasks)} are still looked after: nothing is removed"
        raise exits.Stop(exits.REFUSED, text)
    if not really:
        output.write(f"dry run: nothing was removed; --yes removes {_counted(len(tasks))}")
        return exits.CLEAN
    for task in tasks:
        await _remove(control, task)
    return exits.CLEAN


def _show(tasks: Sequence[pb.Task], verdicts: Sequence[Verdict], swarm: Swarm) -> None:
    rows = [
        (
            task.id,
            task_name(task),
            swarm.host(task),
            state(task.desired_state),
            state(task.status.state),
            Cell("remove", "good") if each.removable else Cell("keep", "bad"),
            each.why,
        )
        for task, each in zip(tasks, verdicts, strict=True)
    ]
    output.write_table(table("ID|NAME|NODE|DESIRED|STATE|VERDICT|WHY", rows))


async def _remove(control: Control, task: Any) -> None:
    """Remove a task, unless it has come back to life meanwhile."""
    try:
        now = await KINDS["task"].read(control, task.id)
        judged = verdict(now, await Swarm.read(control))
        if not judged.removable:
            raise exits.Stop(exits.REFUSED, f"{task.id}: not removed: {judged.why}")
        await control.remove_task(pb.RemoveTaskRequest(task_id=task.id))
    except NotFound:
        output.write(f"{task.id} was gone already")
        return
    output.write(f"{task.id} removed")


def _counted(number: int) -> str:
    return "1 task" if number == 1 else f"{number} tasks"
