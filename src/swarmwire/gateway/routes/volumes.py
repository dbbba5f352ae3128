"""Cluster volumes; there are no others here.

Source: moby daemon/server/router/volume/volume_routes.go and daemon/cluster/volumes.go.
"""

from typing import Final

from swarmwire import convert, engine, pb
from swarmwire.control import NoSuchObject
from swarmwire.gateway.context import GatewayContext
from swarmwire.gateway.filters import Filters, MalformedFilters, invalid_filter
from swarmwire.gateway.message import JSON, RequestRefused, Response, json_response
from swarmwire.gateway.reading import read_json
from swarmwire.gateway.routes.listing import filters_of
from swarmwire.gateway.routing import RoutedRequest
from swarmwire.releases import Release

_FILTERS: Final = ("dangling", "name", "driver", "label")
_SINCE: Final = (1, 42)


class VolumeUpdate(engine.EngineObject):
    """The body of an update: of the spec only the availability counts."""

    spec: engine.ClusterVolumeSpec | None = None


async def list_volumes(context: GatewayContext, routed: RoutedRequest) -> Response:
    """Volumes. As in the engine, filters leave out none of the swarm's."""
    try:
        filters = filters_of(context, routed, older=400)
    except MalformedFilters as err:
        text = f"error reading volume filters: {err.text}"
        raise RequestRefused(err.status, text) from None
    _refuse_unclear(filters, context.release)
    view = context.view(routed)
    pieces: tuple[bytes, ...] = (b"[]",)
    if routed.version >= _SINCE:
        pieces = (*await view.everything("volume", view.objects("volume")),)
    return Response(200, (b'{"Volumes":', *pieces, b',"Warnings":null}\n'), {"Content-Type": JSON})


def _refuse_unclear(filters: Filters, release: Release) -> None:
    """Refuse what volumes of a node are not filtered by.

    Source: moby daemon/volume/service/convert.go, filtersToBy.
    """
    filters.refuse_others(_FILTERS, release)
    if "dangling" not in filters:
        return
    says_so, denies_it = (
        any(filters.exact("dangling", word) for word in words)
        for words in (("1", "true"), ("0", "false"))
    )
    is_clear = says_so != denies_it if release.has("24.0") else says_so or denies_it
    if not is_clear:
        values = " ".join(filters.get("dangling"))
        key = f"dangling=[{values}]" if filters.get("dangling") else "dangling"
        raise RequestRefused(400, invalid_filter(release, key))


async def inspect_volume(context: GatewayContext, routed: RoutedRequest) -> Response:
    """One volume."""
    routed.parameters.refuse_malformed()
    view = context.view(routed)
    _refuse_old(routed)
    one = await view.found_anywhere(context.control, "volume", routed.variables["id"])
    return json_response(view.json("volume", one))


async def create_volume(context: GatewayContext, routed: RoutedRequest) -> Response:
    """A new volume."""
    wanted = read_json(routed.request, engine.VolumeCreateRequest, context.release, of_swarm=False)
    if wanted.cluster_volume_spec is None or routed.version < _SINCE:
        raise RequestRefused(501, "this gateway makes cluster volumes only")
    message = convert.volume_create_to_grpc(wanted, release=context.release)
    context.judge(routed, "volume.create", "volume", message, None)
    answer = await context.control.create_volume(pb.CreateVolumeRequest(spec=message))
    context.mirror.put("volume", answer.volume)
    view = context.view(routed)
    return json_response(view.written("volume", answer.volume), 201)


async def update_volume(context: GatewayContext, routed: RoutedRequest) -> Response:
    """Another availability."""
    version = routed.parameters.version("swarm object")
    body = read_json(routed.request, VolumeUpdate, context.release, of_swarm=False)
    old = await context.stored(routed, "volume", routed.variables["id"])
    message = pb.VolumeSpec()
    message.CopyFrom(old.spec)
    if body.spec is not None and body.spec.availability in ("active", "pause", "drain"):
        wanted = engine.VolumeCreateRequest(
            cluster_volume_spec=engine.ClusterVolumeSpec(availability=body.spec.availability)
        )
        message.availability = convert.volume_create_to_grpc(wanted).availability
    context.judge(routed, "volume.update", "volume", message, old)
    _refuse_name(routed, old)
    context.refuse_outdated(routed, version, old)
    answer = await context.control.update_volume(
        pb.UpdateVolumeRequest(
            volume_id=old.id, volume_version=pb.Version(index=version), spec=message
        )
    )
    context.mirror.put("volume", answer.volume)
    return Response()


def _refuse_name(routed: RoutedRequest, volume: pb.Volume) -> None:
    """Refuse what is no whole id, in a manager's words: an engine sends it on as it stands."""
    name = routed.variables["id"]
    if name != volume.id:
        text = f"rpc error: code = NotFound desc = volume {name} not found"
        raise RequestRefused(404, text)


async def remove_volume(context: GatewayContext, routed: RoutedRequest) -> Response:
    """No such volume any more; its plugin may take a while."""
    routed.parameters.refuse_malformed()
    force = routed.parameters.loose("force")
    try:
        _refuse_old(routed)
        old = await context.stored(routed, "volume", routed.variables["id"])
    except NoSuchObject:
        if not force:
            raise
        return Response(204)
    context.judge(routed, "volume.remove", "volume", None, old)
    await context.control.remove_volume(pb.RemoveVolumeRequest(volume_id=old.id, force=force))
    return Response(204)


def _refuse_old(routed: RoutedRequest) -> None:
    name = routed.variables["id"]
    if routed.version < _SINCE:
        raise NoSuchObject(f"{f'get {name}'.strip()}: no such volume")
