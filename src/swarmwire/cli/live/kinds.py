"""The kinds of objects that a manager has: how to ask for them, name them and show them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from swarmwire import convert, engine, pb
from swarmwire.control import Control, Layer
from swarmwire.control.methods import Methods, Unary


class Kind(NamedTuple):
    """One kind of object.

    Attributes:
        word: as users call it.
        reading: asks for one; the fields of its id in the request, and of itself in the answer.
        listing: asks for many; the field of these in the answer.
        show: the object as the engine's inspect has it.
    """

    word: str
    reading: tuple[Unary[Any, Any], str, str]
    listing: tuple[Unary[Any, Any], str]
    show: Callable[[Any], engine.EngineObject]

    @property
    def stream(self) -> str:
        """As Watch calls it, and the field of its events."""
        return self.reading[2]

    async def read(self, control: Control, id_: str) -> Any:
        """The object with that very id.

        Raises:
            ControlError: there is none.
        """
        method, id_field, one = self.reading
        request = method.request(**{id_field: id_})
        return getattr(await Layer(control).unary(method, request), one)

    async def listed(self, control: Control, **filters: Iterable[str]) -> Sequence[Any]:
        """All objects that pass the filters; all, if there are none."""
        method, many = self.listing
        request = method.request(filters=filters) if filters else method.request()
        found: Sequence[Any] = getattr(await Layer(control).unary(method, request), many)
        return found


def inspected_network(network: pb.Network) -> engine.NetworkInspect:
    """A network as inspect shows it: what containers use it only its nodes know."""
    listed = convert.network_from_grpc(network)
    fields = {name: getattr(listed, name) for name in listed.__struct_fields__}
    return engine.NetworkInspect(**fields, containers={})


_TABLE = (
    Kind(
        "service",
        (Methods.get_service, "service_id", "service"),
        (Methods.list_services, "services"),
        convert.service_from_grpc,
    ),
    Kind(
        "node",
        (Methods.get_node, "node_id", "node"),
        (Methods.list_nodes, "nodes"),
        convert.node_from_grpc,
    ),
    Kind(
        "task",
        (Methods.get_task, "task_id", "task"),
        (Methods.list_tasks, "tasks"),
        convert.task_from_grpc,
    ),
    Kind(
        "secret",
        (Methods.get_secret, "secret_id", "secret"),
        (Methods.list_secrets, "secrets"),
        convert.secret_from_grpc,
    ),
    Kind(
        "config",
        (Methods.get_config, "config_id", "config"),
        (Methods.list_configs, "configs"),
        convert.config_from_grpc,
    ),
    Kind(
        "network",
        (Methods.get_network, "network_id", "network"),
        (Methods.list_networks, "networks"),
        inspected_network,
    ),
    Kind(
        "swarm",
        (Methods.get_cluster, "cluster_id", "cluster"),
        (Methods.list_clusters, "clusters"),
        convert.swarm_from_grpc,
    ),
    Kind(
        "volume",
        (Methods.get_volume, "volume_id", "volume"),
        (Methods.list_volumes, "volumes"),
        convert.volume_from_grpc,
    ),
)

KINDS: Final = {kind.word: kind for kind in _TABLE}


def name_of(message: Any) -> str:
    """What users call an object: a node by its host's name, a task by its service and slot."""
    if isinstance(message, pb.Node):
        return message.description.hostname
    if isinstance(message, pb.Task):
        return task_name(message)
    return str(message.spec.annotations.name)


def task_name(task: pb.Task) -> str:
    """``web.1``; of a global service ``web.<node id>``; of no service: nothing.

    Source: SwarmKit api/naming, Task, without the id at the end.
    """
    if task.annotations.name:
        return task.annotations.name
    service = task.service_annotations.name
    return f"{service}.{task.slot or task.node_id}" if service else ""
