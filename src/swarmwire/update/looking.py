"""Look at services again and again, through restarts of managers and changes of their leader."""

from collections.abc import AsyncGenerator, Sequence
from typing import Final

from swarmwire import pb
from swarmwire.control import Control
from swarmwire.update.clock import Clock
from swarmwire.update.events import ManagerAway, ManagerBack
from swarmwire.update.live import LiveService, tasks_of
from swarmwire.update.repeat import AWAY

STEP: Final = 0.3
"""Seconds between two looks."""

Look = dict[str, LiveService]
"""What is there of the services that are looked at, by ID."""


async def looks(
    control: Control, service_ids: Sequence[str], clock: Clock, until: float | None
) -> AsyncGenerator[Look | ManagerAway | ManagerBack, None]:
    """What a manager shows, until the time is up.

    Raises:
        SwarmwireError: the manager stays away for longer than the clock has patience; what was
            heard last.
    """
    lost_since: float | None = None
    while True:
        try:
            look = await _look(control, service_ids)
        except AWAY as err:
            if lost_since is None:
                lost_since = clock.now()
                yield ManagerAway(err)
            if clock.now() - lost_since > clock.patience:
                raise
        else:
            if lost_since is not None:
                lost_since = None
                yield ManagerBack()
            yield look
        if until is not None and clock.now() > until:
            return
        await clock.sleep(STEP)


async def _look(control: Control, service_ids: Sequence[str]) -> Look:
    filters = pb.ListServicesRequest.Filters(id_prefixes=service_ids)
    services = (await control.list_services(pb.ListServicesRequest(filters=filters))).services
    tasks = await tasks_of(control, *service_ids)
    nodes = tuple((await control.list_nodes(pb.ListNodesRequest())).nodes)
    return {
        service.id: LiveService(
            service, tuple(task for task in tasks if task.service_id == service.id), nodes
        )
        for service in services
        if service.id in service_ids
    }
