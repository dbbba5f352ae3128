"""Nodes. Source: moby daemon/cluster/nodes.go and filters.go."""

from typing import Any, Final

from swarmwire import convert, engine, pb
from swarmwire.gateway.context import GatewayContext
from swarmwire.gateway.filters import Filters
from swarmwire.gateway.message import RequestRefused, Response
from swarmwire.gateway.reading import read_json
from swarmwire.gateway.routes.listing import everything, filters_of, list_response, picked
from swarmwire.gateway.routing import RoutedRequest

_FILTERS: Final = ("name", "id", "label", "role", "membership", "node.label")


async def list_nodes(context: GatewayContext, routed: RoutedRequest) -> Response:
    """Nodes."""
    filters = filters_of(context, routed)
    filters.refuse_others(_FILTERS, context.release)
    selection = _selection(filters)
    view = context.view(routed)
    if not filters:
        return await everything(view, "node")
    found = picked("node", view.objects("node"), selection, by_name=filters.get("name"))
    return list_response(await view.everything("node", found))


def _selection(filters: Filters) -> pb.ListNodesRequest.Filters:
    out = pb.ListNodesRequest.Filters(
        name_prefixes=filters.get("name"),
        id_prefixes=filters.get("id"),
        labels=filters.labels(),
        node_labels=filters.labels("node.label"),
    )
    words: Any
    into: Any
    for key, words, into in (
        ("role", pb.NodeRole, out.roles),
        ("membership", pb.NodeSpec.Membership, out.memberships),
    ):
        for text in filters.get(key):
            if text.upper() in words.keys():  # noqa: SIM118 - no dict
                into.append(words.Value(text.upper()))
            elif text:
                raise RequestRefused(500, f"Invalid {key} filter: '{text}'")
    return out


async def update_node(context: GatewayContext, routed: RoutedRequest) -> Response:
    """Another spec for a node."""
    spec = read_json(routed.request, engine.NodeSpec, context.release)
    version = routed.parameters.version("node")
    message = convert.node_spec_to_grpc(spec, release=context.release)
    old = await context.stored(routed, "node", routed.variables["id"])
    context.judge(routed, "node.update", "node", message, old)
    context.refuse_outdated(routed, version, old)
    await context.control.update_node(
        pb.UpdateNodeRequest(node_id=old.id, node_version=pb.Version(index=version), spec=message)
    )
    await context.mirror.read_nodes(context.control)
    return Response()


async def remove_node(context: GatewayContext, routed: RoutedRequest) -> Response:
    """No such node any more."""
    routed.parameters.refuse_malformed()
    old = await context.stored(routed, "node", routed.variables["id"])
    context.judge(routed, "node.remove", "node", None, old)
    force = routed.parameters.loose("force")
    await context.control.remove_node(pb.RemoveNodeRequest(node_id=old.id, force=force))
    await context.mirror.read_nodes(context.control)
    return Response()
