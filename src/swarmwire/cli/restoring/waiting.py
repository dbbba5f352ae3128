"""Wait until the restored services run as they are to, with a line for each change."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from swarmwire import pb
from swarmwire.cli.planning.progress import Followed, Progress, progress
from swarmwire.control import Control, NoLeader, NotLeader, TransportError, Unavailable

_STEP = 0.5
_AWAY = (TransportError, Unavailable, NoLeader, NotLeader)
_ENDS = ("converged", "failed", "paused")


class Standing(NamedTuple):
    """How far a service is.

    Attributes:
        name: its name.
        state: ``converged``; ``failed`` is a job that did; ``paused``; ``gone``; ``under way``.
        done: tasks that run as they are to.
        total: tasks that are wanted.
        text: what keeps the others.
    """

    name: str
    state: str
    done: int = 0
    total: int = 0
    text: str = ""

    @property
    def line(self) -> str:
        """The same in words."""
        because = f": {self.text}" if self.text else ""
        return f"{self.name} {self.state}, {self.done} of {self.total} tasks run{because}"


async def wait_for(
    control: Control,
    services: Mapping[str, str],
    seconds: float,
    tell: Callable[[str], None],
) -> list[Standing]:
    """How far the services are, names by id, once all have converged or the time is up."""
    until = time.monotonic() + seconds
    shown: dict[str, Standing] = {}
    while True:
        try:
            now = await _standings(control, services)
        except _AWAY:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(_STEP)
            continue
        for each in now:
            if shown.get(each.name) != each:
                shown[each.name] = each
                tell(each.line)
        if all(each.state != "under way" for each in now) or time.monotonic() > until:
            return now
        await asyncio.sleep(_STEP)


async def _standings(control: Control, wanted: Mapping[str, str]) -> list[Standing]:
    services = (await control.list_services(pb.ListServicesRequest())).services
    filters = pb.ListTasksRequest.Filters(service_ids=list(wanted))
    tasks = (await control.list_tasks(pb.ListTasksRequest(filters=filters))).tasks
    nodes = (await control.list_nodes(pb.ListNodesRequest())).nodes
    by_id = {service.id: service for service in services}
    out = []
    for id_, name in wanted.items():
        service = by_id.get(id_)
        if service is None:
            out.append(Standing(name, "gone", text="somebody removed it"))
            continue
        mine = [task for task in tasks if task.service_id == id_]
        at = progress(Followed(service.spec_version.index), service, mine, nodes)
        state = at.state if at.state in _ENDS else "under way"
        out.append(Standing(name, state, at.done, at.total, _why(at, mine)))
    return out


def _why(at: Progress, tasks: list[pb.Task]) -> str:
    """What keeps a service from running: of its own words, or the newest failure of a task."""
    if at.state == "converged":
        return ""
    failed = [task for task in tasks if task.status.err]
    failed.sort(key=lambda task: task.meta.updated_at.ToNanoseconds())
    return at.text or (failed[-1].status.err if failed else "")
