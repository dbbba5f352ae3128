"""The run of ``ps`` and ``tasks``: ask for tasks, and show them as the options say."""

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from swarmwire.cli.live import output
from swarmwire.cli.live.ghosts import is_ghost
from swarmwire.cli.live.kinds import KINDS
from swarmwire.cli.live.tasks import RUNTIMES, Swarm, is_live, tasks_table
from swarmwire.control import Control


class Shown(NamedTuple):
    """Which tasks are shown, and how."""

    format: str
    raw: bool = False
    live: bool = False
    ghosts: bool = False


async def show_tasks(control: Control, shown: Shown, **filters: Sequence[str]) -> None:
    """Write the tasks that pass the filters."""
    if not (shown.raw or shown.ghosts):
        filters["runtimes"] = RUNTIMES
    tasks: Sequence[Any] = await KINDS["task"].listed(control, **filters)
    if shown.live:
        tasks = [task for task in tasks if is_live(task)]
    if shown.ghosts:
        swarm = await Swarm.read(control)
        tasks = [task for task in tasks if is_ghost(task, swarm)]
    if shown.raw:
        output.write_list(map(output.raw_json, tasks))
    elif shown.format == "json":
        output.write_list(output.engine_json(KINDS["task"].show(task)) for task in tasks)
    else:
        swarm = await Swarm.read(control)
        output.write_table(tasks_table(tasks, swarm, time.time()))
