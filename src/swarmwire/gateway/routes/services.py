"""Services: read, created, changed, rolled back, removed.

Source: moby daemon/server/router/swarm/cluster_routes.go and daemon/cluster/services.go.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from swarmwire import convert, engine, pb
from swarmwire.gateway.attachments import with_network_ids
from swarmwire.gateway.context import GatewayContext
from swarmwire.gateway.filters import Filters
from swarmwire.gateway.legacy import NETWORKS_BEFORE, with_top_level_networks
from swarmwire.gateway.message import RequestRefused, Response, json_response
from swarmwire.gateway.names import service_name
from swarmwire.gateway.pages import grouped
from swarmwire.gateway.permission import EVERYTHING
from swarmwire.gateway.pinning import pin_for_old_clients
from swarmwire.gateway.planned import WritePlan
from swarmwire.gateway.reading import read_json
from swarmwire.gateway.routes.listing import filters_of, list_response, picked
from swarmwire.gateway.routing import RoutedRequest
from swarmwire.gateway.statuses import with_status
from swarmwire.plan import Plan
from swarmwire.rules import with_defaults

AUTH_HEADER: Final = "x-registry-auth"
_FILTERS: Final = ("name", "id", "label", "mode", "runtime")
_STATUS_SINCE: Final = (1, 41)
_MODES: Final = {
    "global": "global",
    "replicated": "replicated",
    "replicated_job": "replicated-job",
    "global_job": "global-job",
}
_SOURCES_OF_AUTH: Final = ("", "spec", "previous-spec")
_ROLLBACKS: Final = {
    "": pb.UpdateServiceRequest.NONE,
    "none": pb.UpdateServiceRequest.NONE,
    "previous": pb.UpdateServiceRequest.PREVIOUS,
}


async def list_services(context: GatewayContext, routed: RoutedRequest) -> Response:
    """Services, with their status if it is asked for."""
    filters = filters_of(context, routed, older=400)
    asks = routed.version >= _STATUS_SINCE and routed.parameters.strict("status")
    filters.refuse_others(_FILTERS, context.release)
    view = context.view(routed)
    pieces = None if filters or asks else view.all_pieces("service")
    if pieces is not None and routed.version >= NETWORKS_BEFORE:
        return list_response(pieces)
    if not filters and view.sees_all and routed.version >= NETWORKS_BEFORE:
        return list_response(await grouped(_all_with_status(context)))
    found = picked(
        "service", view.objects("service"), _selection(filters), by_name=filters.get("name")
    )
    if filters.get("mode"):
        found = [one for one in found if filters.exact("mode", _mode_of(one))]
    texts = (view.json("service", one) for one in found)
    if asks:
        status_of = context.mirror.status_of
        texts = (with_status(view.json("service", one), one, status_of(one)) for one in found)
    older = (with_top_level_networks(text, routed.version, context.release) for text in texts)
    return list_response(await grouped(older))


def _mode_of(service: pb.Service) -> str:
    return _MODES.get(service.spec.WhichOneof("mode") or "", "")


def _all_with_status(context: GatewayContext) -> Iterator[bytes]:
    shelf = context.mirror.shelves["service"]
    for id_ in shelf.listed_ids():
        service = shelf.get(id_)
        if service is not None:
            yield with_status(shelf.text(id_), service, context.mirror.status_of(service))


def _selection(filters: Filters) -> pb.ListServicesRequest.Filters:
    return pb.ListServicesRequest.Filters(
        name_prefixes=filters.get("name"),
        id_prefixes=filters.get("id"),
        labels=filters.labels(),
        runtimes=filters.get("runtime") or ["container"],
    )


async def inspect_service(context: GatewayContext, routed: RoutedRequest) -> Response:
    """One service, with the defaults of a manager filled in if that is asked for."""
    inserts = routed.parameters.strict("insertDefaults")
    view = context.view(routed)
    service = await view.found_anywhere(context.control, "service", routed.variables["id"])
    if inserts:
        filled = pb.Service()
        filled.CopyFrom(service)
        filled.spec.CopyFrom(with_defaults(service.spec))
        data = view.written("service", filled)
    else:
        data = view.json("service", service)
    return json_response(with_top_level_networks(data, routed.version, context.release))


async def create_service(context: GatewayContext, routed: RoutedRequest) -> Response:
    """A new service."""
    message = await _spec_of(context, routed, service_name())
    if message.task.WhichOneof("runtime") == "generic":
        kind = message.task.generic.kind
        raise RequestRefused(500, f'runtime type "{kind}" only supported in experimental')
    auth = routed.request.headers.get(AUTH_HEADER, "")
    if auth:
        message.task.container.pull_options.registry_auth = auth
    warnings = await pin_for_old_clients(context, routed, message)
    async with context.turn(routed, message):
        plan = context.judge(routed, "service.create", "service", message, None)
        if routed.is_dry_run:
            return _plan_response(context, routed, plan, {"ID": ""})
        answer = await context.control.create_service(pb.CreateServiceRequest(spec=message))
        context.mirror.put("service", answer.service)
    made = engine.ServiceCreateResponse(id=answer.service.id, warnings=warnings or None)
    return json_response(engine.encode(made, release=context.release), 201)


async def update_service(context: GatewayContext, routed: RoutedRequest) -> Response:
    """Another spec for a service, or its previous one."""
    parameters = routed.parameters
    # as the engine: the body first, then the parameters, then everything that takes a look
    spec = read_json(routed.request, engine.ServiceSpec, context.release)
    version = parameters.version("service")
    source = parameters.text("registryAuthFrom")
    if source not in _SOURCES_OF_AUTH and context.release.has("29.0"):
        raise RequestRefused(400, f"invalid registryAuthFrom '{source}'")
    message = await _converted(context, routed, spec, spec.name, updates=True)
    old = await context.stored(routed, "service", routed.variables["id"])
    if message.task.HasField("container"):
        _take_auth(message, old, routed.request.headers.get(AUTH_HEADER, ""), source)
    warnings = await pin_for_old_clients(context, routed, message, old)
    asked = parameters.text("rollback")
    rollback = _ROLLBACKS.get(asked)
    if rollback is None:
        raise RequestRefused(500, f"unrecognized rollback option {asked}")
    request = pb.UpdateServiceRequest(
        service_id=old.id,
        service_version=pb.Version(index=version),
        spec=message,
        rollback=rollback,
    )
    async with context.turn(routed, old.spec):
        if rollback == pb.UpdateServiceRequest.PREVIOUS:
            plan = context.judge(routed, "service.rollback", "service", old.previous_spec, old)
            if routed.request.permission is not EVERYTHING:
                # a manager looks at what it passes over, and tells of others what is in the way
                request.spec.CopyFrom(old.spec)
        else:
            plan = context.judge(routed, "service.update", "service", message, old)
        context.refuse_outdated(routed, version, old)
        if routed.is_dry_run:
            return _plan_response(context, routed, plan, {})
        answer = await context.control.update_service(request)
        context.mirror.put("service", answer.service)
    updated = engine.ServiceUpdateResponse(warnings=warnings or None)
    return json_response(engine.encode(updated, release=context.release))


def _plan_response(
    context: GatewayContext, routed: RoutedRequest, plan: WritePlan | None, fields: dict[str, Any]
) -> Response:
    """What would come of a write; clients that know nothing of plans show the warning."""
    if plan is None:
        raise RequestRefused(400, "no plan can be made of this: there is nothing to go back to")
    permission = routed.request.permission
    if isinstance(plan, Plan) and not permission.may_read("task"):
        plan = msgspec.structs.replace(plan, tasks=())
    if not permission.may_read("node"):
        # a constraint asks for names and labels of nodes
        traps = tuple(trap for trap in plan.traps if trap.code != "no-node-matches")
        plan = msgspec.structs.replace(plan, traps=traps)
    warning = f"dry run, nothing was written: {plan.summary}"
    answer = fields | {"Warnings": [warning], "DryRun": True, "Plan": plan}
    told = context.view(routed).told(msgspec.json.encode(answer).decode())
    return json_response(told.encode())


async def remove_service(context: GatewayContext, routed: RoutedRequest) -> Response:
    """No such service any more."""
    old = await context.stored(routed, "service", routed.variables["id"])
    context.judge(routed, "service.remove", "service", None, old)
    await context.control.remove_service(pb.RemoveServiceRequest(service_id=old.id))
    context.mirror.drop("service", old.id)
    return Response()


async def _spec_of(context: GatewayContext, routed: RoutedRequest, name: str) -> pb.ServiceSpec:
    spec = read_json(routed.request, engine.ServiceSpec, context.release)
    return await _converted(context, routed, spec, name)


async def _converted(
    context: GatewayContext,
    routed: RoutedRequest,
    spec: engine.ServiceSpec,
    name: str,
    *,
    updates: bool = False,
) -> pb.ServiceSpec:
    """The message that a manager is to be sent, without credentials."""
    spec = engine.adjust_for_api_version(
        spec, routed.version_text, release=context.release, updates=updates
    )
    await with_network_ids(context, routed, spec)
    return convert.service_spec_to_grpc(spec, name=name, release=context.release)


def _take_auth(message: pb.ServiceSpec, old: pb.Service, auth: str, source: str) -> None:
    """Give the new spec the credentials that came, or those that the service has."""
    container = message.task.container
    if auth:
        container.pull_options.registry_auth = auth
        return
    if source not in _SOURCES_OF_AUTH:
        # as engines before 29.0, which look at it only here
        raise RequestRefused(500, "unsupported registryAuthFrom value")
    kept: Any = old.spec
    if source == "previous-spec":
        if not old.HasField("previous_spec"):
            raise RequestRefused(500, "service does not have a previous spec")
        kept = old.previous_spec
    if not kept.task.HasField("container"):
        raise RequestRefused(500, "service does not use container tasks")
    if kept.task.container.HasField("pull_options"):
        container.pull_options.CopyFrom(kept.task.container.pull_options)
