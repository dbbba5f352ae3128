"""Networks of the swarm; there are no others here.

Source: moby daemon/server/router/network/network_routes.go, daemon/cluster/networks.go and
daemon/network/filter.go.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final

from swarmwire import convert, engine, pb
from swarmwire.check import INVALID_NETWORK_CONFIG, NetworkRefusal, network_refusals
from swarmwire.control import (
    KINDS,
    AmbiguousReference,
    FailedPrecondition,
    NoSuchObject,
    with_extra,
)
from swarmwire.engine.address import go_quoted
from swarmwire.gateway.context import GatewayContext
from swarmwire.gateway.filters import Filters
from swarmwire.gateway.message import RequestRefused, Response, json_response
from swarmwire.gateway.pages import grouped
from swarmwire.gateway.reading import read_json
from swarmwire.gateway.routes.listing import filters_of, list_response
from swarmwire.gateway.routing import RoutedRequest
from swarmwire.gateway.showing import lists_as_inspected
from swarmwire.gateway.view import ClientView
from swarmwire.networks import OF_EACH_ENGINE, PREDEFINED_LABEL, RESERVED_NAMES, is_predefined
from swarmwire.releases import Release

_FILTERS: Final = ("dangling", "driver", "id", "label", "name", "scope", "type")
_DRIVERS: Final = ("", "bridge", "host", "ipvlan", "macvlan", "null", "overlay")
"""Those that an engine has by itself; the default one has no name."""
_CONTAINERS_BEFORE: Final = (1, 28)
_STATUS_SINCE: Final = (1, 52)
_IPV4_SINCE: Final = (1, 48)
_OF_POOLS: Final = ("IPAM", "Options")
_OF_CONFIGURATIONS: Final = ("ConfigOnly", "ConfigFrom")
_SHOWN: Final = 200
"""Characters of a name that a client is told again."""
_MOST_POOLS: Final = 100
_MOST_VALUES: Final = 2_000
"""Of the body of a network: to read addresses takes long."""


async def list_networks(context: GatewayContext, routed: RoutedRequest) -> Response:
    """Networks, without those that each swarm makes by itself."""
    filters = filters_of(context, routed)
    _refuse_unclear(filters, context.release)
    view = context.view(routed)
    if routed.version < _CONTAINERS_BEFORE and context.release.has("29.0"):
        found = (one for one in _listed(view) if _matches(one, filters))
        return list_response(await grouped(_inspected(context, view, one) for one in found))
    pieces = None if filters else view.all_pieces("network")
    if pieces is None:
        asked = _asked_of_manager(context, view, filters)
        pieces = await view.everything("network", (one for one in asked if _matches(one, filters)))
    return list_response(pieces)


def _refuse_unclear(filters: Filters, release: Release) -> None:
    """Source: moby daemon/network/filter.go, newFilter."""
    filters.refuse_others(_FILTERS, release)
    values = filters.get("dangling")
    if len(values) > 1:
        raise RequestRefused(400, 'got more than one value for filter key "dangling"')
    if values and values[0] not in ("0", "false", "1", "true"):
        text = "invalid value for filter 'dangling', must be"
        raise RequestRefused(400, f'{text} "true" (or "1"), or "false" (or "0")')
    for kind in filters.get("type"):
        if kind not in ("builtin", "custom"):
            raise RequestRefused(500, f"invalid filter: 'type'='{kind}'")


def _listed(view: ClientView) -> Iterator[pb.Network]:
    """The networks that lists show; a label that says something else than true does not hide."""
    for network in view.objects("network"):
        if network.spec.annotations.labels.get(PREDEFINED_LABEL) != "true":
            yield network


def _asked_of_manager(
    context: GatewayContext, view: ClientView, filters: Filters
) -> Iterator[pb.Network]:
    """The networks that the engine has of its manager: older ones ask for names and ids already.

    Source: moby v28.5.2 daemon/cluster/networks.go, GetNetworks.
    """
    names, ids = filters.get("name"), tuple(filters.get("id"))
    is_older = not context.release.has("29.0")
    if is_older and "type" in filters and not filters.get("type"):
        return
    for network in _listed(view):
        is_named = not names or network.spec.annotations.name in names
        if not is_older or (is_named and network.id.startswith(ids or "")):
            yield network


def _matches(network: pb.Network, filters: Filters, *, by_name_too: bool = False) -> bool:
    """Source: moby daemon/network/filter.go, Matches."""
    name, labels = network.spec.annotations.name, network.spec.annotations.labels
    is_built_in = name in RESERVED_NAMES
    unused = filters.get("dangling")
    kind = "builtin" if is_built_in else "custom"
    return (
        filters.exact("driver", network.driver_state.name)
        and filters.pattern("name", name)
        and (filters.pattern("id", network.id) or (by_name_too and filters.pattern("id", name)))
        and filters.labelled("label", labels)
        and filters.exact("scope", "swarm")
        and (not unused or (unused[0] in ("1", "true")) != is_built_in)
        and (not filters.get("type") or kind in filters.get("type"))
    )


async def inspect_network(context: GatewayContext, routed: RoutedRequest) -> Response:
    """One network."""
    routed.parameters.refuse_malformed()
    routed.parameters.strict("verbose")
    term, scope = routed.variables["id"], routed.parameters.text("scope")
    view = context.view(routed)
    network = await _inspected_network(context, view, term, scope)
    if routed.version >= _STATUS_SINCE and context.release.has("29.0"):
        network = await with_extra(context.control, network)
    return json_response(_inspected(context, view, network))


async def _inspected_network(
    context: GatewayContext, view: ClientView, term: str, scope: str
) -> pb.Network:
    try:
        found: pb.Network = await view.found_anywhere(context.control, "network", term)
        if found.id.startswith(term) or scope == "swarm":
            return found
    except (NoSuchObject, AmbiguousReference):
        pass
    filters = Filters({"id": [term]} | ({"scope": [scope]} if scope else {}))
    listed = [one for one in _listed(view) if _matches(one, filters, by_name_too=True)]
    return _only(listed, term, "{count} matches found based on {how}: network {term} is ambiguous")


def _only(listed: list[pb.Network], term: str, ambiguous: str) -> pb.Network:
    """The network of that id, else of that name, else whose id begins so.

    Raises:
        NoSuchObject: there is none.
        AmbiguousReference: there are several.
    """
    for network in listed:
        if network.id == term:
            return network
    for how, found in (
        ("name", [one for one in listed if one.spec.annotations.name == term]),
        ("ID prefix", [one for one in listed if one.id.startswith(term)]),
    ):
        if len(found) > 1:
            raise AmbiguousReference(ambiguous.format(count=len(found), how=how, term=term))
        if found:
            return found[0]
    raise NoSuchObject(f"network {term} not found")


def _inspected(context: GatewayContext, view: ClientView, network: pb.Network) -> bytes:
    shown = convert.network_inspect_from_grpc(network, release=context.release)
    if not lists_as_inspected(context.release):
        shown.containers = shown.containers or {}
    return view.hidden("network", shown)


async def create_network(context: GatewayContext, routed: RoutedRequest) -> Response:
    """A new network of the swarm."""
    routed.parameters.refuse_malformed()
    wanted = read_json(
        routed.request,
        engine.NetworkCreateRequest,
        context.release,
        most=_MOST_VALUES,
        of_swarm=False,
    )
    _refuse_many_pools(routed, wanted)
    named = context.mirror.shelves["network"].named(wanted.name)
    # of one that the client does not see it is told after it was judged, by the manager
    permission = routed.request.permission
    if permission.may_read("network") and any(permission.sees("network", one) for one in named):
        raise RequestRefused(409, f"network with name {wanted.name} already exists")
    if routed.version < _IPV4_SINCE:
        wanted.enable_ipv4 = None
    if wanted.name in RESERVED_NAMES:
        text = f"operation is not permitted on predefined {wanted.name} network "
        raise RequestRefused(403, text)
    version = _checked_version(routed, context)
    found = list(network_refusals(wanted, version, context.release))
    _refuse_pools(context, [one.rule for one in found if one.steps[0] in _OF_POOLS])
    _refuse_without_name(context, wanted)
    others = [one for one in found if one.steps[0] not in _OF_POOLS]
    _refuse_first(one for one in others if one.steps[0] in _OF_CONFIGURATIONS)
    await _refuse_unknown_driver(context, wanted)
    _refuse_local(wanted)
    _refuse_first(others)
    message = convert.network_create_to_grpc(wanted, release=context.release)
    async with context.turn(routed, message):
        context.judge(routed, "network.create", "network", message, None)
        answer = await context.control.create_network(pb.CreateNetworkRequest(spec=message))
        context.mirror.put("network", answer.network)
    return json_response(engine.encode({"Id": answer.network.id, "Warning": ""}), 201)


def _refuse_pools(context: GatewayContext, rules: list[str]) -> None:
    """All that is wrong with the pools at once; of engines before 25.0, the first."""
    if not rules:
        return
    if not context.release.has("25.0"):
        raise RequestRefused(500, rules[0])
    lines = [rule.removeprefix(INVALID_NETWORK_CONFIG) for rule in rules]
    text = f"\n{lines[0]}" if len(lines) == 1 else "".join(f"\n* {each}" for each in lines)
    raise RequestRefused(400, f"{INVALID_NETWORK_CONFIG.strip()}{text}")


def _refuse_without_name(context: GatewayContext, wanted: engine.NetworkCreateRequest) -> None:
    if wanted.name.strip():
        return
    if not context.release.has("27.5"):
        status = 400 if context.release.has("25.0") else 500
        raise RequestRefused(status, f"invalid name: {wanted.name}")
    raise RequestRefused(400, "invalid name: name is empty")


def _refuse_first(found: Iterable[NetworkRefusal]) -> None:
    for refusal in found:
        status = 403 if refusal.steps[0] in (*_OF_CONFIGURATIONS, "Scope") else 400
        raise RequestRefused(status, refusal.rule)


async def _refuse_unknown_driver(
    context: GatewayContext, wanted: engine.NetworkCreateRequest
) -> None:
    """Refuse a driver that no node has: managers would look for it, and wait for it, instead.

    Source: moby daemon/libnetwork/network.go, resolveDriver.
    """
    if wanted.driver in _DRIVERS or wanted.config_only:
        return
    nodes = (await context.control.list_nodes(pb.ListNodesRequest())).nodes
    plugins = chain.from_iterable(node.description.engine.plugins for node in nodes)
    names = {plugin.name for plugin in plugins if plugin.type == "Network"}
    if names.isdisjoint((wanted.driver, f"{wanted.driver}:latest")):
        raise RequestRefused(404, f"plugin {go_quoted(wanted.driver)} not found")


def _refuse_many_pools(routed: RoutedRequest, wanted: engine.NetworkCreateRequest) -> None:
    """Refuse what would make everybody wait: each pool is held against all others."""
    pools = [] if wanted.ipam is None else wanted.ipam.config or []
    if routed.request.limits is not None and len(pools) > _MOST_POOLS:
        raise RequestRefused(413, f"the network has more than {_MOST_POOLS} pools of addresses")


def _refuse_local(wanted: engine.NetworkCreateRequest) -> None:
    """Refuse what no manager would hear of."""
    is_local = wanted.driver in ("", *RESERVED_NAMES, "null", "ipvlan", "macvlan")
    if wanted.ingress and is_local:
        raise RequestRefused(403, "Ingress network can only be global scope network")
    if wanted.scope == "local" and not is_local:
        text = f"cannot downgrade network scope for {wanted.driver} networks"
        raise RequestRefused(403, text)
    if wanted.config_only or (is_local and wanted.scope != "swarm"):
        text = "this gateway makes networks of the swarm only: set the driver to overlay"
        raise RequestRefused(501, text)


def _checked_version(routed: RoutedRequest, context: GatewayContext) -> str:
    return routed.version_text if context.release.has("25.0") else ""


async def remove_network(context: GatewayContext, routed: RoutedRequest) -> Response:
    """No such network any more."""
    routed.parameters.refuse_malformed()
    view = context.view(routed)
    term = routed.variables["id"]
    if term in OF_EACH_ENGINE:
        raise RequestRefused(403, f"{term} is a pre-defined network and cannot be removed")
    filters = Filters({"id": [term]})
    listed = [one for one in _listed(view) if _matches(one, filters, by_name_too=True)]
    ambiguous = "network {term} is ambiguous ({count} matches found based on {how})"
    try:
        found = _only(listed, term, ambiguous)
    except NoSuchObject:
        found = await view.found_anywhere(context.control, "network", term)
        if is_predefined(found):
            raise NoSuchObject(f"network {term} not found") from None
    old = await KINDS["network"].read(context.control, found.id)
    context.judge(routed, "network.remove", "network", None, old)
    await context.control.remove_network(pb.RemoveNetworkRequest(network_id=old.id))
    context.mirror.drop("network", old.id)
    return Response(204)


class NetworkConnection(engine.EngineObject):
    """The body that joins a container to a network."""

    container: str = ""
    endpoint_config: dict[str, Any] | None = None


class NetworkDisconnection(engine.EngineObject):
    """The body that parts a container from a network."""

    container: str = ""
    force: bool = False


async def connect_network(context: GatewayContext, routed: RoutedRequest) -> Response:
    """Containers are not joined to networks here: there are none."""
    routed.parameters.refuse_malformed()
    body = read_json(routed.request, NetworkConnection, context.release, of_swarm=False)
    raise _no_container(body.container)


async def disconnect_network(context: GatewayContext, routed: RoutedRequest) -> Response:
    """Nor are they parted from them."""
    routed.parameters.refuse_malformed()
    body = read_json(routed.request, NetworkDisconnection, context.release, of_swarm=False)
    if body.force:
        # it looks for what such a container left on this node, where no network is
        raise NoSuchObject(f"network {routed.variables['id'][:_SHOWN]} not found")
    raise _no_container(body.container)


def _no_container(name: str) -> RequestRefused:
    if not name:
        return RequestRefused(400, 'invalid name or ID supplied: ""')
    return RequestRefused(404, f"No such container: {name[:_SHOWN]}")


async def prune_networks(context: GatewayContext, routed: RoutedRequest) -> Response:
    """Remove the networks of the swarm that nothing uses."""
    filters = filters_of(context, routed)
    filters.refuse_others(("label", "label!", "until"), context.release)
    if filters.get("until"):
        raise RequestRefused(501, "this gateway does not know the filter 'until'")
    view = context.view(routed)
    context.judge(routed, "network.prune", "network", None, None)
    gone = []
    for network in list(_listed(view)):
        labels = network.spec.annotations.labels
        spared = filters.get("label!") and filters.labelled("label!", labels)
        if network.spec.ingress or spared or not filters.labelled("label", labels):
            continue
        context.judge(routed, "network.remove", "network", None, network)
        if await _removed(context, network):
            gone.append(network.spec.annotations.name)
    return json_response(engine.encode({"NetworksDeleted": gone or None}))


async def _removed(context: GatewayContext, network: pb.Network) -> bool:
    """Whether the manager removed it: it refuses what is in use."""
    try:
        await context.control.remove_network(pb.RemoveNetworkRequest(network_id=network.id))
    except FailedPrecondition:
        return False
    context.mirror.drop("network", network.id)
    return True
