"""What clients ask before anything else: ping, version, info.

Source: moby daemon/server/router/system/system_routes.go, daemon/info.go and daemon/cluster
/swarm.go, Info.
"""

from functools import cache
from typing import Any, Final

from swarmwire import convert, engine, pb
from swarmwire.control import ControlError, TransportError
from swarmwire.engine.units import zero_time
from swarmwire.gateway.context import GatewayContext
from swarmwire.gateway.message import JSON, RequestRefused, Response, json_response
from swarmwire.gateway.refusals import refusal_of
from swarmwire.gateway.routes.swarm import stored_cluster
from swarmwire.gateway.routing import RoutedRequest, oldest_served
from swarmwire.gateway.view import refuse_unreadable

_TWO_MANAGERS: Final = (
    "WARNING: Running Swarm in a two-manager configuration. This configuration provides\n"
    "         no fault tolerance, and poses a high risk to lose control over the cluster.\n"
    "         Refer to https://docs.docker.com/engine/swarm/admin_guide/ to configure the\n"
    "         Swarm for fault-tolerance."
)


async def ping(context: GatewayContext, routed: RoutedRequest) -> Response:
    """That there is somebody; answered whatever the policy says."""
    headers = {
        "Cache-Control": "no-cache, no-store, must-revalidate",
        "Pragma": "no-cache",
        "Content-Type": "text/plain; charset=utf-8",
    }
    if context.release.has("23.0"):
        headers |= {"Builder-Version": "2", "Swarm": "active/manager"}
    body = () if routed.request.method == "HEAD" else (b"OK",)
    return Response(200, body, headers)


async def answer_options(context: GatewayContext, routed: RoutedRequest) -> Response:
    """Nothing, wherever it is asked."""
    return Response()


async def version(context: GatewayContext, routed: RoutedRequest) -> Response:
    """Which engine this is like; answered whatever the policy says."""
    release = context.release
    told = _version(release.version, release.api_version, oldest_served(release))
    return Response(200, (told,), {"Content-Type": JSON})


@cache
def _version(version: str, api_version: str, oldest: str) -> bytes:
    details = {
        "ApiVersion": api_version,
        "Arch": "amd64",
        "Experimental": "false",
        "MinAPIVersion": oldest,
        "Os": "linux",
    }
    told = {
        "Platform": {"Name": "swarmwire gateway"},
        "Version": version,
        "ApiVersion": api_version,
        "MinAPIVersion": oldest,
        "Os": "linux",
        "Arch": "amd64",
        "Components": [{"Name": "Engine", "Version": version, "Details": details}],
        "GitCommit": "",
        "GoVersion": "",
        "KernelVersion": "",
        "BuildTime": "",
    }
    return _ordered(told) + b"\n"


async def info(context: GatewayContext, routed: RoutedRequest) -> Response:
    """What an engine of a manager says of itself, as far as it is about the swarm."""
    refuse_unreadable(routed.request.permission, "info")
    swarm = await _swarm_info(context)
    node = context.mirror.shelves["node"].get(swarm.node_id) or pb.Node()
    about, labels = node.description, node.description.engine.labels
    told: dict[str, Any] = {
        "ID": swarm.node_id,
        **dict.fromkeys(
            ("Containers", "ContainersRunning", "ContainersPaused", "ContainersStopped"), 0
        ),
        "Images": 0,
        "Driver": "",
        "DriverStatus": [],
        "Plugins": {"Volume": [], "Network": [], "Authorization": None, "Log": []},
        "MemoryLimit": True,
        "SwapLimit": True,
        "OperatingSystem": "swarmwire gateway",
        "OSType": about.platform.os or "linux",
        "Architecture": about.platform.architecture,
        "IndexServerAddress": "https://index.docker.io/v1/",
        "NCPU": about.resources.nano_cpus // 10**9,
        "MemTotal": about.resources.memory_bytes,
        "GenericResources": None,
        "Name": about.hostname,
        "Labels": [f"{key}={value}" for key, value in sorted(labels.items())],
        "ExperimentalBuild": False,
        "ServerVersion": about.engine.engine_version or context.release.version,
        "Swarm": swarm,
        "SecurityOptions": [],
        "Warnings": swarm.warnings or None,
    }
    told = routed.request.permission.hide("info", told)
    return Response(200, (_ordered(told), b"\n"), {"Content-Type": JSON})


def _ordered(told: dict[str, Any]) -> bytes:
    """A dict as JSON in its own order: ``encode`` would sort it."""
    members = (engine.encode(key) + b":" + _value(value) for key, value in told.items())
    return b"{" + b",".join(members) + b"}"


def _value(value: Any) -> bytes:
    if isinstance(value, dict):
        return _ordered(value)
    if isinstance(value, list):
        return b"[" + b",".join(map(_value, value)) + b"]"
    return engine.encode(value)


async def _swarm_info(context: GatewayContext) -> engine.SwarmInfo:
    """The part about the swarm; what cannot be had is told in it, and is no error."""
    nodes = list(context.mirror.shelves["node"])
    managers = [node for node in nodes if node.HasField("manager_status")]
    leader = next((node for node in managers if node.manager_status.leader), pb.Node())
    own = next((node for node in nodes if node.id == context.node_id), leader)
    out = engine.SwarmInfo(
        node_id=own.id,
        node_addr=_host(own.manager_status.addr) or own.status.addr,
        local_node_state="active",
        control_available=True,
        remote_managers=[
            engine.Peer(node_id=node.id, addr=node.manager_status.addr) for node in managers
        ]
        or None,
        nodes=len(nodes),
        managers=len(managers),
    )
    try:
        context.mirror.refuse_stale()
        shown = convert.swarm_from_grpc(await stored_cluster(context), release=context.release)
        fields = engine.ClusterInfo.__struct_fields__
        out.cluster = engine.ClusterInfo(**{name: getattr(shown, name) for name in fields})
    except (ControlError, TransportError, RequestRefused) as err:
        out.error = refusal_of(err).text
        out.cluster = engine.ClusterInfo(created_at=zero_time(), updated_at=zero_time())
        out.nodes = out.managers = 0
    if len(managers) == 2:
        out.warnings = [_TWO_MANAGERS]
    return out


def _host(address: str) -> str:
    """Without the port."""
    return address.rpartition(":")[0].strip("[]")


async def authenticate(context: GatewayContext, routed: RoutedRequest) -> Response:
    """Credentials are not tried: that would be a request in somebody else's name."""
    raise RequestRefused(403, "this gateway tries no credentials")


async def describe_image(context: GatewayContext, routed: RoutedRequest) -> Response:
    """What a registry knows of an image that the client may run, if the gateway asks any."""
    refuse_unreadable(routed.request.permission, "distribution")
    if context.lookups is None:
        raise RequestRefused(403, "this gateway asks no registry")
    image = routed.variables["name"]
    context.judge_image(routed, image)
    auth = routed.request.headers.get("x-registry-auth", "")
    return json_response(await context.lookups.describe(routed.request.limits, image, auth))
