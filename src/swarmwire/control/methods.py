"""Every method of a manager's API, once: where it is, what goes in, what comes out.

``Methods`` is the table. Whoever inherits it by way of ``AsyncCalls`` or ``BlockingCalls`` says how
*one* call is made, and has all methods, with their types: to wait for, or blocking.
"""

from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Self, TypeVar, overload

from swarmwire import pb

_PACKAGE = "docker.swarmkit.v1"

Request = TypeVar("Request", bound=pb.Message)
Answer = TypeVar("Answer", bound=pb.Message)


@dataclass(frozen=True)
class _Method(Generic[Request, Answer]):
    """One method.

    Attributes:
        place: service and method: ``Control/GetNode``.
        request: what goes in.
        answer: what comes out, once or many times.
        reads: whether it changes nothing, so that asking twice is harmless.
    """

    place: str
    request: type[Request]
    answer: type[Answer]
    reads: bool

    @property
    def path(self) -> str:
        """The method as gRPC calls it."""
        return f"/{_PACKAGE}.{self.place}"


class Unary(_Method[Request, Answer]):
    """A method with one answer. As an attribute it is the call itself."""

    @overload
    def __get__(self, caller: None, owner: type) -> Self: ...
    @overload
    def __get__(
        self, caller: "AsyncCalls", owner: type
    ) -> Callable[[Request], Coroutine[Any, Any, Answer]]: ...
    @overload
    def __get__(self, caller: "BlockingCalls", owner: type) -> Callable[[Request], Answer]: ...
    def __get__(self, caller: "AsyncCalls | BlockingCalls | None", owner: type) -> Any:
        return self if caller is None else partial(caller.unary, self)


class Streaming(_Method[Request, Answer]):
    """A method with any number of answers. As an attribute it is the call itself."""

    @overload
    def __get__(self, caller: None, owner: type) -> Self: ...
    @overload
    def __get__(
        self, caller: "AsyncCalls", owner: type
    ) -> Callable[[Request], AsyncGenerator[Answer, None]]: ...
    @overload
    def __get__(
        self, caller: "BlockingCalls", owner: type
    ) -> Callable[[Request], Generator[Answer, None, None]]: ...
    def __get__(self, caller: "AsyncCalls | BlockingCalls | None", owner: type) -> Any:
        return self if caller is None else partial(caller.stream, self)


def read(place: str, request: type[Request], answer: type[Answer]) -> Unary[Request, Answer]:
    """A method that changes nothing."""
    return Unary(place, request, answer, reads=True)


def write(place: str, request: type[Request], answer: type[Answer]) -> Unary[Request, Answer]:
    """A method that changes something."""
    return Unary(place, request, answer, reads=False)


class Methods:
    """The table. Services that are meant for a node's agent are left out on purpose.

    Whoever calls those on a manager's socket is taken for the node itself.
    """

    get_node = read("Control/GetNode", pb.GetNodeRequest, pb.GetNodeResponse)
    list_nodes = read("Control/ListNodes", pb.ListNodesRequest, pb.ListNodesResponse)
    update_node = write("Control/UpdateNode", pb.UpdateNodeRequest, pb.UpdateNodeResponse)
    remove_node = write("Control/RemoveNode", pb.RemoveNodeRequest, pb.RemoveNodeResponse)
    get_task = read("Control/GetTask", pb.GetTaskRequest, pb.GetTaskResponse)
    list_tasks = read("Control/ListTasks", pb.ListTasksRequest, pb.ListTasksResponse)
    remove_task = write("Control/RemoveTask", pb.RemoveTaskRequest, pb.RemoveTaskResponse)
    get_service = read("Control/GetService", pb.GetServiceRequest, pb.GetServiceResponse)
    list_services = read("Control/ListServices", pb.ListServicesRequest, pb.ListServicesResponse)
    create_service = write(
        "Control/CreateService", pb.CreateServiceRequest, pb.CreateServiceResponse
    )
    update_service = write(
        "Control/UpdateService", pb.UpdateServiceRequest, pb.UpdateServiceResponse
    )
    remove_service = write(
        "Control/RemoveService", pb.RemoveServiceRequest, pb.RemoveServiceResponse
    )
    list_service_statuses = read(
        "Control/ListServiceStatuses", pb.ListServiceStatusesRequest, pb.ListServiceStatusesResponse
    )
    get_network = read("Control/GetNetwork", pb.GetNetworkRequest, pb.GetNetworkResponse)
    list_networks = read("Control/ListNetworks", pb.ListNetworksRequest, pb.ListNetworksResponse)
    create_network = write(
        "Control/CreateNetwork", pb.CreateNetworkRequest, pb.CreateNetworkResponse
    )
    remove_network = write(
        "Control/RemoveNetwork", pb.RemoveNetworkRequest, pb.RemoveNetworkResponse
    )
    get_cluster = read("Control/GetCluster", pb.GetClusterRequest, pb.GetClusterResponse)
    list_clusters = read("Control/ListClusters", pb.ListClustersRequest, pb.ListClustersResponse)
    update_cluster = write(
        "Control/UpdateCluster", pb.UpdateClusterRequest, pb.UpdateClusterResponse
    )
    get_secret = read("Control/GetSecret", pb.GetSecretRequest, pb.GetSecretResponse)
    update_secret = write("Control/UpdateSecret", pb.UpdateSecretRequest, pb.UpdateSecretResponse)
    list_secrets = read("Control/ListSecrets", pb.ListSecretsRequest, pb.ListSecretsResponse)
    create_secret = write("Control/CreateSecret", pb.CreateSecretRequest, pb.CreateSecretResponse)
    remove_secret = write("Control/RemoveSecret", pb.RemoveSecretRequest, pb.RemoveSecretResponse)
    get_config = read("Control/GetConfig", pb.GetConfigRequest, pb.GetConfigResponse)
    update_config = write("Control/UpdateConfig", pb.UpdateConfigRequest, pb.UpdateConfigResponse)
    list_configs = read("Control/ListConfigs", pb.ListConfigsRequest, pb.ListConfigsResponse)
    create_config = write("Control/CreateConfig", pb.CreateConfigRequest, pb.CreateConfigResponse)
    remove_config = write("Control/RemoveConfig", pb.RemoveConfigRequest, pb.RemoveConfigResponse)
    get_extension = read("Control/GetExtension", pb.GetExtensionRequest, pb.GetExtensionResponse)
    create_extension = write(
        "Control/CreateExtension", pb.CreateExtensionRequest, pb.CreateExtensionResponse
    )
    remove_extension = write(
        "Control/RemoveExtension", pb.RemoveExtensionRequest, pb.RemoveExtensionResponse
    )
    get_resource = read("Control/GetResource", pb.GetResourceRequest, pb.GetResourceResponse)
    update_resource = write(
        "Control/UpdateResource", pb.UpdateResourceRequest, pb.UpdateResourceResponse
    )
    list_resources = read(
        "Control/ListResources", pb.ListResourcesRequest, pb.ListResourcesResponse
    )
    create_resource = write(
        "Control/CreateResource", pb.CreateResourceRequest, pb.CreateResourceResponse
    )
    remove_resource = write(
        "Control/RemoveResource", pb.RemoveResourceRequest, pb.RemoveResourceResponse
    )
    create_volume = write("Control/CreateVolume", pb.CreateVolumeRequest, pb.CreateVolumeResponse)
    get_volume = read("Control/GetVolume", pb.GetVolumeRequest, pb.GetVolumeResponse)
    update_volume = write("Control/UpdateVolume", pb.UpdateVolumeRequest, pb.UpdateVolumeResponse)
    list_volumes = read("Control/ListVolumes", pb.ListVolumesRequest, pb.ListVolumesResponse)
    remove_volume = write("Control/RemoveVolume", pb.RemoveVolumeRequest, pb.RemoveVolumeResponse)
    get_unlock_key = read("CA/GetUnlockKey", pb.GetUnlockKeyRequest, pb.GetUnlockKeyResponse)
    check_health = read("Health/Check", pb.HealthCheckRequest, pb.HealthCheckResponse)
    watch = Streaming("Watch/Watch", pb.WatchRequest, pb.WatchMessage, reads=True)
    subscribe_logs = Streaming(
        "Logs/SubscribeLogs", pb.SubscribeLogsRequest, pb.SubscribeLogsMessage, reads=True
    )


class AsyncCalls(Methods):
    """All methods, to wait for; a ``Control`` once ``unary`` and ``stream`` are there."""

    async def unary(self, method: Unary[Request, Answer], request: Request) -> Answer:
        """Make one call and return its answer."""
        raise NotImplementedError

    def stream(
        self, method: Streaming[Request, Answer], request: Request
    ) -> AsyncGenerator[Answer, None]:
        """Make one call and return its answers as they come."""
        raise NotImplementedError


class BlockingCalls(Methods):
    """All methods, blocking; a ``BlockingControl`` once ``unary`` and ``stream`` are there."""

    def unary(self, method: Unary[Request, Answer], request: Request) -> Answer:
        """Make one call and return its answer."""
        raise NotImplementedError

    def stream(
        self, method: Streaming[Request, Answer], request: Request
    ) -> Generator[Answer, None, None]:
        """Make one call and return its answers as they come."""
        raise NotImplementedError
