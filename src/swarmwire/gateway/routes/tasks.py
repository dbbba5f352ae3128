"""Tasks. Source: moby daemon/cluster/tasks.go and filters.go; SwarmKit controlapi/task.go."""

from collections.abc import Iterable
from typing import Any, Final

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.gateway.context import GatewayContext
from swarmwire.gateway.filters import Filters
from swarmwire.gateway.message import RequestRefused, Response
from swarmwire.gateway.routes.listing import filters_of, list_response, picked
from swarmwire.gateway.routing import RoutedRequest
from swarmwire.gateway.view import ClientView
from swarmwire.plan import is_task_dirty

_FILTERS: Final = (
    *("name", "id", "label", "service", "node", "desired-state", "_up-to-date", "runtime"),
)


async def list_tasks(context: GatewayContext, routed: RoutedRequest) -> Response:
    """Tasks."""
    filters = filters_of(context, routed)
    view = context.view(routed)
    filters.refuse_others(_FILTERS, context.release)
    pieces = None if filters else view.all_pieces("task")
    if pieces is not None:
        return list_response(pieces)
    await _resolve(context, view, filters)
    selection = _selection(filters)
    tasks = _candidates(context, view, filters)
    found = picked("task", tasks, selection, by_name=filters.get("name"))
    if filters.get("_up-to-date"):
        found = [task for task in found if _is_up_to_date(context, task)]
    return list_response(await view.everything("task", found))


async def _resolve(context: GatewayContext, view: ClientView, filters: Filters) -> None:
    """Put ids in the place of what services and nodes are called."""
    for key in ("service", "node"):
        if key in filters:
            found = [
                await view.found_anywhere(context.control, key, text) for text in filters.get(key)
            ]
            filters.put(key, [one.id for one in found])


def _selection(filters: Filters) -> pb.ListTasksRequest.Filters:
    out = pb.ListTasksRequest.Filters(
        name_prefixes=filters.get("name"),
        id_prefixes=filters.get("id"),
        labels=filters.labels(),
        service_ids=filters.get("service"),
        node_ids=filters.get("node"),
        runtimes=filters.get("runtime") if "runtime" in filters else ("container", ""),
    )
    states: Any = out.desired_states
    for text in filters.get("desired-state"):
        if text.upper() in pb.TaskState.keys():  # noqa: SIM118 - no dict
            states.append(pb.TaskState.Value(text.upper()))
        elif text:
            raise RequestRefused(500, f"Invalid desired-state filter: '{text}'")
    return out


def _candidates(context: GatewayContext, view: ClientView, filters: Filters) -> Iterable[pb.Task]:
    services = filters.get("service")
    if not services:
        return view.objects("task")
    tasks = [task for id_ in services for task in context.mirror.tasks_of(id_)]
    return view.visible("task", sorted(tasks, key=lambda task: task.id))


def _is_up_to_date(context: GatewayContext, task: pb.Task) -> bool:
    service = context.mirror.shelves["service"].get(task.service_id)
    node = context.mirror.shelves["node"].get(task.node_id)
    try:
        return service is not None and not is_task_dirty(
            service, task, node, release=context.release
        )
    except InvalidSpec:
        return False  # a manager that were asked would crash
