"""The swarm itself.

Source: moby daemon/server/router/swarm/cluster_routes.go and daemon/cluster/swarm.go.
"""

from base64 import b64encode
from typing import Final

from swarmwire import convert, engine, pb
from swarmwire.gateway.context import GatewayContext
from swarmwire.gateway.message import RequestRefused, Response, json_response
from swarmwire.gateway.reading import read_json
from swarmwire.gateway.routing import RoutedRequest
from swarmwire.gateway.view import refuse_unreadable

_IN_A_SWARM: Final = (
    'This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join'
    " another one."
)
_NO_NODE: Final = "this gateway is no node: only a node can leave its swarm"


async def stored_cluster(context: GatewayContext) -> pb.Cluster:
    """The swarm's own object, as the manager shows it: without what only managers may know.

    Raises:
        RequestRefused: 503: there is none.
    """
    answer = await context.control.list_clusters(pb.ListClustersRequest())
    if not answer.clusters:
        raise RequestRefused(503, "the manager knows no swarm")
    return answer.clusters[0]


async def inspect_swarm(context: GatewayContext, routed: RoutedRequest) -> Response:
    """The swarm with its join tokens."""
    refuse_unreadable(routed.request.permission, "swarm")
    view = context.view(routed)
    return json_response(view.written("swarm", await stored_cluster(context)))


async def update_swarm(context: GatewayContext, routed: RoutedRequest) -> Response:
    """Other settings, other tokens."""
    spec = read_json(routed.request, engine.SwarmSpec, context.release)
    parameters = routed.parameters
    version = parameters.version("swarm")
    rotation = pb.KeyRotation(
        worker_join_token=parameters.strict("rotateWorkerToken", with_cause=False),
        manager_join_token=parameters.strict("rotateManagerToken", with_cause=False),
        manager_unlock_key=parameters.strict("rotateManagerUnlockKey", with_cause=False),
    )
    old = await stored_cluster(context)
    if spec.name not in ("", "default"):
        raise RequestRefused(400, 'swarm spec must be named "default"')
    spec.name = "default"
    message = convert.swarm_spec_to_grpc(spec, release=context.release)
    rotates = rotation != pb.KeyRotation()
    context.judge(routed, "swarm.rotate" if rotates else "swarm.update", "swarm", message, old)
    context.refuse_outdated(routed, version, old)
    await context.control.update_cluster(
        pb.UpdateClusterRequest(
            cluster_id=old.id,
            cluster_version=pb.Version(index=version),
            spec=message,
            rotation=rotation,
        )
    )
    return Response()


async def read_unlock_key(context: GatewayContext, routed: RoutedRequest) -> Response:
    """The key that a locked manager is given."""
    refuse_unreadable(routed.request.permission, "unlock-key")
    answer = await context.control.get_unlock_key(pb.GetUnlockKeyRequest())
    key = b64encode(answer.unlock_key).decode().rstrip("=")
    # Source: SwarmKit manager/encryption, HumanReadableKey
    text = f"SWMKEY-1-{key}" if key else ""
    return json_response(engine.encode({"UnlockKey": text}))


async def init_swarm(context: GatewayContext, routed: RoutedRequest) -> Response:
    """A node may begin a swarm; here is one already."""
    read_json(routed.request, engine.InitRequest, context.release)
    raise RequestRefused(503, _IN_A_SWARM)


async def join_swarm(context: GatewayContext, routed: RoutedRequest) -> Response:
    """A node may join a swarm; it is in one already."""
    read_json(routed.request, engine.JoinRequest, context.release)
    raise RequestRefused(503, _IN_A_SWARM)


async def leave_swarm(context: GatewayContext, routed: RoutedRequest) -> Response:
    """A node may leave."""
    routed.parameters.refuse_malformed()
    raise RequestRefused(501, _NO_NODE)


async def unlock_swarm(context: GatewayContext, routed: RoutedRequest) -> Response:
    """A manager may be unlocked; one that answers is."""
    read_json(routed.request, engine.UnlockRequest, context.release)
    raise RequestRefused(409, "swarm is not locked")
